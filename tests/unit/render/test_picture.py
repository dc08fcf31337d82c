"""What is on the picture: lanes, boxes, arrows, passages, holes."""

import pytest

from flowmap.analysis.result import Evidence
from flowmap.names import FunctionName
from flowmap.render.palette import ArrowKind
from flowmap.render.picture import CONDITION_LIMIT, SERVING, STARTING, Entered, picture_of, shortened_test
from tests.unit.render.flows import flow_of, step
from tests.unit.render.sample import django_5_2_flow, with_a_hole


def entered(text: str, layer: int = 0) -> Entered:
    return Entered(FunctionName.parse(text), layer)


def test_a_function_has_one_box_in_the_lane_it_is_first_entered_in() -> None:
    picture = picture_of(
        flow_of(step(1, "one", "m:a", "m:b"), step(2, "two", "m:b", "m:c"), step(3, "two", "m:c", "m:b"))
    )

    assert [(lane.id, [str(box.key.function) for box in lane.boxes]) for lane in picture.lanes] == [
        ("one", ["m:a", "m:b"]),
        ("two", ["m:c"]),
    ]


def test_a_caller_that_is_entered_later_stands_where_it_is_entered() -> None:
    picture = picture_of(flow_of(step(1, "one", "m:late", "m:b"), step(2, "two", "m:b", "m:late")))

    assert [[box.key for box in lane.boxes] for lane in picture.lanes] == [[entered("m:b")], [entered("m:late")]]


def test_each_layer_of_a_function_has_a_box_of_its_own_and_the_class_it_calls_as_title() -> None:
    picture = picture_of(
        flow_of(
            step(1, "mw", "m:start", "m:wrap@1"),
            step(2, "mw", "m:wrap@1", "m:First.enter"),
            step(3, "mw", "m:wrap@1", "m:wrap@2"),
            step(4, "mw", "m:wrap@2", "m:Second.enter"),
            step(5, "mw", "m:wrap@2", "m:Third.enter"),
        )
    )

    layers = {box.key: box.layer_title for box in picture.lanes[0].boxes if box.key.layer}
    assert layers == {entered("m:wrap", 1): "First", entered("m:wrap", 2): ""}


def test_arrows_are_steps_in_call_order_whatever_stage_they_are_of() -> None:
    picture = picture_of(
        flow_of(step(1, "one", "m:a", "m:b"), step(3, "one", "m:b", "m:d"), step(2, "two", "m:b", "m:c"))
    )

    assert [arrow.anchor for arrow in picture.arrows] == ["edge-1", "edge-2", "edge-3"]


def test_labels_and_kinds_say_the_evidence() -> None:
    picture = picture_of(
        flow_of(
            step(1, "one", "m:a", "m:b"),
            step(2, "one", "m:a", "m:c", evidence=Evidence.SETTING),
            step(3, "one", "m:a", "m:d", evidence=Evidence.PROPERTY, condition="x is None"),
        )
    )

    assert [(arrow.label, arrow.kind) for arrow in picture.arrows] == [
        ("1", ArrowKind.CALL),
        ("2 setting", ArrowKind.LOOKED_UP),
        ("3 property if x is None", ArrowKind.IMPLICIT),
    ]
    assert "only if: x is None" in picture.arrows[2].tooltip


def test_the_response_passes_from_one_layers_hook_to_the_next_ones() -> None:
    picture = picture_of(django_5_2_flow())

    passages = [(str(a.tail.function), str(a.head.function)) for a in picture.arrows if a.kind is ArrowKind.PASSAGE]
    assert passages[0] == (
        "django.http.response:HttpResponse.__init__",
        "django.middleware.clickjacking:XFrameOptionsMiddleware.process_response",
    )
    assert passages[-1] == (
        "django.middleware.security:SecurityMiddleware.process_response",
        "django.core.servers.basehttp:ServerHandler.finish_response",
    )
    assert len(passages) == 7


def test_a_missing_stage_is_a_hole_in_its_place_or_at_the_end() -> None:
    flow = with_a_hole(django_5_2_flow(), "url")

    placed = [lane.id for lane in picture_of(flow, stage_order=["middleware", "url", "view"]).lanes]
    assert placed[placed.index("url") + 1] == "view"
    assert [lane.id for lane in picture_of(flow).lanes][-1] == "url"


def test_ids_of_names_that_fold_into_one_stay_apart() -> None:
    picture = picture_of(
        flow_of(step(1, "one", "m:f.<locals>.g", "m:f.(locals).g"), step(2, "one", "m:f.<locals>.g", "m:f.<lambda#2>"))
    )

    anchors = [box.anchor for box in picture.lanes[0].boxes]
    assert anchors == ["node-m-f.-locals-.g", "node-m-f.-locals-.g-2", "node-m-f.-lambda-2"]


@pytest.mark.parametrize(
    ("condition", "shown"),
    [
        ("use_reloader", "use_reloader"),
        ("a_test and another_of_them", "a_test and another_of_them"),
        ("use_static_handler and (settings.DEBUG or insecure)", "use_static_handler and …"),
        ("not  in\n  one_line", "not in one_line"),
        ("x" * 40, "x" * 25 + "…"),
        ("x" * 26, "x" * 26),
        ("x" * 25 + " or y", "x" * 25 + "…"),
    ],
)
def test_a_test_is_shown_in_the_sources_words_as_far_as_they_fit(condition: str, shown: str) -> None:
    picture = picture_of(flow_of(step(1, "one", "m:a", "m:b", condition=condition)))

    assert [arrow.label for arrow in picture.arrows] == [f"1 if {shown}"]
    assert len(shown) <= CONDITION_LIMIT
    assert f"only if: {condition}" in picture.arrows[0].tooltip


def test_an_arrow_through_hidden_functions_says_how_many() -> None:
    hops = (FunctionName.parse("m:one"), FunctionName.parse("m:two"))
    picture = picture_of(
        flow_of(
            step(1, "s", "m:a", "m:b", through=hops),
            step(2, "s", "m:a", "m:c", through=hops[:1], condition="x if y", evidence=Evidence.THREAD),
            step(3, "s", "m:b", "m:c"),
        )
    )

    assert [arrow.label for arrow in picture.arrows] == ["1 (+2)", "2 thread (+1) if x if y", "3"]


@pytest.mark.parametrize(
    ("once", "halves"),
    [
        (("one", "two"), [STARTING, "", SERVING]),
        (("one",), [STARTING, SERVING, ""]),
        (("one", "two", "three"), ["", "", ""]),
        ((), ["", "", ""]),
    ],
)
def test_the_start_up_and_the_request_are_headed_where_there_are_both(once: tuple[str, ...], halves: list[str]) -> None:
    flow = flow_of(step(1, "one", "m:a", "m:b"), step(2, "two", "m:b", "m:c"), step(3, "three", "m:c", "m:d"))

    assert [lane.half for lane in picture_of(flow, once=frozenset(once)).lanes] == halves


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("use_reloader", "use_reloader"),
        ("mine(request)", "mine(request)"),
        ("not self._should_handle(get_path_info(environ))", "not self._should_handle(…)"),
        ("use_static_handler and (settings.DEBUG or insecure_serving)", "use_static_handler and …"),
        ("not self.a_name_that_is_much_too_long()", "not self.a_name_that_is_m…"),
        ("a_name_that_is_much_too_long_too", "a_name_that_is_much_too_l…"),
    ],
)
def test_a_test_is_shortened_to_what_says_most(text: str, shown: str) -> None:
    assert shortened_test(text, CONDITION_LIMIT) == shown
