"""`try` bodies that surely raise none of what their handlers wait for: lookups that are known to find something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from flowmap.analysis.frame import Frame
from flowmap.syntax import ir

# What lookups and operations on known values raise. Who waits for more waits for what names and attributes raise, too.
_LOOKUP_ERRORS: Final = frozenset({"KeyError", "IndexError", "LookupError", "TypeError", "ValueError"})

_EQUALITY: Final = frozenset({"==", "!=", "is", "is not"})


def is_sure(frame: Frame, body: Sequence[ir.Stmt], handlers: Sequence[ir.Handler]) -> bool:
    """Whether a body of one statement, just executed, surely came to its end, as far as its handlers are concerned."""
    if len(body) != 1 or not frame.sure or not handlers:
        return False
    statement = body[0]
    if not isinstance(statement, ir.Assign | ir.Return | ir.ExprStmt) or statement.value is None:
        return False
    if isinstance(statement, ir.Assign) and not all(isinstance(each, ir.Name) for each in statement.targets):
        return False
    return all(_waits_for_lookups(each) for each in handlers) and _is_sure(frame, statement.value)


def _waits_for_lookups(handler: ir.Handler) -> bool:
    caught = handler.caught
    names = caught.items if isinstance(caught, ir.TupleDisplay) else (caught,)
    return all(isinstance(name, ir.Name) and name.id in _LOOKUP_ERRORS for name in names)


def _is_sure(frame: Frame, node: ir.Expr) -> bool:
    match node:
        case ir.Constant() | ir.Name():
            return True
        case ir.Attribute(value=value):
            return _is_sure(frame, value)
        case ir.Subscript(value=value, index=index, site=site):
            return site in frame.sure and _is_sure(frame, value) and _is_sure(frame, index)
        case ir.Call(func=func, arguments=arguments, site=site):
            return site in frame.sure and all(_is_sure(frame, part) for part in (func, *(a.value for a in arguments)))
        case ir.Compare(left=left, ops=ops, rights=rights):
            return _EQUALITY.issuperset(ops) and all(_is_sure(frame, part) for part in (left, *rights))
    return False
