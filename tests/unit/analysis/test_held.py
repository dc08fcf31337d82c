"""Attributes that are assumed to hold a text, or one of some callables."""

from __future__ import annotations

import textwrap

from flowmap.analysis.entry import Entry
from flowmap.analysis.program import analyse
from flowmap.names import Origin
from flowmap.sources.files import MemoryFiles
from flowmap.sources.stdlib import standard_library
from flowmap.sources.tree import Root, SourceTree
from flowmap.syntax.frontend import Frontend

SOURCE = """
    import sys
    class Asked:
        def __init__(self, word):
            self.word = word
            self.answer = None
            self.other = None
    class Later(Asked):
        pass
    def wrap(function):
        def wrapped():
            return function()
        return wrapped
    def one(): pass
    @wrap
    def two(): pass
    def three(): pass
    def post(): pass
    def get(): pass
    asked = Later(sys.argv[1])
    asked.answer = {'1': one, '2': two, '3': three}[sys.argv[2]]
    if asked.word == 'post':
        post()
    else:
        get()
    asked.answer()
"""


def called(source: str = SOURCE, **assumptions: object) -> set[str]:
    tree = SourceTree(
        [
            Root(Origin.PROJECT, MemoryFiles({"main.py": textwrap.dedent(source).encode()})),
            Root(Origin.STDLIB, standard_library(None).files),
        ]
    )
    analysis = analyse(tree, Frontend(), Entry("main", **assumptions))  # type: ignore[arg-type]  # by name
    names = {activation.block.function for activation in analysis.reachable()}
    return {name.qualname for name in names} & {"one", "two", "three", "post", "get"}


def test_nothing_is_assumed_unasked() -> None:
    assert called() == {"one", "two", "three", "post", "get"}


def test_a_text_is_held_whatever_is_stored_by_derived_classes_too() -> None:
    assert called(held={"main:Asked.word": "post"}) == {"one", "two", "three", "post"}
    assert called(held={"main:Asked.word": "put"}) == {"one", "two", "three", "get"}
    assert called(held={"main:Else.word": "post"}) == {"one", "two", "three", "post", "get"}


def test_of_callables_only_those_named_and_what_wraps_them_are_stored() -> None:
    assert called(only={"main:Asked.answer": frozenset({"main:one"})}) == {"one", "post", "get"}
    assert called(only={"main:Asked.answer": frozenset({"main:two"})}) == {"two", "post", "get"}
    assert called(only={"main:Asked.answer": frozenset()}) == {"post", "get"}


def test_what_is_not_known_is_kept() -> None:
    source = SOURCE.replace("'3': three}[sys.argv[2]]", "'3': Calls()}[sys.argv[2]]").replace(
        "    asked = ", "    class Calls:\n        def __call__(self):\n            three()\n    asked = "
    )

    assert called(source, only={"main:Asked.answer": frozenset({"main:one"})}) == {"one", "three", "post", "get"}


def test_a_restriction_is_lifted_by_what_is_stored_elsewhere() -> None:
    source = SOURCE + "    asked.other = 'more'\n"
    limits = {"only": {"main:Asked.answer": frozenset({"main:one"})}, "lifting": frozenset({"main:Asked.other"})}

    assert called(**limits) == {"one", "post", "get"}
    assert called(source, **limits) == {"one", "two", "three", "post", "get"}
