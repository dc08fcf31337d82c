"""The SVG document: complete, explained, linked, the same every time."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings

from flowmap.callgraph.model import Function
from flowmap.flow.model import Flow
from flowmap.flow.sightings import Mark, Sightings
from flowmap.names import FunctionName, Origin
from flowmap.render.picture import picture_of
from flowmap.render.renderer import ExecutableRenderer, RenderingError, renderer_for
from flowmap.render.svg import render_dot, render_svg
from tests.unit.render.flows import flow_of, flows, step
from tests.unit.render.sample import django_5_2_flow, with_a_hole

NS = {"svg": "http://www.w3.org/2000/svg", "xlink": "http://www.w3.org/1999/xlink"}


def link(function: Function) -> str | None:
    if function.origin is not Origin.DISTRIBUTION:
        return None
    return f"https://example.org/blob/5.2.19/{function.file}?a=1&b=2#L{function.line}"


@pytest.fixture(scope="module")
def sample() -> ET.Element:
    return ET.fromstring(render_svg(django_5_2_flow(), links=link))


def by_id(root: ET.Element, anchor: str) -> ET.Element:
    return next(element for element in root.iter() if element.get("id") == anchor)


def title(root: ET.Element, anchor: str) -> str:
    return by_id(root, anchor).findtext("svg:title", "", NS)


def test_every_box_and_arrow_is_there_under_its_id(sample: ET.Element) -> None:
    picture = picture_of(django_5_2_flow())
    ids = {element.get("id") for element in sample.iter()}

    assert {arrow.anchor for arrow in picture.arrows} <= ids
    assert {box.anchor for lane in picture.lanes for box in lane.boxes} <= ids
    assert len(ids) > 180


def test_tooltips_say_the_evidence(sample: ET.Element) -> None:
    assert title(sample, "edge-20").splitlines() == [
        "20. django.utils.module_loading:import_string line 30 → mysite.wsgi:<module>",
        "evidence: setting",
    ]
    assert "django/core/handlers/wsgi.py:120 (distribution)" in title(
        sample, "node-django.core.handlers.wsgi-WSGIHandler.__call__"
    )


def test_boxes_say_module_name_file_and_line(sample: ET.Element) -> None:
    texts = "".join(by_id(sample, "node-django.core.handlers.wsgi-WSGIHandler.__call__").itertext())

    assert "WSGIHandler.__call__" in texts
    assert "django.core.handlers.wsgi · wsgi.py:120" in texts


def test_boxes_link_to_their_source_where_it_is_public(sample: ET.Element) -> None:
    box = by_id(sample, "node-django.core.handlers.wsgi-WSGIHandler.__call__")
    anchor = box.find(".//svg:a", NS)
    assert anchor is not None
    assert (
        anchor.get(f"{{{NS['xlink']}}}href")
        == "https://example.org/blob/5.2.19/django/core/handlers/wsgi.py?a=1&b=2#L120"
    )
    assert not [a for a in by_id(sample, "node-mysite.views-hello").iter(f"{{{NS['svg']}}}a") if a.attrib.get("href")]


def test_the_document_is_labelled_and_without_scripts(sample: ET.Element) -> None:
    # Not "img", which hides all that is in it.
    assert sample.get("role") == "graphics-document"
    title_id, description_id = sample.get("aria-labelledby", ""), sample.get("aria-describedby", "")
    assert by_id(sample, title_id).text == "Django 5.2.19: manage.py runserver"
    assert "Command line, Management command" in (by_id(sample, description_id).text or "")
    assert len(sample.findall(".//svg:style", NS)) == 1
    assert not sample.findall(".//svg:script", NS)


def test_everything_is_read_in_the_order_of_the_steps() -> None:
    flow = flow_of(
        step(1, "one", "m:main", "m:a"),
        step(2, "one", "m:main", "m:b"),
        step(3, "two", "m:b", "m:c"),
        step(4, "two", "m:c", "m:a"),
    )

    root = ET.fromstring(render_svg(flow))

    stages = [by_id(root, f"stage-{number}") for number in (1, 2)]
    assert [[part.get("id") for part in stage] for stage in stages] == [
        ["lane-1-title", "node-m-main", "edge-1", "node-m-a", "edge-2", "node-m-b"],
        ["lane-2-title", "edge-3", "node-m-c", "edge-4"],
    ]
    assert [stage.get("role") for stage in stages] == ["group", "group"]
    names = [by_id(root, stage.get("aria-labelledby", "")) for stage in stages]
    assert ["".join(name.itertext()).strip() for name in names] == ["One", "Two"]


def test_what_the_eye_has_from_the_arrows_is_said_of_each_box_and_arrow(sample: ET.Element) -> None:
    picture = picture_of(django_5_2_flow())
    for anchor in (*(box.anchor for lane in picture.lanes for box in lane.boxes), *(a.anchor for a in picture.arrows)):
        parts = by_id(sample, anchor)
        assert [part.tag for part in parts][:2] == [f"{{{NS['svg']}}}title", f"{{{NS['svg']}}}desc"]
        # A link has its own role, and an image would hide it.
        assert (parts.get("role") == "img") is (parts.find("svg:a", NS) is None)

    def said(anchor: str) -> str:
        return by_id(sample, anchor).findtext("svg:desc", "", NS)

    assert said("node-manage-module") == "makes step 1"
    assert said("node-manage-main") == "opens the stage Command line; entered by step 1; makes step 2"
    assert said("node-mysite.wsgi-module") == "entered by step 20; makes step 21"
    assert said("edge-32") == "started in a thread, from Server to Connection"


def test_nothing_links_nowhere_and_the_ground_is_not_read(sample: ET.Element) -> None:
    assert all(anchor.get(f"{{{NS['xlink']}}}href") for anchor in sample.iter(f"{{{NS['svg']}}}a"))
    assert by_id(sample, "lane-1").get("aria-hidden") == "true"


def test_a_dynamic_link_is_dashed_and_named(sample: ET.Element) -> None:
    arrow = by_id(sample, "edge-32")

    assert "thread" in (arrow.get("class") or "").split()
    assert arrow.find(".//svg:path[@stroke-dasharray]", NS) is not None
    assert "32 thread" in "".join(arrow.itertext())


def test_the_way_back_is_drawn_in_its_own_class(sample: ET.Element) -> None:
    classes = [(element.get("class") or "").split() for element in sample.iter(f"{{{NS['svg']}}}g")]

    assert sum("returning" in own for own in classes) == 14  # 13 steps and the legend
    assert sum("passage" in own for own in classes) == 8


def test_hidden_calls_and_holes_are_written_down() -> None:
    root = ET.fromstring(render_svg(with_a_hole(django_5_2_flow(), "view"), stage_order=["view", "response"]))
    words = "".join(root.itertext())

    assert "+12 calls hidden" in words
    assert title(root, "lane-9") == "view (not reached)"
    assert "not reached: the source should have this stage" in "".join(by_id(root, "lane-9-hole").itertext())


def test_no_text_is_smaller_than_nine_points(sample: ET.Element) -> None:
    sizes = [float(text.get("font-size", "0")) for text in sample.iter(f"{{{NS['svg']}}}text")]

    assert min(sizes) >= 9


def test_graphvizs_version_is_not_in_the_document() -> None:
    assert "graphviz" not in render_svg(django_5_2_flow()).lower()


def test_the_same_flow_gives_the_same_bytes_under_any_hash_seed() -> None:
    program = (
        "import hashlib; from tests.unit.render.sample import *; from flowmap.render.svg import render_svg;"
        "print(hashlib.sha256(render_svg(django_5_2_flow()).encode()).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1


def test_a_lost_element_is_our_error_and_not_a_smaller_picture() -> None:
    class Losing(ExecutableRenderer):
        def draw(self, source: str) -> str:
            return re.sub(r'id="edge&#45;7"', "", super().draw(source))

    usual = renderer_for()
    assert isinstance(usual, ExecutableRenderer)
    with pytest.raises(RenderingError, match="edge-7"):
        render_svg(django_5_2_flow(), renderer=Losing("losing", usual._executable))


def test_the_dot_file_has_a_place_for_everything() -> None:
    dot = render_dot(django_5_2_flow())

    # The graph has an id as well, and no place; the ends of the legend's arrows have places and no ids.
    assert dot.count(" pos=") == dot.count(" id=") - 1 + dot.count("style=invis")
    assert render_dot(django_5_2_flow()) == dot


def test_an_empty_flow_is_a_title_and_its_holes() -> None:
    flow = Flow(django_5_2_flow().subject, (), {}, {}, (), ("server",))

    assert "server (not reached)" in render_svg(flow)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows(most_steps=10))
def test_any_flow_is_drawn_whole(flow: Flow) -> None:
    root = ET.fromstring(render_svg(flow, links=lambda function: f"https://example.org/{function.name}"))

    ids = {element.get("id") for element in root.iter()}
    assert {arrow.anchor for arrow in picture_of(flow).arrows} <= ids


@pytest.mark.parametrize("condition", ['a < b and "x" in y', "\\N \\G back\\slash", "&lt; & \x00 \x1b", "<b>", "]]>"])
def test_odd_conditions_reach_the_tooltip_and_the_label(condition: str) -> None:
    root = ET.fromstring(render_svg(flow_of(step(1, "one", "m:a", "m:<lambda#2>", condition=condition))))

    shown = re.sub(r"[\x00\x1b]", "\ufffd", condition)
    assert f"only if: {shown}" in title(root, "edge-1")
    assert by_id(root, "edge-1").findtext(".//svg:text", "", NS) == f"1 if {shown}"


def test_what_was_recorded_is_seen_in_the_picture() -> None:
    flow = flow_of(step(1, "one", "m:a", "m:b"), step(2, "one", "m:b", "m:c"), step(3, "one", "m:c", "m:d"))
    a, b, c, d = (FunctionName("m", name) for name in "abcd")
    marks = {
        (a, b): Mark.SEEN,
        (b, c): Mark.POSSIBLE,
        (c, d): Mark.UNOBSERVABLE,
        (d, a): Mark.NOT_FOUND,
        (d, FunctionName("m", "elsewhere")): Mark.NOT_FOUND,
    }

    root = ET.fromstring(render_svg(flow, sightings=Sightings(marks)))

    arrows = {name: by_id(root, name) for name in ("edge-1", "edge-2", "edge-3", "not-found-1")}
    assert {name: group.get("class") for name, group in arrows.items()} == {
        "edge-1": "edge arrow call seen",
        "edge-2": "edge arrow call possible",
        "edge-3": "edge arrow call",
        "not-found-1": "edge arrow not-found",
    }
    assert not any(element.get("id") == "not-found-2" for element in root.iter())
    heads = {name: group.find(".//svg:polygon", NS).get("fill") for name, group in arrows.items()}
    assert (heads["edge-1"], heads["edge-2"], heads["edge-3"]) == ("#30343b", "none", "#30343b")
    widths = {name: float(group.find(".//svg:path", NS).get("stroke-width", 1)) for name, group in arrows.items()}
    assert widths["edge-2"] < widths["edge-3"] < widths["edge-1"]
    words = {text.text for text in root.iter(f"{{{NS['svg']}}}text")}
    assert {"seen in the recording", "possible, not seen", "happened, and was not found in the source"} <= words
    assert title(root, "edge-2").endswith("possible, not seen in the recording")
    assert title(root, "not-found-1") == "m:d → m:a\nseen in the recording and not found in the source"


def test_without_a_recording_nothing_is_marked() -> None:
    drawn = render_svg(flow_of(step(1, "one", "m:a", "m:b")))

    assert "arrow call seen" not in drawn
    assert "recording" not in drawn


@pytest.mark.parametrize("render", [render_svg, render_dot])
def test_what_arrows_go_through_is_marked_and_explained(render: Callable[[Flow], str]) -> None:
    hop = (FunctionName.parse("m:hop"),)
    whole, part = (flow_of(step(1, "one", "m:a", "m:b", through=through)) for through in ((), hop))

    assert "(+" not in render(whole)
    assert "1 (+1)" in render(part)
    assert "functions that are not shown" in render(part)


def test_what_heads_a_half_is_on_the_picture() -> None:
    flow = flow_of(step(1, "one", "m:a", "m:b"), step(2, "two", "m:b", "m:c"))

    assert ">Each request</text>" in render_svg(flow, once=frozenset({"one"}))
    assert ">Each request</text>" not in render_svg(flow)
