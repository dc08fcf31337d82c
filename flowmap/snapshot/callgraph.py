"""`callgraph.json`: a call graph and its subject in the schema `flowmap-callgraph/1`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from operator import attrgetter

import msgspec

from flowmap.analysis.result import Bound
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite
from flowmap.flow.model import Subject
from flowmap.names import FunctionName
from flowmap.snapshot import schema
from flowmap.snapshot.soundness import check_nodes, check_once, check_subject
from flowmap.snapshot.wire import (
    WireGap,
    WireNode,
    WireSite,
    WireSubject,
    functions_of,
    gaps_of,
    subject_of,
    wire_gaps,
    wire_nodes,
    wire_subject,
)


@dataclass(frozen=True, slots=True)
class CallGraphSnapshot:
    """What a `callgraph.json` holds. The graph has no activations: those live in memory only."""

    subject: Subject
    graph: CallGraph


class _WireEdge(msgspec.Struct):
    caller: str
    callee: str
    sites: list[WireSite]


class _WireBound(msgspec.Struct):
    name: str
    limit: int
    where: str
    hits: int


class _WireCallGraph(msgspec.Struct):
    schema: str
    subject: WireSubject
    nodes: list[WireNode]
    edges: list[_WireEdge]
    gaps: list[WireGap]
    bounds: list[_WireBound]


def callgraph_json(graph: CallGraph, subject: Subject) -> bytes:
    """The bytes of `callgraph.json`; equal graphs of equal subjects give equal bytes, in whatever order they come."""
    edges = [
        _WireEdge(
            str(edge.caller),
            str(edge.callee),
            [WireSite(site.line, site.evidence) for site in sorted(edge.sites)],
        )
        for edge in sorted(graph.edges)
    ]
    bounds = [_WireBound(bound.name, bound.limit, bound.where, bound.hits) for bound in sorted(graph.bounds)]
    nodes = wire_nodes(graph.functions.values())
    return schema.encode(
        _WireCallGraph(schema.CALLGRAPH, wire_subject(subject), nodes, edges, wire_gaps(graph.gaps), bounds)
    )


def read_callgraph(data: bytes, *, where: str = "the file") -> CallGraphSnapshot:
    """The inverse of `callgraph_json`. `where` names the file in messages.

    Raises NotASnapshotError or UnknownSchemaError.
    """
    wire = schema.decode(data, _WireCallGraph, schema=schema.CALLGRAPH, where=where)
    check_subject(wire.subject, where)
    check_nodes(wire.nodes, where)
    check_once(((edge.caller, edge.callee) for edge in wire.edges), "edges", where)
    # A function is named by each of its calls.
    parsed = cache(FunctionName.parse)
    edges = [
        CallEdge(
            parsed(edge.caller),
            parsed(edge.callee),
            tuple(sorted([CallSite(site.line, site.evidence) for site in edge.sites])),
        )
        for edge in wire.edges
    ]
    edges.sort(key=attrgetter("caller", "callee"))
    graph = CallGraph(
        functions_of(wire.nodes),
        tuple(edges),
        gaps_of(wire.gaps),
        tuple(sorted(Bound(bound.name, bound.limit, bound.where, bound.hits) for bound in wire.bounds)),
    )
    return CallGraphSnapshot(subject_of(wire.subject), graph)
