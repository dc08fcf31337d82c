"""What the lines of a function hang on."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flowmap.callgraph.conditions import Condition, Conditions
from flowmap.names import FunctionName
from flowmap.syntax import ir
from flowmap.syntax.parse import parse

NAME = FunctionName("m", "<module>")


def conditions(text: str) -> Conditions:
    module = parse(dedent(text).encode(), "m")
    assert isinstance(module, ir.Module)
    return Conditions({NAME: (module.code, module.lines)})


def test_a_line_has_the_innermost_test_around_it() -> None:
    known = conditions("""\
        a()
        if x:
            b()
            if y:
                c()
        """)

    assert [known.of(NAME, line) for line in (1, 3, 5)] == [None, Condition("x"), Condition("y")]


@pytest.mark.parametrize(
    ("test", "otherwise"),
    [
        ("x", "not x"),
        ("not x", "x"),
        ("a and (b or c)", "not (a and (b or c))"),
        ("x is None", "not (x is None)"),
        ("options['key']", "not options['key']"),
        ("f(a, key=b, *c)", "not f(a, key=b, *c)"),
    ],
)
def test_the_other_branch_has_the_negation(test: str, otherwise: str) -> None:
    known = conditions(f"if {test}:\n    a()\nelse:\n    b()\n")

    assert known.of(NAME, 2) == Condition(test)
    assert known.of(NAME, 4) == Condition(otherwise)


def test_a_handler_runs_when_something_was_raised_and_so_does_what_it_tests() -> None:
    known = conditions("""\
        try:
            a()
        except (ValueError, OSError):
            b()
            if x:
                c()
        finally:
            d()
        """)

    assert known.of(NAME, 4) == Condition("(ValueError, OSError) was raised", is_handler=True)
    assert [known.is_handler(NAME, line) for line in (2, 4, 6, 8)] == [False, True, True, False]


def test_the_test_itself_hangs_on_nothing() -> None:
    assert conditions("if f():\n    pass\n").of(NAME, 1) is None


def test_loops_and_with_keep_the_condition_around_them() -> None:
    known = conditions("if x:\n    for a in b():\n        with c():\n            d()\n")

    assert {known.of(NAME, line) for line in (2, 3, 4)} == {Condition("x")}


def test_a_long_test_is_cut() -> None:
    known = conditions(f"if {' and '.join(['something'] * 30)}:\n    a()\n")

    found = known.of(NAME, 2)
    assert found is not None
    assert len(found.text) == 90
    assert found.text.endswith("…")


RETURNING = """
def answer(request):
    if mine(request):
        return serve(request)
    log()
    return handle(
        request
    )

def only(request):
    if mine(request):
        return None
    if other(request):
        return handle(request)

def rescued(request):
    try:
        return handle(request)
    except OSError:
        return failed(request)

async def awaited(request):
    if not mine(request):
        return await handle(request)
    return await serve(request)
"""


@pytest.mark.parametrize(
    ("function", "lines"), [("answer", [4, 6, 7]), ("only", []), ("rescued", []), ("awaited", [24, 25])]
)
def test_a_returned_call_may_stand_for_another_one(function: str, lines: list[int]) -> None:
    module = parse(RETURNING.encode(), "m")
    assert isinstance(module, ir.Module)
    codes = {each.code.name: each.code for each in module.code.body if isinstance(each, ir.FunctionDef)}
    name = FunctionName("m", function)
    known = Conditions({name: (codes[function], module.lines)})

    assert [line for line in range(1, 30) if known.is_one_of_several_answers(name, line)] == lines


def test_unknown_functions_have_no_conditions() -> None:
    assert conditions("").of(FunctionName("other", "f"), 1) is None
