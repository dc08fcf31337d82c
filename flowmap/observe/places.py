"""Where files belong: the paths of the machine become paths relative to the root of their tree."""

from __future__ import annotations

import os
from collections.abc import Iterable
from functools import cache
from pathlib import PurePath
from typing import Final

from flowmap.observe.parts import Part
from flowmap.snapshot.observed import Tree

_INSTALLED: Final = frozenset({"site-packages", "dist-packages"})
# What the interpreter has inside itself since 3.11, and where its source is.
_FROZEN: Final = "<frozen "
_PACKAGES: Final = frozenset({"importlib", "encodings", "collections"})
GENERATED: Final = "<generated>"


class Places:
    """The roots of one process's trees; `project` is the absolute path of the project's folder."""

    def __init__(self, part: Part, project: str) -> None:
        self._cwd = part.cwd
        roots: dict[str, Tree] = {}
        for path in part.paths:
            root = self._absolute(path)
            if _INSTALLED & set(PurePath(root).parts) or not _inside(root, os.path.realpath(project)):
                roots[root] = Tree.INSTALLED
        roots[self._absolute(project)] = Tree.PROJECT
        if part.library:
            roots[self._absolute(part.library)] = Tree.STDLIB
        # The longest one counts: an environment may lie in the project, and installed packages in the library.
        self._roots = sorted(roots.items(), key=lambda item: (-len(item[0]), item[0]))
        self.installed = tuple(root for root, tree in sorted(roots.items()) if tree is Tree.INSTALLED)
        self.place = cache(self._place)

    def absolute(self, file: str) -> str:
        """A file as it can be read from this machine; text that was compiled has none."""
        return "" if file.startswith("<") else self._absolute(file)

    def _place(self, file: str) -> tuple[Tree, str]:
        if file.startswith(_FROZEN):
            module = file[len(_FROZEN) :].rstrip(">")
            return Tree.STDLIB, module.replace(".", "/") + ("/__init__.py" if module in _PACKAGES else ".py")
        if file.startswith("<"):
            return Tree.ELSEWHERE, GENERATED
        path = self._absolute(file)
        for root, tree in self._roots:
            if _inside(path, root):
                return tree, PurePath(os.path.relpath(path, root)).as_posix()
        # Its folder is the machine's own affair.
        return Tree.ELSEWHERE, PurePath(path).name

    def _absolute(self, path: str) -> str:
        return os.path.realpath(os.path.join(self._cwd, path))  # noqa: PTH118  # strings, and many of them


def module_of(file: str) -> str:
    """The dotted name of the module in a file that is relative to its root."""
    path = PurePath(file)
    parts = path.parts if path.suffix not in {".py", ".pyc"} else path.with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def _inside(path: str, root: str) -> bool:
    return path == root or path.startswith(root.rstrip(os.sep) + os.sep)


def roots_of(parts: Iterable[Places]) -> tuple[str, ...]:
    """Every root of installed packages, once."""
    return tuple(dict.fromkeys(root for places in parts for root in places.installed))
