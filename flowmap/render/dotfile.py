"""Writes the picture as DOT in which everything has its place, for one last pass of `neato -n2`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import graphviz

from flowmap.callgraph.model import Function, NodeKind
from flowmap.flow.sightings import Mark
from flowmap.render import labels
from flowmap.render.columns import TITLE_COLUMN
from flowmap.render.dottext import DotText
from flowmap.render.geometry import Geometry, Line, Rectangle
from flowmap.render.grid import BOX_MARGIN, POINTS_PER_INCH, measure
from flowmap.render.palette import (
    ARROWS,
    BOXES,
    FAINT_INK,
    INK,
    LANES,
    MARKS,
    PAPER,
    STATES,
    ArrowKind,
    LaneColours,
    State,
)
from flowmap.render.picture import Arrow, Box, Lane, Picture
from flowmap.render.renderer import Renderer

SourceLinks = Callable[[Function], str | None]

CORNER: Final = 5.0
ARROW_HEAD: Final = 6.0
TITLE_GAP: Final = 6.0
LEGEND_SAMPLE: Final = 26.0
LEGEND_GAP: Final = 18.0

Point = tuple[float, float]
# What the legend has samples of: lines and boxes, the boxes by origin or state.
_Sampled = ArrowKind | Mark | State | str


@dataclass(frozen=True, slots=True)
class Drawn:
    """A pinned DOT source, and the tooltip of everything in it that has one, by id."""

    source: str
    tooltips: dict[str, str]


def pinned_dot(picture: Picture, geometry: Geometry, *, links: SourceLinks, renderer: Renderer) -> Drawn:
    """The whole picture as DOT: lanes, boxes, words, arrows, legend. Lengths are points, y grows upward as in DOT."""
    return _Writer(picture, geometry, links, renderer).drawn()


def lane_colours(number: int) -> LaneColours:
    """The hue of the lane at this place."""
    return LANES[number % len(LANES)]


class _Writer:
    def __init__(self, picture: Picture, geometry: Geometry, links: SourceLinks, renderer: Renderer) -> None:
        self._picture = picture
        self._geometry = geometry
        self._links = links
        self._renderer = renderer
        self._tooltips: dict[str, str] = {}
        self._graph = DotText(
            "flow",
            graph={
                "id": "flow",
                "bgcolor": PAPER,
                "outputorder": "nodesfirst",
                "fontname": "Helvetica",
                "pad": "0.1",
                "splines": "true",
            },
            node={"fontname": "Helvetica", "shape": "plain", "margin": "0"},
            edge={"fontname": "Helvetica", "fontsize": f"{labels.SMALL_SIZE}", "arrowsize": "0.6"},
        )

    def drawn(self) -> Drawn:
        lanes = list(zip(self._picture.lanes, self._geometry.lanes, strict=True))
        for number, (lane, rectangle) in enumerate(lanes):
            self._band(number, lane, rectangle)
        titles = measure([labels.lane_title(lane, INK) for lane, _ in lanes], self._renderer)
        notes = measure([labels.hidden_note(lane.hidden) for lane, _ in lanes], self._renderer)
        for number, (lane, rectangle) in enumerate(lanes):
            self._lane_words(number, lane, rectangle, (titles[number][1], notes[number][1]))
            for box in lane.boxes:
                self._box(number, box)
        self._title()
        self._legend()
        names = {box.key: box.anchor for lane in self._picture.lanes for box in lane.boxes}
        for arrow, line in zip(self._picture.arrows, self._geometry.lines, strict=True):
            self._arrow(arrow, line, names[arrow.tail], names[arrow.head])
        return Drawn(self._graph.source, self._tooltips)

    def _band(self, number: int, lane: Lane, rectangle: Rectangle) -> None:
        colours = lane_colours(number)
        anchor = f"lane-{number + 1}"
        self._tooltips[anchor] = lane.title + (" (not reached)" if lane.missing else "")
        self._graph.node(
            anchor,
            id=anchor,
            label="",
            shape="box",
            style="rounded,dashed" if lane.missing else "rounded,filled",
            fillcolor=colours.faint,
            color=colours.strong if lane.missing else f"{colours.strong}55",
            **{"class": f"lane hue-{number % len(LANES)}{' hole' if lane.missing else ''}"},
            **self._spot(rectangle),
            fixedsize="true",
        )

    def _lane_words(self, number: int, lane: Lane, rectangle: Rectangle, heights: tuple[float, float]) -> None:
        """`heights` are those of the title and, under it, of the note on what is hidden."""
        x, y = rectangle.left + TITLE_COLUMN / 2, rectangle.centre[1]
        if lane.hidden:
            self._words(f"lane-{number + 1}-hidden", labels.hidden_note(lane.hidden), (x, y + heights[0] / 2), "note")
            y -= heights[1] / 2
        title = labels.lane_title(lane, lane_colours(number).strong)
        self._words(f"lane-{number + 1}-title", title, (x, y), f"lane-title hue-{number % len(LANES)}")
        if lane.half:
            label = labels.half_note(lane.half)
            width, height = measure([label], self._renderer)[0]
            self._words(
                f"lane-{number + 1}-half", label, (rectangle.left + width / 2, rectangle.top - height / 2), "half"
            )
        if lane.missing:
            width, _ = measure([labels.hole_note()], self._renderer)[0]
            at = rectangle.left + TITLE_COLUMN + 14 + width / 2, rectangle.centre[1]
            self._words(f"lane-{number + 1}-hole", labels.hole_note(), at, "note")

    def _box(self, number: int, box: Box) -> None:
        rectangle = self._geometry.boxes[box.key]
        colour = lane_colours(number).strong
        link = self._links(box.function)
        self._tooltips[box.anchor] = labels.box_tooltip(box)
        classes = ["box", f"hue-{number % len(LANES)}", f"from-{box.function.origin}", *(["landmark"] * box.landmark)]
        external = box.function.kind is NodeKind.EXTERNAL
        border = {
            "style": "rounded,filled,dashed" if external else "rounded,filled",
            "color": colour,
            "penwidth": "1.8" if box.landmark else "0.8",
        }
        if box.state is not None:
            classes.append(box.state)
            border |= _border(box.state)
        self._graph.node(
            box.anchor,
            id=box.anchor,
            label=labels.box_label(box, colour=colour, width=rectangle.width - 2 * BOX_MARGIN),
            shape="box",
            fillcolor=BOXES[box.function.origin][0],
            fixedsize="true",
            **border,
            tooltip=_escaped(self._tooltips[box.anchor]),
            **{"class": " ".join(classes)},
            **self._spot(rectangle),
            **({"URL": _escaped(link), "target": "_blank"} if link else {}),
        )

    def _arrow(self, arrow: Arrow, line: Line, tail: str, head: str) -> None:
        self._tooltips[arrow.anchor] = arrow.tooltip
        # Unlike a tooltip, which is written anew, a label keeps what Graphviz makes of entities.
        words = _escaped(arrow.label.replace("&", "&amp;"))
        label = {"headlabel": words, "head_lp": self._at(line.label)} if arrow.label else {}
        self._graph.edge(
            tail,
            head,
            id=arrow.anchor,
            pos=spline(line.points, self._at),
            tooltip=_escaped(arrow.tooltip),
            **_look(arrow),
            **label,
        )

    def _title(self) -> None:
        label = labels.title_label(self._picture)
        width, height = measure([label], self._renderer)[0]
        at = self._geometry.lanes[0].left + width / 2 if self._geometry.lanes else width / 2, -TITLE_GAP - height / 2
        self._words("title", label, at, "title")

    def _legend(self) -> None:
        """Samples of the arrows and boxes that the picture has, in rows under the lanes."""
        entries = self._entries()
        widths = [size[0] for size in measure([labels.legend_text(words) for words, _ in entries], self._renderer)]
        left = self._geometry.lanes[0].left if self._geometry.lanes else 0.0
        x, y = left, self._geometry.bottom + 14
        for number, ((words, sample), width) in enumerate(zip(entries, widths, strict=True)):
            room = (LEGEND_SAMPLE + 6 if sample else 0) + width
            if x > left and x + room > self._geometry.width:
                x, y = left, y + 16
            if sample:
                self._sample(number, sample, x, y)
            self._words(f"legend-{number}-words", labels.legend_text(words), (x + room - width / 2, y), "note")
            x += room + LEGEND_GAP

    def _entries(self) -> list[tuple[str, _Sampled]]:
        """The words of the legend, each with what it has a sample of."""
        states = {box.state for lane in self._picture.lanes for box in lane.boxes}
        states |= {arrow.state for arrow in self._picture.arrows}
        used = {arrow.kind for arrow in self._picture.arrows if arrow.state is None}
        origins = {str(box.function.origin) for lane in self._picture.lanes for box in lane.boxes}
        marks = {arrow.mark for arrow in self._picture.arrows}
        entries: list[tuple[str, _Sampled]] = [(ARROWS[k].meaning, k) for k in ArrowKind if k in used]
        entries += [(style.meaning, state) for state, style in STATES.items() if state in states]
        entries += [(style.meaning, mark) for mark, style in MARKS.items() if mark in marks]
        entries += [(words, name) for name, words in _ORIGIN_WORDS.items() if name in origins]
        if any(" if " in arrow.label for arrow in self._picture.arrows):
            entries.append(("12 if … = only if this holds, in the source's words", ""))
        if any(arrow.through for arrow in self._picture.arrows):
            entries.append(("12 (+3) = through 3 functions that are not shown", ""))
        return entries

    def _sample(self, number: int, sample: _Sampled, x: float, y: float) -> None:
        if isinstance(sample, State) or not isinstance(sample, ArrowKind | Mark):
            look = _border(sample) if isinstance(sample, State) else {}
            rectangle = Rectangle(x + 4, y - 6, x + LEGEND_SAMPLE, y + 6)
            self._graph.node(
                f"legend-{number}",
                id=f"legend-{number}",
                label="",
                shape="box",
                fillcolor=BOXES.get(sample, BOXES["distribution"])[0],
                fixedsize="true",
                **{"style": "rounded,filled", "color": FAINT_INK, "penwidth": "0.8", **look},
                **{"class": f"box from-distribution {sample}" if look else f"box from-{sample}"},
                **self._spot(rectangle),
            )
            return
        ends = ((x, y), (x + LEGEND_SAMPLE, y))
        for side, point in zip(("from", "to"), ends, strict=True):
            name = f"legend-{number}-{side}"
            self._graph.node(name, label="", style="invis", width="0.01", height="0.01", pos=self._at(point))
        self._graph.edge(
            f"legend-{number}-from",
            f"legend-{number}-to",
            id=f"legend-{number}",
            pos=spline(ends, self._at),
            **(_line(ArrowKind.CALL, sample) if isinstance(sample, Mark) else _line(sample, None)),
        )

    def _words(self, anchor: str, label: str, at: Point, css: str) -> None:
        self._graph.node(anchor, id=anchor, label=label, pos=self._at(at), **{"class": f"words {css}"})

    def _spot(self, rectangle: Rectangle) -> dict[str, str]:
        return {
            "pos": self._at(rectangle.centre),
            "width": f"{rectangle.width / POINTS_PER_INCH:.5f}",
            "height": f"{rectangle.height / POINTS_PER_INCH:.5f}",
        }

    @staticmethod
    def _at(point: Point) -> str:
        return f"{point[0]:.2f},{-point[1]:.2f}"


def _look(arrow: Arrow) -> dict[str, str]:
    """How an arrow is drawn, and its number."""
    if arrow.state is None:
        return {"fontcolor": ARROWS[arrow.kind].colour, **_line(arrow.kind, arrow.mark)}
    style = STATES[arrow.state]
    return {
        "fontcolor": style.colour,
        "color": style.colour,
        "style": style.style,
        "penwidth": f"{style.width:g}",
        "arrowhead": style.head,
        "class": f"arrow {arrow.state}",
    }


def _border(state: State) -> dict[str, str]:
    style = STATES[state]
    line = "filled" if style.style in {"solid", "bold"} else f"filled,{style.style}"
    # Added and removed have corners, as nothing else has.
    shape = "" if state in {State.ADDED, State.REMOVED} else "rounded,"
    return {"style": f"{shape}{line}", "color": style.colour, "penwidth": f"{style.border:g}"}


def _line(kind: ArrowKind, mark: Mark | None) -> dict[str, str]:
    """How an arrow is drawn: by what it is known, and what a recording says of it."""
    style = ARROWS[kind]
    marked = MARKS.get(mark) if mark is not None else None
    return {
        "color": style.colour,
        "style": style.style,
        "penwidth": f"{style.width * (marked.widths if marked else 1):g}",
        "class": f"arrow {kind}" + (f" {mark}" if marked else ""),
        **({"arrowhead": marked.head} if marked else {}),
    }


_ORIGIN_WORDS: Final = {
    "distribution": "the distribution under study",
    "project": "the project",
    "dependency": "a dependency",
    "stdlib": "the standard library",
}


def spline(points: Sequence[Point], at: Callable[[Point], str]) -> str:
    """Right-angled corners as the Bezier `pos` of an edge: rounded, and ending where the arrow's head begins."""
    end = points[-1]
    stop = _towards(end, points[-2], ARROW_HEAD)
    way = [*points[:-1], stop]
    return f"e,{at(end)} " + " ".join(at(point) for point in _bezier(way))


