"""Recall and ratio of a call graph against a recording, and why each missed edge is missed."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass

from flowmap.callgraph.model import CallGraph
from flowmap.observe.comparison import Cause, cause_of, static_calls
from tests.recall.identity import Identity
from tests.recall.scope import SCOPES
from tests.recall.trace import Edge, Trace


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
    return StaticGraph(*static_calls(graph))


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
        sorted(
            Missed(cause_of(edge, graph.functions), tuple(sorted(trace.edges[edge])), edge[0], edge[1])
            for edge in lacking
        )
    )


def _within(edges: Collection[Edge], inside: Callable[[Identity], bool]) -> frozenset[Edge]:
    return frozenset((caller, callee) for caller, callee in edges if inside(caller) and inside(callee))
