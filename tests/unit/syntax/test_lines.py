"""Which line each site is on, held against what Python says."""

from __future__ import annotations

import ast
import contextlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import libcst as cst
import pytest

from flowmap.syntax import ir
from flowmap.syntax.lowering import lower
from flowmap.syntax.parse import read
from flowmap.syntax.rendered import rendered_tokens
from flowmap.syntax.tokens import TokenMap
from tests.unit.syntax.reading import codes, module, nodes

STDLIB = Path(ast.__file__).parent
KINDS: dict[type[ast.AST], type[ir.Node]] = {
    ast.Subscript: ir.Subscript, ast.List: ir.ListDisplay, ast.Dict: ir.DictDisplay, ast.Set: ir.SetDisplay,
    ast.Tuple: ir.TupleDisplay, ast.Compare: ir.Compare, ast.UnaryOp: ir.Unary, ast.Lambda: ir.Lambda,
    ast.Await: ir.Await, ast.Yield: ir.Yield, ast.YieldFrom: ir.YieldFrom, ast.ListComp: ir.Comprehension,
    ast.SetComp: ir.Comprehension, ast.DictComp: ir.Comprehension, ast.GeneratorExp: ir.Comprehension,
    ast.JoinedStr: ir.FormatString, ast.If: ir.If, ast.While: ir.While, ast.Try: ir.Try, ast.TryStar: ir.Try,
    ast.With: ir.With, ast.AsyncWith: ir.With, ast.For: ir.For, ast.AsyncFor: ir.For, ast.Raise: ir.Raise,
    ast.Assert: ir.Assert, ast.Delete: ir.Delete, ast.Import: ir.Import, ast.ImportFrom: ir.ImportFrom,
    ast.ExceptHandler: ir.Handler, ast.Assign: ir.Assign, ast.AugAssign: ir.AugAssign, ast.AnnAssign: ir.AnnAssign,
    ast.FunctionDef: ir.FunctionDef, ast.AsyncFunctionDef: ir.FunctionDef, ast.ClassDef: ir.ClassDef,
    ast.Match: ir.Match, ast.NamedExpr: ir.Walrus, ast.Call: ir.Call, ast.Attribute: ir.Attribute,
}  # fmt: skip
Places = Counter[tuple[str, int]]


def ast_nodes(node: ast.AST) -> Iterator[ast.AST]:
    """All nodes but the insides of f-strings and annotations, which the IR keeps apart."""
    yield node
    if isinstance(node, ast.JoinedStr):
        return
    for field, value in ast.iter_fields(node):
        if field in {"annotation", "returns"} and not isinstance(node, ast.AnnAssign):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from ast_nodes(child)


def line_of(node: ast.AST) -> int:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.end_lineno or 0
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return node.func.lineno
    return (node.end_lineno or 0) if isinstance(node, ast.Attribute) else node.lineno


def empty(node: object) -> bool:
    return (isinstance(node, ast.Tuple) and not node.elts) or (isinstance(node, ir.TupleDisplay) and not node.items)


def expected_places(text: str) -> Places:
    found: Places = Counter()
    for node in ast_nodes(ast.parse(text)):
        if type(node) in KINDS and not empty(node):
            found[KINDS[type(node)].__name__, line_of(node)] += 1
    return found


def ir_nodes(node: ir.Node | tuple[object, ...]) -> Iterator[ir.Node]:
    if isinstance(node, ir.Node):
        yield node
        if isinstance(node, ir.FormatString | ir.FunctionDef):
            children: tuple[object, ...] = ()
            if isinstance(node, ir.FunctionDef):
                children = (node.code, node.decorators, node.defaults)
        else:
            children = tuple(getattr(node, field) for field in node.__struct_fields__)
    else:
        children = node
    for child in children:
        if isinstance(child, ir.Node | tuple):
            yield from ir_nodes(child)


def actual_places(parsed: ir.Module) -> Places:
    names = {kind.__name__ for kind in KINDS.values()}
    found: Places = Counter()
    for node in ir_nodes(parsed.code):
        name = type(node).__name__
        if name in names and not empty(node):
            found[name, parsed.lines[node.site]] += 1  # type: ignore[attr-defined]  # all of KINDS have one
    return found


