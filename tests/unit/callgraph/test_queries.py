"""Questions to a call graph."""

from __future__ import annotations

import pytest

from flowmap.callgraph.queries import callees, callers, function_named, shortest_path
from flowmap.errors import AmbiguousFunctionError, UnknownFunctionError
from flowmap.names import FunctionName
from tests.unit.analysis.programs import mapped

SOURCE = """
class Shop:
    def open(self):
        ring()
    def close(self):
        ring()
class Bank:
    def open(self):
        ring()
def ring():
    bell()
def bell():
    pass
def unused():
    pass
Shop().open()
Bank().open()
Shop().close()
"""


def _name(qualname: str) -> FunctionName:
    return FunctionName("main", qualname)


@pytest.mark.parametrize("text", ["main:Shop.open", "main.Shop.open", "Shop.open"])
def test_a_name_may_be_the_end_of_an_id(text: str) -> None:
    assert function_named(mapped(SOURCE), text) == _name("Shop.open")


@pytest.mark.parametrize("text", ["outer.<locals>.inner", "outer.inner", "outer.inner#2", "inner"])
def test_what_the_source_does_not_say_may_be_left_out(text: str) -> None:
    source = "def outer(x):\n    def inner(): pass\n    def inner(): pass\n    inner()\nouter(1)"

    assert function_named(mapped(source), text) == _name("outer.<locals>.inner#2")


def test_a_module_is_its_body() -> None:
    graph = mapped("import package.module", package__module="x = 1")

    assert function_named(graph, "package.module") == FunctionName("package.module", "<module>")
    assert function_named(graph, "module") == FunctionName("package.module", "<module>")


def test_a_name_that_fits_several_is_refused() -> None:
    with pytest.raises(AmbiguousFunctionError) as caught:
        function_named(mapped(SOURCE), "open")

    assert "main:Bank.open" in caught.value.message
    assert "main:Shop.open" in caught.value.message


def test_the_end_of_a_word_is_not_a_name() -> None:
    with pytest.raises(UnknownFunctionError):
        function_named(mapped(SOURCE), "ell")


def test_an_unknown_name_suggests_near_ones() -> None:
    with pytest.raises(UnknownFunctionError) as caught:
        function_named(mapped(SOURCE), "Shop.clos")

    assert "main:Shop.close" in caught.value.hint


def test_callers_and_callees() -> None:
    graph = mapped(SOURCE)

    assert [str(edge.caller) for edge in callers(graph, _name("ring"))] == [
        "main:Bank.open",
        "main:Shop.close",
        "main:Shop.open",
    ]
    assert [str(edge.callee) for edge in callees(graph, _name("ring"))] == ["main:bell"]
    assert callees(graph, _name("bell")) == ()


def test_the_shortest_path() -> None:
    graph = mapped(SOURCE)

    chain = shortest_path(graph, _name("<module>"), _name("bell"))

    assert chain is not None
    assert [str(edge.callee) for edge in chain] == ["main:Bank.open", "main:ring", "main:bell"]
    assert shortest_path(graph, _name("ring"), _name("ring")) == ()
    assert shortest_path(graph, _name("bell"), _name("ring")) is None
