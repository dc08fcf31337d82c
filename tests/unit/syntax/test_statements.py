"""What each kind of statement and pattern becomes."""

from __future__ import annotations

from typing import Any

import pytest

from flowmap.syntax import ir
from tests.unit.syntax.reading import codes, module, nodes, statements

ONE, TWO = ("=", 1), ("=", 2)
RUN = ("ExprStmt", "run")


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("run", RUN),
        ("a = b.c = 1", ("Assign", ["a", ("Attribute", "b", "c")], ONE)),
        ("a, *b = c", ("Assign", [("TupleDisplay", ["a", ("Starred", "b")])], "c")),
        ("[a, b[1]] = c", ("Assign", [("ListDisplay", ["a", ("Subscript", "b", ONE)])], "c")),
        ("a //= 1", ("AugAssign", "//", "a", ONE)),
        ("a: int = 1", ("AnnAssign", "a", "int", ONE)),
        ("a: f()", ("AnnAssign", "a", ("Call", "f", []), None)),
        ("del a, b.c, d[1]", ("Delete", ["a", ("Attribute", "b", "c"), ("Subscript", "d", ONE)])),
        ("raise", ("Raise", None, None)),
        ("raise a from b", ("Raise", "a", "b")),
        ("assert a, b", ("Assert", "a", "b")),
        ("if a:\n run\nelif b:\n pass\nelse:\n run", ("If", "a", [RUN], [("If", "b", [], [], [])], [RUN])),
        (
            "while a:\n break\nelse:\n run",
            ("While", "a", [("Break",)], [RUN]),
        ),
        ("for a, b in c:\n continue", ("For", ("TupleDisplay", ["a", "b"]), "c", [("Continue",)], [], False)),
        (
            "try:\n run\nexcept:\n run\nelse:\n run\nfinally:\n run",
            ("Try", [RUN], [("Handler", None, None, [RUN])], [RUN], [RUN], False),
        ),
        (
            "try:\n run\nexcept (A, B) as e:\n e",
            ("Try", [RUN], [("Handler", ("TupleDisplay", ["A", "B"]), "e", [("ExprStmt", "e")])], [], [], False),
        ),
        ("try:\n run\nexcept* A:\n run", ("Try", [RUN], [("Handler", "A", None, [RUN])], [], [], True)),
        (
            "with a as b, c:\n run",
            ("With", [("WithItem", "a", "b"), ("WithItem", "c", None)], [RUN], False),
        ),
        (
            "with (a as (b, c), d,):\n run",
            ("With", [("WithItem", "a", ("TupleDisplay", ["b", "c"])), ("WithItem", "d", None)], [RUN], False),
        ),
        ("import a.b, c as d", ("Import", [("Alias", "a.b", None), ("Alias", "c", "d")])),
        ("from a.b import (c as d, e)", ("ImportFrom", "a.b", [("Alias", "c", "d"), ("Alias", "e", None)], 0)),
        ("from ... import a", ("ImportFrom", "", [("Alias", "a", None)], 3)),
        ("from .....a import *", ("ImportFrom", "a", [("Alias", "*", None)], 5)),
        ("type X[T] = list[T]", ("Assign", ["X"], ("Literal", "type-alias"))),
        ("run;", RUN),
    ],
)
def test_statements(source: str, expected: Any) -> None:
    assert statements(source + "\n") == [expected]


def test_what_says_nothing_is_left_out() -> None:
    assert statements("pass; pass\nglobal a\n") == []


def test_asynchronous_statements() -> None:
    read = module("async def f():\n async for a in b:\n  pass\n async with c:\n  pass\n")

    assert [node.is_async for node in nodes(read.code) if isinstance(node, ir.For | ir.With)] == [True, True]
    assert codes(read)["f"].is_async


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("1", ("ValuePattern", ONE)),
        ("-1", ("ValuePattern", ("Unary", "-", ONE))),
        ("None", ("ValuePattern", ("=", None))),
        ("a.b", ("ValuePattern", ("Attribute", "a", "b"))),
        ("_", ("AsPattern", None, None)),
        ("x", ("AsPattern", None, "x")),
        ("[1, *x]", ("SequencePattern", [("ValuePattern", ONE), ("StarPattern", "x")])),
        ("1, *_", ("SequencePattern", [("ValuePattern", ONE), ("StarPattern", None)])),
        ("(1, 2)", ("SequencePattern", [("ValuePattern", ONE), ("ValuePattern", TWO)])),
        ("{'a': x, **r}", ("MappingPattern", [("=", "a")], [("AsPattern", None, "x")], "r")),
        (
            "C(1, k=x)",
            ("ClassPattern", "C", [("ValuePattern", ONE), ("AsPattern", None, "x")], ["k"]),
        ),
        ("1 | 2 as x", ("AsPattern", ("OrPattern", [("ValuePattern", ONE), ("ValuePattern", TWO)]), "x")),
    ],
)
def test_patterns(pattern: str, expected: Any) -> None:
    assert statements(f"match s:\n case {pattern} if g:\n  run\n") == [
        ("Match", "s", [("MatchCase", expected, "g", [RUN])])
    ]


