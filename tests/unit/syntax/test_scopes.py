"""What code objects bind, close over and take from outside, and what they are called."""

from __future__ import annotations

import symtable
import sys
import types
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from textwrap import dedent

import pytest

from flowmap.syntax import ir
from tests.unit.syntax.reading import codes, module, nodes

SNIPPETS = {
    "closures": """
        def outer(a, b):
            c = 1
            def inner():
                nonlocal c
                c += a
                return lambda: (b, d)
            d = 2
            return inner
        """,
    "globals": """
        g = 1
        def outer():
            global g, h
            g = h = 2
            def inner():
                return g, h
        """,
    "a class is skipped": """
        def outer():
            x = 1
            class C:
                x = 2
                y = x
                def method(self):
                    return x, y
            return C
        """,
    "a class reads the function around it": """
        def outer(x):
            class C:
                y = x
                class D:
                    def method(self):
                        return x
        """,
    "super": """
        class C:
            def a(self):
                super().a()
            def b(self):
                def inner():
                    return __class__
                return inner
            @staticmethod
            def c():
                pass
        """,
    "a local called __class__": """
        class C:
            def m(self, __class__):
                return lambda: __class__
            def n(self):
                super()
        """,
    "private names": """
        class _C:
            __x = 1
            __y__ = 2
            def __m(self, __p):
                global __g
                import __z
                __g = self.__x
                return __p
        class __:
            __x = 1
        """,
    "every binding": """
        def f(p, *args, **kwargs):
            import a.b, c as d
            from e import g, h as i
            for j, *k in []: pass
            with l as (m, n): pass
            try: pass
            except E as o: pass
            (q := 1)
            r: int
            s: int = 1
            t += 1
            del u
            def v(): pass
            class w: pass
            match x:
                case [y, *z] | {"k": aa, **bb} | C(cc) as dd: pass
            lambda: (ee := 1)
        """,
    "comprehensions": """
        def f(a, b):
            c = [x for x in a if x in b]
            d = {k: [v for v in w] for k, w in c}
            e = (lambda: a for a in a)
            return [last := y for y in d], last
        """,
    "lambdas in comprehensions": """
        def f(items):
            fs = [lambda: x for x in items]
            gs = [lambda x: x for x in items]
            return [lambda y=x: (x, y) for x in items for y in x]
        """,
    "decorators and defaults": """
        def f(x):
            @x
            def g(a=x): return a
            class C(x, metaclass=x): pass
        """,
}


