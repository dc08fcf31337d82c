"""What a fingerprint survives, and how it measures what it does not."""

from __future__ import annotations

from textwrap import dedent

import pytest

from flowmap.syntax.fingerprint import definitions, is_renamed, name_code, print_of, similarity
from tests.unit.syntax.reading import codes, module

BODY = """
    def f(self, items, default=None):
        found = []
        for item in items:
            if item.name in self.names and item.value > 3:
                found.append(self.convert(item.value, strict=True))
        try:
            return found[0]
        except IndexError as error:
            raise LookupError("nothing found") from error
    """


def body_print(text: str, qualname: str = "f") -> str:
    return print_of(codes(module(dedent(text)))[qualname])


SAME = {
    "comments and blank lines": BODY.replace("found = []", "found = []  # of what\n\n"),
    "line breaks": BODY.replace("item.value, strict=True)", "item.value,\n                strict=True,)"),
    "parentheses and quotes": BODY.replace("found[0]", "(found[0])").replace('"nothing found"', "'nothing ' 'found'"),
    "a docstring": BODY.replace("found = []", '"""Doc."""\n        found = []'),
    "annotations": BODY.replace("items,", "items: list[str],").replace(
        "):\n        found =", ") -> int:\n        found: list[int] ="
    ),
    "local names": BODY.replace("found", "hits").replace("nothing hits", "nothing found").replace("item", "entry"),
    "parameter names": BODY.replace("self", "this"),
    "the name of an error": BODY.replace("as error", "as e").replace("from error", "from e"),
    "defaults and decorators": BODY.replace("    def", "    @decorated\n    def").replace("=None", "=1"),
}


@pytest.mark.parametrize("change", SAME)
def test_what_a_print_survives(change: str) -> None:
    assert body_print(SAME[change]) == body_print(BODY)
    assert similarity(body_print(SAME[change]), body_print(BODY)) == 1.0


OTHER = {
    "an attribute": BODY.replace("item.value >", "item.size >"),
    "an operator": BODY.replace("> 3", ">= 3"),
    "a constant": BODY.replace("> 3", "> 4"),
    "a string": BODY.replace("nothing found", "nothing"),
    "a keyword": BODY.replace("strict=True", "lenient=True"),
    "a global": BODY.replace("LookupError", "KeyError"),
    "which local": BODY.replace("found[0]", "items[0]"),
    "the structure of a call": BODY.replace("(item.value, strict=True)", "(item.value)(strict=True)"),
    "a block": BODY.replace("    try", "        try").replace("    return found[0]", "        return found[0]")
    .replace("    except", "        except").replace("    raise", "        raise"),
    "a yield": BODY.replace("return found[0]", "yield found[0]"),
}  # fmt: skip


@pytest.mark.parametrize("change", OTHER)
def test_a_small_change_is_near_and_not_equal(change: str) -> None:
    assert body_print(OTHER[change]) != body_print(BODY)
    assert 0.6 < similarity(body_print(OTHER[change]), body_print(BODY)) < 1.0


def test_another_body_is_far() -> None:
    other = "def f():\n    with open('x') as file:\n        yield from (line.strip() for line in file)\n"

    assert similarity(body_print(other), body_print(BODY)) < 0.2


def test_more_changes_are_farther() -> None:
    one = BODY.replace("> 3", "> 4")
    two = one.replace("LookupError", "KeyError").replace("item.name", "item.title")

    assert similarity(body_print(two), body_print(BODY)) < similarity(body_print(one), body_print(BODY))


def test_similarity_is_symmetric_and_bounded() -> None:
    prints = [body_print(text) for text in (BODY, *OTHER.values(), "def f(): pass\n", "def f(): x\n")]

    for first in prints:
        for second in prints:
            assert similarity(first, second) == similarity(second, first)
            assert 0.0 <= similarity(first, second) <= 1.0
            assert (similarity(first, second) == 1.0) is (first == second)


def test_a_nested_function_is_another_body() -> None:
    first = "def f():\n    def g():\n        return 1\n    return g\n"
    second = first.replace("return 1", "return 2")

    assert body_print(first) == body_print(second)
    assert body_print(first, "f.<locals>.g") != body_print(second, "f.<locals>.g")


