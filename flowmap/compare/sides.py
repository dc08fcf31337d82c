"""One side of a comparison: the functions and calls of a flow, arranged by what is asked of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Function
from flowmap.flow.model import Flow, Step
from flowmap.names import FunctionName, Origin


@dataclass(frozen=True, slots=True)
class Call:
    """All calls of one function by another in a flow; `stage` is that of the first."""

    stage: str
    evidence: tuple[Evidence, ...]
    conditions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of a flow. `calls` are in the order of their first step, `homes` says in which stage a
    function is met first.
    """

    flow: Flow
    functions: Mapping[FunctionName, Function]
    calls: Mapping[tuple[FunctionName, FunctionName], Call]
    homes: Mapping[FunctionName, str]

    def callees(self) -> Mapping[FunctionName, tuple[FunctionName, ...]]:
        """What each function calls, in the order of the first calls."""
        found: dict[FunctionName, list[FunctionName]] = {}
        for caller, callee in self.calls:
            found.setdefault(caller, []).append(callee)
        return {caller: tuple(callees) for caller, callees in found.items()}


def side_of(flow: Flow, *, library: bool) -> Side:
    """A flow as a side; without `library`, the calls inside the standard library are left out."""
    steps = [step for stage in flow.stages for step in stage.steps if library or not _is_inside(step, flow)]
    grouped: dict[tuple[FunctionName, FunctionName], list[Step]] = {}
    homes: dict[FunctionName, str] = {}
    for step in steps:
        grouped.setdefault((step.caller, step.callee), []).append(step)
        homes.setdefault(step.caller, step.stage)
        homes.setdefault(step.callee, step.stage)
    functions = {name: flow.functions[name] for name in sorted(homes) if name in flow.functions}
    return Side(flow, functions, {pair: _call(same) for pair, same in grouped.items()}, homes)


def _is_inside(step: Step, flow: Flow) -> bool:
    ends = (flow.functions.get(step.caller), flow.functions.get(step.callee))
    return all(end is not None and end.origin is Origin.STDLIB for end in ends)


def _call(steps: Iterable[Step]) -> Call:
    same = tuple(steps)
    return Call(
        same[0].stage,
        tuple(sorted({step.evidence for step in same})),
        tuple(sorted({step.condition or "" for step in same})),
    )
