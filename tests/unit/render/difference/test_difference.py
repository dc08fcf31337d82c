"""The difference map: what it says of each element, that it is folded, and that nothing lies on anything else."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import HealthCheck, given, settings

from flowmap.compare import Snapshot, compare
from flowmap.flow.model import Detail, Flow
from flowmap.frameworks.recognise import link_in
from flowmap.render.difference.drawing import render_difference
from flowmap.render.difference.picture import difference_of
from flowmap.render.geometry import place
from flowmap.render.grid import lay_out_lanes
from flowmap.render.renderer import renderer_for
from tests.browser.releases import kept_flow
from tests.unit.render.flows import flow_of, flows, step
from tests.unit.render.test_geometry import check_boxes, check_labels, check_lines

SVG = "{http://www.w3.org/2000/svg}"
PAIRS = (("1.8.19", "3.2.25"), ("3.2.25", "5.2.19"), ("5.2.19", "6.1.3"))


def _drawn(old: Flow, new: Flow) -> str:
    return render_difference(old, new, compare(Snapshot(old), Snapshot(new)), links=link_in)


@pytest.fixture(scope="module")
def small() -> ET.Element:
    old = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:old"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:new"))
    return ET.fromstring(_drawn(old, new))


def test_each_element_says_by_class_sign_and_title_what_became_of_it(small: ET.Element) -> None:
    groups = {group.get("id"): group for group in small.iter(f"{SVG}g") if group.get("id")}

    for name, state, sign in (
        ("node-a-old", "removed", "\u2212 "),
        ("node-a-new", "added", "+ "),
        ("node-a-g", "unchanged", ""),
    ):
        group = groups[name]
        assert state in group.get("class", "").split()
        assert (group.findtext(f"{SVG}title") or "").startswith(f"{state}: ")
        assert (group.findtext(f".//{SVG}text") or "") == sign + name.rpartition("-")[2]
    assert groups["edge-2"].findtext(f"{SVG}text") == "\u22122" or groups["edge-3"].findtext(f"{SVG}text") == "\u22122"
    dashes = [path.get("stroke-dasharray") for path in groups["node-a-old"].iter() if path.get("stroke")]
    assert dashes[0]


def test_the_document_says_both_sides(small: ET.Element) -> None:
    assert "\u2192" in (small.findtext(f"{SVG}title") or "")
    assert "calls: 1 added, 1 removed, 1 unchanged" in (small.findtext(f"{SVG}desc") or "")


def test_what_is_far_from_any_change_is_counted_and_left_out() -> None:
    far = [step(number, "one", f"a:f{number}", f"a:f{number + 1}") for number in range(1, 9)]
    old, new = flow_of(*far), flow_of(*far, step(9, "one", "a:f9", "a:new"))

    picture = difference_of(old, new, compare(Snapshot(old), Snapshot(new))).picture

    (lane,) = picture.lanes
    # What opens the stage, who makes the new call, who calls that, and what is new.
    assert [str(box.key.function) for box in lane.boxes] == ["a:f1", "a:f2", "a:f8", "a:f9", "a:new"]
    assert lane.hidden == 6


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows(), flows())
def test_any_two_flows_have_a_place_for_everything(old: Flow, new: Flow) -> None:
    picture = difference_of(old, new, compare(Snapshot(old), Snapshot(new))).picture

    geometry = place(picture, lay_out_lanes(picture, renderer_for(), width=700))

    check_boxes(picture, geometry)
    check_lines(picture, geometry)
    check_labels(picture, geometry)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows(), flows())
def test_any_two_flows_are_drawn_whole_and_the_same_each_time(old: Flow, new: Flow) -> None:
    assert _drawn(old, new) == _drawn(old, new)


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_a_map_of_releases_is_quickly_there(old: str, new: str) -> None:
    drawn = _drawn(kept_flow(old, Detail.FLOW), kept_flow(new, Detail.FLOW))

    assert len(drawn.encode()) <= 250_000
    assert f"/blob/{new}/" in drawn
