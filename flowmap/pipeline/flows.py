"""From a mapped program to the flow of one request, and to the result that is kept."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from flowmap.analysis.result import Reason
from flowmap.callgraph.model import Gap, NodeKind
from flowmap.flow.cut import cut, cut_all
from flowmap.flow.model import Detail, Flow
from flowmap.names import Origin
from flowmap.pipeline.mapping import MappedProgram, map_program
from flowmap.pipeline.request import Request
from flowmap.pipeline.results import Counts, Hole, Result
from flowmap.snapshot import callgraph_json, flow_json


def map_flow(target: str, project: Path | None = None, *, jobs: int | None = None) -> Flow:
    """The flow through a target and a project, everything else at its default."""
    return flow_of(map_program(Request(target, project, jobs=jobs)))


def flow_of(program: MappedProgram, detail: Detail = Detail.FLOW) -> Flow:
    """The part of the call graph that one request runs through."""
    return cut(program.graph, lambda *_: program.landmarks, program.subject, detail)


def result_of(program: MappedProgram) -> Result:
    """All that is ever asked of a mapped program: its graph, its flow at every detail, what there is to count."""
    graph = program.graph
    flows = cut_all(graph, lambda *_: program.landmarks, program.subject)
    decided = program.framework.decide(flows[Detail.FLOW], program.entrance, program.tree)
    subject = replace(program.subject, decided=decided)
    flows = {detail: replace(flow, subject=subject) for detail, flow in flows.items()}
    functions = sum(function.kind is NodeKind.FUNCTION for function in graph.functions.values())
    bounds = Counter(bound.name for bound in graph.bounds)
    return Result(
        callgraph_json(graph, subject),
        Counts(program.files, functions, len(graph.edges), len(graph.gaps), dict(sorted(bounds.items()))),
        {detail: flow_json(flow) for detail, flow in flows.items()},
        {landmark.stage: landmark.title for landmark in program.landmarks.stages},
        tuple(_hole(program, gap) for gap in flows[Detail.FLOW].holes),
        absent=_absent(program),
        notes=program.notes,
    )


def _absent(program: MappedProgram) -> dict[str, str]:
    """What modules of the project import and is not in the source, by the outermost package that is not."""
    found: dict[str, str] = {}
    for gap in program.graph.gaps:
        caller = program.graph.functions[gap.caller]
        if gap.reason == Reason.MODULE_MISSING and gap.name and caller.origin is Origin.PROJECT:
            parts = gap.name.split(".")
            outer = (".".join(parts[:length]) for length in range(1, len(parts) + 1))
            name = next((each for each in outer if program.tree.find(each) is None), gap.name)
            found.setdefault(name, f"{caller.file}:{gap.line}")
    return dict(sorted(found.items()))


def _hole(program: MappedProgram, gap: Gap) -> Hole:
    place = f"{program.graph.functions[gap.caller].file}:{gap.line}"
    why = program.unreadable.get(gap.name, "") if gap.reason == Reason.UNREADABLE else ""
    return Hole(gap.reason, gap.name, place, why)
