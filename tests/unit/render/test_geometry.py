"""Where everything is: nothing on top of anything else, and every arrow where it belongs."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, pairwise

import pytest
from hypothesis import HealthCheck, given, settings

from flowmap.analysis.result import Evidence
from flowmap.flow.model import Flow
from flowmap.render.geometry import Geometry, Line, Rectangle, place
from flowmap.render.grid import BOX_HEIGHT, label_width, lay_out_lanes
from flowmap.render.picture import Arrow, Entered, Picture, picture_of
from flowmap.render.renderer import renderer_for
from flowmap.render.svg import LANE_WIDTH
from tests.unit.render.flows import flow_of, flows, step
from tests.unit.render.sample import django_5_2_flow

Point = tuple[float, float]
TOUCH = 0.01


def laid_out(flow: Flow, *, width: float = LANE_WIDTH) -> tuple[Picture, Geometry]:
    picture = picture_of(flow)
    return picture, place(picture, lay_out_lanes(picture, renderer_for(), width=width))


@pytest.fixture(scope="module")
def sample() -> tuple[Picture, Geometry]:
    return laid_out(django_5_2_flow())


def overlap(one: Rectangle, other: Rectangle) -> bool:
    return (
        one.left < other.right - TOUCH
        and other.left < one.right - TOUCH
        and one.top < other.bottom - TOUCH
        and other.top < one.bottom - TOUCH
    )


def segments(points: tuple[Point, ...]) -> Iterator[Rectangle]:
    for (x1, y1), (x2, y2) in pairwise(points):
        yield Rectangle(min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))


def crosses(segment: Rectangle, box: Rectangle) -> bool:
    return (
        segment.left < box.right - TOUCH
        and segment.right > box.left + TOUCH
        and segment.top < box.bottom - TOUCH
        and segment.bottom > box.top + TOUCH
    )


def check_boxes(picture: Picture, geometry: Geometry) -> None:
    for lane, band in zip(picture.lanes, geometry.lanes, strict=True):
        for box in lane.boxes:
            inner = geometry.boxes[box.key]
            assert band.left < inner.left < inner.right < band.right
            assert band.top < inner.top < inner.bottom < band.bottom
    for one, other in combinations(geometry.boxes.values(), 2):
        assert not overlap(one, other)
    for upper, lower in pairwise(geometry.lanes):
        assert upper.bottom < lower.top


def check_lines(picture: Picture, geometry: Geometry) -> None:
    for arrow, line in zip(picture.arrows, geometry.lines, strict=True):
        assert on_border(line.points[0], geometry.boxes[arrow.tail]), arrow
        assert on_border(line.points[-1], geometry.boxes[arrow.head]), arrow
        for (x1, y1), (x2, y2) in pairwise(line.points):
            assert abs(x1 - x2) < TOUCH or abs(y1 - y2) < TOUCH, (arrow, line)
        for segment in segments(line.points):
            assert segment.left >= 0
            assert segment.right <= geometry.width
            for key, box in geometry.boxes.items():
                assert not crosses(segment, box), (arrow, key)


def on_border(point: Point, box: Rectangle) -> bool:
    x, y = point
    inside = box.left - TOUCH <= x <= box.right + TOUCH and box.top - TOUCH <= y <= box.bottom + TOUCH
    edge = min(abs(x - box.left), abs(x - box.right), abs(y - box.top), abs(y - box.bottom))
    return inside and edge < TOUCH


def shared_stretches(picture: Picture, geometry: Geometry) -> list[tuple[str, str]]:
    """Pairs of arrows of different tails or looks that lie on one another for more than a corner."""
    found = []
    for (one, a), (other, b) in combinations(zip(picture.arrows, geometry.lines, strict=True), 2):
        if (one.tail, one.kind) == (other.tail, other.kind):
            continue
        if any(on_one_another(s, t) for s in segments(a.points) for t in segments(b.points)):
            found.append((one.anchor, other.anchor))
    return found


def on_one_another(one: Rectangle, other: Rectangle) -> bool:
    across = min(one.right, other.right) - max(one.left, other.left)
    down = min(one.bottom, other.bottom) - max(one.top, other.top)
    return (
        (across > 3 and abs(down) < 1)
        if one.height < TOUCH and other.height < TOUCH
        else (one.width < TOUCH and other.width < TOUCH and down > 3 and abs(across) < 1)
    )


def check_labels(picture: Picture, geometry: Geometry) -> None:
    """Each number on free ground: off every box, every other number and every arrow."""
    arrows = list(zip(picture.arrows, geometry.lines, strict=True))
    labels = {arrow.anchor: label_room(arrow, line) for arrow, line in arrows if arrow.label}
    for anchor, label in labels.items():
        assert not [key for key, box in geometry.boxes.items() if overlap(label, box)], anchor
        for arrow, line in arrows:
            assert not any(crosses(segment, label) for segment in segments(line.points)), (anchor, arrow.anchor)
    for (one, a), (other, b) in combinations(labels.items(), 2):
        assert not overlap(a, b), (one, other)


def label_room(arrow: Arrow, line: Line) -> Rectangle:
    """A digit is 7.3 points high; with a little air around it."""
    x, y = line.label
    half = label_width(arrow) / 2
    return Rectangle(x - half, y - 4.8, x + half, y + 4.8)


def test_no_box_overlaps_another_or_leaves_its_lane(sample: tuple[Picture, Geometry]) -> None:
    check_boxes(*sample)


def test_no_arrow_crosses_a_box_and_all_begin_and_end_at_theirs(sample: tuple[Picture, Geometry]) -> None:
    check_lines(*sample)


def test_no_two_arrows_lie_on_one_another(sample: tuple[Picture, Geometry]) -> None:
    assert shared_stretches(*sample) == []


def test_no_number_lies_on_a_box_on_another_number_or_on_an_arrow(sample: tuple[Picture, Geometry]) -> None:
    check_labels(*sample)


def test_a_box_grows_before_the_numbers_of_its_arrows_meet() -> None:
    callers = [step(number, "one", "m:main", f"m:caller_{number}") for number in range(1, 7)]
    calls = [step(number + 6, "one", f"m:caller_{number}", "m:called") for number in range(1, 7)]
    picture, geometry = laid_out(flow_of(*callers, *calls))
    heights = {key.function.qualname: box.height for key, box in geometry.boxes.items()}

    check_labels(picture, geometry)
    assert heights["called"] > heights["caller_1"] == BOX_HEIGHT


def test_a_number_under_a_line_keeps_off_the_one_above_the_next() -> None:
    flow = flow_of(
        step(1, "one", "m:main", "m:a"),
        step(2, "one", "m:a", "m:b"),
        step(3, "one", "m:main", "m:c"),
        step(4, "one", "m:c", "m:d"),
        step(5, "one", "m:c", "m:b"),
        step(6, "one", "m:a", "m:d"),
    )

    check_labels(*laid_out(flow))


def test_a_straight_way_down_leaves_room_for_its_number() -> None:
    outer, inner, other, wide = "m:C.method_", "m:C.method_@1", "m:E.method_", f"m:C.{'x' * 22}@1"
    flow = flow_of(
        step(1, "one", outer, outer),
        step(2, "one", outer, inner, evidence=Evidence.IMPORT_STRING),
        step(3, "two", inner, wide, evidence=Evidence.CALLBACK),
        step(4, "one", outer, outer),
        step(5, "two", outer, other),
        step(6, "two", other, outer),
    )
    check_labels(*laid_out(flow, width=700))


def test_arrows_that_share_their_way_have_their_numbers_side_by_side() -> None:
    picture, geometry = laid_out(flow_of(*(step(number, "one", "m:main", "m:called") for number in (1, 2, 3))))
    at = [line.label for line in geometry.lines]

    check_labels(picture, geometry)
    assert [x for x, _ in at] == sorted(x for x, _ in at)
    assert len({y for _, y in at}) == 1


def test_the_layers_of_the_middleware_are_rows_in_their_order(sample: tuple[Picture, Geometry]) -> None:
    picture, geometry = sample
    middleware = next(lane for lane in picture.lanes if lane.id == "middleware")
    rows: dict[str, list[Rectangle]] = {}
    for box in middleware.boxes:
        if box.key.layer:
            rows.setdefault(box.key.function.qualname, []).append(geometry.boxes[box.key])
    wrappers = rows["convert_exception_to_response.<locals>.inner"]
    assert len(wrappers) == 8
    assert [box.top for box in wrappers] == sorted(box.top for box in wrappers)
    assert len({box.left for box in wrappers}) == 1
    for wrapper, call in zip(wrappers, rows["MiddlewareMixin.__call__"], strict=False):
        assert call.top == wrapper.top


def test_a_hook_on_the_way_out_stands_right_of_the_one_on_the_way_in(sample: tuple[Picture, Geometry]) -> None:
    _, geometry = sample

    def box(qualname: str) -> Rectangle:
        return next(spot for key, spot in geometry.boxes.items() if key.function.qualname == qualname)

    for name in ("SecurityMiddleware", "SessionMiddleware", "CommonMiddleware", "CsrfViewMiddleware"):
        assert box(f"{name}.process_request").top == box(f"{name}.process_response").top
        assert box(f"{name}.process_request").right < box(f"{name}.process_response").left


def test_the_page_is_as_wide_as_a_screen(sample: tuple[Picture, Geometry]) -> None:
    assert 1300 < sample[1].width < 1680


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows())
def test_any_flow_has_a_place_for_everything(flow: Flow) -> None:
    picture, geometry = laid_out(flow, width=700)

    assert set(geometry.boxes) == {box.key for lane in picture.lanes for box in lane.boxes}
    check_boxes(picture, geometry)
    check_lines(picture, geometry)
    check_labels(picture, geometry)


def test_boxes_are_known_by_function_and_layer(sample: tuple[Picture, Geometry]) -> None:
    assert all(isinstance(key, Entered) for key in sample[1].boxes)
