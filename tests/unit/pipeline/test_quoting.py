"""Which source a page quotes, and how much of it."""

from __future__ import annotations

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, NodeKind
from flowmap.flow.model import Flow
from flowmap.names import FunctionName, Origin
from flowmap.pipeline.quoting import quoted
from flowmap.render.viewer.model import Excerpt
from flowmap.sources.files import MemoryFiles
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


def tree(origin: Origin = Origin.PROJECT, content: bytes = TEXT) -> SourceTree:
    return SourceTree([Root(origin, MemoryFiles({"m.py": content}))])


def of(qualname: str, first: int, last: int, kind: NodeKind = NodeKind.FUNCTION, file: str = "m.py") -> Function:
    return Function(FunctionName("m", qualname), kind, Origin.PROJECT, file, first, last)


def flow_with(*functions: Function) -> Flow:
    return Flow(SUBJECT, (), {each.name: each for each in functions}, {}, ())


def test_a_function_is_quoted_whole_and_as_it_is_encoded() -> None:
    name = of("C.name", 6, 9)

    found = quoted([flow_with(name)], NOTHING, tree())

    text = "@property\ndef name(self):\n    # \u00e9\x0c\n    return os.name"
    assert found == {name.name: (Excerpt(6, text),)}


def test_a_module_is_quoted_around_its_calls() -> None:
    module = of("<module>", 1, 14, NodeKind.MODULE)
    edge = CallEdge(module.name, FunctionName("m", "C.name"), (CallSite(12, Evidence.PROPERTY),))

    found = quoted([flow_with(module)], CallGraph({}, (edge,), (), ()), tree())

    assert found[module.name] == (Excerpt(1, "# coding: latin-1"), Excerpt(10, "\n\nX = C().name\n\nY = 1"))


def test_what_is_not_in_the_tree_and_what_may_not_be_quoted_is_left_out() -> None:
    here, moved = of("C.name", 6, 9), of("C.name", 6, 9, file="other.py")
    dependency = Function(here.name, here.kind, Origin.DEPENDENCY, here.file, 6, 9)
    external = Function(FunctionName("sys", "exit"), NodeKind.EXTERNAL, Origin.STDLIB)

    assert quoted([flow_with(here, external)], NOTHING, SourceTree(())) == {}
    assert quoted([flow_with(moved)], NOTHING, tree()) == {}
    assert quoted([flow_with(dependency)], NOTHING, tree(Origin.DEPENDENCY)) == {}


def test_a_file_that_names_no_known_encoding_is_quoted_all_the_same() -> None:
    name = of("f", 2, 2)

    found = quoted([flow_with(name)], NOTHING, tree(content=b"# coding: none-such\ndef f(): 'caf\xc3\xa9'\n"))

    assert found[name.name] == (Excerpt(2, "def f(): 'café'"),)
