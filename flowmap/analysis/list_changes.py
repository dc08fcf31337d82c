"""Lists that a module's body changes in place, statement by statement: the variable holds what the list has become.

The heap is flow-insensitive: in it, a list to which something is added is one whose items are in no order any more.
That is right for whoever else holds it, and loses what settings say: `MIDDLEWARE.insert(1, ...)`, which comes first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from flowmap.analysis.frame import Frame, ListChange
from flowmap.analysis.machine import Machine
from flowmap.analysis.values import NOTHING, Constant, Instance, PointsTo, Value
from flowmap.syntax import ir

Items: TypeAlias = list[PointsTo]

_EXTEND: Final = "extend"


def change_of(machine: Machine, frame: Frame, node: ir.Call) -> tuple[str, ListChange] | None:
    """The variable whose list a statement changes, and into what; None where that is not known: outside of modules'
    bodies, in loops, of lists whose items are not known, and of what a variable only may hold.
    """
    function = node.func
    if frame.block.code.kind != "module" or frame.loops or frame.state is None:
        return None
    if not isinstance(function, ir.Attribute) or not isinstance(function.value, ir.Name):
        return None
    held = frame.state.get(function.value.id)
    if function.attr not in {*_CHANGES, _EXTEND} or held is None or len(held.items) != 1:
        return None
    (value,) = held.items
    items = items_before(machine, frame, value)
    if items is None or any(argument.keyword or argument.stars for argument in node.arguments):
        return None
    assert isinstance(value, Instance)
    found = frame.changing = ListChange(value, items)
    try:
        given = [machine.evaluate(frame, argument.value) for argument in node.arguments]
    finally:
        frame.changing = None
    if function.attr == _EXTEND:
        more = machine.items_of(frame, given[0].items[0], node.site) if _is_one(given) else None
        found.changed = None if more is None else [*items, *more]
    else:
        found.changed = _CHANGES[function.attr](list(items), given)
    return None if found.changed is None else (function.value.id, found)


def carry_out(machine: Machine, frame: Frame, change: ListChange, site: int) -> None:
    """Makes the list that the variable holds afterwards. Whoever else holds the old one finds all in it that was in it
    at any time."""
    content = change.before.content
    if content is None or change.changed is None:
        return
    everything = machine.space.join_contents([*change.items, *change.changed])
    content.own = machine.space.join(content.own, everything)
    content.moved = content.moved or change.changed[: len(change.items)] != change.items
    machine.write_content(content.rest, everything)
    change.after = machine.make_list(frame, change.changed, NOTHING, ("changed", site))


def items_before(machine: Machine, frame: Frame, value: Value) -> Items | None:
    """The items that a list was made with, where nobody but statements of the body has changed it."""
    if not isinstance(value, Instance) or not value.cls.is_native or value.cls.name != "list":
        return None
    content = value.content
    if content is None or content.fixed is None or content.is_mixed:
        return None
    machine.read(content.version, frame)
    if not set(machine.read(content.rest, frame).items) <= set(content.own.items):
        return None
    return [machine.read(cell, frame) for cell in content.fixed]


def _is_one(given: Items) -> bool:
    return len(given) == 1 and len(given[0].items) == 1


def _appended(items: Items, given: Items) -> Items | None:
    return [*items, given[0]] if len(given) == 1 else None


def _inserted(items: Items, given: Items) -> Items | None:
    if len(given) != 2 or len(given[0].items) != 1:
        return None
    (position,) = given[0].items
    if not isinstance(position, Constant) or not isinstance(position.value, int):
        return None
    items.insert(position.value, given[1])
    return items


def _removed(items: Items, given: Items) -> Items | None:
    position = position_of(items, given[0]) if len(given) == 1 else None
    return None if position is None else items[:position] + items[position + 1 :]


def position_of(items: Items, wanted: PointsTo) -> int | None:
    """Where a constant stands first among items; None where that is not known, or nowhere."""
    for position, item in enumerate(items):
        if len(item.items) != 1 or not isinstance(item.items[0], Constant):
            return None
        if item is wanted:
            return position
    return None


def _reversed(items: Items, given: Items) -> Items | None:
    return None if given else items[::-1]


_CHANGES: Final[Mapping[str, Callable[[Items, Items], Items | None]]] = {
    "append": _appended,
    "insert": _inserted,
    "remove": _removed,
    "reverse": _reversed,
}
