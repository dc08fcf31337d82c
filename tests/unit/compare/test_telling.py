"""Changes that belong together are told as one, and every change is told once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from flowmap.compare import Kind, compare
from flowmap.flow.model import Flow
from flowmap.names import FunctionName
from tests.unit.render.flows import flow_of, flows, step


def _sentences(old: Flow, new: Flow) -> list[str]:
    return [tale.sentence for tale in compare(old, new).tales]


def _opened_by(flow: Flow, landmark: str) -> Flow:
    stages = tuple(replace(stage, landmark=FunctionName.parse(landmark)) for stage in flow.stages)
    return replace(flow, stages=stages)


def _with_settings(**settings: list[str]) -> Flow:
    flow = flow_of(step(1, "one", "a:f", "a:g"))
    return replace(flow, subject=replace(flow.subject, settings=settings))


@given(flows(), flows())
def test_every_change_is_told_once(old: Flow, new: Flow) -> None:
    found = compare(old, new)

    told = [change for tale in found.tales for change in tale.changes]

    assert len(told) == len(set(told))
    assert set(told) == set(found.changes)


def test_a_function_that_came_between_two_others() -> None:
    old = _opened_by(flow_of(step(1, "one", "a:f", "a:g")), "a:f")
    new = _opened_by(flow_of(step(1, "one", "a:f", "b:wrap"), step(2, "one", "b:wrap", "a:g")), "a:f")

    assert _sentences(old, new) == ["a:f calls a:g through b:wrap now"]
    assert _sentences(new, old) == ["a:f calls a:g itself now, where b:wrap stood between them"]


def test_a_function_that_came_between_several() -> None:
    pairs = [("a:f", "a:g"), ("b:f", "b:g")]
    start = [step(1, "one", "a:m", "a:f"), step(2, "one", "a:m", "b:f")]
    old = flow_of(*start, *(step(3, "one", caller, callee) for caller, callee in pairs))
    wrapped = [step(3, "one", end, "w:w") for end, _ in pairs] + [step(4, "one", "w:w", end) for _, end in pairs]
    old, new = (_opened_by(flow, "a:m") for flow in (old, flow_of(*start, *wrapped)))

    assert _sentences(old, new) == ["a:f calls a:g through w:w now, and 1 more pair of functions likewise"]


def test_a_function_is_told_with_its_calls() -> None:
    old = _opened_by(flow_of(step(1, "one", "a:f", "a:g")), "a:f")
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "b:h"), step(3, "one", "b:h", "a:g"))
    new = _opened_by(new, "a:f")

    assert _sentences(old, new) == ["b:h is on the way now, called by a:f"]
    assert _sentences(new, old) == ["b:h is not on the way any more, called by a:f"]


def test_a_list_of_settings_under_another_name() -> None:
    old = _with_settings(MIDDLEWARE_CLASSES=["a", "b", "c"], OTHER=["x"])
    new = _with_settings(MIDDLEWARE=["a", "c", "d"], OTHER=["x"])

    assert _sentences(old, new) == ["the setting MIDDLEWARE_CLASSES became MIDDLEWARE: without 'b', with 'd'"]


def test_two_settings_that_may_be_the_one_that_was_renamed_are_not_guessed_between() -> None:
    old, new = _with_settings(A=["a", "b"]), _with_settings(B=["a", "b"], C=["a", "b"])

    assert [change.kind for change in compare(old, new).changes] == [Kind.SETTING_CHANGED] * 3


def test_what_is_nearer_to_a_landmark_is_told_first() -> None:
    far, near = step(2, "one", "b:g", "z:far"), step(3, "one", "a:f", "z:near")
    start = (step(0, "one", "a:f", "b:f"), step(1, "one", "b:f", "b:g"))
    old, new = (_opened_by(flow_of(*steps), "a:f") for steps in (start, (*start, far, near)))

    assert [sentence.partition(" ")[0] for sentence in _sentences(old, new)] == ["z:near", "z:far"]