def tables(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        if child.get_type() in {"function", "class"} and child.get_name() not in COMPREHENSIONS:
            yield child
        yield from tables(child)


COMPREHENSIONS = {"listcomp", "setcomp", "dictcomp", "genexpr"}


def expected_scopes(text: str) -> Counter[tuple[str, frozenset[str], frozenset[str]]]:
    found: Counter[tuple[str, frozenset[str], frozenset[str]]] = Counter()
    for table in tables(symtable.symtable(text, "snippet", "exec")):
        name = "<lambda>" if table.get_name() == "lambda" else table.get_name()
        symbols = [symbol for symbol in table.get_symbols() if symbol.get_name() not in {".0", "__classdict__"}]
        bound = frozenset(
            symbol.get_name()
            for symbol in symbols
            if symbol.is_local()
            and (symbol.is_assigned() or symbol.is_parameter() or symbol.is_imported() or symbol.is_annotated())
        )
        free = frozenset(symbol.get_name() for symbol in symbols if symbol.is_free())
        found[name, bound, free] += 1
    return found


def actual_scopes(read: ir.Module) -> Counter[tuple[str, frozenset[str], frozenset[str]]]:
    return Counter(
        (
            code.name,
            frozenset(name for name in code.locals if "@" not in name),
            frozenset(name.partition("@")[0] for name in code.free),
        )
        for code in nodes(read.code)
        if isinstance(code, ir.Code) and code.kind != "module"
    )


@pytest.mark.parametrize("name", SNIPPETS)
def test_scopes_are_what_python_says(name: str) -> None:
    text = dedent(SNIPPETS[name])

    expected = expected_scopes(text)
    assert expected
    if sys.version_info >= (3, 12):
        # Comprehensions are inlined there, and the symbol table shows their targets as locals (PEP 709).
        pytest.skip("this Python's symbol table mixes comprehensions into their functions") if "comp" in name else None
    assert actual_scopes(module(text)) == expected


@pytest.mark.parametrize("path", ["contextlib.py", "functools.py", "typing.py", "dataclasses.py", "socketserver.py"])
def test_scopes_of_the_standard_library_are_what_python_says(path: str) -> None:
    text = (Path(symtable.__file__).parent / path).read_text(encoding="utf-8")
    if sys.version_info >= (3, 12):
        pytest.skip("this Python's symbol table mixes comprehensions into their functions")

    assert actual_scopes(module(text)) == expected_scopes(text)


def test_cells_are_what_inner_functions_read() -> None:
    found = codes(module(SNIPPETS["closures"]))

    assert found["outer"].locals == ("a", "b", "c", "inner", "d")
    assert found["outer"].cells == ("a", "b", "c", "d")
    assert found["outer.<locals>.inner"].free == ("a", "b", "c", "d")
    assert found["outer.<locals>.inner"].locals == ()
    assert found["outer.<locals>.inner.<locals>.<lambda>"].free == ("b", "d")


def test_a_class_keeps_its_own_cell() -> None:
    found = codes(module(SNIPPETS["super"]))

    assert found["C"].cells == ("__class__",)
    assert found["C.a"].free == ("__class__",)
    assert found["C.b"].free == ("__class__",)
    assert found["C.b.<locals>.inner"].free == ("__class__",)
    assert found["C.c"].free == ()


def test_globals_are_bound_elsewhere() -> None:
    found = codes(module(SNIPPETS["globals"]))

    assert found["outer"].globals == ("g", "h")
    assert found["outer"].locals == ("inner",)
    assert found["outer.<locals>.inner"].free == ()


def test_private_names_are_mangled_where_they_are_bound_and_read() -> None:
    read = module(SNIPPETS["private names"])
    found = codes(read)

    assert found["_C"].locals == ("_C__x", "__y__", "_C__m")
    method = found["_C.__m"]
    assert [parameter.name for parameter in method.parameters] == ["self", "_C__p"]
    assert method.globals == ("_C__g",)
    assert found["__"].locals == ("__x",)
    assert "_C__x" in [node.attr for node in nodes(read.code) if isinstance(node, ir.Attribute)]


def test_comprehension_targets_are_renamed_apart() -> None:
    read = module("x = 1\na = [x for x in x]\nb = [x for x in a for x in x]\n")

    first, second = (node for node in nodes(read.code) if isinstance(node, ir.Comprehension))
    assert isinstance(first.generators[0].iterable, ir.Name)
    assert first.generators[0].iterable.id == "x"
    assert isinstance(second.element, ir.Name)
    assert isinstance(first.element, ir.Name)
    assert (first.element.id, second.element.id) == ("x@1", "x@2")
    assert isinstance(second.generators[1].iterable, ir.Name)
    assert second.generators[1].iterable.id == "x@2"
    assert read.code.locals == ("x", "a", "x@1", "b", "x@2")


@pytest.mark.parametrize("holder", ["def f():", "class C:", "if 1:"])
def test_a_lambda_closes_over_a_comprehensions_target(holder: str) -> None:
    read = module(f"{holder}\n    y = [lambda: x for x in z]\n")

    found = {code.kind: code for code in codes(read).values()}
    keeper = found.get("function") or found.get("class") or found["module"]
    assert keeper.cells == ("x@1",)
    assert found["lambda"].free == ("x@1",)


def test_a_walrus_in_a_comprehension_binds_in_the_function() -> None:
    found = codes(module("def f(a):\n    return [(y := x) for x in a], y\n"))

    assert found["f"].locals == ("a", "y", "x@1")


@pytest.mark.parametrize(
    ("body", "generator"),
    [
        ("yield", True),
        ("x = yield from y", True),
        ("def g(): yield", False),
        ("lambda: (yield)", False),
        ("return (x for x in y)", False),
    ],
)
def test_only_its_own_yield_makes_a_generator(body: str, generator: bool) -> None:
    assert codes(module(f"def f(y):\n    {body}\n"))["f"].is_generator is generator


def test_a_yield_makes_its_lambda_a_generator() -> None:
    assert codes(module("f = lambda: (yield)\n"))["<lambda>"].is_generator


def test_qualified_names_are_pythons_own() -> None:
    text = dedent(
        """
        def f():
            def g():
                class C:
                    def m(self): pass
                    class D:
                        n = lambda self: 1
            global h
            def h():
                def i(): pass
        class A:
            __b = lambda: 1
            def __c(self): pass
        """
    )

    def qualnames(code: types.CodeType) -> Iterator[str]:
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield constant.co_qualname
                yield from qualnames(constant)

    expected = set(qualnames(compile(text, "snippet", "exec")))
    assert set(codes(module(text))) == expected | {"<module>"}


def test_equal_names_in_one_scope_are_numbered() -> None:
    text = """
        class C:
            @property
            def x(self): return lambda: 1, lambda: 2
            @x.setter
            def x(self, v):
                def inner(): pass
        a = lambda: lambda: 1
        b = [lambda: 1 for c in d]
        def f(): pass
        class f:
            def g(self): pass
        """

    assert list(codes(module(text))) == [
        "<module>",
        "C",
        "C.x",
        "C.x.<locals>.<lambda>",
        "C.x.<locals>.<lambda#2>",
        "C.x#2",
        "C.x#2.<locals>.inner",
        "<lambda>",
        "<lambda>.<locals>.<lambda>",
        "<lambda#2>",
        "f",
        "f#2",
        "f#2.g",
    ]
