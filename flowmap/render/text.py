"""The flow as plain text: stages, and under each its calls, indented by who calls whom."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Gap
from flowmap.flow.model import Flow, Stage, Step
from flowmap.names import FunctionName
from flowmap.render import labels

INDENT: Final = "  "
DEEPEST: Final = 12


def render_text(flow: Flow) -> str:
    """`flow.txt`: one line a step, `number. callee (file:line) [evidence]`, deeper by one indent a call."""
    return "\n".join(_lines(flow)) + "\n"


def step_notes(step: Step) -> list[str]:
    """What there is to say of a step besides who calls whom: layer, evidence, hops, condition, the way back."""
    notes = [f"layer {step.layer}"] if step.layer else []
    if step.evidence is not Evidence.CALL:
        notes.append(str(step.evidence))
    if step.through:
        notes.append(f"through {', '.join(name.qualname for name in step.through)}")
    if step.condition:
        notes.append(f"only if {step.condition}")
    if step.returning:
        notes.append("on the way back")
    return notes


def gap_lines(flow: Flow) -> Iterator[str]:
    """One line a gap, see `gap_line`."""
    yield from map(gap_line, flow.gaps)


def gap_line(gap: Gap) -> str:
    """`caller line N: reason`, and the name of what is not there."""
    return f"{gap.caller} line {gap.line}: {gap.reason}{f': {gap.name}' if gap.name else ''}"


def _lines(flow: Flow) -> Iterator[str]:
    subject = flow.subject
    yield labels.headline(subject)
    yield f"project {subject.project}, Python {subject.python} on {subject.platform}"
    for stage in flow.stages:
        yield ""
        yield stage.title
        yield "-" * len(stage.title)
        yield from _stage_lines(flow, stage)
        if hidden := flow.hidden.get(stage.id, 0):
            yield f"{INDENT}(+{hidden} call{'s' * (hidden != 1)} not shown)"
    if elsewhere := flow.hidden_elsewhere:
        yield ""
        yield f"(+{elsewhere} call{'s' * (elsewhere != 1)} of other stages not shown)"
    for name in flow.missing:
        yield ""
        yield f"{name}: not reached"
    for hole in flow.holes:
        yield ""
        yield f"broken at {gap_line(hole)}"
    if flow.gaps:
        yield ""
        yield "Gaps"
        yield "----"
        yield from (INDENT + line for line in gap_lines(flow))


def _stage_lines(flow: Flow, stage: Stage) -> Iterator[str]:
    depth: dict[tuple[FunctionName, int], int] = {}
    width = len(str(max((step.number for step in stage.steps), default=0)))
    for step in stage.steps:
        level = min(depth.get((step.caller, step.caller_layer), -1) + 1, DEEPEST)
        depth.setdefault((step.callee, step.layer), level)
        notes = f" [{', '.join(notes)}]" if (notes := step_notes(step)) else ""
        yield f"{INDENT}{step.number:>{width}}. {INDENT * level}{step.callee}{_where(flow, step.callee)}{notes}"


def _where(flow: Flow, name: FunctionName) -> str:
    function = flow.functions.get(name)
    return f" ({function.file}:{function.line})" if function and function.file else ""
