"""The difference map as SVG: one layout of both flows, in which classes tell what is of which side."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from flowmap.callgraph.model import Function
from flowmap.compare import FlowDiff
from flowmap.flow.model import Flow, Subject
from flowmap.render.difference.picture import Difference, difference_of
from flowmap.render.dotfile import Drawn
from flowmap.render.palette import BOXES, DARK_FAINT_INK, FAINT_INK, STATES, State
from flowmap.render.picture import Picture
from flowmap.render.renderer import Renderer, renderer_for
from flowmap.render.stylesheet import common_stylesheet
from flowmap.render.svg import Telling, draw, finish

_DARK: Final = "@media screen and (prefers-color-scheme: dark)"


# The address of the line where a function of a subject is defined, or None.
SubjectLinks = Callable[[Function, Subject], str | None]
# What Graphviz writes on every text: the stylesheet names the font, and labels have no spaces that would fold.
_REPEATED: Final = (' xml:space="preserve"', ' font-family="Helvetica,sans-Serif"')


def nowhere(_function: Function, _subject: Subject) -> None:
    """Links nothing."""


@dataclass(frozen=True, slots=True)
class DrawnDifference:
    """A difference, and what Graphviz drew of it."""

    difference: Difference
    drawn: Drawn
    svg: str
    renderer: Renderer


def draw_difference(old: Flow, new: Flow, diff: FlowDiff, links: SubjectLinks, renderer: Renderer) -> DrawnDifference:
    """Lays both flows out as one picture, and draws it. Raises RenderingError."""
    difference = difference_of(old, new, diff)
    drawn = draw(difference.picture, links=lambda function: _link(function, old, new, links), renderer=renderer)
    return DrawnDifference(difference, drawn, renderer.draw(drawn.source), renderer)


def render_difference(
    old: Flow, new: Flow, diff: FlowDiff, *, links: SubjectLinks = nowhere, renderer: Renderer | None = None
) -> str:
    """The difference map, one SVG document like that of `render_svg`: what is added, removed, changed and renamed bears
    its sign, its line and its colour, the rest is faded. Raises RenderingError.
    """
    found = draw_difference(old, new, diff, links, renderer or renderer_for())
    picture = found.difference.picture
    return lean(finish(found.svg, found.drawn, picture, found.renderer, telling(picture)))


def lean(svg: str) -> str:
    """A drawn document without what every text repeats."""
    for text in _REPEATED:
        svg = svg.replace(text, "")
    return svg


def _link(function: Function, old: Flow, new: Flow, links: SubjectLinks) -> str | None:
    return links(function, (new if function.name in new.functions else old).subject)


def telling(picture: Picture) -> Telling:
    """What is said of a difference and its elements, and how they look."""
    style = "\n".join((common_stylesheet().rstrip(), *state_rules(), ""))
    said = {arrow.anchor: arrow.tooltip.partition("\n")[0] for arrow in picture.arrows}
    for lane in picture.lanes:
        for box in lane.boxes:
            state = box.state or State.UNCHANGED
            opens = f"; opens the stage {lane.title}" if box.landmark else ""
            said[box.anchor] = f"{STATES[state].meaning.removeprefix(STATES[state].sign).strip()}{opens}"
    return Telling(picture.heading[0], ". ".join(picture.heading), style, said)


def state_rules() -> Iterator[str]:
    """After the rules of every picture, which these overrule."""
    yield f".box.unchanged text {{ fill: {FAINT_INK} }}"
    yield ".box:hover > polygon, .box:hover a > polygon { stroke-width: 3.4 }"
    yield f"{_DARK} {{"
    for origin, (_, dark) in BOXES.items():
        yield f".box.from-{origin} polygon {{ fill: {dark} }}"
    yield f".box.unchanged text {{ fill: {DARK_FAINT_INK} }}"
    for state, style in STATES.items():
        yield f".box.{state} path, .box.{state} polygon, .arrow.{state} path {{ stroke: {style.dark} }}"
        head = "none" if style.head == "empty" else style.dark
        yield f".arrow.{state} polygon {{ stroke: {style.dark}; fill: {head} }}"
        yield f".arrow.{state} text {{ fill: {style.dark} }}"
    yield "}"
