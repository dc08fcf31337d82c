"""Keyword arguments that a function hands on as they came: those in a `**kwargs` that nothing takes anything out of."""

from __future__ import annotations

from typing import Final

import msgspec

from flowmap.analysis.frame import Frame
from flowmap.analysis.values import Keywords
from flowmap.syntax import ir

# Methods of a dict that leave it as it is.
_READS: Final = frozenset({"get", "items", "keys", "values", "copy"})


def are_handed_on(frame: Frame, node: ir.Expr) -> bool:
    """Whether `**node` surely passes every keyword that the heap knows it to hold."""
    block = frame.block
    if block.kwarg is None or not isinstance(node, ir.Name) or node.id != block.kwarg:
        return False
    place = next(i for i, parameter in enumerate(block.parameters) if parameter.kind == 4)
    given = frame.activation.context[place]
    only = given.items[0] if given is not None and len(given.items) == 1 else None
    if not isinstance(only, Keywords) or not only.is_sure:
        return False
    if block.hands_kwarg_on is None:
        block.hands_kwarg_on = is_left_alone(block.code, block.kwarg)
    return block.hands_kwarg_on


def is_left_alone(code: ir.Code, name: str) -> bool:
    """Whether a body does nothing with a variable but hand it on by `**`, and look something up in it."""
    pending: list[object] = [code.body]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
            continue
        match node:
            case ir.Argument(value=ir.Name(), stars=2):
                continue
            case ir.Call(func=ir.Attribute(value=ir.Name(), attr=attr), arguments=arguments) if attr in _READS:
                pending.append(arguments)
            case ir.Compare(left=left, ops=("in",) | ("not in",), rights=(ir.Name(),)):
                pending.append(left)
            case ir.Name(id=found):
                if found == name:
                    return False
            case msgspec.Struct():
                pending.extend(getattr(node, field) for field in node.__struct_fields__)
    return True
