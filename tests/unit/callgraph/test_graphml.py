"""GraphML of a call graph."""

from __future__ import annotations

import networkx as nx

from flowmap.analysis.result import Evidence
from flowmap.callgraph.graphml import callgraph_graphml
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, NodeKind
from flowmap.names import FunctionName, Origin


def test_networkx_reads_back_what_the_graph_holds() -> None:
    f, g = FunctionName("m", "f"), FunctionName("m", "f.<locals>.<lambda>")
    functions = {name: Function(name, NodeKind.FUNCTION, Origin.PROJECT, "m.py", 3, 4) for name in (f, g)}
    sites = (CallSite(9, Evidence.CALLBACK), CallSite(4, Evidence.CALL))
    graph = nx.parse_graphml(callgraph_graphml(CallGraph(functions, (CallEdge(f, g, sites),), (), ())))

    assert graph.nodes["m:f.<locals>.<lambda>"] == {
        "module": "m",
        "qualname": "f.<locals>.<lambda>",
        "kind": "function",
        "origin": "project",
        "file": "m.py",
        "line": 3,
    }
    assert list(graph.edges(data=True)) == [
        ("m:f", "m:f.<locals>.<lambda>", {"sites": "4 9", "evidence": "call callback"})
    ]


def test_the_same_graph_gives_the_same_text() -> None:
    f = FunctionName("m", "f")
    graph = CallGraph({f: Function(f, NodeKind.FUNCTION, Origin.PROJECT)}, (), (), ())

    assert callgraph_graphml(graph) == callgraph_graphml(graph)
