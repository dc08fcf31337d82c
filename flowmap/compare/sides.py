"""One side of a comparison: the functions and calls of a flow and of its call graph, by what is asked of them."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallGraph, Function
from flowmap.flow.model import Flow, Step
from flowmap.names import FunctionName, Origin

Pair = tuple[FunctionName, FunctionName]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What is compared: a flow, and the call graph that it was cut from where that is known."""

    flow: Flow
    graph: CallGraph | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """All calls of one function by another. `stage` is that of the first step, empty off the flow; `count` tells how
    many steps there are.
    """

    stage: str
    evidence: tuple[Evidence, ...]
    conditions: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class Side:
    """What is compared of a snapshot. `calls` holds the steps of the flow in the order of the first of each, then what
    only the graph knows; `links` are the edges of the graph, empty where there is none. `homes` says in which stage a
    function is met first, `distances` how many calls it is from a landmark; functions off the flow are in neither.
    """

    flow: Flow
    functions: Mapping[FunctionName, Function]
    calls: Mapping[Pair, Call]
    links: frozenset[Pair]
    homes: Mapping[FunctionName, str]
    distances: Mapping[FunctionName, int]

    def callees(self) -> Mapping[FunctionName, tuple[FunctionName, ...]]:
        """What each function of the flow calls there, in the order of the first calls."""
        found: dict[FunctionName, list[FunctionName]] = {}
        for (caller, callee), call in self.calls.items():
            if call.count:
                found.setdefault(caller, []).append(callee)
        return {caller: tuple(callees) for caller, callees in found.items()}


def side_of(snapshot: Snapshot, *, library: bool) -> Side:
    """A snapshot as a side; without `library`, the calls inside the standard library are left out."""
    flow, graph = snapshot.flow, snapshot.graph
    known = {**(graph.functions if graph else {}), **flow.functions}
    steps = [step for stage in flow.stages for step in stage.steps]
    grouped: dict[Pair, list[Step]] = {}
    homes: dict[FunctionName, str] = {}
    for step in steps:
        if library or not _is_inside((step.caller, step.callee), known):
            grouped.setdefault((step.caller, step.callee), []).append(step)
            homes.setdefault(step.caller, step.stage)
            homes.setdefault(step.callee, step.stage)
    calls = {pair: _call(same) for pair, same in grouped.items()}
    links: set[Pair] = set()
    # Of thousands of edges most bear the same evidence.
    only = cache(_edge)
    for edge in graph.edges if graph else ():
        pair = (edge.caller, edge.callee)
        if library or not _is_inside(pair, known):
            links.add(pair)
            if pair not in calls:
                calls[pair] = only(frozenset([site.evidence for site in edge.sites]))
    met = {name for pair in calls for name in pair}
    functions = {name: known[name] for name in sorted(met) if name in known}
    landmarks = [stage.landmark for stage in flow.stages]
    return Side(flow, functions, calls, frozenset(links), homes, _distances(landmarks, grouped))


def _is_inside(pair: Pair, known: Mapping[FunctionName, Function]) -> bool:
    ends = (known.get(pair[0]), known.get(pair[1]))
    return all(end is not None and end.origin is Origin.STDLIB for end in ends)


def _call(same: Iterable[Step]) -> Call:
    steps = tuple(same)
    return Call(
        steps[0].stage,
        tuple(sorted({step.evidence for step in steps})),
        tuple(sorted({step.condition or "" for step in steps})),
        len(steps),
    )


def _edge(evidence: frozenset[Evidence]) -> Call:
    return Call("", tuple(sorted(evidence)))


def _distances(landmarks: Iterable[FunctionName], calls: Iterable[Pair]) -> dict[FunctionName, int]:
    near: dict[FunctionName, list[FunctionName]] = {}
    for caller, callee in calls:
        near.setdefault(caller, []).append(callee)
        near.setdefault(callee, []).append(caller)
    found = dict.fromkeys(landmarks, 0)
    waiting = deque(found)
    while waiting:
        name = waiting.popleft()
        for other in near.get(name, ()):
            if other not in found:
                found[other] = found[name] + 1
                waiting.append(other)
    # What hangs on no landmark is on the flow all the same.
    last = max(found.values(), default=0) + 1
    return {name: found.get(name, last) for name in dict.fromkeys((*found, *near))}


def arrow(pair: Pair) -> str:
    """How a call is written as a side of a change."""
    return f"{pair[0]} -> {pair[1]}"


def ends(side: str) -> Iterator[FunctionName]:
    """The functions that a side of a change names."""
    return (FunctionName.parse(part) for part in side.split(" -> ") if ":" in part)
