"""`flow.json`: a flow in the schema `flowmap-flow/1`."""

from __future__ import annotations

import msgspec

from flowmap.analysis.result import Evidence
from flowmap.flow.model import Detail, Flow, Stage, Step
from flowmap.names import FunctionName
from flowmap.snapshot import schema
from flowmap.snapshot.soundness import check_nodes, check_once, check_subject
from flowmap.snapshot.wire import (
    WireGap,
    WireNode,
    WireSubject,
    functions_of,
    gaps_of,
    subject_of,
    wire_gaps,
    wire_nodes,
    wire_subject,
)


class _WireSite(msgspec.Struct):
    file: str
    line: int


class _WireStep(msgspec.Struct):
    number: int
    layer: int
    caller: str
    caller_layer: int
    callee: str
    site: _WireSite
    evidence: Evidence
    condition: str | None
    returning: bool
    through: list[str]


class _WireStage(msgspec.Struct):
    id: str
    title: str
    landmark: str
    steps: list[_WireStep]


class _WireFlow(msgspec.Struct, omit_defaults=True):
    schema: str
    subject: WireSubject
    stages: list[_WireStage]
    hidden: dict[str, int]
    missing: list[str]
    holes: list[WireGap]
    gaps: list[WireGap]
    nodes: list[WireNode]
    # Flows from before it was written down have none.
    detail: Detail | None = None


def flow_json(flow: Flow) -> bytes:
    """The bytes of `flow.json`: stages and steps in their order, everything else sorted."""
    stages = [
        _WireStage(stage.id, stage.title, str(stage.landmark), [_wire_step(step, flow) for step in stage.steps])
        for stage in flow.stages
    ]
    return schema.encode(
        _WireFlow(
            schema.FLOW,
            wire_subject(flow.subject),
            stages,
            dict(sorted(flow.hidden.items())),
            list(flow.missing),
            wire_gaps(flow.holes),
            wire_gaps(flow.gaps),
            wire_nodes(flow.functions.values()),
            flow.detail,
        )
    )


def read_flow(data: bytes, *, where: str = "the file") -> Flow:
    """The inverse of `flow_json`. Raises NotASnapshotError or UnknownSchemaError."""
    wire = schema.decode(data, _WireFlow, schema=schema.FLOW, where=where)
    check_subject(wire.subject, where)
    check_nodes(wire.nodes, where)
    check_once((stage.id for stage in wire.stages), "stages", where)
    return Flow(
        subject_of(wire.subject),
        tuple(_stage(stage) for stage in wire.stages),
        functions_of(wire.nodes),
        wire.hidden,
        gaps_of(wire.gaps),
        tuple(wire.missing),
        gaps_of(wire.holes),
        wire.detail,
    )


def _wire_step(step: Step, flow: Flow) -> _WireStep:
    caller = flow.functions.get(step.caller)
    return _WireStep(
        step.number,
        step.layer,
        str(step.caller),
        step.caller_layer,
        str(step.callee),
        _WireSite(caller.file if caller else "", step.line),
        step.evidence,
        step.condition,
        step.returning,
        [str(name) for name in step.through],
    )


def _stage(wire: _WireStage) -> Stage:
    steps = (
        Step(
            step.number,
            wire.id,
            FunctionName.parse(step.caller),
            step.caller_layer,
            FunctionName.parse(step.callee),
            step.layer,
            step.site.line,
            step.evidence,
            step.returning,
            step.condition,
            tuple(FunctionName.parse(name) for name in step.through),
        )
        for step in wire.steps
    )
    return Stage(wire.id, wire.title, FunctionName.parse(wire.landmark), tuple(steps))
