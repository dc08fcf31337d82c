"""From a mapped program to the flow of one request."""

from __future__ import annotations

from pathlib import Path

from flowmap.flow.cut import cut
from flowmap.flow.model import Detail, Flow
from flowmap.pipeline.mapping import MappedProgram, Request, map_program


def map_flow(target: str, project: Path | None = None, *, jobs: int | None = None) -> Flow:
    """The flow through a target and a project, everything else at its default."""
    return flow_of(map_program(Request(target, project, jobs=jobs)))


def flow_of(program: MappedProgram, detail: Detail = Detail.FLOW) -> Flow:
    """The part of the call graph that one request runs through."""
    return cut(program.graph, lambda *_: program.landmarks, program.subject, detail)
