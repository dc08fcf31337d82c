"""What is written of a flow: which files, in which folder, whole or not at all."""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Final

from flowmap.callgraph.model import Function
from flowmap.errors import OutputError, UnknownChoiceError
from flowmap.flow.model import Detail, Flow, Subject
from flowmap.flow.sightings import Sightings
from flowmap.frameworks import Framework
from flowmap.pipeline.results import Result, flow_in
from flowmap.render.renderer import Renderer, RendererKind, renderer_for
from flowmap.sources.target import canonical_name

DEFAULT_FOLDER: Final = Path("outputs")
DEFAULT_FORMATS: Final = ("svg", "json", "markdown")


# In the order in which help lists them; json is the snapshots themselves, the others are drawn.
FORMATS: Final = ("svg", "dot", "graphml", "json", "markdown", "text", "mermaid")


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


def output_folder(subject: Subject, framework: Framework) -> str:
    """The name of a target's folder: `django-5.2.19`, with `+PROJECT` and `@ENTRY` when they are not the default."""
    name = f"{canonical_name(subject.distribution)}-{subject.version}"
    if subject.project != framework.default_project:
        name += f"+{_slug(subject.project)}"
    if subject.entry != framework.default_entry:
        name += f"@{_slug(subject.entry)}"
    return name


def render_outputs(
    result: Result,
    detail: Detail,
    framework: Framework,
    formats: Iterable[str],
    renderer: Renderer,
    sightings: Sightings | None = None,
) -> dict[str, bytes]:
    """The content of every file of the formats, by its name. `sightings` mark what is drawn."""
    flow = flow_in(result, detail)
    files: dict[str, bytes] = {}
    for name in formats:
        if name == "json":
            files.update({"flow.json": result.flows[detail], "callgraph.json": result.callgraph})
        else:
            files.update(_drawn(name, flow, framework, renderer, sightings))
    return files


def _drawn(
    name: str, flow: Flow, framework: Framework, renderer: Renderer, sightings: Sightings | None
) -> dict[str, bytes]:
    # A fifth of what a run loads that finds its result in the cache.
    from flowmap.pipeline.drawing import DRAWN, Drawing  # noqa: PLC0415  # loads much, and is not always needed

    drawing = Drawing(flow, partial(_link, framework.source_link, flow.subject), renderer, sightings)
    return {file: text.encode() for file, text in DRAWN[name](drawing).items()}


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

    What is there and is no file, a device or a pipe, is written to and stays what it is. Raises OutputError; then
    neither a file nor a folder is left that was not there before.
    """
    with ExitStack() as undo:
        try:
            made = [path for path in (folder, *folder.parents) if not path.exists()]
            undo.callback(_remove_empty, made)
            folder.mkdir(parents=True, exist_ok=True)
            paths = {folder / name: content for name, content in files.items()}
            streams = {path for path in paths if path.exists() and not path.is_file()}
            for path in streams:
                if path.is_dir():
                    raise OutputError(str(path), "it is a folder")
            # A link stays one: what it leads to is replaced.
            places = {path: path.resolve() if path.is_symlink() else path for path in paths if path not in streams}
            written = [(_write_beside(place.parent, paths[path], undo), place) for path, place in places.items()]
            for temporary, place in written:
                temporary.replace(place)
            for path, content in paths.items():
                if path in streams:
                    path.write_bytes(content)
        except OSError as error:
            raise OutputError(str(folder), error.strerror or str(error)) from error
        undo.pop_all()
    return tuple(paths)


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
