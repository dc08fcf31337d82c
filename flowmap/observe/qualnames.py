"""The qualified names of functions that ran before anybody could ask: found in their source by name and first line."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator
from pathlib import Path

_Defined = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.Lambda


class Qualnames:
    """Files are parsed once. One that this Python cannot parse gives no names."""

    def __init__(self) -> None:
        self._files: dict[str, dict[tuple[str, int], str]] = {}

    def find(self, file: str, name: str, line: int) -> str | None:
        """The `__qualname__` of the function called `name` whose code begins at `line`."""
        if file not in self._files:
            self._files[file] = _names(file)
        return self._files[file].get((name, line))


def _names(file: str) -> dict[tuple[str, int], str]:
    try:
        with warnings.catch_warnings():
            # What the parser thinks of the user's escapes is not for us to say.
            warnings.simplefilter("ignore")
            module = ast.parse(Path(file).read_bytes())
    except (OSError, SyntaxError, ValueError, RecursionError):
        return {}
    return {(name.rpartition(".")[2], line): name for name, line in _below(module, "")}


def _below(node: ast.AST, prefix: str) -> Iterator[tuple[str, int]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, _Defined):
            name = prefix + ("<lambda>" if isinstance(child, ast.Lambda) else child.name)
            decorators = [] if isinstance(child, ast.Lambda) else child.decorator_list
            yield name, min([child.lineno, *(each.lineno for each in decorators)])
            yield from _below(child, name + ("." if isinstance(child, ast.ClassDef) else ".<locals>."))
        else:
            yield from _below(child, prefix)
