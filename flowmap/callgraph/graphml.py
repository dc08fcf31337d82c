"""Graphs as GraphML, which Gephi, yEd and networkx read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flowmap.callgraph.model import CallGraph, Function
from flowmap.names import FunctionName

Attributes = Mapping[str, str | int]


@dataclass(frozen=True, slots=True)
class GraphMLEdge:
    """An edge between two node ids; `key` tells parallel edges apart."""

    tail: str
    head: str
    key: str
    attributes: Attributes


def callgraph_graphml(graph: CallGraph) -> str:
    """A call graph as GraphML: nodes with module, qualname, kind, origin, file and line; edges with sites."""
    edges = (
        GraphMLEdge(
            str(edge.caller),
            str(edge.callee),
            "",
            {
                "sites": " ".join(str(site.line) for site in sorted(edge.sites)),
                "evidence": " ".join(sorted({str(site.evidence) for site in edge.sites})),
            },
        )
        for edge in sorted(graph.edges)
    )
    return graphml(function_nodes(graph.functions), edges)


def function_nodes(functions: Mapping[FunctionName, Function]) -> dict[str, Attributes]:
    """GraphML's attributes of functions, by id, sorted by name."""
    return {
        str(name): {
            "module": name.module,
            "qualname": name.qualname,
            "kind": str(function.kind),
            "origin": str(function.origin),
            "file": function.file,
            "line": function.line,
        }
        for name, function in sorted(functions.items())
    }


def graphml(nodes: Mapping[str, Attributes], edges: Iterable[GraphMLEdge], about: Attributes | None = None) -> str:
    """The document, nodes and edges in the given order. Edges with keys make it a multigraph.

    `about` are the attributes of the graph itself.
    """
    listed = list(edges)
    # Loaded for those who ask for GraphML: it costs as much as drawing a flow.
    import networkx as nx  # noqa: PLC0415  # loads much, and is not always needed

    graph: nx.DiGraph[str] = nx.MultiDiGraph() if any(edge.key for edge in listed) else nx.DiGraph()
    graph.graph.update(about or {})
    for name, attributes in nodes.items():
        graph.add_node(name, **attributes)
    for edge in listed:
        keys = {"key": edge.key} if edge.key else {}
        graph.add_edge(edge.tail, edge.head, **keys, **edge.attributes)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + "\n".join(nx.generate_graphml(graph)) + "\n"
