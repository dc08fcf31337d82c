"""What a folder of installed packages makes importable besides what lies in it: `.pth` files and editable installs.

Sources: the documentation of the module site, PEP 610 (direct_url.json), PEP 660, setuptools' `__editable__` files.
Lines of code in `.pth` files are never run; the mapping in a setuptools finder is read as a literal.
"""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

from flowmap.sources.environment import small_text

_CODE: Final = ("import ", "import\t")
_FINDER: Final = re.compile(r"import\s+(__editable__\w+)\s*;")
# What the parser and literal_eval raise on text that is no Python, or is made to exhaust them.
_UNPARSABLE: Final = (SyntaxError, ValueError, TypeError, RecursionError, MemoryError)


@dataclass(frozen=True, slots=True)
class Mount:
    """A package or module under a dotted name; `path` is its folder, or its file."""

    name: str
    path: Path


@dataclass(frozen=True, slots=True)
class SitePaths:
    """Folders that are import roots, packages that lie elsewhere, and the `.pth` files with code that was not run."""

    roots: tuple[Path, ...]
    mounts: tuple[Mount, ...]
    code: tuple[str, ...]


def site_paths(site: Path) -> SitePaths:
    """What the `.pth` files of a site folder add, in the order in which the module site reads them."""
    roots: dict[Path, None] = {}
    mounts: list[Mount] = []
    code: list[str] = []
    for path in _named(site, "*.pth"):
        for line in map(str.strip, small_text(path).splitlines()):
            if line.startswith(_CODE):
                found = _mapped(site, line)
                mounts += found or ()
                if found is None and path.name not in code:
                    code.append(path.name)
            elif line and not line.startswith("#"):
                folder = _folder(site, line)
                if folder is not None:
                    roots[folder] = None
    return SitePaths(tuple(roots), tuple(mounts), tuple(code))


def editable_folder(site: Path, info: str) -> Path | None:
    """The folder from which a distribution was installed to be edited; None when it was not.

    `info` is the name of its `.dist-info` or `.egg-link` in the site folder.
    """
    if info.endswith(".egg-link"):
        lines = small_text(site / info).splitlines()
        return _folder(site, lines[0].strip()) if lines else None
    try:
        told = json.loads(small_text(site / info / "direct_url.json") or "{}")
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, Mapping) or not isinstance(told.get("dir_info"), Mapping):
        return None
    if told["dir_info"].get("editable") is not True:
        return None
    url = urlsplit(str(told.get("url", "")))
    return _folder(site, unquote(url.path)) if url.scheme == "file" else None


def _mapped(site: Path, line: str) -> list[Mount] | None:
    """The packages of a setuptools finder that a line of code installs; None for any other code."""
    match = _FINDER.match(line)
    if match is None:
        return None
    try:
        with warnings.catch_warnings():
            # Python warns about odd escapes in the text it parses; they are not the user's.
            warnings.simplefilter("ignore")
            tree = ast.parse(small_text(site / f"{match[1]}.py"))
    except _UNPARSABLE:
        return None
    found = [mount for node in tree.body for mount in _mounts(node)]
    return found or None


def _mounts(node: ast.stmt) -> Iterator[Mount]:
    """`MAPPING = {name: path}` and `NAMESPACES = {name: [path, ...]}`."""
    match node:
        case ast.Assign(targets=[ast.Name(id="MAPPING" | "NAMESPACES")], value=value):
            pass
        case ast.AnnAssign(target=ast.Name(id="MAPPING" | "NAMESPACES"), value=ast.expr() as value):
            pass
        case _:
            return
    try:
        literal = ast.literal_eval(value)
    except _UNPARSABLE:
        return
    for name, paths in literal.items() if isinstance(literal, dict) else ():
        for path in [paths] if isinstance(paths, str) else paths if isinstance(paths, list) else ():
            if isinstance(name, str) and isinstance(path, str) and name and "\0" not in path:
                yield Mount(name, Path(path))


def _folder(site: Path, text: str) -> Path | None:
    try:
        folder = site / text
        return folder.resolve() if folder.is_dir() else None
    except (OSError, ValueError, RuntimeError):
        return None


def _named(site: Path, pattern: str) -> list[Path]:
    try:
        return sorted(path for path in site.glob(pattern) if not path.name.startswith("."))
    except OSError:
        return []
