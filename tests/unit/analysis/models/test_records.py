"""Dataclasses, named tuples and enumerations keep what is put into them."""

from __future__ import annotations

from tests.unit.analysis.programs import callees, calls, gaps

_FUNCTIONS = """
def f(): ...
def g(): ...
def h(): ...
"""


def test_fields_are_parameters_in_order_bases_first() -> None:
    source = (
        _FUNCTIONS
        + """
from dataclasses import dataclass, field
from typing import ClassVar
@dataclass
class Base:
    shared: ClassVar[int] = 3
    one: object
    two: object = g
@dataclass
class Derived(Base):
    three: object = field(default=h, kw_only=True)
    def run(self):
        self.one()
        self.three()
Derived(f).run()
Derived(f).two()
"""
    )
    assert calls(source) == {
        "<module> -> Derived", "<module> -> Derived.run", "<module> -> g", "Derived.run -> f", "Derived.run -> h",
    }  # fmt: skip


def test_replace_makes_another_object() -> None:
    source = (
        _FUNCTIONS
        + """
from dataclasses import dataclass, replace
@dataclass(frozen=True)
class A:
    call: object
replace(A(f), call=g).call()
"""
    )
    assert callees(source) >= {"A", "g"}
    assert "f" not in callees(source)


def test_init_variables_are_handed_to_post_init_and_not_stored() -> None:
    source = (
        _FUNCTIONS
        + """
from dataclasses import dataclass, InitVar
@dataclass
class A:
    call: InitVar[object]
    def __post_init__(self, call):
        call()
A(f)
"""
    )
    assert calls(source) == {"<module> -> A", "<module> -> A.__post_init__", "A.__post_init__ -> f"}


def test_a_written_init_stays() -> None:
    source = (
        _FUNCTIONS
        + """
from dataclasses import dataclass
@dataclass
class A:
    call: object
    def __init__(self):
        self.call = f
A().call()
"""
    )
    assert calls(source) == {"<module> -> A.__init__", "<module> -> f"}


def test_named_tuples_keep_items_by_position_and_name() -> None:
    source = (
        _FUNCTIONS
        + """
from collections import namedtuple
Pair = namedtuple("Pair", ["left", "right"], defaults=[h])
pair = Pair(f)
pair.right()
left, right = Pair(right=f, left=g)
left()
pair._replace(left=g).left()
Pair._make([f, g])._asdict()["left"]()
"""
    )
    assert calls(source) == {"<module> -> Pair", "<module> -> h", "<module> -> g", "<module> -> f"}


def test_a_named_tuple_class_has_methods_and_defaults() -> None:
    source = (
        _FUNCTIONS
        + """
from typing import NamedTuple
class Route(NamedTuple):
    view: object
    after: object = g
    def run(self):
        self.view()
        self.after()
Route(f).run()
"""
    )
    assert calls(source) == {"<module> -> Route", "<module> -> Route.run", "Route.run -> f", "Route.run -> g"}


def test_calling_an_enumeration_looks_a_member_up() -> None:
    source = (
        _FUNCTIONS
        + """
import enum
class Kind(enum.Enum):
    A = "a"
    B = "b"
    def run(self):
        {"a": f, "b": g}[self.value]()
Kind("a").run()
"""
    )
    assert calls(source) == {"<module> -> Kind.run", "Kind.run -> f"}


def test_members_are_made_by_the_programs_new_and_init() -> None:
    source = (
        _FUNCTIONS
        + """
from enum import Enum
class Code(int, Enum):
    def __new__(cls, value, callback):
        made = int.__new__(cls, value)
        made._value_ = value
        made.callback = callback
        return made
    ONE = 1, f
class Planet(Enum):
    EARTH = 1, 2
    def __init__(self, mass, radius):
        g()
Code.ONE.callback()
"""
    )
    assert calls(source) == {"<module> -> f", "Planet.__init__ -> g"}


def test_a_metaclass_of_enumerations_sees_the_member_names() -> None:
    source = (
        _FUNCTIONS
        + """
import enum
class Meta(enum.EnumMeta):
    def __new__(metacls, name, bases, namespace, **kwargs):
        labels = [key for key in namespace._member_names]
        cls = super().__new__(metacls, name, bases, namespace, **kwargs)
        for member, label in zip(cls.__members__.values(), labels):
            member._label_ = label
        return cls
class Choices(enum.Enum, metaclass=Meta):
    @property
    def label(self):
        return self._label_
class Colour(Choices):
    RED = 1
{"RED": f, "BLUE": g}[Colour.RED.label]()
"""
    )
    assert "<module> -> f" in calls(source)
    assert "<module> -> g" not in calls(source)


def test_flags_combine_to_flags() -> None:
    source = """
from enum import Flag, auto
class Mode(Flag):
    R = auto()
    W = auto()
    def run(self): ...
(Mode.R | Mode.W).run()
"""
    assert calls(source) == {"<module> -> Mode.run"}
    assert not gaps(source)
