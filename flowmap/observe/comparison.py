"""Holds a recording against a call graph: recall and ratio, what was missed and why, and the mark of every edge."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from flowmap.callgraph.model import CallEdge, CallGraph, Function, NodeKind
from flowmap.flow.sightings import Link, Mark, Sightings
from flowmap.names import FunctionName
from flowmap.observe.identity import Identity, of_function
from flowmap.observe.matching import Matching
from flowmap.snapshot.observed import CallKind, Observed, ObservedEdge, ObservedFunction

# What Python does for the program, not the program: imports, class bodies, and what runs because something died.
_COUNTED: Final = frozenset({CallKind.CALL, CallKind.CREATE, CallKind.THREAD})
_BODIES: Final = frozenset({CallKind.IMPORT, CallKind.CLASS_BODY})

InScope = Callable[[str, str], bool]
Pair = tuple[Identity, Identity]


class Cause(enum.StrEnum):
    """Why a call that happened is not in the graph."""

    CALLER = "the caller is not on the map"
    EDGE = "both ends are on the map, the call is not"
    CALLEE = "the caller is on the map, the callee is not"


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of calls in one scope. Recall and ratio are 0 where nothing was observed."""

    observed: int
    found: int
    static: int

    @property
    def recall(self) -> float:
        return self.found / self.observed if self.observed else 0.0

    @property
    def ratio(self) -> float:
        return self.static / self.observed if self.observed else 0.0


@dataclass(frozen=True, slots=True, order=True)
class Missed:
    """A call that happened and that the graph lacks, by the ids of both functions."""

    cause: Cause
    caller: str
    callee: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a recording says of a call graph. `missed` are the calls on the way of a request, `flow` counts those."""

    flow: Score
    everything: Score
    missed: tuple[Missed, ...]
    sightings: Sightings


def compare(observed: Observed, graph: CallGraph, in_scope: InScope) -> Comparison:
    """Holds what happened against what may happen. `in_scope` gets the origin of a function and its file."""
    matching = Matching(graph, _ends(observed.edges))
    known, static = static_calls(graph)
    counted = [edge for edge in observed.edges if counts(edge)]
    ran: dict[Pair, ObservedEdge] = {}
    for edge in counted:
        caller, callee = matching.identity(edge.caller), matching.identity(edge.callee)
        if caller is not None and callee is not None:
            ran.setdefault((caller, callee), edge)

    def on_the_way(pair: Pair) -> bool:
        return all(in_scope(end.origin, end.file) for end in pair)

    flow = {pair for pair in ran if on_the_way(pair)}
    missed = tuple(sorted(_missed(pair, ran[pair], matching, known) for pair in flow - static))
    return Comparison(
        _score(flow, {pair for pair in static if on_the_way(pair)}),
        _score(ran, static),
        missed,
        Sightings(_marks(observed.edges, graph, matching, missed)),
    )


def static_calls(graph: CallGraph) -> tuple[frozenset[Identity], frozenset[Pair]]:
    """All functions of a graph, and its calls of functions: modules, classes and externals count on neither side."""
    identities = {name: of_function(function) for name, function in graph.functions.items()}
    calls = frozenset(
        (identities[edge.caller], identities[edge.callee])
        for edge in graph.edges
        if graph.functions[edge.callee].kind is NodeKind.FUNCTION
    )
    return frozenset(identities.values()), calls


def cause_of(pair: Pair, known: Collection[Identity]) -> Cause:
    """Why a call that happened is not among those of a graph with these functions."""
    caller, callee = pair
    if caller not in known:
        return Cause.CALLER
    return Cause.EDGE if callee in known else Cause.CALLEE


def counts(edge: ObservedEdge) -> bool:
    """Whether an edge is a call of the program's own, of a function."""
    return edge.callee.kind is NodeKind.FUNCTION and not _COUNTED.isdisjoint(edge.kinds)


def _score(observed: Collection[Pair], static: Collection[Pair]) -> Score:
    return Score(len(observed), len(frozenset(observed) & frozenset(static)), len(static))


def _missed(pair: Pair, edge: ObservedEdge, matching: Matching, known: Collection[Identity]) -> Missed:
    return Missed(cause_of(pair, known), _id(edge.caller, matching), _id(edge.callee, matching))


def _id(ran: ObservedFunction, matching: Matching) -> str:
    found = matching.find(ran)
    return str(ran.name if found is None else found.name)


def _marks(
    edges: Iterable[ObservedEdge], graph: CallGraph, matching: Matching, missed: Iterable[Missed]
) -> dict[Link, Mark]:
    marks = {(edge.caller, edge.callee): _unseen(edge, graph) for edge in graph.edges}
    marks.update((link, Mark.SEEN) for link in _links(edges, matching) if link in marks)
    for each in missed:
        marks[FunctionName.parse(each.caller), FunctionName.parse(each.callee)] = Mark.NOT_FOUND
    return marks


def _links(edges: Iterable[ObservedEdge], matching: Matching) -> Iterator[Link]:
    found: dict[ObservedFunction, Function | None] = {}
    for edge in edges:
        ends: list[FunctionName] = []
        for end in (edge.caller, edge.callee):
            if end not in found:
                found[end] = matching.find(end)
            function = found[end]
            if function is not None:
                ends.append(function.name)
        if len(ends) == 2 and (counts(edge) or not _BODIES.isdisjoint(edge.kinds)):
            yield ends[0], ends[1]


def _unseen(edge: CallEdge, graph: CallGraph) -> Mark:
    # The node of a class stands for a call of it that enters no code of the program.
    silent = graph.functions[edge.callee].kind in {NodeKind.EXTERNAL, NodeKind.CLASS}
    return Mark.UNOBSERVABLE if silent else Mark.POSSIBLE


def _ends(edges: Iterable[ObservedEdge]) -> Iterator[ObservedFunction]:
    for edge in edges:
        yield edge.caller
        yield edge.callee
