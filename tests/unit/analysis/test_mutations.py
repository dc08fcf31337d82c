"""Lists that a module's body changes in place keep their order, where nobody else holds them."""

from __future__ import annotations

import time

import pytest

from tests.unit.analysis.programs import analysed

BRANCH = "import os\nX = ['a']\nif os.environ.get('Y'):\n    X.insert(0, 'b')\n"


def _value(source: str, name: str = "X") -> object:
    return analysed(source).module_values("main").get(name)


@pytest.mark.parametrize(
    ("change", "result"),
    [
        ("X.append('c')", ["a", "b", "c"]),
        ("X.extend(['c', 'd'])", ["a", "b", "c", "d"]),
        ("X.extend(('c',))", ["a", "b", "c"]),
        ("X.insert(0, 'c')", ["c", "a", "b"]),
        ("X.insert(-1, 'c')", ["a", "c", "b"]),
        ("X.insert(X.index('a') + 1, 'c')", ["a", "c", "b"]),
        ("X.remove('a')", ["b"]),
        ("X.reverse()", ["b", "a"]),
        ("X.append('c')\nX.insert(1, 'd')\nX += ['e']\nX.remove('b')", ["a", "d", "c", "e"]),
    ],
)
def test_a_list_that_is_changed(change: str, result: list[str]) -> None:
    assert _value(f"X = ['a', 'b']\n{change}\n") == result


def test_in_a_branch_there_are_two() -> None:
    assert _value(BRANCH) == ["b", "a"]
    assert _value(BRANCH + "Y = X[-1]\n", "Y") == "a"


def test_one_that_was_taken_from_another_module() -> None:
    analysis = analysed("from base import *\nX.insert(0, 'b')\n", base="X = ['a']\n")

    assert analysis.module_values("main")["X"] == ["b", "a"]


@pytest.mark.parametrize(
    "before",
    [
        "Y = X\n",
        "Y = [X]\n",
        "Y = {'k': X}\n",
        "def f(): return X\n",
        "def f(x): x.append('c')\nf(X)\n",
        "class C: x = X\n",
    ],
)
def test_one_that_something_else_holds_is_changed_for_all(before: str) -> None:
    """In what order its items are is not known then."""
    analysis = analysed(f"X = ['a']\n{before}X.append('b')\nfor Z in X: pass\n")

    assert analysis.module_values("main").get("X") != ["a", "b"]
    assert analysis.module_values("main")["Z"] == {"a", "b"} | ({"c"} if "f(X)" in before else set())


def test_what_holds_it_later_does_no_harm() -> None:
    assert _value("X = ['a']\nX.append('b')\nY = X\n", "Y") == ["a", "b"]


def test_in_a_loop_the_order_is_lost() -> None:
    assert _value("X = ['a']\nfor y in open('f'):\n    X.append(y)\n") is None


def test_the_call_is_one_all_the_same() -> None:
    analysis = analysed("X = []\nX.append(1)\n")

    assert "append" in str([callee for each in analysis.reachable() for _, _, callee in each.calls])


@pytest.mark.parametrize("wanted", ["x", "c"])
def test_an_index_is_known_where_the_items_before_it_are(wanted: str) -> None:
    known = _value(f"X = ['a', 'b', 'c']\nN = X.index('{wanted}')\n", "N")

    assert known == (2 if wanted == "c" else None)
    assert _value("import os\nX = [os.getcwd(), 'c']\nN = X.index('c')\n", "N") is None


def test_what_else_holds_a_list_is_asked_of_the_body_once() -> None:
    """Three thousand statements took minutes when each of them looked through all."""
    started = time.process_time()
    analysed("X = []\n" + "".join(f"X.append('{i}')\n" for i in range(3000)))

    assert time.process_time() - started < 30
