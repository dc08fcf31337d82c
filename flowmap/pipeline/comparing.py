"""Either side of a comparison: a flow that was saved, or the flow of a target."""

from __future__ import annotations

from pathlib import Path

from flowmap.errors import UnreadableSourceError
from flowmap.flow.model import Detail, Flow
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.pipeline.results import flow_in
from flowmap.pipeline.targets import mapped_target
from flowmap.snapshot import read_flow


def flow_for(request: Request, detail: Detail, progress: Progress = silent) -> Flow:
    """The flow of a target, or of the `flow.json` that the target names; of that, detail is what it was saved with.

    Raises what `mapped_target` and `read_flow` do, and UnreadableSourceError.
    """
    path = Path(request.target)
    if path.suffix != ".json":
        return flow_in(mapped_target(request, progress).result, detail)
    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        raise UnreadableSourceError(str(path), getattr(error, "strerror", None) or str(error)) from error
    return read_flow(content, where=str(path))
