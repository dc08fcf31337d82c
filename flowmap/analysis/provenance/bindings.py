"""Which bindings of a variable a use of it may see (reaching definitions, over the events of one evaluation)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flowmap.analysis.provenance.origins import holds
from flowmap.analysis.provenance.trace import STATEMENTS, Binding, Event
from flowmap.analysis.values import Value
from flowmap.syntax import ir


def reaching(bindings: Sequence[Binding], value: Value, use: Event | None) -> Sequence[Binding]:
    """The bindings to a value that a use may see, the last first; None: whoever looks once all is done.

    None before one that every way to the use goes through.
    """
    found: list[Binding] = []
    for binding in reversed(bindings):
        if use is not None and binding.time >= use.time:
            continue
        if holds(binding.value, value):
            found.append(binding)
        if found and _is_passed(binding.event, use):
            break
    return found


def _is_passed(bound: Event, use: Event | None) -> bool:
    """Whether whoever comes to the use has come by the statement: it is in one row with what the use is in."""
    statement = bound
    while statement.parent is not None and not isinstance(statement.node, STATEMENTS):
        statement = statement.parent
    around = statement.parent
    if around is None or around.node is None:
        return True
    each = use
    while each is not None and each.parent is not around:
        each = each.parent
    return each is not None and any(
        any(node is statement.node for node in row) and any(node is each.node for node in row)
        for row in _rows(around.node)
    )


def _rows(node: object) -> Iterator[Sequence[ir.Stmt]]:
    """The statements of a compound statement, those that follow each other in one row."""
    if isinstance(node, ir.If):
        yield from (node.body, node.orelse, *(each.body for each in node.elifs))
    elif isinstance(node, (ir.For, ir.While)):
        yield from (node.body, node.orelse)
    elif isinstance(node, ir.Try):
        yield from (node.body, node.orelse, node.final, *(each.body for each in node.handlers))
    elif isinstance(node, ir.With):
        yield node.body
    elif isinstance(node, ir.Match):
        yield from (each.body for each in node.cases)
