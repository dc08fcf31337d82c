"""The cases in another form: the order of definitions, names and modules changes nothing but the names."""

from __future__ import annotations

import ast
from collections.abc import Callable
from functools import cache
from typing import TypeAlias

import pytest

from flowmap.analysis.entry import Entry
from flowmap.analysis.program import analyse
from flowmap.callgraph.build import build
from flowmap.names import Origin
from flowmap.sources.files import MemoryFiles
from flowmap.sources.stdlib import StandardLibrary, standard_library
from flowmap.sources.tree import Root, SourceTree
from flowmap.syntax.frontend import Frontend
from tests.cases.case import Case, load_cases
from tests.properties.variants.renaming import Renaming
from tests.properties.variants.shuffling import shuffled
from tests.properties.variants.splitting import OTHER, split

CASES = load_cases()

_Files: TypeAlias = tuple[tuple[str, str], ...]
# Edges as (caller, callee, evidence) and gaps as (caller, reason): lines are those of another text.
_Graph: TypeAlias = tuple[frozenset[tuple[str, str, str]], frozenset[tuple[str, str]]]


@cache
def _library() -> tuple[StandardLibrary, Frontend]:
    return standard_library(None), Frontend()


def _graph(files: _Files, name: Callable[[str], str] = str) -> _Graph:
    library, frontend = _library()
    program = MemoryFiles({path: text.encode() for path, text in files})
    tree = SourceTree([Root(Origin.PROJECT, program), Root(Origin.STDLIB, library.files)])
    graph = build(analyse(tree, frontend, Entry("main")))
    edges = {
        (name(str(edge.caller)), name(str(edge.callee)), site.evidence.value)
        for edge in graph.edges
        for site in edge.sites
    }
    return frozenset(edges), frozenset((name(str(gap.caller)), gap.reason) for gap in graph.gaps)


def _assert_same(expected: _Graph, found: _Graph, files: _Files) -> None:
    lost = [sorted(before - after) for before, after in zip(expected, found, strict=True)]
    new = [sorted(after - before) for before, after in zip(expected, found, strict=True)]
    program = "\n".join(f"# {path}\n{text}" for path, text in files)
    assert (lost, new) == ([[], []], [[], []]), program


def _as_written(case: Case) -> _Files:
    """Without comments and line breaks, as the variants are."""
    return tuple((path, ast.unparse(ast.parse(text))) for path, text in case.files)


def _in_one(name: str) -> str:
    return f"main{name.removeprefix(OTHER)}" if name.partition(":")[0] == OTHER else name


def _without_import(graph: _Graph) -> _Graph:
    """What main seems to import of itself when both halves are called main."""
    edges, gaps = graph
    return edges - {("main:<module>", "main:<module>", "import")}, gaps


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)
def test_the_graph_of_another_form_is_the_same(case: Case) -> None:
    as_it_is = _graph(_as_written(case))

    other_order = shuffled(case, seed=1)
    if other_order is not None:
        _assert_same(as_it_is, _graph(other_order), other_order)
    renaming = Renaming(case)
    if renaming.names:
        edges, gaps = as_it_is
        renamed = (
            frozenset((renaming.name(a), renaming.name(b), evidence) for a, b, evidence in edges),
            frozenset((renaming.name(a), reason) for a, reason in gaps),
        )
        _assert_same(renamed, _graph(renaming.files), renaming.files)
    halves = split(case)
    if halves is not None:
        _assert_same(_without_import(as_it_is), _without_import(_graph(halves, _in_one)), halves)


def test_most_cases_have_other_forms() -> None:
    forms = {
        "order": [case for case in CASES if shuffled(case, seed=1) is not None],
        "names": [case for case in CASES if len(Renaming(case).names) > 2],
        "modules": [case for case in CASES if split(case) is not None],
    }

    assert {name: len(cases) >= 220 for name, cases in forms.items()} == dict.fromkeys(forms, True)


def test_what_might_change_the_meaning_is_left_as_it_is() -> None:
    def case(*lines: str) -> Case:
        return Case("some", "case", "", (("main.py", "\n".join(lines)),), (), None, ignores_stdlib=True)

    decorated = case("@f", "def g(): pass", "def h(x=g): pass", "class C(h): pass", "class D(metaclass=C): pass")
    assert shuffled(decorated, seed=1) is None
    assert shuffled(case("class A: pass", "class B(A): pass"), seed=1) is None
    assert shuffled(case("def f(): 1", "def f(): 2"), seed=1) is None
    assert shuffled(case("def int(): pass", "def f(x: int): pass"), seed=1) is None
    assert Renaming(case("def text(): pass", "x = 'text'", "x.__class__", "x.append", "print(x, sep='')")).names == {
        "x": "n001"
    }
    assert Renaming(case("class A:", "    def on_end(): pass", "getattr(A(), 'on_' + end)")).names == {"A": "n001"}
    assert split(case("x = 1", "def f(): return x", "def g(): f()")) is None
    assert split(case("def f(): pass", "f = 1")) is None
    assert split(case("def f(): pass", "globals()")) is None
    assert split(case("import own", "def f(): own.g()")) is not None
