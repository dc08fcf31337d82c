"""What each kind of expression becomes."""

from __future__ import annotations

from typing import Any

import pytest

from flowmap.syntax import ir
from tests.unit.syntax.reading import expression, module, nodes, shape

ONE, TWO = ("=", 1), ("=", 2)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("1", ONE),
        ("0x_ff", ("=", 255)),
        ("0b11", ("=", 3)),
        ("1_000.5e-1", ("=", 100.05)),
        ("9223372036854775807", ("=", 2**63 - 1)),
        ("9223372036854775808", ("Literal", "int")),
        ("1" * 5000, ("Literal", "int")),
        ("2j", ("Literal", "complex")),
        ("...", ("Literal", "ellipsis")),
        ("None", ("=", None)),
        ("True", ("=", True)),
        ("False", ("=", False)),
        ("'a' \"b\" 'c'", ("=", "abc")),
        ("'a' + 'b' + x", ("Binary", "+", ("=", "ab"), "x")),
        ("x + 'a' + 'b'", ("Binary", "+", ("Binary", "+", "x", ("=", "a")), ("=", "b"))),
        (r"'\x41\102\n\u00e9\N{BULLET}\'\q'", ("=", "AB\né\N{BULLET}'\\q")),
        (r"r'\n'", ("=", "\\n")),
        ("'''a\nb'''", ("=", "a\nb")),
        ("''", ("=", "")),
        ('""""""', ("=", "")),
        (r"'\ud800'", ("Literal", "str")),
        (r"'\N{no such name}'", ("Literal", "str")),
        # A later Python has a name for it.
        (r"'\N{KAWI LETTER KA}'", ("Literal", "str")),
        (r"b'\xff' b'a'", ("BytesConstant", b"\xffa")),
        (r"rb'\xff'", ("BytesConstant", b"\\xff")),
        ("a.b.c", ("Attribute", ("Attribute", "a", "b"), "c")),
        ("a[1]", ("Subscript", "a", ONE)),
        ("a[1,]", ("Subscript", "a", ("TupleDisplay", [ONE]))),
        ("a[1:, *b]", ("Subscript", "a", ("TupleDisplay", [("Slice", ONE, None, None), ("Starred", "b")]))),
        ("a[*b]", ("Subscript", "a", ("TupleDisplay", [("Starred", "b")]))),
        ("a[:2:x]", ("Subscript", "a", ("Slice", None, TWO, "x"))),
        ("f()", ("Call", "f", [])),
        (
            "f(1, *a, k=2, **b)",
            (
                "Call",
                "f",
                [
                    ("Argument", ONE, None, 0),
                    ("Argument", "a", None, 1),
                    ("Argument", TWO, "k", 0),
                    ("Argument", "b", None, 2),
                ],
            ),
        ),
        ("-x", ("Unary", "-", "x")),
        ("not x", ("Unary", "not", "x")),
        ("a and b and c", ("Boolean", "and", ["a", "b", "c"])),
        ("a or (b or c)", ("Boolean", "or", ["a", ("Boolean", "or", ["b", "c"])])),
        ("a and b or c", ("Boolean", "or", [("Boolean", "and", ["a", "b"]), "c"])),
        ("a < b not in c is not d", ("Compare", "a", ["<", "not in", "is not"], ["b", "c", "d"])),
        ("a if b else c", ("Conditional", "b", "a", "c")),
        ("(a, *b)", ("TupleDisplay", ["a", ("Starred", "b")])),
        ("()", ("TupleDisplay", [])),
        ("[a, *b]", ("ListDisplay", ["a", ("Starred", "b")])),
        ("{a, *b}", ("SetDisplay", ["a", ("Starred", "b")])),
        ("{a: b, **c}", ("DictDisplay", ["a", None], ["b", "c"])),
        ("{}", ("DictDisplay", [], [])),
        ("(x := 1)", ("Walrus", "x", ONE)),
        ("lambda a, b=1: a", ("Lambda", "<lambda>", [None, ONE])),
    ],
)
def test_expressions(source: str, expected: Any) -> None:
    assert expression(source) == expected


@pytest.mark.parametrize("op", ["+", "-", "*", "/", "//", "%", "**", "<<", ">>", "|", "&", "^", "@"])
def test_every_binary_operator_is_its_token(op: str) -> None:
    assert expression(f"a {op} b") == ("Binary", op, "a", "b")


@pytest.mark.parametrize(
    ("source", "parts"),
    [
        ("f'a{b}c'", [("=", "a"), ("Formatted", "b", None, None), ("=", "c")]),
        ("f'{b!r:>{w}}'", [("Formatted", "b", "r", ("FormatString", [("=", ">"), ("Formatted", "w", None, None)]))]),
        ("f'{b:>3}'", [("Formatted", "b", None, ("=", ">3"))]),
        ("f'{{}}'", [("=", "{}")]),
        ("'a' f'b{c}' 'd'", [("=", "ab"), ("Formatted", "c", None, None), ("=", "d")]),
        ("f'{b=}'", [("=", "b="), ("Formatted", "b", "r", None)]),
        ("f'{b = :>3}'", [("=", "b = "), ("Formatted", "b", None, ("=", ">3"))]),
        (r"f'\x41{b}'", [("=", "A"), ("Formatted", "b", None, None)]),
        (r"rf'\x41{b}'", [("=", "\\x41"), ("Formatted", "b", None, None)]),
    ],
)
def test_f_strings_become_their_parts(source: str, parts: Any) -> None:
    assert expression(source) == ("FormatString", parts)


def test_nested_quotes_in_f_strings() -> None:
    read = module('x = f"{a["k"]} {f"{b}"}"\ny = c\n')

    names = [node.id for node in nodes(read.code) if isinstance(node, ir.Name)]
    assert names == ["x", "a", "b", "y", "c"]


@pytest.mark.parametrize(
    ("source", "kind"), [("[x for x in y]", "list"), ("{x for x in y}", "set"), ("(x for x in y)", "generator")]
)
def test_comprehensions(source: str, kind: str) -> None:
    assert expression(source) == ("Comprehension", kind, None, "x@1", [("Generator", "x@1", "y", [], False)])


def test_a_dict_comprehension_has_a_key() -> None:
    expected = (
        "Comprehension",
        "dict",
        "k@1",
        "v@1",
        [("Generator", ("TupleDisplay", ["k@1", "v@1"]), "d", [], False)],
    )

    assert expression("{k: v for k, v in d}") == expected


def test_the_clauses_of_a_comprehension() -> None:
    body = module("async def f():\n    return [x async for x in y if x if z for w in x]\n").code.body[0]
    assert isinstance(body, ir.FunctionDef)
    returned = body.code.body[0]
    assert isinstance(returned, ir.Return)

    assert shape(returned.value) == (
        "Comprehension",
        "list",
        None,
        "x@1",
        [("Generator", "x@1", "y", ["x@1", "z"], True), ("Generator", "w@1", "x@1", [], False)],
    )


def test_what_suspends() -> None:
    read = module("async def f():\n    await a\n    yield b\n    yield\ndef g():\n    yield from c\n")

    found = [shape(node) for node in nodes(read.code) if isinstance(node, ir.Await | ir.Yield | ir.YieldFrom)]
    assert found == [("Await", "a"), ("Yield", "b"), ("Yield", None), ("YieldFrom", "c")]
