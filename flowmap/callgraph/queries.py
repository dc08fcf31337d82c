"""Questions to a call graph: which function a name means, who calls it, whom it calls, and how one reaches another."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from itertools import pairwise

from flowmap.callgraph.model import CallEdge, CallGraph
from flowmap.errors import AmbiguousFunctionError, UnknownFunctionError
from flowmap.names import MODULE_BODY, FunctionName

_NEAR = 5


def function_named(graph: CallGraph, text: str) -> FunctionName:
    """The function of this id, or the only one whose dotted name ends in `text`, with or without `<locals>` and `#2`;
    else the body of the only module whose name does.

    Raises UnknownFunctionError, with near names, and AmbiguousFunctionError.
    """
    wanted = _dotted(text)
    names = sorted(graph.functions)
    exact = [name for name in names if str(name) == text or _dotted(str(name)) == wanted]
    found = exact or _ending(wanted, {name: _dotted(str(name)) for name in names})
    # Told apart by a number, which is not in the source; and bodies, which nobody has a name for.
    found = found or _ending(wanted, {name: _dotted(str(name)).partition("#")[0] for name in names})
    found = found or _ending(wanted, {name: name.module for name in names if name.qualname == MODULE_BODY})
    if not found:
        raise UnknownFunctionError(text, _near(wanted, names))
    if len(found) > 1:
        raise AmbiguousFunctionError(text, [str(name) for name in found])
    return found[0]


def callers(graph: CallGraph, name: FunctionName) -> tuple[CallEdge, ...]:
    """The calls of a function, sorted by caller."""
    return tuple(sorted(edge for edge in graph.edges if edge.callee == name))


def callees(graph: CallGraph, name: FunctionName) -> tuple[CallEdge, ...]:
    """The calls a function makes, sorted by callee."""
    return tuple(sorted(edge for edge in graph.edges if edge.caller == name))


def shortest_path(graph: CallGraph, start: FunctionName, end: FunctionName) -> tuple[CallEdge, ...] | None:
    """One of the shortest chains of calls, always the same; empty from a function to itself, None where none leads."""
    # Loaded for those who ask.
    import networkx as nx  # noqa: PLC0415  # loads much, and is not always needed

    calls: nx.DiGraph[FunctionName] = nx.DiGraph()
    calls.add_nodes_from(sorted(graph.functions))
    edges = {(edge.caller, edge.callee): edge for edge in sorted(graph.edges)}
    calls.add_edges_from(edges)
    try:
        chain = nx.shortest_path(calls, start, end)
    except nx.NetworkXNoPath:
        return None
    return tuple(edges[pair] for pair in pairwise(chain))


def _ending(wanted: str, texts: Mapping[FunctionName, str]) -> list[FunctionName]:
    return [name for name, text in texts.items() if f".{text}".endswith(f".{wanted}")]


def _dotted(text: str) -> str:
    return text.replace(":", ".").replace(".<locals>", "")


def _near(wanted: str, names: Sequence[FunctionName]) -> list[str]:
    last = wanted.rpartition(".")[2]
    by_last: dict[str, list[str]] = {}
    for name in names:
        by_last.setdefault(name.qualname.rpartition(".")[2], []).append(str(name))
    close = difflib.get_close_matches(last, by_last, n=_NEAR)
    found = [name for each in close for name in by_last[each]]
    return difflib.get_close_matches(wanted, found, n=_NEAR, cutoff=0.0)