def _bezier(way: Sequence[Point]) -> Iterator[Point]:
    here = way[0]
    yield here
    for index in range(1, len(way)):
        corner = way[index]
        if index == len(way) - 1:
            yield from _straight(here, corner)
            return
        radius = min(CORNER, math.dist(here, corner) / 2, math.dist(corner, way[index + 1]) / 2)
        before, after = _towards(corner, here, radius), _towards(corner, way[index + 1], radius)
        yield from _straight(here, before)
        # A quarter circle's control points lie 0.55 of the radius from its ends.
        yield from (_towards(before, corner, radius * 0.55), _towards(after, corner, radius * 0.55), after)
        here = after


def _straight(one: Point, other: Point) -> Iterator[Point]:
    length = math.dist(one, other)
    yield from (_towards(one, other, length / 3), _towards(one, other, length * 2 / 3), other)


def _towards(one: Point, other: Point, distance: float) -> Point:
    length = math.dist(one, other)
    share = distance / length if length else 0.0
    return one[0] + (other[0] - one[0]) * share, one[1] + (other[1] - one[1]) * share


def _escaped(text: str) -> str:
    """Text that Graphviz takes as it is: no escape sequences, and never as HTML."""
    escaped: str = graphviz.nohtml(graphviz.escape(labels.printable(text)))
    return escaped.replace("\n", "\\n")
