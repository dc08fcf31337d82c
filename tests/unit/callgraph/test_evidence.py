"""What a framework knows of a call becomes the evidence of its edge."""

from __future__ import annotations

from flowmap.analysis.result import Evidence
from flowmap.callgraph.evidence import with_evidence
from flowmap.callgraph.model import CallSite
from tests.unit.flow.graphs import graph

TEXT = """
    root = s:<root> -> a, b
    a = s:a -> 4 f
    b = s:a -> 4 g, 5 h
    f = s:f
    g = s:f
    h = s:h
"""


def test_all_calls_between_two_functions_are_of_one_kind() -> None:
    before = graph(TEXT)

    after = with_evidence(before, {(1, 3): Evidence.SIGNAL})

    sites = {(edge.caller.qualname, edge.callee.qualname): edge.sites for edge in after.edges}
    assert sites["a", "f"] == (CallSite(4, Evidence.SIGNAL),)
    assert sites["a", "h"] == (CallSite(5, Evidence.CALL),)
    assert [call.evidence for call in after.activations[2].calls] == [Evidence.SIGNAL, Evidence.CALL]
    assert with_evidence(before, {}) == before