def test_a_lambda_is_part_of_the_body_it_stands_in() -> None:
    first = "def f(x):\n    return lambda y: x + y\n"
    renamed = "def f(a):\n    return lambda b: a + b\n"
    changed = "def f(x):\n    return lambda y: x - y\n"

    for qualname in ("f", "f.<locals>.<lambda>"):
        assert body_print(first, qualname) == body_print(renamed, qualname)
        assert body_print(first, qualname) != body_print(changed, qualname)


def test_closures_survive_renaming_in_the_function_around_them() -> None:
    first = "def f(a, b):\n    def g():\n        return b(a)\n"
    renamed = "def f(z, y):\n    def g():\n        return y(z)\n"

    assert body_print(first, "f.<locals>.g") == body_print(renamed, "f.<locals>.g")


def test_comprehension_targets_may_be_renamed() -> None:
    assert body_print("def f(a):\n    return [x.y for x in a]\n") == body_print(
        "def f(a):\n    return [z.y for z in a]\n"
    )


def test_prints_do_not_depend_on_the_hash_seed_or_on_what_was_read_before() -> None:
    assert (
        body_print("def f(a):\n    return g(a.b)\n")
        == "f4094210b63625eb1504753da00baadbe614.4941ad258ab2483c01d41b71beef"
    )


RENAMED = """
    from pkg.mod import helper

    @helper
    def f(self, items):
        from .mod import tool

        found = helper(items, "pkg.mod.helper")
        return tool(found).helper if found else pkg.mod.helper
    """


def test_bodies_that_differ_in_names_are_told_by_those_names() -> None:
    old, new = RENAMED, RENAMED.replace("helper", "aid").replace("pkg.mod", "pkg.lib")
    codes = [
        (name_code(one), name_code(other)) for one, other in (("helper", "aid"), ("pkg.mod.helper", "pkg.lib.aid"))
    ]
    paths = (("mod", "lib"), ("pkg.mod", "pkg.lib"))
    module = [(name_code(one), name_code(other)) for one, other in paths]

    assert is_renamed(body_print(old), body_print(new.replace("lib.aid if", "other.aid if")), codes) is False
    assert is_renamed(body_print(old), body_print(old.replace("helper", "aid")), codes) is False
    assert is_renamed(body_print(old), body_print(new), [*codes, *module]) is True
    assert is_renamed(body_print(old), body_print(old.replace("found).helper", "found).aid")), codes) is True
    assert is_renamed(body_print(old), body_print(old.replace(".mod import", ".lib import")), module) is True
    assert is_renamed(body_print(old), body_print(old.replace(".mod import", ".other import")), module) is False
    assert is_renamed(body_print(old), body_print(old), ()) is True


def test_what_a_module_imports_and_defines_is_no_part_of_its_own_body() -> None:
    old = "import a\n\nLIMIT = a.b\n\ndef f(): ...\n\nclass C:\n    def m(self): ...\n"
    new = "from z import y\nimport a\n\nLIMIT = a.b\n\nclass C:\n    def n(self): ...\n"

    assert is_renamed(body_print(old, "<module>"), body_print(new, "<module>"), ())
    assert is_renamed(body_print(old, "C"), body_print(new, "C"), ())
    assert not is_renamed(body_print(old, "<module>"), body_print(old.replace("a.b", "a.c"), "<module>"), ())
    assert definitions(body_print(old, "<module>")) == [name_code(name) for name in ("f", "C", "m")]
    assert definitions(body_print(new, "C")) == [name_code("n")]
    assert definitions(body_print(old)) == []


def test_a_text_that_speaks_of_code_follows_it_to_its_new_name() -> None:
    old = "def f():\n    raise Error('The helper_of pkg.mod.C is gone.')\n"
    new = old.replace("pkg.mod.C", "pkg.mod.D")
    codes = [(name_code("pkg.mod.C"), name_code("pkg.mod.D"))]

    assert is_renamed(body_print(old), body_print(new), codes)
    assert not is_renamed(body_print(old), body_print(new), ())
    assert not is_renamed(body_print(old), body_print(new.replace("gone.", "gone!")), codes)


def test_a_module_tells_of_what_is_defined_anywhere_in_it() -> None:
    old = "class C:\n    def m(self):\n        def inner(): ...\n\ndef f(): ...\n"

    assert definitions(body_print(old, "<module>"))[:2] == [name_code("C"), name_code("f")]
    assert sorted(definitions(body_print(old, "<module>"))[2:]) == sorted(map(name_code, ("m", "inner")))
