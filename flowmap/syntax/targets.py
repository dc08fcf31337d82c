"""Lowers what is assigned to: names become bindings, the rest is an expression like any other."""

from __future__ import annotations

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.expressions import LOWER, parenthesis_above, start_above
from flowmap.syntax.walk import Walk


def target(walk: Walk, node: cst.CSTNode) -> ir.Expr:
    """Lower the target of an assignment, a loop, a `with` or a `del`, and bind the names in it."""
    kind = node.__class__
    if kind is cst.Attribute:
        return LOWER[kind](walk, node)
    if node.__class__ is cst.Name:
        sites = walk.sites
        sites.append(walk.token)
        walk.token += 1
        spelled = node.value
        if spelled[0] == "_":
            spelled = walk.spelled(spelled)
        if walk.renames:
            spelled = walk.renames.get(spelled) or spelled
        walk.scope.bind(spelled)
        walk.trace.append(spelled)
        return ir.Name(spelled, len(sites) - 1)
    if node.__class__ is cst.Tuple or node.__class__ is cst.List:
        return _several(walk, node)
    if node.__class__ is cst.StarredElement:
        value = target(walk, node.value)
        walk.trace.append("*")
        return ir.Starred(value)
    return LOWER[node.__class__](walk, node)


def _several(walk: Walk, node: cst.Tuple | cst.List) -> ir.Expr:
    is_list = node.__class__ is cst.List
    first = node.elements[0].value if node.elements else None
    above = 0
    if not is_list and first is not None:
        above = parenthesis_above(node) + start_above(first)
    site = walk.site_at(walk.token, above)
    if is_list:
        walk.token += 1
    items: list[ir.Expr] = []
    for element in node.elements:
        item = target(walk, element.value)
        if element.__class__ is cst.StarredElement:
            walk.trace.append("*")
            item = ir.Starred(item)
        items.append(item)
    walk.trace.append(f"({len(items)}=")
    return ir.ListDisplay(tuple(items), site) if is_list else ir.TupleDisplay(tuple(items), site)
