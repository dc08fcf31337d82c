"""Reads snippets for the tests of the frontend, and shows IR as nested tuples without sites."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import dedent
from typing import Any

from flowmap.syntax import ir
from flowmap.syntax.parse import parse
from flowmap.syntax.unreadable import Unreadable


def module(text: str) -> ir.Module:
    result = parse(dedent(text).encode(), "snippet")
    assert not isinstance(result, Unreadable), result
    return result


def nodes(root: Any) -> Iterator[Any]:
    """Every node below and with `root`, parents first, in the order of their fields."""
    if isinstance(root, tuple):
        for item in root:
            yield from nodes(item)
    elif isinstance(root, ir.Node):
        yield root
        for field in root.__struct_fields__:
            yield from nodes(getattr(root, field))


def codes(read: ir.Module) -> dict[str, ir.Code]:
    """The code objects of a module by their qualified name."""
    return {node.qualname: node for node in nodes(read.code) if isinstance(node, ir.Code)}


def shape(value: Any) -> Any:
    """A node as a tuple of its type's name and its fields, without sites and with codes as their qualified names."""
    if isinstance(value, ir.Code):
        return value.qualname
    if isinstance(value, ir.Name):
        return value.id
    if isinstance(value, ir.Constant):
        return ("=", value.value)
    if isinstance(value, ir.Node):
        fields = [field for field in value.__struct_fields__ if field != "site"]
        return (type(value).__name__, *(shape(getattr(value, field)) for field in fields))
    if isinstance(value, tuple):
        return [shape(item) for item in value]
    return value


def expression(text: str) -> Any:
    """The shape of an expression, which may use any name."""
    # Not a statement of its own: it could be a docstring.
    statement = module(f"_ = ({text}\n)\n").code.body[0]
    assert isinstance(statement, ir.Assign)
    return shape(statement.value)


def statements(text: str) -> Any:
    """The shapes of the statements of a module."""
    return shape(module(text).code.body)