def test_soft_keywords_are_names_too() -> None:
    read = module("match = case = type = _ = 1\nmatch(case)\nprint(type)\nmatch[_]\nlast()\n")

    assert read.code.locals == ("match", "case", "type", "_")
    assert read.lines[-1] == 5


def test_a_function() -> None:
    read = module(
        """
        @d(1)
        def f(a, /, b, *c, k: g() = 1, **m) -> h: "doc"
        """
    )

    definition = read.code.body[0]
    assert isinstance(definition, ir.FunctionDef)
    assert [type(decorator) for decorator in definition.decorators] == [ir.Call]
    assert [(p.name, p.kind, p.has_default) for p in definition.code.parameters] == [
        ("a", 0, False),
        ("b", 1, False),
        ("c", 2, False),
        ("k", 3, True),
        ("m", 4, False),
    ]
    assert definition.defaults == (None, None, None, ir.Constant(1), None)
    assert len(definition.annotations) == 1
    assert definition.code.signature == "(a, /, b, *c, k=…, **m)"
    assert definition.code.doc == "doc"
    assert definition.code.body == ()
    assert (definition.code.line, definition.code.end_line) == (3, 3)


@pytest.mark.parametrize(
    "signature", ["()", "(a, /)", "(*, a)", "(*a, b)", "(a=…, *, b=…)", "(a, /, *, b)", "(**k)", "(a, /, b=…)"]
)
def test_signatures_are_as_written(signature: str) -> None:
    read = module(f"def f{signature.replace('…', '1')}: pass\n")

    assert codes(read)["f"].signature == signature


def test_a_class() -> None:
    read = module("@d\nclass C(A, *B, metaclass=M):\n    'doc'\n    x = 1\n")

    definition = read.code.body[0]
    assert isinstance(definition, ir.ClassDef)
    assert [(argument.keyword, argument.stars) for argument in definition.arguments] == [
        (None, 0),
        (None, 1),
        ("metaclass", 0),
    ]
    assert len(definition.decorators) == 1
    assert (definition.code.kind, definition.code.doc, definition.code.locals) == ("class", "doc", ("x",))


@pytest.mark.parametrize(
    ("source", "doc"),
    [
        ("'a' 'b'\n", "ab"),
        ("'a'; x = 1\n", "a"),
        ("# c\n\n'''a\nb'''\n", "a\nb"),
        ("f'a'\n", None),
        ("b'a'\n", None),
        ("x\n'a'\n", None),
        ("'a' + 'b'\n", None),
        ("('a')\n", "a"),
        ("", None),
    ],
)
def test_docstrings_leave_the_body(source: str, doc: str | None) -> None:
    read = module(source)

    assert read.code.doc == doc
    assert doc is None or not any(isinstance(statement, ir.ExprStmt) for statement in read.code.body)


def test_type_parameters_are_bound_where_they_can_be_asked_for() -> None:
    read = module("def f[T: g(), *U, **P](a: T) -> T:\n    return T\nclass C[T](B[T]): pass\n")

    assert codes(read)["f"].locals == ("a", "T", "U", "P")
    assert codes(read)["C"].locals == ("T",)
    base = read.code.body[1]
    assert isinstance(base, ir.ClassDef)
    subscript = base.arguments[0].value
    assert isinstance(subscript, ir.Subscript)
    assert subscript.index == ir.Literal("type-parameter")


def test_modules_that_are_imported_while_a_module_is_imported() -> None:
    read = module(
        """
        import a.b, a as c
        from d import e
        from . import f
        from ..g import *
        try:
            import h
        except ImportError:
            class C:
                import i
        def function():
            import lazy
        """
    )

    assert read.imports == ("a.b", "a", "d", "d.e", ".", ".f", "..g", "h", "i")
