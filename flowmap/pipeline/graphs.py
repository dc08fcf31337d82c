"""Where a question to a call graph finds it: a saved `callgraph.json`, or a target that is mapped first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from flowmap.callgraph.model import CallGraph
from flowmap.errors import NoSavedGraphError, TargetNotFoundError, UnreadableSourceError
from flowmap.pipeline.outputs import DEFAULT_FOLDER
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.pipeline.targets import mapped_target
from flowmap.snapshot import read_callgraph
from flowmap.sources.tree import SOURCE_SUFFIX

FILE: Final = "callgraph.json"


def open_graph(
    source: str | None, progress: Progress = silent, request: Callable[[str], Request] = Request
) -> CallGraph:
    """The graph in a file or in a folder that was written, else that of a target, or of a program's first file.

    `request` makes the request for what is not written yet.
    None: the one `callgraph.json` here or below `outputs`. Raises NoSavedGraphError and what reading and mapping raise.
    """
    path = _saved() if source is None else Path(source)
    if path.is_dir() and (path / FILE).is_file():
        path /= FILE
    if path.is_file() and path.suffix == ".json":
        try:
            content = path.read_bytes()
        except OSError as error:
            raise UnreadableSourceError(str(path), error.strerror or "it cannot be read") from error
        return read_callgraph(content, where=str(path)).graph
    if path.suffix == ".json":
        raise TargetNotFoundError(str(path))
    if path.suffix == SOURCE_SUFFIX and path.is_file():
        from flowmap.pipeline.programs import map_kept_files  # noqa: PLC0415  # the engine, which a kept result does without

        progress(f"following {path.name}")
        return map_kept_files([path], no_cache=request(str(path)).no_cache).graph
    mapped = mapped_target(request(str(source)), progress)
    return read_callgraph(mapped.result.callgraph, where="the result").graph


def _saved() -> Path:
    here = Path(FILE)
    if here.is_file():
        return here
    found = sorted(DEFAULT_FOLDER.glob(f"*/{FILE}"))
    if len(found) != 1:
        raise NoSavedGraphError([str(path) for path in found])
    return found[0]
