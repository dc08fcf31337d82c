"""Both sides of a comparison beside each other: one layout twice, so that every function has its place on either."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from flowmap.compare import FlowDiff
from flowmap.flow.model import Flow, Subject
from flowmap.render import labels
from flowmap.render.difference.drawing import (
    DrawnDifference,
    SubjectLinks,
    draw_difference,
    lean,
    nowhere,
    telling,
)
from flowmap.render.grid import BOX_MARGIN
from flowmap.render.palette import DARK_PAPER, State
from flowmap.render.picture import Picture
from flowmap.render.renderer import Renderer, renderer_for
from flowmap.render.svg import SVG, XLINK, finish

_GROUP: Final = f"{{{SVG}}}g"
_TEXT: Final = f"{{{SVG}}}text"
_GAP: Final = 24.0
_SIDES: Final = (("old", State.ADDED), ("new", State.REMOVED))


def render_side_by_side(
    old: Flow, new: Flow, diff: FlowDiff, *, links: SubjectLinks = nowhere, renderer: Renderer | None = None
) -> str:
    """One SVG document that shows the old side left and the new side right, each with its own numbers, names and lines.
    Raises RenderingError.
    """
    found = draw_difference(old, new, diff, links, renderer or renderer_for())
    # Checks as well that nothing got lost.
    whole = telling(found.difference.picture)
    finish(found.svg, found.drawn, found.difference.picture, found.renderer, whole)
    sides = [
        _side(found, name, missing, subject)
        for (name, missing), subject in zip(_SIDES, (diff.old, diff.new), strict=True)
    ]
    width, height = (float(sides[0].get(length, "0")) for length in ("width", "height"))
    both = f"{2 * width + _GAP:g}"
    root = ET.Element(
        f"{{{SVG}}}svg",
        {
            "class": "flowmap",
            "role": "graphics-document",
            "width": both,
            "height": f"{height:g}",
            "viewBox": f"0 0 {both} {height:g}",
            "aria-labelledby": "flow-title",
            "aria-describedby": "flow-desc",
        },
    )
    for name, text in (("title", whole.title), ("desc", whole.description)):
        ET.SubElement(root, f"{{{SVG}}}{name}", {"id": f"flow-{name}"}).text = labels.printable(text)
    dark = f"#old-flow > polygon, #new-flow > polygon {{ fill: {DARK_PAPER} }}"
    style = f"{whole.style}@media screen and (prefers-color-scheme: dark) {{ {dark} }}\n"
    ET.SubElement(root, f"{{{SVG}}}style").text = style
    for number, side in enumerate(sides):
        side.set("x", f"{number * (width + _GAP):g}")
        root.append(side)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return lean('<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n")


def _side(found: DrawnDifference, name: str, missing: State, subject: Subject) -> ET.Element:
    picture = _without(found.difference.picture, missing)
    root = ET.fromstring(found.svg)  # noqa: S314  # our own renderer wrote it
    flow = next(group for group in root.iter(_GROUP) if group.get("id") == "flow")
    for group in list(flow):
        is_legend = group.get("id", "").startswith("legend-")
        # One legend says what both sides' signs are.
        if name == "new" if is_legend else missing in group.get("class", "").split():
            flow.remove(group)
    if name == "old":
        _as_it_was(flow, found.difference.was)
    _headed(flow, picture, subject)
    drawn = replace(found.drawn, source="")
    svg = finish(ET.tostring(root, encoding="unicode"), drawn, picture, found.renderer, telling(picture))
    side = ET.fromstring(svg)  # noqa: S314  # as above
    for child in [child for child in side if child.tag != _GROUP]:
        side.remove(child)
    _held(side)
    for element in side.iter():
        for attribute in ("id", "aria-labelledby", "aria-describedby"):
            if attribute in element.attrib:
                element.set(attribute, f"{name}-{element.get(attribute)}")
    for attribute in ("class", "role", "aria-labelledby", "aria-describedby"):
        side.attrib.pop(attribute, None)
    side.set("role", "group")
    side.set("aria-label", labels.printable(labels.headline(subject)))
    return side


def _without(picture: Picture, state: State) -> Picture:
    lanes = tuple(replace(lane, boxes=tuple(box for box in lane.boxes if box.state != state)) for lane in picture.lanes)
    return replace(picture, lanes=lanes, arrows=tuple(arrow for arrow in picture.arrows if arrow.state != state))


def _as_it_was(flow: ET.Element, was: Mapping[str, tuple[str, ...]]) -> None:
    for group in flow:
        words = was.get(group.get("id", ""))
        texts = list(group.iter(_TEXT))
        if words and texts:
            # A layer's title stands between the name and the place.
            for text, said in zip((texts[0], texts[-1]), words, strict=False):
                text.text = labels.printable(said)


def _headed(flow: ET.Element, picture: Picture, subject: Subject) -> None:
    functions = len({box.key.function for lane in picture.lanes for box in lane.boxes})
    words = (labels.headline(subject), f"{functions} functions, {len(picture.arrows)} calls shown")
    title = next(group for group in flow if group.get("id") == "title")
    for number, text in enumerate(title.iter(_TEXT)):
        text.text = labels.printable(words[number]) if number < len(words) else ""


def _held(side: ET.Element) -> None:
    """What was written into a box that is as wide as other words is held to its width."""
    for group in side.iter(_GROUP):
        if "box" not in group.get("class", "").split():
            continue
        spots = [
            float(number.partition(",")[0])
            for shape in group.iter()
            for number in f"{shape.get('points', '')} {shape.get('d', '')}".replace("M", " ").replace("C", " ").split()
        ]
        for text in group.iter(_TEXT):
            right = max(spots) - BOX_MARGIN
            room = right - float(text.get("x", "0"))
            if text.get("text-anchor") == "start" and float(text.get("textLength", "0")) > room:
                text.set("textLength", f"{room:.1f}")
