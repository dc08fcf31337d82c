"""Many objects of one class in one set: what is read of them together, and that each stays itself elsewhere."""

from __future__ import annotations

import textwrap

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.crowds import CrowdTable
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.library import TreeLibrary
from flowmap.analysis.machine import Outside
from flowmap.analysis.values import Cell, Crowd, Instance
from flowmap.sources.tree import SourceTree
from flowmap.syntax.frontend import Frontend
from tests.unit.analysis.programs import callees, calls, mapped

_COUNT = 12


def _program(each: str, head: str, tail: str) -> str:
    lines = "\n".join(each.format(i=i) for i in range(_COUNT))
    return f"{textwrap.dedent(head)}\n{lines}\n{textwrap.dedent(tail)}"


_BOXES = """
class Box:
    def __init__(self, content):
        self.content = content
    def open(self):
        self.content()
"""


def _bounds(source: str) -> set[str]:
    return {bound.name for bound in mapped(source).bounds}


def test_crowds_that_are_in_each_other_list_their_attributes_once() -> None:
    library = TreeLibrary(SourceTree([]), Frontend(), frozenset())
    machine = Interpreter(library, Outside(), Bounds())
    cls = machine.native_class("object")
    one, other = (Crowd(cls, key, exact=True, single=False) for key in "ab")
    member = Instance(cls, "c", exact=True, single=False)
    member.attributes["content"] = Cell()
    one.members.update({other: None, member: None})
    other.members.update({one: None})
    for crowd in (one, other):
        crowd.attributes = CrowdTable(machine, crowd)

    assert list(one.attributes) == list(other.attributes) == ["content"]
    assert "content" in other.attributes
    assert "nothing" not in one.attributes


def test_what_any_member_holds_is_called() -> None:
    source = _program(
        "def f{i}(): pass\nbox = Box(f{i}) if input() else box",
        _BOXES + "box = None",
        "box.open()",
    )

    found = calls(source)

    assert {f"Box.open -> f{i}" for i in range(_COUNT)} <= found
    assert "objects_per_set" in _bounds(source)


def test_a_member_that_stands_alone_keeps_what_it_holds() -> None:
    source = _program(
        "def f{i}(): pass\nbox{i} = Box(f{i})\nbox = box{i} if input() else box",
        _BOXES + "box = None",
        """
        def alone():
            box3.content()
        alone()
        box.open()
        """,
    )

    assert {edge for edge in calls(source) if edge.startswith("alone ->")} == {"alone -> f3"}


def test_what_is_written_to_many_is_written_to_each() -> None:
    source = _program(
        "box{i} = Box(None)\nbox = box{i} if input() else box",
        _BOXES + "box = None",
        """
        def late(): pass
        def alone():
            box3.content()
        box.content = late
        alone()
        """,
    )

    assert "alone -> late" in calls(source)


def test_a_member_that_comes_later_gets_what_was_written() -> None:
    source = _program(
        "boxes.append(Box(None))",
        _BOXES + "boxes = []",
        """
        def late(): pass
        def some():
            for box in boxes:
                return box
        some().content = late
        last = Box(None)
        boxes.append(last)
        def alone():
            last.content()
        alone()
        """,
    )

    assert "alone -> late" in calls(source)


def test_containers_in_one_set_share_what_they_hold() -> None:
    source = _program(
        "def f{i}(): pass\nlist{i} = [f{i}]\none = list{i} if input() else one",
        "one = None",
        """
        def any_of_them():
            one[0]()
        def alone():
            list3[0]()
        any_of_them()
        alone()
        """,
    )

    found = calls(source)

    assert {f"any_of_them -> f{i}" for i in range(_COUNT)} <= found
    assert {edge for edge in found if edge.startswith("alone ->")} == {"alone -> f3"}


def test_dicts_in_one_set_share_keys_and_values() -> None:
    source = _program(
        "def f{i}(): pass\none = {{'k{i}': f{i}}} if input() else one",
        "one = {}",
        """
        def by_key():
            one['k3']()
        def by_value():
            for value in one.values():
                value()
        by_key()
        by_value()
        """,
    )

    found = calls(source)

    assert "by_key -> f3" in found
    assert {f"by_value -> f{i}" for i in range(_COUNT)} <= found


def test_a_recursion_that_counts_ends_with_any_number() -> None:
    source = """
        def count(n, then):
            if n > 90:
                return then()
            return count(n + 1, then)
        def f(): pass
        count(0, f)
    """

    assert calls(source) >= {"count -> count", "count -> f"}
    assert "numbers_per_parameter" in _bounds(source)


def test_values_that_have_nothing_in_common_are_anything() -> None:
    classes = "\n".join(f"class C{i}:\n    def run(self): pass\nx = C{i}() if input() else x" for i in range(8))
    source = f"{classes.replace('else x', 'else None', 1)}\ndef use():\n    x.run()\nuse()\n"
    mixed = source.replace("def use", "x = 'text' if input() else x\nx = [1] if input() else x\ndef use")

    assert {f"use -> C{i}.run" for i in range(8)} <= calls(source)
    assert any(gap.caller.qualname == "use" for gap in mapped(mixed).gaps)
    assert "kinds_per_set" in _bounds(mixed)


def test_names_of_many_attributes_of_many_objects_are_not_looked_up_one_by_one() -> None:
    names = ", ".join(f"'a{i}'" for i in range(40))
    source = f"class C: pass\nc = C()\nc.a1 = print\ndef use():\n    getattr(c, {{{names}}}.pop())()\nuse()\n"

    assert "attribute_pairs" in _bounds(source)
    assert any(gap.caller.qualname == "use" for gap in mapped(source).gaps)


def test_a_tuple_among_many_holds_what_it_held() -> None:
    functions = "\n".join(f"def g{i}(): pass" for i in range(_COUNT))
    meeting = "\n".join(f"if input(): box = (g{i},)" for i in range(_COUNT))
    source = f"""
def f(): pass
{functions}
one = []
one.append(f)
one = tuple(one)
box = one
{meeting}
def use_one(): one[0]()
def use_any(): box[0]()
use_any()
use_one()
"""

    assert callees(source, "use_one") == {"f"}
    assert {"f", "g0"} <= callees(source, "use_any")
