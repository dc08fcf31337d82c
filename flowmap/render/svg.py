"""A flow as SVG: laid out, routed, drawn by Graphviz, checked for lost parts, and given its style and titles."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flowmap.flow.model import Flow
from flowmap.flow.sightings import Sightings
from flowmap.render import labels
from flowmap.render.dotfile import Drawn, SourceLinks, pinned_dot
from flowmap.render.fitting import fit_texts
from flowmap.render.geometry import place
from flowmap.render.grid import lay_out_lanes
from flowmap.render.picture import Picture, picture_of
from flowmap.render.reading import order_for_reading
from flowmap.render.renderer import Renderer, RenderingError, renderer_for
from flowmap.render.stylesheet import stylesheet

SVG: Final = "http://www.w3.org/2000/svg"
XLINK: Final = "http://www.w3.org/1999/xlink"
# What the boxes of a lane may take; with title column and gutters a page at `flow` detail comes to 1280 points at most.
LANE_WIDTH: Final = 1020.0


def no_links(_function: object) -> None:
    """Links nothing: for trees whose source is nowhere public."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """A flow with all that is on its picture in its place: what both its SVG and its DOT are made from."""

    picture: Picture
    drawn: Drawn
    renderer: Renderer


def sheet_of(
    flow: Flow,
    *,
    links: SourceLinks = no_links,
    renderer: Renderer | None = None,
    stage_order: Sequence[str] = (),
    sightings: Sightings | None = None,
    once: frozenset[str] = frozenset(),
) -> Sheet:
    """A flow laid out and routed, see `render_svg`."""
    picture = picture_of(flow, stage_order=stage_order, sightings=sightings, once=once)
    drawing = renderer or renderer_for()
    return Sheet(picture, draw(picture, links=links, renderer=drawing), drawing)


def svg_of(sheet: Sheet) -> str:
    """A sheet as SVG, see `render_svg`."""
    return finish(sheet.renderer.draw(sheet.drawn.source), sheet.drawn, sheet.picture, sheet.renderer)


def dot_of(sheet: Sheet) -> str:
    """A sheet as DOT, see `render_dot`."""
    return f"// Everything has its place: draw with neato -n2.\n{sheet.drawn.source}"


def render_svg(
    flow: Flow,
    *,
    links: SourceLinks = no_links,
    renderer: Renderer | None = None,
    stage_order: Sequence[str] = (),
    sightings: Sightings | None = None,
    once: frozenset[str] = frozenset(),
) -> str:
    """The request-flow picture, one SVG document with no scripts and no outside references but its links.

    `links` gives the address of a function's source line, or None. `stage_order` puts missing stages in place.
    `sightings`, what a recording says, mark the arrows. `once` are the ids of the stages that happen once.
    Raises RenderingError: Graphviz failed, or lost an element.
    """
    return svg_of(
        sheet_of(flow, links=links, renderer=renderer, stage_order=stage_order, sightings=sightings, once=once)
    )


def render_dot(
    flow: Flow,
    *,
    links: SourceLinks = no_links,
    renderer: Renderer | None = None,
    stage_order: Sequence[str] = (),
    sightings: Sightings | None = None,
    once: frozenset[str] = frozenset(),
) -> str:
    """The same picture as DOT with all positions: `neato -n2 -Tsvg` draws it."""
    return dot_of(
        sheet_of(flow, links=links, renderer=renderer, stage_order=stage_order, sightings=sightings, once=once)
    )


def draw(picture: Picture, *, links: SourceLinks, renderer: Renderer) -> Drawn:
    """Lays out, routes and writes a picture as DOT."""
    grids = lay_out_lanes(picture, renderer, width=LANE_WIDTH)
    return pinned_dot(picture, place(picture, grids), links=links, renderer=renderer)


@dataclass(frozen=True, slots=True)
class Telling:
    """What is said of a picture as a whole, and how it looks. `said` is told of each box and arrow, by anchor; None is
    what their steps tell.
    """

    title: str
    description: str
    style: str
    said: Mapping[str, str] | None = None


def finish(svg: str, drawn: Drawn, picture: Picture, renderer: Renderer, telling: Telling | None = None) -> str:
    """Checks that nothing got lost, holds the texts to their room, then adds style, titles and roles.

    The engine's comments go with the parsing.
    """
    telling = telling or _telling(picture)
    # The text is Graphviz's own output, made of names that went through its escaping: nothing of it is fetched.
    root = ET.fromstring(svg)  # noqa: S314  # our own renderer wrote it
    present = {element.get("id") for element in root.iter()}
    lost = sorted(declared_ids(drawn.source) - present - {"flow"})
    if lost:
        raise RenderingError(f"Graphviz left {len(lost)} elements out of the picture: {', '.join(lost[:5])}")
    for group in root.iter(f"{{{SVG}}}g"):
        _retitle(group, drawn)
    fit_texts(root, renderer)
    order_for_reading(root, picture, telling.said)
    _head(root, telling)
    ET.register_namespace("", SVG)
    ET.register_namespace("xlink", XLINK)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def declared_ids(dot: str) -> set[str]:
    """Every id that a DOT source of ours gives to a node or an edge."""
    return {quoted or bare for quoted, bare in re.findall(r'[\[ ]id=(?:"([^"]+)"|([\w.]+))', dot)}


def _retitle(group: ET.Element, drawn: Drawn) -> None:
    """The tooltip becomes the group's title, which browsers show and screen readers say."""
    title = group.find(f"{{{SVG}}}title")
    if title is None:
        return
    words = drawn.tooltips.get(group.get("id", ""))
    if words is None:
        group.remove(title)
    else:
        title.text = labels.printable(words)
    for anchor in group.iter(f"{{{SVG}}}a"):
        anchor.attrib.pop(f"{{{XLINK}}}title", None)


def _telling(picture: Picture) -> Telling:
    stages = ", ".join(lane.title for lane in picture.lanes if not lane.missing)
    words = f"The way of one request, call by call, in stages: {stages}. {labels.subtitle(picture)}."
    return Telling(labels.headline(picture.subject), words, stylesheet(picture))


def _head(root: ET.Element, telling: Telling) -> None:
    # A point is drawn as a CSS pixel, so that the page fits a screen of its width.
    for length in ("width", "height"):
        root.set(length, root.get(length, "").removesuffix("pt"))
    root.set("class", "flowmap")
    root.set("role", "graphics-document")
    root.set("aria-labelledby", "flow-title")
    root.set("aria-describedby", "flow-desc")
    title = ET.Element(f"{{{SVG}}}title", {"id": "flow-title"})
    title.text = labels.printable(telling.title)
    desc = ET.Element(f"{{{SVG}}}desc", {"id": "flow-desc"})
    desc.text = labels.printable(telling.description)
    style = ET.Element(f"{{{SVG}}}style")
    style.text = telling.style
    for position, element in enumerate((title, desc, style)):
        root.insert(position, element)
