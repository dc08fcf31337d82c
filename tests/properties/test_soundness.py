"""For random programs: what happens is in the graph, and a longer program has no fewer edges."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import HealthCheck, given, settings

from flowmap.pipeline import callgraph_of_files
from tests.cases.case import Case
from tests.cases.reality import record
from tests.properties.programs import Program, calls, programs

_SETTINGS = settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def _case(program: Program) -> Case:
    return Case("random", "program", "", (("main.py", program.text()),), (), None, ignores_stdlib=True)


def _edges(program: Program) -> set[tuple[str, str]]:
    with tempfile.TemporaryDirectory() as folder:
        graph = callgraph_of_files(_case(program).write(Path(folder)), Path(folder))
    return {(str(edge.caller), str(edge.callee)) for edge in graph.edges}


@_SETTINGS
@given(programs)
def test_what_happens_is_in_the_graph(program: Program) -> None:
    with tempfile.TemporaryDirectory() as folder:
        recording = record(_case(program), Path(folder))

    happened = {edge for edge in recording.edges if edge[0].startswith("main:") and edge[1].startswith("main:")}

    assert happened <= _edges(program), program.text()


@_SETTINGS
@given(programs, calls)
def test_one_more_call_at_the_end_takes_no_edge_away(program: Program, call: tuple[int, int]) -> None:
    assert _edges(program) <= _edges(program.longer(*call))
