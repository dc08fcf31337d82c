"""What a source tree defines: the qualified names in a module."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

import msgspec

from flowmap.sources.tree import SourceTree
from flowmap.syntax import ir
from flowmap.syntax.frontend import Frontend


class Definitions:
    """Answers whether a function, class or module of a given id is in the source; nothing of a call graph is asked."""

    def __init__(self, tree: SourceTree) -> None:
        self._tree = tree
        self._frontend = Frontend()
        self._names = lru_cache(maxsize=None)(self._read)

    def has(self, name: str) -> bool:
        """Whether the source defines `module:qualname`."""
        module, _, qualname = name.partition(":")
        return qualname in self._names(module)

    def _read(self, module: str) -> frozenset[str]:
        source = self._tree.find(module)
        if source is None or source.file is None:
            return frozenset()
        parsed = self._frontend.module(module, source.file.read())
        return frozenset(_qualnames(parsed.code)) if isinstance(parsed, ir.Module) else frozenset()


def _qualnames(node: object) -> Iterator[str]:
    pending = [node]
    while pending:
        each = pending.pop()
        if isinstance(each, ir.Code):
            yield each.qualname
        if isinstance(each, msgspec.Struct):
            pending.extend(getattr(each, name) for name in each.__struct_fields__)
        elif isinstance(each, tuple):
            pending.extend(each)
