"""Lowers comprehensions, whose targets are renamed apart so that the function that holds them can interpret them."""

from __future__ import annotations

from typing import Any

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.expressions import LOWER, parenthesis_above, start_above
from flowmap.syntax.targets import target
from flowmap.syntax.walk import Walk

_KINDS: dict[type, str] = {
    cst.ListComp: "list",
    cst.SetComp: "set",
    cst.DictComp: "dict",
    cst.StarredDictComp: "dict",
    cst.GeneratorExp: "generator",
}


def _target_names(node: cst.CSTNode, found: dict[str, None]) -> None:
    if isinstance(node, cst.Name):
        found[node.value] = None
    elif isinstance(node, cst.Tuple | cst.List):
        for element in node.elements:
            _target_names(element.value, found)
    elif isinstance(node, cst.StarredElement):
        _target_names(node.value, found)


def comprehension(walk: Walk, node: Any) -> ir.Expr:
    """Lower a comprehension of any kind.

    The first iterable is evaluated in the enclosing scope (language reference 6.2.4): there, a target's name still
    means what it means outside.
    """
    kind = _KINDS[node.__class__]
    clauses: list[cst.CompFor] = []
    clause: cst.CompFor | None = node.for_in
    while clause is not None:
        clauses.append(clause)
        clause = clause.inner_for_in
    found: dict[str, None] = {}
    for clause in clauses:
        _target_names(clause.target, found)
    outside = walk.renames
    inside = dict(outside)
    for name in found:
        spelled = walk.spelled(name)
        inside[spelled] = walk.rename(spelled)

    site = walk.site_at(walk.token, parenthesis_above(node) + start_above(node.elt) if kind == "generator" else 0)
    if kind != "generator":
        walk.token += 1
    walk.renames = inside
    walk.deepen()
    key = LOWER[node.key.__class__](walk, node.key) if isinstance(node, cst.DictComp) else None
    element_node = node.elt if hasattr(node, "elt") else node.value
    element = LOWER[element_node.__class__](walk, element_node)
    generators = tuple([_generator(walk, clause, outside if clause is clauses[0] else None) for clause in clauses])
    walk.depth -= 1
    walk.renames = outside
    walk.trace.append(f"for {kind}{key is None:d}{len(generators)}")
    return ir.Comprehension(kind, key, element, generators, site)


def _generator(walk: Walk, clause: cst.CompFor, outside: dict[str, str] | None) -> ir.Generator:
    site = walk.site()
    walk.token += 1
    bound = target(walk, clause.target)
    inside = walk.renames
    if outside is not None:
        walk.renames = outside
    iterable = LOWER[clause.iter.__class__](walk, clause.iter)
    walk.renames = inside
    conditions: list[ir.Expr] = []
    for condition in clause.ifs:
        walk.token += 1
        conditions.append(LOWER[condition.test.__class__](walk, condition.test))
    is_async = clause.asynchronous is not None
    walk.trace.append(f"for{is_async:d}{len(conditions)}")
    return ir.Generator(bound, iterable, tuple(conditions), is_async, site)


for _type in _KINDS:
    LOWER[_type] = comprehension
