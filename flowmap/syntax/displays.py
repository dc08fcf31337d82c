"""Lowers displays: tuples, lists, sets and dicts."""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.expressions import LOWER, parenthesis_above, start_above
from flowmap.syntax.walk import Walk


def _elements(walk: Walk, nodes: Sequence[cst.BaseElement]) -> tuple[ir.Expr, ...]:
    items: list[ir.Expr] = []
    walk.deepen()
    for node in nodes:
        lowered = LOWER[node.value.__class__](walk, node.value)
        if node.__class__ is cst.StarredElement:
            walk.trace.append("*")
            lowered = ir.Starred(lowered)
        items.append(lowered)
    walk.depth -= 1
    return tuple(items)


def tuple_display(walk: Walk, node: cst.Tuple) -> ir.Expr:
    first = node.elements[0].value if node.elements else None
    if first is None:
        # An empty tuple has no token: it stands where the one before it does.
        site = walk.site_at(max(walk.token - 1, 0))
    else:
        site = walk.site_at(walk.token, parenthesis_above(node) + start_above(first))
    items = _elements(walk, node.elements)
    walk.trace.append(f"(,{len(items)}")
    return ir.TupleDisplay(items, site)


def list_display(walk: Walk, node: cst.List) -> ir.Expr:
    site = walk.site()
    walk.token += 1
    items = _elements(walk, node.elements)
    walk.trace.append(f"[,{len(items)}")
    return ir.ListDisplay(items, site)


def set_display(walk: Walk, node: cst.Set) -> ir.Expr:
    site = walk.site()
    walk.token += 1
    items = _elements(walk, node.elements)
    walk.trace.append(f"{{,{len(items)}")
    return ir.SetDisplay(items, site)


def dict_display(walk: Walk, node: cst.Dict) -> ir.Expr:
    site = walk.site()
    walk.token += 1
    keys: list[ir.Expr | None] = []
    values: list[ir.Expr] = []
    walk.deepen()
    for element in node.elements:
        if element.__class__ is cst.DictElement:
            keys.append(LOWER[element.key.__class__](walk, element.key))
            values.append(LOWER[element.value.__class__](walk, element.value))
        else:
            keys.append(None)
            values.append(LOWER[element.value.__class__](walk, element.value))
            walk.trace.append("**")
    walk.depth -= 1
    walk.trace.append(f"{{:{len(values)}")
    return ir.DictDisplay(tuple(keys), tuple(values), site)


def starred(walk: Walk, node: cst.StarredElement) -> ir.Expr:
    walk.deepen()
    value = LOWER[node.value.__class__](walk, node.value)
    walk.depth -= 1
    walk.trace.append("*")
    return ir.Starred(value)


LOWER[cst.Tuple] = tuple_display
LOWER[cst.List] = list_display
LOWER[cst.Set] = set_display
LOWER[cst.Dict] = dict_display
LOWER[cst.StarredElement] = starred
