"""Either side of a comparison: a snapshot that was saved, or that of a target."""

from __future__ import annotations

import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from flowmap.compare import Snapshot
from flowmap.errors import UnreadableSourceError
from flowmap.flow.model import Detail, Flow
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.snapshot import CALLGRAPH, read_callgraph, read_flow, schema_in

FLOW_FILE: Final = "flow.json"
GRAPH_FILE: Final = "callgraph.json"
# Bytes: that of a release has some MB, and what is made of a file takes several times its size.
_LARGEST: Final = 1 << 28


def sides_for(
    old: Request, new: Request, detail: Detail | None, progress: Progress = silent
) -> tuple[Snapshot, Snapshot]:
    """Both sides of a comparison; without a detail, a target is cut as what was saved is. Raises as below."""
    paths = [_saved(request.target) for request in (old, new)]
    # What cannot be read is known before anything is mapped.
    saved = [None if path is None else saved_snapshot(path) for path in paths]
    details = (each.flow.detail for each in saved if each is not None)
    wanted = detail or next(filter(None, details), Detail.FLOW)
    first, second = (
        snapshot_for(request, wanted, progress) if each is None else each
        for request, each in zip((old, new), saved, strict=True)
    )
    return first, second


def snapshot_for(request: Request, detail: Detail, progress: Progress = silent) -> Snapshot:
    """The snapshot of a target, or the one that the target names: a flow.json, with the callgraph.json beside it where
    that is of the same subject, or either's folder; or a callgraph.json alone. Of what was saved, detail is what it was
    saved with.

    Raises what `mapped_target`, `read_flow` and `read_callgraph` do, and UnreadableSourceError.
    """
    return snapshots_for(request, (detail,), progress)[0]


def snapshots_for(request: Request, details: Sequence[Detail], progress: Progress = silent) -> tuple[Snapshot, ...]:
    """The same target at several levels of detail; what was saved is the same at all of them. Raises the same."""
    path = _saved(request.target)
    if path is not None:
        return (saved_snapshot(path),) * len(details)
    # All that finds and reads a target: what was saved is compared in less than it takes to load.
    from flowmap.pipeline.results import flow_in  # noqa: PLC0415  # loads much, and is not always needed
    from flowmap.pipeline.targets import mapped_target  # noqa: PLC0415  # as above

    result = mapped_target(request, progress).result
    graph = read_callgraph(result.callgraph, where="the result").graph
    return tuple(Snapshot(flow_in(result, detail), graph) for detail in details)


def saved_snapshot(path: Path) -> Snapshot:
    """The snapshot in a flow.json, with the callgraph.json beside it where that is of the same subject; or the call
    graph alone that is in a file.

    Raises what `read_flow` and `read_callgraph` do, and UnreadableSourceError.
    """
    content = _content(path)
    if schema_in(content) == CALLGRAPH:
        saved = read_callgraph(content, where=str(path))
        return Snapshot(Flow(saved.subject, (), {}, {}, ()), saved.graph)
    flow = read_flow(content, where=str(path))
    beside = path.with_name(GRAPH_FILE)
    if path.name != FLOW_FILE or not beside.is_file():
        return Snapshot(flow)
    saved = read_callgraph(_content(beside), where=str(beside))
    return Snapshot(flow, saved.graph if saved.subject == flow.subject else None)


def _saved(target: str) -> Path | None:
    path = Path(target)
    if path.name == GRAPH_FILE and path.with_name(FLOW_FILE).is_file():
        return path.with_name(FLOW_FILE)
    if path.suffix == ".json":
        return path
    return path / FLOW_FILE if (path / FLOW_FILE).is_file() and (path / GRAPH_FILE).is_file() else None


def _content(path: Path) -> bytes:
    try:
        status = path.stat()
        # A pipe may never end, a device neither.
        if not stat.S_ISREG(status.st_mode) and not stat.S_ISDIR(status.st_mode):
            raise UnreadableSourceError(str(path), "it is no file")
        if status.st_size > _LARGEST:
            raise UnreadableSourceError(str(path), f"it is larger than {_LARGEST >> 20} MiB, as no snapshot is")
        return path.read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableSourceError(str(path), getattr(error, "strerror", None) or str(error)) from error
