"""Parses into stand-ins for libcst's nodes: the same tree, made at two thirds of the cost.

libcst's native parser makes a node by calling the class of that name in the package `libcst`. Those classes are frozen
dataclasses that check themselves as they are made, for people who build trees by hand; a tree that was parsed, is read
once and then dropped has no use for that. So while a text is parsed, the names stand for plain namespaces with the
attributes and the `__class__` of the node: `isinstance(node, cst.Name)` holds, and `node.__class__ is cst.Name`.
A parser that looked the classes up in another way would give the genuine nodes, and all would be as before.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import MISSING, fields
from functools import cache
from types import SimpleNamespace
from typing import Final

import libcst as cst

# What is between the lines and of no interest here.
_UNREAD: Final = (cst.TrailingWhitespace, cst.EmptyLine, cst.Newline, cst.Comment)
_NAMES: Final = threading.Lock()


class StandInError(Exception):
    """The text of a node is asked for, which only a genuine one knows."""


def code_of(node: cst.CSTNode) -> str:
    """The text of a node. Raises StandInError for what stands in for one."""
    if type(node) is not node.__class__:
        raise StandInError
    return cst.Module([]).code_for_node(node)


def parse_lean(text: str) -> cst.Module:
    """The tree of a module, of stand-ins. Raises libcst.ParserSyntaxError."""
    names = vars(cst)
    with _NAMES:
        names.update(_stand_ins())
        try:
            return cst.parse_module(text)
        finally:
            names.update(_genuine())


def _nothing(**_parts: object) -> None:
    return None


def _text(value: str = "") -> str:
    return value


def whitespace_text(node: object) -> str:
    """The text of a SimpleWhitespace, or of what stands for it: the text itself. Four in ten nodes are one."""
    return node.value if isinstance(node, cst.SimpleWhitespace) else str(node)


def _stand_in(cls: type[cst.CSTNode]) -> Callable[..., object]:
    if cls in _UNREAD:
        return _nothing
    if cls is cst.SimpleWhitespace:
        return _text
    # The parser leaves out the parts that are not there; nodes never change, so all may share one default.
    defaults = {
        field.name: field.default if field.default_factory is MISSING else field.default_factory()
        for field in fields(cls)
        if field.default is not MISSING or field.default_factory is not MISSING
    }
    return type(cls.__name__, (SimpleNamespace,), {"__slots__": (), "__class__": cls, **defaults})


@cache
def _genuine() -> dict[str, type[cst.CSTNode]]:
    return {
        name: value for name, value in vars(cst).items() if isinstance(value, type) and issubclass(value, cst.CSTNode)
    }


@cache
def _stand_ins() -> dict[str, Callable[..., object]]:
    return {name: _stand_in(cls) for name, cls in _genuine().items()}
