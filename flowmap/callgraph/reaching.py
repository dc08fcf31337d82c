"""How any of some nodes reaches any of others, in a graph of whatever is hashable."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import TypeVar, cast

_Node = TypeVar("_Node", bound=Hashable)


def shortest_chain(
    links: Iterable[tuple[_Node, _Node]], starts: Iterable[_Node], ends: Iterable[_Node]
) -> tuple[_Node, ...] | None:
    """One of the shortest chains of links, always the same for the same orders; a node that is a start and an end is
    one by itself. None where there is no chain.
    """
    # Loaded for those who ask.
    import networkx as nx  # noqa: PLC0415  # loads much, and is not always needed

    source, sink = object(), object()
    graph: nx.DiGraph[object] = nx.DiGraph()
    graph.add_nodes_from((source, sink))
    graph.add_edges_from((source, each) for each in starts)
    graph.add_edges_from(links)
    graph.add_edges_from((each, sink) for each in ends)
    try:
        chain = nx.shortest_path(graph, source, sink)
    except nx.NetworkXNoPath:
        return None
    # All but the two that were added.
    return cast("tuple[_Node, ...]", tuple(chain[1:-1]))
