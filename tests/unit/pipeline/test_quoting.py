"""Which source a page quotes, and how much of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, NodeKind
from flowmap.flow.model import Flow
from flowmap.names import FunctionName, Origin
from flowmap.pipeline.quoting import Quoted, quoted
from flowmap.render.excerpts import Excerpt
from flowmap.sources.files import MemoryFiles
from flowmap.sources.licences import Licence
from flowmap.sources.tree import Root, SourceTree
from tests.unit.render.sample import SUBJECT

TEXT = b"""# coding: latin-1
import os


class C:
    @property
    def name(self):
        # \xe9\x0c
        return os.name


X = C().name

Y = 1
"""
NOTHING = CallGraph({}, (), (), ())
LIBRARY, GATE = Licence("Python 3.11", "PSF"), Licence("gate 3", "MIT")


def tree(origin: Origin = Origin.PROJECT, content: bytes = TEXT, licence: Licence | None = None) -> SourceTree:
    return SourceTree([Root(origin, MemoryFiles({"m.py": content}), lambda _: licence)])


def of(qualname: str, first: int, last: int, kind: NodeKind = NodeKind.FUNCTION, file: str = "m.py") -> Function:
    return Function(FunctionName("m", qualname), kind, Origin.PROJECT, file, first, last)


def flow_with(*functions: Function) -> Flow:
    return Flow(SUBJECT, (), {each.name: each for each in functions}, {}, ())


def test_a_function_is_quoted_whole_and_as_it_is_encoded() -> None:
    name = of("C.name", 6, 9)

    found = quoted([flow_with(name)], NOTHING, tree(), LIBRARY)

    text = "@property\ndef name(self):\n    # \u00e9\x0c\n    return os.name"
    assert found == Quoted({name.name: (Excerpt(6, text),)}, ())


def test_a_module_is_quoted_around_its_calls() -> None:
    module = of("<module>", 1, 14, NodeKind.MODULE)
    edge = CallEdge(module.name, FunctionName("m", "C.name"), (CallSite(12, Evidence.PROPERTY),))

    found = quoted([flow_with(module)], CallGraph({}, (edge,), (), ()), tree(), LIBRARY)

    assert found.sources[module.name] == (Excerpt(1, "# coding: latin-1"), Excerpt(10, "\n\nX = C().name\n\nY = 1"))


def test_what_is_not_in_the_tree_is_left_out() -> None:
    here, moved = of("C.name", 6, 9), of("C.name", 6, 9, file="other.py")
    external = Function(FunctionName("sys", "exit"), NodeKind.EXTERNAL, Origin.STDLIB)

    assert quoted([flow_with(here, external)], NOTHING, SourceTree(()), LIBRARY) == Quoted({}, ())
    assert quoted([flow_with(moved)], NOTHING, tree(), LIBRARY) == Quoted({}, ())


@pytest.mark.parametrize(
    ("origin", "licence", "is_quoted", "licences"),
    [
        (Origin.PROJECT, None, True, ()),
        (Origin.STDLIB, None, True, (LIBRARY,)),
        (Origin.DISTRIBUTION, GATE, True, (GATE,)),
        (Origin.DISTRIBUTION, None, True, ()),
        (Origin.DEPENDENCY, GATE, True, (GATE,)),
        (Origin.DEPENDENCY, None, False, ()),
    ],
)
def test_licences_go_with_what_is_quoted(
    origin: Origin, licence: Licence | None, is_quoted: bool, licences: tuple[Licence, ...]
) -> None:
    name = replace(of("C.name", 6, 9), origin=origin)

    found = quoted([flow_with(name)], NOTHING, tree(origin, licence=licence), LIBRARY)

    assert (name.name in found.sources, found.licences) == (is_quoted, licences)


def test_a_file_that_names_no_known_encoding_is_quoted_all_the_same() -> None:
    name = of("f", 2, 2)

    found = quoted([flow_with(name)], NOTHING, tree(content=b"# coding: none-such\ndef f(): 'caf\xc3\xa9'\n"), LIBRARY)

    assert found.sources[name.name] == (Excerpt(2, "def f(): 'café'"),)
