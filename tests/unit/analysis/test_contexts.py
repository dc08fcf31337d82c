"""Which calls of a function share an activation once there are many."""

from __future__ import annotations

import pytest

from flowmap.analysis.bounds import Bounds
from tests.unit.analysis.programs import callees, mapped

_MANY = range(Bounds().contexts_per_function + 4)


@pytest.mark.parametrize(
    ("parameter", "body"),
    [
        ("name", "self.known['by.' + name] = function"),
        ("*names", "for name in names: self.known['by.' + name] = function"),
    ],
)
def test_names_keep_apart_what_is_registered_by_them(parameter: str, body: str) -> None:
    last = _MANY[-1]
    source = (
        "class Registry:\n    def __init__(self): self.known = {}\n"
        f"    def add(self, function, {parameter}):\n        {body}\nregistry = Registry()\n"
        + "\n".join(f"def f{i}(): pass\nregistry.add(f{i}, 'n{i}')" for i in _MANY)
        + f"\ndef use(): registry.known['by.n{last}']()\nuse()\n"
    )

    assert callees(source, "use") == {f"f{last}"}


def test_a_metaclass_makes_each_class_by_itself() -> None:
    many = range(2 * Bounds().contexts_per_function)
    methods = "\n".join(f"    def {name}(self): pass" for name in "abcdef")
    models = "\n".join(f"class C{i}(Base):\n{methods}" for i in many)
    calls_of_all = "\n".join(f"C{i}().f()" for i in many)
    graph = mapped(
        f"""
class Meta(type):
    def __new__(mcs, name, bases, namespace):
        made = super().__new__(mcs, name, bases, {{}})
        for key, value in namespace.items():
            made.add(key, value)
        return made
    def add(cls, key, value):
        setattr(cls, key, value)
class Base(metaclass=Meta): pass
{models}
{calls_of_all}
"""
    )
    found = {edge.callee.qualname for edge in graph.edges}

    assert {f"C{i}.f" for i in many} <= found
