"""A whole call graph as DOT, one cluster a module, for any Graphviz to lay out."""

from __future__ import annotations

from itertools import groupby

import graphviz

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallGraph, Function, NodeKind
from flowmap.render.labels import printable

_SHAPES = {NodeKind.FUNCTION: "box", NodeKind.MODULE: "folder", NodeKind.CLASS: "component", NodeKind.EXTERNAL: "oval"}


def callgraph_dot(graph: CallGraph) -> str:
    """Nodes and edges sorted by name; dashed edges are there for another reason than a plain call."""
    dot = graphviz.Digraph("callgraph", graph_attr={"rankdir": "LR"}, node_attr={"fontname": "Helvetica"})
    functions = [function for _, function in sorted(graph.functions.items())]
    names = {function.name: f"n{number}" for number, function in enumerate(functions)}
    for number, (module, members) in enumerate(groupby(functions, key=lambda function: function.name.module)):
        with dot.subgraph(name=f"cluster_{number}") as cluster:
            cluster.attr(label=_text(module), style="rounded", fontname="Helvetica")
            for function in members:
                cluster.node(
                    names[function.name],
                    label=_label(function),
                    shape=_SHAPES[function.kind],
                    tooltip=_text(str(function.name)),
                )
    for edge in sorted(graph.edges):
        # A graph cut short by a bound may hold edges to functions that it has no node for.
        if edge.caller in names and edge.callee in names:
            plain = any(site.evidence is Evidence.CALL for site in edge.sites)
            sites = ", ".join(f"line {site.line}: {site.evidence}" for site in sorted(edge.sites))
            dot.edge(names[edge.caller], names[edge.callee], style="solid" if plain else "dashed", tooltip=_text(sites))
    source: str = dot.source
    return source


def _label(function: Function) -> str:
    where = f"\\n{_text(function.file)}:{function.line}" if function.file else ""
    return _text(function.name.qualname) + where


def _text(text: str) -> str:
    escaped: str = graphviz.nohtml(graphviz.escape(printable(text)))
    return escaped
