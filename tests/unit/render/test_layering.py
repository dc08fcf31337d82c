"""Classes that a setting lists are drawn as layers, in its order, whoever calls their hooks."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowmap.flow.model import Detail, Flow, Step
from flowmap.render.geometry import Rectangle, place
from flowmap.render.grid import lay_out_lanes
from flowmap.render.layering import layer_table
from flowmap.render.picture import picture_of
from flowmap.render.renderer import renderer_for
from flowmap.render.svg import LANE_WIDTH
from tests.browser.releases import RELEASES, kept_flow
from tests.unit.render.flows import flow_of, step


def listing(flow: Flow, *names: str) -> Flow:
    """The flow of a project whose settings list these classes, among other things."""
    lists = {"APPS": ["shop", "m.Other"], "LAYERS": list(names), "ROOT": "m.urls"}
    return replace(flow, subject=replace(flow.subject, settings=lists))


def cells(flow: Flow) -> dict[str, tuple[int, int]]:
    """Row and column by `qualname` or `qualname@layer`."""
    picture = picture_of(flow)
    table = layer_table(picture.lanes[-1], picture.arrows, picture.subject)
    assert table is not None
    names = {key: f"{key.function.qualname}@{key.layer}".removesuffix("@0") for key in table.cells}
    return {names[key]: cell for key, cell in table.cells.items()}


def called_by_one() -> list[Step]:
    """One function calls every hook, inward in the order of the list and outward against it."""
    hooks = ("A.enter", "C.enter", "B.look", "C.leave", "B.leave", "A.leave")
    return [step(number, "layers", "m:handle", f"m:{hook}") for number, hook in enumerate(hooks, 1)]


def test_a_row_for_each_class_in_the_order_of_the_list_and_a_column_for_each_hook() -> None:
    assert cells(listing(flow_of(*called_by_one()), "m.A", "m.B", "m.C")) == {
        "A.enter": (0, 0),
        "B.look": (1, 1),
        "C.enter": (2, 0),
        "A.leave": (0, 2),
        "B.leave": (1, 2),
        "C.leave": (2, 2),
    }


def test_what_wraps_a_class_stands_in_its_row() -> None:
    flow = flow_of(
        step(1, "layers", "m:handle", "m:wrap@1"),
        step(2, "layers", "m:wrap@1", "m:A.enter"),
        step(3, "layers", "m:wrap@1", "m:wrap@2"),
        step(4, "layers", "m:wrap@2", "m:wrap@3"),
        step(5, "layers", "m:wrap@3", "m:D.enter"),
        step(6, "layers", "m:core", "m:C.look"),
        step(7, "layers", "m:wrap@1", "m:A.leave", returning=True),
    )

    # The second wraps what is no class of the list; C is called from inside, and stands where the list has it.
    assert cells(listing(flow, "m.A", "m.C", "m.D")) == {
        "wrap@1": (0, 0),
        "A.enter": (0, 1),
        "A.leave": (0, 3),
        "wrap@2": (1, 0),
        "C.look": (2, 2),
        "wrap@3": (3, 0),
        "D.enter": (3, 1),
    }


def test_a_lane_that_no_list_names_is_no_table() -> None:
    picture = picture_of(listing(flow_of(*called_by_one()), "m.A", "elsewhere.B"))

    assert layer_table(picture.lanes[0], picture.arrows, picture.subject) is None


@pytest.mark.parametrize("release", RELEASES)
def test_each_middleware_is_a_row_in_the_projects_order(release: str) -> None:
    flow = kept_flow(release, Detail.FLOW)
    picture = picture_of(flow)
    geometry = place(picture, lay_out_lanes(picture, renderer_for(), width=LANE_WIDTH))
    listed = flow.subject.settings.get("MIDDLEWARE") or flow.subject.settings["MIDDLEWARE_CLASSES"]
    assert isinstance(listed, list | tuple)
    hooks: dict[str, list[tuple[int, Rectangle]]] = {}
    for arrow in picture.arrows:
        name = arrow.head.function
        owner = f"{name.module}.{name.qualname.rpartition('.')[0]}"
        if owner in listed and arrow.number:
            hooks.setdefault(owner, []).append((arrow.number, geometry.boxes[arrow.head]))

    rows = [{box.top for _, box in hooks[owner]} for owner in listed]
    assert [len(row) for row in rows] == [1] * len(listed)
    assert rows == sorted(rows, key=min)
    # Of one layer, what is called later stands further right.
    for own in hooks.values():
        lefts = [box.left for _, box in sorted(own, key=lambda each: each[0])]
        assert lefts == sorted(set(lefts))