SNIPPETS = {
    "call chains": """
        x = (
            a.b(
                1
            )
            .c(
            )
            .d
        )
        f(
            x
        )(
            y
        )
        (
            g
        )()
        (f or
         g)(1)
        """,
    "displays": """
        x = [
            1,
            (
                a,
                b,
            ),
            {
                a: [
                ],
            },
            {
                a
            },
        ]
        return_ = (
            (a, b), c
        )
        """,
    "operators": """
        x = (
            a +
            b *
            c
        )
        y = (
            a
        ) + b
        z = (
            (
                a
            ) < b
        )
        w = not (
            a
        )
        v = -(
            a[
                1
            ]
        )
        """,
    "comprehensions": """
        x = [
            a
            for a in b
            if c(
                a
            )
        ]
        y = (
            (a, b)
            for a in b
        )
        z = any(
            a
            for a in b
        )
        w = {
            a:
            b for a in b
        }
        """,
    "strings": r'''
        """doc
        string"""
        x = """a
        b""" + f()
        y = ("a"
             "b", g())
        z = f"""
        {a}
        """, h()
        w = "# no comment", i()  # "no string
        v = r"\\", j(), '\'', "'", k()
        ''',
    "numbers": """
        x = 1.e5, f()
        y = 1..real, g()
        z = 0xf if 0x_f else 1e-5j, h()
        w = .5.hex(), 1_0.
        v = 1 if x else 2
        """,
    "decorators": """
        @a(
            1
        )
        @b
        def f(
            x=c(
            ),
        ) -> d: pass

        @e
        async def g(): pass

        @f
        class C(
            D,
        ):
            pass
        """,
    "compound statements": """
        try:
            pass
        except (
            A
        ):
            pass
        else:
            pass
        finally:
            b()
        with (
            a as b,
            c() as d,
        ):
            pass
        if (
            x
        ):
            pass
        elif (
            y
        ):
            pass
        while (
            x
        ):
            break
        for (
            x
        ) in (
            y
        ):
            continue
        """,
    "simple statements": """
        raise (
            A
        ) from (
            B
        )
        assert (
            A
        ), B
        del (
            A
        ), B
        from . import (
            a,
            b
        )
        from ... import c; d()
        import a.b \\
            as e
        (
            x, y
        ) = z
        x: int = (
            1
        )
        """,
    "soft keywords": """
        match x:
            case [
                1, y
            ] if z(
            ):
                match()
            case {"a": b, **c} | None | _:
                case()
        print(match, case)
        """,
    "blank lines and continuations": "\n\n\nf()\nx = \\\n  h()\n\n# c\n\f\n  \ni()\n",
    "semicolons": "a(); b(); c()\nif d(): e(); f()\n",
}


@pytest.mark.parametrize("name", SNIPPETS)
def test_lines_are_what_python_says(name: str) -> None:
    text = dedent(SNIPPETS[name])

    expected = expected_places(text)
    assert expected
    assert actual_places(module(text)) == expected
    assert read(text.encode()).aligned


@pytest.mark.parametrize("name", ["argparse.py", "threading.py", "http/server.py", "asyncio/tasks.py", "typing.py"])
def test_lines_of_the_standard_library_are_what_python_says(name: str) -> None:
    text = (STDLIB / name).read_text(encoding="utf-8")
    expected = expected_places(text)
    assert actual_places(module(text)) == expected


def test_a_statement_after_a_line_that_only_continues() -> None:
    parsed = module("\\\nf()\n\\\n\ng()\n")

    assert [parsed.lines[node.site] for node in nodes(parsed.code) if isinstance(node, ir.Call)] == [2, 5]


@pytest.mark.parametrize("name", SNIPPETS)
def test_functions_end_where_python_says(name: str) -> None:
    text = dedent(SNIPPETS[name])

    assert ends(module(text)) == expected_ends(text)


