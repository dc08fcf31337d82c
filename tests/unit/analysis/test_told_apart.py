"""Functions that are told apart by where they are called from make objects that are, too."""

from __future__ import annotations

import textwrap

from flowmap.analysis.entry import Entry
from flowmap.analysis.heap import Heap
from flowmap.analysis.program import analyse
from flowmap.analysis.values import Instance
from flowmap.names import Origin
from flowmap.sources.files import MemoryFiles
from flowmap.sources.stdlib import standard_library
from flowmap.sources.tree import Root, SourceTree
from flowmap.syntax.frontend import Frontend

MAKING = """
    class Item:
        def __init__(self, word, number):
            self.word = word
            self.number = number

    def make(word, number):
        return Item(word, number)
"""


def heap_of(source: str, told_apart: frozenset[str], **others: str) -> Heap:
    files = {f"{name}.py": textwrap.dedent(text).encode() for name, text in {"main": source, **others}.items()}
    tree = SourceTree([Root(Origin.PROJECT, MemoryFiles(files)), Root(Origin.STDLIB, standard_library(None).files)])
    return analyse(tree, Frontend(), Entry("main", told_apart=told_apart)).heap


def pairs(heap: Heap, name: str = "table") -> list[tuple[tuple[str, ...] | None, list[int]]]:
    """The word of every item of a list, and the line that makes it."""
    (table,) = heap.variable("main", name).items
    return [
        (heap.texts(heap.attribute(item, "word")), [place.line for place in heap.calls(item)])
        for values in heap.elements(table) or []
        for item in heap.objects(values.items)
        if isinstance(item, Instance)
    ]


def test_every_call_in_a_table_makes_an_object() -> None:
    words = [f"word{number}" for number in range(200)]
    calls = "".join(f"    make('{word}', None),\n" for word in words)
    source = f"from making import make\ntable = [\n{calls}]\n"

    apart = pairs(heap_of(source, frozenset({"making"}), making=MAKING))
    assert apart == [((word,), [3 + number]) for number, word in enumerate(words)]
    # Without it they are one object.
    assert len({str(place) for place in pairs(heap_of(source, frozenset(), making=MAKING))}) == 1


def test_the_same_arguments_on_two_lines_are_two_objects() -> None:
    source = "from making import make\nmore = make('a', 1)\ntable = [make('a', 1), more]\n"

    assert pairs(heap_of(source, frozenset({"making"}), making=MAKING)) == [(("a",), [3]), (("a",), [2])]


def test_a_helper_is_told_apart_where_it_is_called() -> None:
    source = """\
from making import make
def helper(word):
    return make('x/' + word, 1)
table = [
    helper('a'),
    helper('b'),
]
"""

    assert pairs(heap_of(source, frozenset({"making"}), making=MAKING)) == [(("x/a",), [3, 5]), (("x/b",), [3, 6])]


def test_what_a_loop_takes_apart_stays_together() -> None:
    """Positions are not known, for the list was appended to in a method."""
    source = """\
from making import make
class Registry:
    def __init__(self):
        self.entries = []
    def add(self, word, number):
        self.entries.append((word, number))
    def all(self):
        result = []
        for word, number in self.entries:
            result.append(make(word, number))
        return result
registry = Registry()
registry.add('a', 'one')
registry.add('b', 'two')
table = registry.all()
"""
    heap = heap_of(source, frozenset({"making"}), making=MAKING)
    (table,) = heap.variable("main", "table").items
    found = [item for values in heap.elements(table) or [] for item in heap.objects(values.items)]

    assert {
        (heap.texts(heap.attribute(item, "word")), heap.texts(heap.attribute(item, "number"))) for item in found
    } == {
        (("a",), ("one",)),
        (("b",), ("two",)),
    }


def test_a_recursion_ends() -> None:
    making = MAKING + "\n    def nest(word, depth):\n        return make(word, nest(word + 'x', depth))\n"
    heap = heap_of(
        "from making import nest\ntable = [nest('a', 1)]\nlast = 'done'\n", frozenset({"making"}), making=making
    )

    assert heap.texts(heap.variable("main", "last")) in {("done",), ()}
