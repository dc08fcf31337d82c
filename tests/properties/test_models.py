"""No model of a builtin or C function falls over anything that it is called with."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from random import Random

from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.stack import on_deep_stack
from flowmap.analysis.values import Arguments, Class, Native, PointsTo
from tests.unit.analysis.programs import analysed

_SEED, _CALLS = 0, 25

VALUES = """
import argparse, functools, optparse, re, sys
from nowhere import unknown


class C:
    x = 1

    def m(self):
        return self


class D(dict): ...
class L(list): ...
class S(str): ...


class Wrong:
    def __iter__(self):
        return 5

    def __len__(self):
        return "x"

    def __getattr__(self, name):
        return self

    def __call__(self, *args, **kwargs):
        return self

    def __getitem__(self, index):
        return self


def f(*args, **kwargs):
    return args


def g():
    yield f


async def h():
    return f


values = [
    unknown, None, "text", "", 7, -1, 10**30, 2.5, b"b", True, ..., (1, "a", f), (), ["a", f, [f]], {"a": f, 1: {}},
    {1}, C, C(), D(), L(), S(), f, C().m, g(), h(), lambda x: x, functools.partial(f, 1), iter([f]), map(f, [1]), sys,
    globals(), Wrong(), Wrong, argparse.ArgumentParser(), optparse.OptionParser(), re.compile("x"), slice(1), len,
    super, property(f), "a" if unknown else 5, type, Exception("x", f), vars(C), object(), staticmethod(f), range(3),
    int,
]
"""


def _natives(machine: Interpreter) -> Iterator[tuple[str, Native | Class, Class | None]]:
    """Every native function, class and method by its name; of a method also its class."""
    tables = [*(module.cells for module in machine.modules.values() if module.is_native)]
    pinned = [values for names in machine.pinned.values() for values in names.values()]
    for values in (*(cell.value for table in tables for cell in table.values()), *pinned):
        yield from ((str(value.name), value, None) for value in values.items if isinstance(value, Native))
    for cls in machine.natives.values():
        yield f"{cls.module}:{cls.name}", cls, None
        for cell in cls.attributes.values():
            yield from ((str(value.name), value, cls) for value in cell.value.items if isinstance(value, Native))


def _arguments(random: Random, values: list[PointsTo], own: PointsTo | None) -> Arguments:
    given = [random.choice(values) for _ in range(random.randint(0, 3))]
    words = [random.choice(["key", "default", "name", "type", "flags", "x"]) for _ in range(random.randint(0, 1))]
    star = random.choice([None, None, None, random.choice(values)])
    first = [own] if own is not None and random.random() < 0.6 else []
    return Arguments((*first, *given), tuple((word, random.choice(values)) for word in words), star=star)


def test_no_model_falls_over_its_arguments() -> None:
    analysis = analysed(VALUES, Interpreter)
    machine = analysis.machine
    holder = machine.modules["main"].cells["values"].value.items[0]
    frame, random = machine.root(), Random(_SEED)
    problems: dict[str, str] = {}
    called = 0

    def call(frame: Frame, name: str, native: Native | Class, arguments: Arguments) -> None:
        try:
            repr(machine.call_value(frame, native, arguments, 0, "call"))
        except DivergedError:
            return
        except Exception:  # noqa: BLE001 - whatever it is, it is a defect
            problems.setdefault(name, f"{arguments.key}\n{traceback.format_exc(limit=-3)}")

    def call_all() -> None:
        nonlocal called
        items = machine.items_of(frame, holder, 0)
        assert items is not None
        for name, native, cls in _natives(machine):
            # Those that begin with an underscore are made by models, which call them with what they need.
            if name.partition(":")[2].startswith("_") and not name.endswith("__"):
                continue
            own = None if cls is None else machine.space.one(machine.allocate(frame, cls, ("own", name)))
            for _ in range(_CALLS):
                called += 1
                call(frame, name, native, _arguments(random, list(items), own))

    on_deep_stack(call_all)

    assert called > 1_500 * _CALLS
    assert not problems, "\n".join(f"{name}: {problem}" for name, problem in problems.items())
