"""Lists that a module's body changes in place, statement by statement: `NAME.insert(0, item)` and the like.

The heap keeps every item that a list ever had, in no order once it was changed. A module's body runs once, so where a
variable alone leads to a list, a changed one is a new one that the variable holds from there on, as after `+=`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

import msgspec

from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Machine
from flowmap.analysis.values import NOTHING, BoundMethod, CodeBlock, Constant, Instance, Native, PointsTo
from flowmap.syntax import ir

Items: TypeAlias = list[PointsTo]


def rebind_changed_list(machine: Machine, frame: Frame, node: ir.ExprStmt) -> bool:
    """Executes a statement that changes a list of known items in place; False where it is none, or not known well."""
    call = node.value
    if not isinstance(call, ir.Call) or not isinstance(call.func, ir.Attribute):
        return False
    target = call.func.value
    change = _CHANGES.get(call.func.attr)
    if change is None or not isinstance(target, ir.Name) or frame.state is None or frame.loops:
        return False
    if frame.block.code.kind != "module" or any(each.stars or each.keyword for each in call.arguments):
        return False
    held = frame.state.get(target.id)
    if held is None or not held.items or _has_alias(frame.block, target.id, call.site):
        return False
    before = [machine.items_of(frame, value, call.site) if _is_list(value) else None for value in held.items]
    given = [machine.evaluate(frame, each.value) for each in call.arguments]
    after = [change(machine, frame, list(items), given, call.site) if items is not None else None for items in before]
    made = NOTHING
    for value, items in zip(held.items, after, strict=True):
        if items is None:
            return False
        made = machine.space.join(made, machine.make_list(frame, items, NOTHING, (call.site, value)))
    for method in machine.evaluate(frame, call.func).items:
        if isinstance(method, BoundMethod) and isinstance(method.function, Native):
            machine.record(frame, call.site, "call", method.function)
    machine.assign(frame, target, made, call.site)
    return True


def _is_list(value: object) -> bool:
    return isinstance(value, Instance) and value.exact and value.cls.is_native and value.cls.name == "list"


# --- what a method makes of the items; None: that is not known ------------------------------------------------------


def _append(_machine: Machine, _frame: Frame, items: Items, given: list[PointsTo], _site: int) -> Items | None:
    return [*items, given[0]] if len(given) == 1 else None


def _extend(machine: Machine, frame: Frame, items: Items, given: list[PointsTo], site: int) -> Items | None:
    if len(given) != 1 or len(given[0].items) != 1:
        return None
    more = machine.items_of(frame, given[0].items[0], site)
    return None if more is None else [*items, *more]


def _insert(_machine: Machine, _frame: Frame, items: Items, given: list[PointsTo], _site: int) -> Items | None:
    place = _constant(given[0]) if len(given) == 2 else None
    if place is None or type(place.value) is not int:
        return None
    items.insert(place.value, given[1])
    return items


def _remove(_machine: Machine, _frame: Frame, items: Items, given: list[PointsTo], _site: int) -> Items | None:
    place = index_of(items, given[0]) if len(given) == 1 else None
    return None if place is None else items[:place] + items[place + 1 :]


def _reverse(_machine: Machine, _frame: Frame, items: Items, given: list[PointsTo], _site: int) -> Items | None:
    return None if given else items[::-1]


_CHANGES: Final[dict[str, Callable[[Machine, Frame, Items, list[PointsTo], int], Items | None]]] = {
    "append": _append,
    "extend": _extend,
    "insert": _insert,
    "remove": _remove,
    "reverse": _reverse,
}


def index_of(items: Items, wanted: PointsTo) -> int | None:
    """The place of the first item that equals a constant; None where that is not known, or there is none."""
    value = _constant(wanted)
    for place, item in enumerate(items if value is not None else ()):
        other = _constant(item)
        if other is None:
            return None
        if other is value:
            return place
    return None


def _constant(values: PointsTo) -> Constant | None:
    only = values.items[0] if len(values.items) == 1 else None
    return only if isinstance(only, Constant) else None


# --- who else may hold the list -------------------------------------------------------------------------------------


def _has_alias(block: CodeBlock, name: str, site: int) -> bool:
    """Whether a body hands a variable's value on before a place in it, or a function in it does at all."""
    if block.handed is None:
        block.handed = _handed(block.code)
    return block.handed.get(name, site) < site


def _handed(code: ir.Code) -> Mapping[str, int]:
    """Where what a variable holds may first come to be held by something else, by name; in a function: before all."""
    found: dict[str, int] = {}
    pending: list[tuple[object, bool]] = [(code.body, False)]
    while pending:
        node, in_function = pending.pop()
        if isinstance(node, tuple):
            pending.extend((each, in_function) for each in node)
        elif isinstance(node, ir.Name):
            site = -1 if in_function else node.site
            found[node.id] = min(found.get(node.id, site), site)
        elif isinstance(node, ir.Code):
            pending.append((node.body, True))
        elif isinstance(node, msgspec.Struct):
            for field in node.__struct_fields__:
                part = getattr(node, field)
                if (type(node), field) in _LOOKS:
                    # Names right here, not those further in.
                    parts = part if isinstance(part, tuple) else (part,)
                    part = tuple(each for each in parts if not isinstance(each, ir.Name))
                pending.append((part, in_function))
    return found


# Where a value is looked at, or bound anew, and nothing of it is kept.
_LOOKS: Final = frozenset(
    {
        (ir.Assign, "targets"), (ir.AugAssign, "target"), (ir.AugAssign, "value"), (ir.AnnAssign, "target"),
        (ir.Attribute, "value"), (ir.Subscript, "value"), (ir.Starred, "value"), (ir.Compare, "rights"),
        (ir.Binary, "left"), (ir.Binary, "right"), (ir.Unary, "operand"), (ir.If, "test"),
        (ir.For, "iterable"), (ir.Generator, "iterable"),
    }
)  # fmt: skip
