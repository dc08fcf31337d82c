"""Call edges whose evidence is known better than the call itself says: a framework knows a signal when it sees one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Activation, CallGraph, CallSite
from flowmap.names import FunctionName


def with_evidence(graph: CallGraph, known: Mapping[tuple[int, int], Evidence]) -> CallGraph:
    """The graph, with the evidence of some calls replaced: those of one function to another are all of one kind.

    They are named by the numbers of two activations.
    """
    pairs = {
        (graph.activations[caller].function, graph.activations[callee].function): evidence
        for (caller, callee), evidence in sorted(known.items())
    }
    callers = {caller for caller, _ in pairs}
    activations = tuple(
        _relabelled(each, graph, pairs) if each.function in callers else each for each in graph.activations
    )
    sites: dict[tuple[FunctionName, FunctionName], set[CallSite]] = {}
    for each in activations:
        for call in each.calls if each.function in callers else ():
            pair = (each.function, activations[call.callee].function)
            if pair in pairs:
                sites.setdefault(pair, set()).add(CallSite(call.line, call.evidence))
    edges = tuple(
        replace(edge, sites=tuple(sorted(found))) if (found := sites.get((edge.caller, edge.callee))) else edge
        for edge in graph.edges
    )
    return replace(graph, edges=edges, activations=activations)


def _relabelled(
    activation: Activation, graph: CallGraph, pairs: Mapping[tuple[FunctionName, FunctionName], Evidence]
) -> Activation:
    calls = tuple(
        replace(call, evidence=pairs.get((activation.function, graph.activations[call.callee].function), call.evidence))
        for call in activation.calls
    )
    return replace(activation, calls=calls)
