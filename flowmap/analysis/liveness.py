"""Which variables of a loop are live where a round begins: what one round may leave to the next (liveness analysis)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from flowmap.syntax import ir

# They read variables that the source does not name.
_READS_ALL = frozenset({"locals", "vars", "dir", "eval", "exec"})


def live_at_head(loop: ir.For | ir.While) -> frozenset[str] | None:
    """The names that a round may read before it binds them; None when it may read any."""
    names: dict[str, None] = {}
    bound: frozenset[str] = frozenset()
    if isinstance(loop, ir.While):
        _read(loop.test, bound, names)
    else:
        bound = _target(loop.target, bound, names)
    _block(loop.body, bound, names)
    return None if _READS_ALL.intersection(names) else frozenset(names)


def _block(body: Sequence[ir.Stmt], bound: frozenset[str], names: dict[str, None]) -> None:
    """Adds what statements read that is not bound by those before them, each in its own way of control."""
    for node in body:
        bound = _statement(node, bound, names)


def _statement(node: ir.Stmt, bound: frozenset[str], names: dict[str, None]) -> frozenset[str]:
    """The names that are surely bound after a statement."""
    match node:
        case ir.Assign():
            _read(node.value, bound, names)
            for target in node.targets:
                bound = _target(target, bound, names)
        case ir.If():
            for branch in (node, *node.elifs):
                _read(branch.test, bound, names)
                _block(branch.body, bound, names)
            _block(node.orelse, bound, names)
        case ir.While():
            _read(node.test, bound, names)
            _block(node.body, bound, names)
            _block(node.orelse, bound, names)
        case ir.For():
            _read(node.iterable, bound, names)
            _block(node.body, _target(node.target, bound, names), names)
            _block(node.orelse, bound, names)
        case ir.With():
            for item in node.items:
                _read(item.context, bound, names)
                if item.target is not None:
                    bound = _target(item.target, bound, names)
            _block(node.body, bound, names)
        case ir.Try():
            for body in (node.body, *(handler.body for handler in node.handlers), node.orelse, node.final):
                _block(body, bound, names)
            for handler in node.handlers:
                _read(handler.caught, bound, names)
        case _:
            _read(node, bound, names)
    return bound


def _target(node: ir.Expr, bound: frozenset[str], names: dict[str, None]) -> frozenset[str]:
    if isinstance(node, ir.Name):
        return bound | {node.id}
    if isinstance(node, (ir.TupleDisplay, ir.ListDisplay)):
        for item in node.items:
            bound = _target(item, bound, names)
        return bound
    if isinstance(node, ir.Starred):
        return _target(node.value, bound, names)
    _read(node, bound, names)
    return bound


def _read(node: object, bound: frozenset[str], names: dict[str, None]) -> None:
    """Adds every name inside that is not bound, whatever is done to it there: too many do no harm."""
    for name in _names(node):
        if name not in bound:
            names[name] = None


def _names(node: object) -> Iterator[str]:
    if isinstance(node, ir.Name):
        yield node.id
    elif isinstance(node, (tuple, list)):
        for each in node:
            yield from _names(each)
    elif isinstance(node, msgspec.Struct):
        for field in node.__struct_fields__:
            yield from _names(getattr(node, field))
