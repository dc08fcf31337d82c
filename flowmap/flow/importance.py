"""How much a call has to say: what hangs below its callee, shared among those who call it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallGraph
from flowmap.names import FunctionName

# Links that pass through the language rather than through someone's decision to call.
IMPLICIT: Final = frozenset(
    {
        Evidence.IMPORT,
        Evidence.IMPORT_STRING,
        Evidence.SETTING,
        Evidence.ATTRIBUTE,
        Evidence.OPERATOR,
        Evidence.CLASS_BODY,
        Evidence.DECORATOR,
    }
)


def importance(graph: CallGraph) -> Mapping[FunctionName, float]:
    """For each function: how many functions it leads to, itself included, divided by how many call it.

    What everyone calls is a tool, however much hangs below it.
    """
    names = list(graph.functions)
    index = {name: i for i, name in enumerate(names)}
    callees: list[list[int]] = [[] for _ in names]
    callers = [0] * len(names)
    for edge in graph.edges:
        if all(site.evidence in IMPLICIT for site in edge.sites):
            continue
        callees[index[edge.caller]].append(index[edge.callee])
        callers[index[edge.callee]] += 1
    reached = _reached(callees)
    return {name: reached[i].bit_count() / max(callers[i], 1) for name, i in index.items()}


def _reached(callees: Sequence[Sequence[int]]) -> list[int]:
    """For each node the set of nodes it reaches, as bits: a component at a time (Tarjan, 1972), callees first."""
    count = len(callees)
    number = [0] * count
    low = [0] * count
    on_stack = [False] * count
    reached = [0] * count
    component: list[int] = []
    visited = 0
    for root in range(count):
        if number[root]:
            continue
        work = [(root, iter(callees[root]))]
        visited += 1
        number[root] = low[root] = visited
        component.append(root)
        on_stack[root] = True
        while work:
            node, rest = work[-1]
            fresh = -1
            for each in rest:
                if not number[each]:
                    fresh = each
                    break
                if on_stack[each]:
                    low[node] = min(low[node], number[each])
            if fresh >= 0:
                visited += 1
                number[fresh] = low[fresh] = visited
                component.append(fresh)
                on_stack[fresh] = True
                work.append((fresh, iter(callees[fresh])))
                continue
            work.pop()
            if work:
                low[work[-1][0]] = min(low[work[-1][0]], low[node])
            if low[node] == number[node]:
                _close(node, callees, component, on_stack, reached)
    return reached


def _close(
    node: int, callees: Sequence[Sequence[int]], component: list[int], on_stack: list[bool], reached: list[int]
) -> None:
    """Takes a finished component off the stack: all its members reach the same."""
    start = len(component) - 1
    while component[start] != node:
        start -= 1
    members = component[start:]
    del component[start:]
    bits = 0
    for member in members:
        on_stack[member] = False
        bits |= 1 << member
        for each in callees[member]:
            bits |= reached[each]
    for member in members:
        reached[member] = bits
