"""Random programs and real modules are analysed without a crash and in bounds; what a program does is in its graph."""

from __future__ import annotations

import sysconfig
import tempfile
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from flowmap.callgraph.model import CallGraph
from tests.cases.case import Case
from tests.cases.reality import record
from tests.properties.features import OTHER, WholeProgram, whole_programs
from tests.properties.fuzz import analyser_of, in_bounds
from tests.properties.test_syntax import PROGRAMS, python_reads
from tests.unit.analysis.programs import mapped

_SETTINGS = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
_OWN = ("main:", "other:")


def _happened(program: WholeProgram) -> set[tuple[str, str]]:
    case = Case("random", "program", "", program.files, (), None, ignores_stdlib=True)
    with tempfile.TemporaryDirectory() as folder:
        edges = record(case, Path(folder)).edges
    return {edge for edge in edges if edge[0].startswith(_OWN) and edge[1].startswith(_OWN)}


def _missed(graph: CallGraph, happened: set[tuple[str, str]]) -> set[tuple[str, str]]:
    """What happened and is neither in the graph nor in a function with a gap."""
    found: dict[str, set[str]] = defaultdict(set)
    for edge in graph.edges:
        found[str(edge.caller)].add(str(edge.callee))
    gaps = {str(gap.caller) for gap in graph.gaps}
    return {(caller, callee) for caller, callee in happened if callee not in found[caller] and caller not in gaps}


@settings(_SETTINGS, max_examples=60)
@given(whole_programs)
def test_what_a_whole_program_does_is_in_the_graph(program: WholeProgram) -> None:
    graph = mapped(program.text, other=OTHER)

    assert not _missed(graph, _happened(program)), program.text


@settings(_SETTINGS, max_examples=150)
@given(PROGRAMS.filter(python_reads))
def test_any_nesting_of_syntax_is_analysed(text: str) -> None:
    mapped(text)


@pytest.mark.parametrize("part", range(4))
def test_modules_of_the_library_are_analysed(part: int) -> None:
    analyser = analyser_of({"stdlib": sysconfig.get_path("stdlib")})

    outcomes = [analyser.outcome(module) for module in sorted(analyser.modules)[part * 12 :: 48]]

    assert sum(outcome.edges for outcome in outcomes) > 1_000
    assert [outcome for outcome in outcomes if not in_bounds(outcome)] == []


@pytest.mark.releases
@pytest.mark.parametrize("release", ["django==1.8.19", "django==2.2.28", "django==5.2.19"])
def test_modules_of_a_release_are_analysed(release: str) -> None:
    analyser = analyser_of({"release": release})

    outcomes = [analyser.outcome(module) for module in sorted(analyser.modules)[::10]]

    assert sum(outcome.edges for outcome in outcomes) > 1_000
    assert [outcome for outcome in outcomes if not in_bounds(outcome)] == []
