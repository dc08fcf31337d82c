"""What is written of a flow: which files, in which folder."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from flowmap.callgraph.model import Function
from flowmap.errors import UnknownChoiceError
from flowmap.flow.model import Detail, Subject
from flowmap.flow.narrowing import WHOLE, Narrowing, narrowed
from flowmap.flow.sightings import Sightings
from flowmap.frameworks import Framework
from flowmap.pipeline.results import Result, flow_in
from flowmap.render.renderer import Renderer, RendererKind, renderer_for
from flowmap.render.sentences import Language
from flowmap.sources.target import canonical_name
from flowmap.sources.tree import SourceTree

DEFAULT_FOLDER: Final = Path("outputs")
DEFAULT_FORMATS: Final = ("svg", "html", "json", "markdown")


# In the order in which help lists them; json is the snapshots themselves, the others are drawn.
FORMATS: Final = ("svg", "html", "dot", "graphml", "json", "markdown", "text", "mermaid")


@dataclass(frozen=True, slots=True)
class Manner:
    """How a flow is drawn. `sightings` mark what is drawn; `language` is that of the guided reading."""

    renderer: Renderer
    detail: Detail = Detail.FLOW
    narrowing: Narrowing = WHOLE
    sightings: Sightings | None = None
    language: Language = Language.EN


def chosen_formats(text: str | None) -> tuple[str, ...]:
    """The formats in a comma-separated list; the default ones for None. Raises UnknownChoiceError."""
    if text is None:
        return DEFAULT_FORMATS
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in FORMATS:
            raise UnknownChoiceError("--format", name, FORMATS)
    return names


def chosen_renderer(name: str) -> Renderer:
    """The renderer of that name. Raises UnknownChoiceError and RendererMissingError."""
    if name not in list(RendererKind):
        raise UnknownChoiceError("--renderer", name, [kind.value for kind in RendererKind])
    return renderer_for(RendererKind(name))


def chosen_language(name: str) -> Language:
    """The language of that name. Raises UnknownChoiceError."""
    if name not in list(Language):
        raise UnknownChoiceError("--lang", name, [each.value for each in Language])
    return Language(name)


def output_folder(subject: Subject, framework: Framework) -> str:
    """The name of a target's folder: `django-5.2.19`, with `+PROJECT` and `@ENTRY` when they are not the default."""
    name = f"{canonical_name(subject.distribution)}-{subject.version}"
    if subject.project != framework.default_project:
        name += f"+{_slug(subject.project)}"
    if subject.entry != framework.default_entry:
        name += f"@{_slug(subject.entry)}"
    return name


def render_outputs(
    result: Result, framework: Framework, formats: Iterable[str], manner: Manner, tree: SourceTree | None = None
) -> dict[str, bytes]:
    """The content of every file of the formats, by its name. Source is quoted from `tree`. What is drawn is narrowed,
    the snapshots are always whole.

    Raises what `narrowed` raises.
    """
    names = tuple(formats)
    files: dict[str, bytes] = {}
    if drawn := [name for name in names if name != "json"]:
        files = _drawn(drawn, result, framework, manner, tree)
    if "json" in names:
        files.update({"flow.json": result.flows[manner.detail], "callgraph.json": result.callgraph})
    return files


def _drawn(
    names: Sequence[str], result: Result, framework: Framework, manner: Manner, tree: SourceTree | None
) -> dict[str, bytes]:
    # A fifth of what a run loads that finds its result in the cache.
    from flowmap.pipeline.drawing import DRAWN, drawing_of  # noqa: PLC0415  # loads much, and is not always needed
    from flowmap.pipeline.viewing import viewed_of  # noqa: PLC0415  # as above

    flow = narrowed(flow_in(result, manner.detail), manner.narrowing)
    part = flow if manner.narrowing else None
    drawing = drawing_of(
        flow,
        partial(_link, framework.source_link, flow.subject),
        manner.renderer,
        partial(viewed_of, result, manner.detail, framework, tree, manner.sightings, part),
        manner.sightings,
        manner.language,
        framework.once,
    )
    return {file: text.encode() for name in names for file, text in DRAWN[name](drawing).items()}


def _link(link: Callable[[Function, Subject], str | None], subject: Subject, function: Function) -> str | None:
    return link(function, subject)


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-") or "_"
