"""Every format that is drawn or written out of a flow; they load what a run that only wants JSON does not need."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Final

from flowmap.flow.model import Flow
from flowmap.flow.sightings import Sightings
from flowmap.render.dotfile import SourceLinks
from flowmap.render.graphml import flow_graphml
from flowmap.render.markdown import Quotes, render_markdown
from flowmap.render.mermaid import render_mermaid, render_sequence
from flowmap.render.renderer import Renderer
from flowmap.render.sentences import Language
from flowmap.render.svg import Sheet, dot_of, sheet_of, svg_of
from flowmap.render.text import render_text
from flowmap.render.viewer.model import Viewed
from flowmap.render.viewer.page import render_html


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that a format may need."""

    flow: Flow
    links: SourceLinks
    renderer: Renderer
    # What not every format needs: all levels, the call graph, the source.
    viewed: Callable[[], Viewed]
    # The picture that several formats show.
    sheet: Callable[[], Sheet]
    svg: Callable[[], str]
    language: Language = Language.EN


def drawing_of(
    flow: Flow,
    links: SourceLinks,
    renderer: Renderer,
    viewed: Callable[[], Viewed],
    sightings: Sightings | None = None,
    language: Language = Language.EN,
    once: frozenset[str] = frozenset(),
) -> Drawing:
    """A drawing in which what more than one format needs is made once, for the first that asks."""
    sheet = cache(partial(sheet_of, flow, links=links, renderer=renderer, sightings=sightings, once=once))
    return Drawing(flow, links, renderer, cache(viewed), sheet, cache(lambda: svg_of(sheet())), language)


def _reading(drawing: Drawing) -> str:
    viewed = drawing.viewed()
    quotes = Quotes(viewed.sources, viewed.licences, viewed.once)
    return render_markdown(drawing.flow, links=drawing.links, quotes=quotes, language=drawing.language)


def _page(drawing: Drawing) -> str:
    viewed = drawing.viewed()
    return render_html(
        viewed,
        links=drawing.links,
        renderer=drawing.renderer,
        drawn={viewed.opening: drawing.svg()},
        language=drawing.language,
    )


DRAWN: Final[Mapping[str, Callable[[Drawing], Mapping[str, str]]]] = {
    "svg": lambda drawing: {"flow.svg": drawing.svg()},
    "html": lambda drawing: {"flow.html": _page(drawing)},
    "dot": lambda drawing: {"flow.dot": dot_of(drawing.sheet())},
    "graphml": lambda drawing: {"flow.graphml": flow_graphml(drawing.flow)},
    "markdown": lambda drawing: {"flow.md": _reading(drawing)},
    "text": lambda drawing: {"flow.txt": render_text(drawing.flow)},
    "mermaid": lambda drawing: {
        "flow.mmd": render_mermaid(drawing.flow),
        "sequence.mmd": render_sequence(drawing.flow),
    },
}
"""The files of a format, by the name that --format takes."""
