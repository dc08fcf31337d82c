"""Attributes of whole sets, and calls and comparisons of them: asked once, and asked again when something changes."""

from __future__ import annotations

from flowmap.analysis.bounds import Bounds
from tests.unit.analysis.programs import calls, mapped

_MANY = range(Bounds().product + 2)


def _boxes(method: str) -> str:
    """As many classes of one base as contexts do not tell apart, and one object of any of them."""
    classes = "\n".join(f"class Box{i}(Box):\n    def __init__(self): self.content = f{i}" for i in _MANY)
    functions = "\n".join(f"def f{i}(*args): return True" for i in _MANY)
    boxes = "\n".join(f"if input(): box = Box{i}()" for i in _MANY)
    return f"{functions}\nclass Box:\n{method}\n{classes}\nbox = None\n{boxes}\n"


def test_an_attribute_of_many_is_that_of_each() -> None:
    found = calls(_boxes("    pass") + "box.content()")

    assert {f"<module> -> f{i}" for i in _MANY} <= found


def test_an_attribute_that_is_set_later_is_found() -> None:
    source = (
        _boxes("    late = None")
        + """
def late(): pass
def read(): return box.late
def use(): return read() and read()()
use()
box.late = late
use()
"""
    )

    assert "use -> late" in calls(source)


def test_an_attribute_that_calls_something_is_a_call_of_everybody_who_reads_it() -> None:
    source = (
        _boxes("    @property\n    def size(self): return 1")
        + """
def one(): return box.size
def two(): return box.size
one()
two()
"""
    )

    assert {"one -> Box.size", "two -> Box.size"} <= calls(source)


def test_a_method_of_many_is_called_once_with_all_of_them() -> None:
    graph = mapped(_boxes("    def open(self): return self.content()") + "box.open()")

    opened = [each for each in graph.activations if each.function.qualname == "Box.open"]

    assert len(opened) == 1
    assert {f"Box.open -> f{i}" for i in _MANY} <= calls(
        _boxes("    def open(self): return self.content()") + "box.open()"
    )


def test_many_are_compared_at_once() -> None:
    found = calls(_boxes("    def __eq__(self, other): return self.content(other)") + "box == box\nbox in [box]")

    assert "<module> -> Box.__eq__" in found
    assert {f"Box.__eq__ -> f{i}" for i in _MANY} <= found


def test_many_are_looked_for_at_once() -> None:
    found = calls(_boxes("    def __contains__(self, item): return self.content(item)") + "1 in box\n1 not in box")

    assert {f"Box.__contains__ -> f{i}" for i in _MANY} <= found


def test_what_a_test_says_of_an_attribute_ends_with_its_assignment() -> None:
    source = """
class Left:
    def go(self): pass
class Right:
    def go(self): pass
class Box:
    def __init__(self, content): self.content = content
    def swap(self):
        if isinstance(self.content, Left):
            self.content = Right()
            self.content.go()
    def other(self):
        if not isinstance(self.content, Left):
            self.content.go()
for content in (Left(), Right()):
    box = Box(content)
    box.swap()
    box.other()
"""

    found = calls(source)

    assert {"Box.swap -> Right.go", "Box.other -> Right.go"} <= found


def test_an_attribute_is_asked_again_by_a_module_with_more_lines() -> None:
    reading = "def read(thing):\n    return thing.value\n"
    longer = "def before():\n    return abs(abs(abs(abs(abs(abs(1))))))\n\n" + reading
    classes = "\n".join(f"class Box{i}(Box): pass" for i in _MANY)
    source = f"""
import near, far
class Box: value = None
{classes}
class Descriptor:
    def __get__(self, instance, owner): pass
box = [{", ".join(f"Box{i}" for i in _MANY)}][int(input())]
near.read(box)
Box.value = Descriptor()
far.read(box)
"""

    edges = {(str(edge.caller), edge.callee.qualname) for edge in mapped(source, near=reading, far=longer).edges}

    assert ("far:read", "Descriptor.__get__") in edges