@pytest.mark.parametrize("name", ["argparse.py", "functools.py", "http/server.py", "asyncio/tasks.py", "enum.py"])
def test_functions_of_the_standard_library_end_where_python_says(name: str) -> None:
    text = (STDLIB / name).read_text(encoding="utf-8")

    assert ends(module(text)) == expected_ends(text)


def ends(parsed: ir.Module) -> Counter[tuple[int, int | None]]:
    return Counter((code.line, code.end_line) for code in codes(parsed).values() if code.kind != "module")


def expected_ends(text: str) -> Counter[tuple[int, int | None]]:
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    return Counter((node.lineno, node.end_lineno) for node in ast.walk(ast.parse(text)) if isinstance(node, kinds))


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ("pass", 2),
        ("...", 2),
        ("return (\n    )", 3),
        ("return f(\n        1,  # )\n    )\n# )", 4),
        ("return {'a': ()},\\\n  ()", 3),
        ("'''a\n\n'''", 4),
        ("pass\n\n\n# comment\n", 2),
        ("x = lambda: (\n 1\n )", 4),
    ],
)
def test_the_last_line_of_a_function(body: str, end: int) -> None:
    assert codes(module(f"def f():\n    {body}\n\nx = (1)\n"))["f"].end_line == end


def test_a_lambda_ends_before_the_brackets_around_it() -> None:
    parsed = module("f(\n    lambda: g(\n        1\n    ),\n)\n")

    assert (codes(parsed)["<lambda>"].line, codes(parsed)["<lambda>"].end_line) == (2, 4)


def test_calls_in_f_strings_are_on_its_first_line() -> None:
    parsed = module("x = f'''\n{a()}\n{b():{c()}}\n'''\nd()\n")

    assert [parsed.lines[node.site] for node in nodes(parsed.code) if isinstance(node, ir.Call)] == [1, 1, 1, 5]


@pytest.mark.parametrize("text", ["()", "()\n", "# c\n\n()\n()"])
def test_a_text_without_tokens(text: str) -> None:
    parsed = module(text)

    assert len(parsed.code.body) == text.count("()")
    assert all(1 <= line <= text.count("\n") + 1 for line in parsed.lines)


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_counts_once(end: str) -> None:
    parsed = read(end.join(["a()", "'''x", "y'''", "", "b()"]).encode()).result

    assert isinstance(parsed, ir.Module)
    assert [parsed.lines[node.site] for node in nodes(parsed.code) if isinstance(node, ir.Call)] == [1, 5]
    assert ir.Constant("x\ny") in list(nodes(parsed.code))


@pytest.mark.parametrize(
    "text", ["\fa()\n", "a()", "\ufeffa()\n", "if 1:\n\ta()\n\f\n", "# -*- coding: latin-1 -*-\nx = 'é'; a()\n"]
)
def test_what_is_no_line_end(text: str) -> None:
    encoding = "latin-1" if "latin" in text else "utf-8"
    reading = read(text.encode(encoding))

    assert isinstance(reading.result, ir.Module)
    call = next(node for node in nodes(reading.result.code) if isinstance(node, ir.Call))
    assert reading.result.lines[call.site] == text.count("\n", 0, text.index("a()")) + 1
    assert reading.aligned


@pytest.mark.parametrize("name", SNIPPETS)
def test_the_slow_way_finds_the_same_tokens(name: str) -> None:
    text = dedent(SNIPPETS[name])
    tree = cst.parse_module(text)

    assert lower(tree, rendered_tokens(tree)) == lower(tree, TokenMap(text))


def test_text_that_the_expression_cannot_tokenize_is_read_the_slow_way() -> None:
    # Braces inside a string inside a replacement field.
    text = "x = f\"{a['}']}{'{' + b(\"c\")}\"\ny = d()\n"
    with contextlib.suppress(SyntaxError):
        ast.parse(text)
    reading = read(text.encode())

    assert not reading.aligned
    assert isinstance(reading.result, ir.Module)
    calls = [node for node in nodes(reading.result.code) if isinstance(node, ir.Call)]
    assert [reading.result.lines[call.site] for call in calls] == [1, 2]
