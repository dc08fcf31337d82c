"""Literals that stand for a module's variable, whatever the module makes of it: values that the user is sure of."""

from __future__ import annotations

from collections.abc import Mapping

from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Machine
from flowmap.analysis.values import NOTHING, Cell, Module, PointsTo


def assume(machine: Machine, module: Module, literals: Mapping[str, object]) -> None:
    """Binds names of a module that is about to run, once for the body and once for those who come after it.

    A body may change a list that it finds, so it gets one of its own.
    """
    assert module.activation is not None
    frame = Frame(module.activation)
    bound = {name: literal(machine, frame, value, (name, "body")) for name, value in sorted(literals.items())}
    module.pinned = {**module.pinned, **bound}
    module.final = {name: literal(machine, frame, value, (name, "final")) for name, value in sorted(literals.items())}
    for name, value in module.final.items():
        # Set without a write: nobody has read it yet.
        cell = module.cells[name] = Cell()
        cell.value = value


def literal(machine: Machine, frame: Frame, value: object, key: object) -> PointsTo:
    """What a literal of Python evaluates to: a constant, or a tuple, list, set or dict of literals.

    `key` tells the containers of one literal from those of another.
    """
    if isinstance(value, tuple):
        return machine.make_tuple([literal(machine, frame, item, (key, i)) for i, item in enumerate(value)])
    if isinstance(value, list):
        items = [literal(machine, frame, item, (key, i)) for i, item in enumerate(value)]
        return machine.make_list(frame, items, NOTHING, key)
    if isinstance(value, set | frozenset):
        items = [literal(machine, frame, item, (key, repr(item))) for item in sorted(value, key=repr)]
        return machine.make_list(frame, None, machine.space.join_contents(items), key, "set")
    if isinstance(value, dict):
        pairs = [
            (literal(machine, frame, name, (key, i, "key")), literal(machine, frame, item, (key, i)))
            for i, (name, item) in enumerate(value.items())
        ]
        return machine.make_dict(frame, pairs, key)
    return machine.space.constant(value)
