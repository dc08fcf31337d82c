"""Recall and ratio of a call graph against a recording, and why each missed edge is missed."""

from __future__ import annotations

import enum
from collections.abc import Callable, Collection
from dataclasses import dataclass

from flowmap.callgraph.model import CallGraph, NodeKind
from tests.recall.identity import Identity, of_function
from tests.recall.scope import SCOPES
from tests.recall.trace import Edge, Trace


class Cause(enum.StrEnum):
    """Why an observed edge is not in the graph."""

    CALLER = "the caller is not in the graph"
    EDGE = "both ends are in the graph, the edge is not"
    CALLEE = "the caller is in the graph, the callee is not"


@dataclass(frozen=True, slots=True)
class StaticGraph:
    """A call graph as the recordings speak of it."""

    functions: frozenset[Identity]
    edges: frozenset[Edge]


@dataclass(frozen=True, slots=True)
class Score:
    """Counts of edges in one scope. Recall and ratio are 0 where nothing was observed."""

    scope: str
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
    """An observed edge that the graph lacks; `kinds` are those of the recording."""

    cause: Cause
    kinds: tuple[str, ...]
    caller: Identity
    callee: Identity


def static_graph(graph: CallGraph) -> StaticGraph:
    """Edges to modules, classes and externals count on neither side, so they are left out here."""
    identities = {name: of_function(function) for name, function in graph.functions.items()}
    edges = frozenset(
        (identities[edge.caller], identities[edge.callee])
        for edge in graph.edges
        if graph.functions[edge.callee].kind is NodeKind.FUNCTION
    )
    return StaticGraph(frozenset(identities.values()), edges)


def score(trace: Trace, graph: StaticGraph, scope: str) -> Score:
    """Recall in one scope: an edge is inside when both its ends are."""
    inside = SCOPES[scope]
    observed = _within(trace.edges, inside)
    static = _within(graph.edges, inside)
    return Score(scope, len(observed), len(observed & static), len(static))


def missed(trace: Trace, graph: StaticGraph, scope: str) -> tuple[Missed, ...]:
    """The observed edges of a scope that the graph lacks, sorted by cause."""
    lacking = _within(trace.edges, SCOPES[scope]) - graph.edges
    return tuple(
        sorted(Missed(_cause(edge, graph), tuple(sorted(trace.edges[edge])), edge[0], edge[1]) for edge in lacking)
    )


def _within(edges: Collection[Edge], inside: Callable[[Identity], bool]) -> frozenset[Edge]:
    return frozenset((caller, callee) for caller, callee in edges if inside(caller) and inside(callee))


def _cause(edge: Edge, graph: StaticGraph) -> Cause:
    caller, callee = edge
    if caller not in graph.functions:
        return Cause.CALLER
    return Cause.EDGE if callee in graph.functions else Cause.CALLEE
