"""What is written of a flow: which files, in which folder, whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from flowmap.callgraph.model import CallGraph, Function
from flowmap.errors import OutputError, UnknownChoiceError
from flowmap.flow.model import Flow, Subject
from flowmap.pipeline.mapping import MappedProgram
from flowmap.render.dotfile import SourceLinks
from flowmap.render.graphml import flow_graphml
from flowmap.render.markdown import render_markdown
from flowmap.render.mermaid import render_mermaid, render_sequence
from flowmap.render.renderer import Renderer, RendererKind, renderer_for
from flowmap.render.svg import render_dot, render_svg
from flowmap.render.text import render_text
from flowmap.snapshot import callgraph_json, flow_json
from flowmap.sources.target import canonical_name

DEFAULT_FOLDER: Final = Path("outputs")
DEFAULT_FORMATS: Final = ("svg", "json", "markdown")


@dataclass(frozen=True, slots=True)
class Drawing:
    """All that a format may need."""

    flow: Flow
    graph: CallGraph
    links: SourceLinks
    renderer: Renderer


_Rendered = Mapping[str, str | bytes]


def _json(drawing: Drawing) -> _Rendered:
    return {
        "flow.json": flow_json(drawing.flow),
        "callgraph.json": callgraph_json(drawing.graph, drawing.flow.subject),
    }


FORMATS: Final[Mapping[str, Callable[[Drawing], _Rendered]]] = {
    "svg": lambda drawing: {"flow.svg": render_svg(drawing.flow, links=drawing.links, renderer=drawing.renderer)},
    "dot": lambda drawing: {"flow.dot": render_dot(drawing.flow, links=drawing.links, renderer=drawing.renderer)},
    "graphml": lambda drawing: {"flow.graphml": flow_graphml(drawing.flow)},
    "json": _json,
    "markdown": lambda drawing: {"flow.md": render_markdown(drawing.flow, links=drawing.links)},
    "text": lambda drawing: {"flow.txt": render_text(drawing.flow)},
    "mermaid": lambda drawing: {
        "flow.mmd": render_mermaid(drawing.flow),
        "sequence.mmd": render_sequence(drawing.flow),
    },
}
"""By the name that --format takes, in the order in which help lists them."""


def chosen_formats(text: str | None) -> tuple[str, ...]:
    """The formats in a comma-separated list; the default ones for None. Raises UnknownChoiceError."""
    if text is None:
        return DEFAULT_FORMATS
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",")))
    for name in names:
        if name not in FORMATS:
            raise UnknownChoiceError("--format", name, tuple(FORMATS))
    return names


def chosen_renderer(name: str) -> Renderer:
    """The renderer of that name. Raises UnknownChoiceError and RendererMissingError."""
    if name not in list(RendererKind):
        raise UnknownChoiceError("--renderer", name, [kind.value for kind in RendererKind])
    return renderer_for(RendererKind(name))


def output_folder(program: MappedProgram) -> str:
    """The name of a target's folder: `django-5.2.19`, with `+PROJECT` and `@ENTRY` when they are not the default."""
    subject, framework = program.subject, program.framework
    name = f"{canonical_name(subject.distribution)}-{subject.version}"
    if subject.project != framework.default_project:
        name += f"+{_slug(subject.project)}"
    if subject.entry != framework.default_entry:
        name += f"@{_slug(subject.entry)}"
    return name


def render_outputs(program: MappedProgram, flow: Flow, formats: Iterable[str], renderer: Renderer) -> dict[str, bytes]:
    """The content of every file of the formats, by its name."""
    links = partial(_link, program.framework.source_link, flow.subject)
    drawing = Drawing(flow, program.graph, links, renderer)
    rendered: dict[str, bytes] = {}
    for name in formats:
        for file, content in FORMATS[name](drawing).items():
            rendered[file] = content.encode() if isinstance(content, str) else content
    return rendered


def check_writable(folder: Path) -> None:
    """Raises OutputError when it is plain, before anything is computed, that nothing can be written below `folder`."""
    try:
        existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    except OSError as error:
        raise OutputError(str(folder), error.strerror or str(error)) from error
    if not existing.is_dir():
        raise OutputError(str(folder), f"{existing} is no folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError(str(folder), "Permission denied")


def write_outputs(files: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Writes all files into `folder`, or none: each appears by a rename once the last one is on the disk.

    Raises OutputError; then neither a file nor a folder is left that was not there before.
    """
    with ExitStack() as undo:
        try:
            made = [path for path in (folder, *folder.parents) if not path.exists()]
            undo.callback(_remove_empty, made)
            folder.mkdir(parents=True, exist_ok=True)
            written = [(_write_beside(folder, content, undo), folder / name) for name, content in files.items()]
            for _, path in written:
                if path.is_dir():
                    raise OutputError(str(path), "it is a folder")
            for temporary, path in written:
                temporary.replace(path)
        except OSError as error:
            raise OutputError(str(folder), error.strerror or str(error)) from error
        undo.pop_all()
    return tuple(path for _, path in written)


def _write_beside(folder: Path, content: bytes, undo: ExitStack) -> Path:
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".flowmap-", suffix=".tmp")
    path = Path(name)
    undo.callback(path.unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    # A temporary file is its owner's alone; what is written is as readable as any other file of the user.
    path.chmod(0o666 & ~_umask())
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()


def _link(link: Callable[[Function, Subject], str | None], subject: Subject, function: Function) -> str | None:
    return link(function, subject)


def _slug(text: str) -> str:
    return re.sub(r"[^\w.-]+", "-", text).strip("-") or "_"
