"""Compares the call graph of a case with its expectation, reading edges as README.md says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flowmap.callgraph.model import CallEdge, CallGraph, Function, NodeKind
from flowmap.names import MODULE_BODY, FunctionName, Origin
from tests.cases.case import Case


def differences(case: Case, graph: CallGraph) -> Iterator[str]:
    """One line for each missing edge, surplus edge, missing evidence, missing gap and surplus gap."""
    found = {(str(edge.caller), str(edge.callee)): edge for edge in graph.edges if _counts(case, edge, graph.functions)}
    expected = {edge.pair: edge for edge in case.edges}
    for caller, callee in sorted(expected.keys() - found.keys()):
        yield f"missing:  {caller} -> {callee}"
    for caller, callee in sorted(found.keys() - expected.keys()):
        yield f"surplus:  {caller} -> {callee} {_sites(found[caller, callee])}"
    for pair in sorted(expected.keys() & found.keys()):
        evidence = expected[pair].evidence
        if evidence is not None and evidence not in {site.evidence.value for site in found[pair].sites}:
            yield f"evidence: {' -> '.join(pair)} should have [{evidence}], has {_sites(found[pair])}"
    yield from _gap_differences(case, graph)


def _counts(case: Case, edge: CallEdge, functions: Mapping[FunctionName, Function]) -> bool:
    if edge.caller.module not in case.modules:
        return False
    callee = functions[edge.callee]
    if callee.kind is NodeKind.EXTERNAL:
        return False
    if callee.origin is Origin.STDLIB:
        return not case.ignores_stdlib and edge.callee.qualname != MODULE_BODY
    return not (edge.callee.qualname == MODULE_BODY and _is_inside(edge.caller.module, edge.callee.module))


def _is_inside(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def _gap_differences(case: Case, graph: CallGraph) -> Iterator[str]:
    if case.gaps is None:
        return
    found = {(str(gap.caller), gap.line): gap for gap in graph.gaps if gap.caller.module in case.modules}
    expected = set(case.gaps)
    for caller, line in sorted(expected - found.keys()):
        yield f"missing gap:  {caller} line {line}"
    for caller, line in sorted(found.keys() - expected):
        yield f"surplus gap:  {caller} line {line}: {found[caller, line].reason}"


def _sites(edge: CallEdge) -> str:
    return "[" + ", ".join(f"{site.evidence.value} at line {site.line}" for site in edge.sites) + "]"
