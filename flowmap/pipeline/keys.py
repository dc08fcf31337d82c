"""The key of a result: a digest over everything that it depends on."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Final

import msgspec

import flowmap
from flowmap.analysis.bounds import Bounds
from flowmap.errors import UnreadableSourceError
from flowmap.sources.directory import list_files
from flowmap.sources.tree import SourceTree, content_digest

# Compiled modules go before their source.
_CODE: Final = (".py", ".so", ".pyd")
_LIBRARIES: Final = ("libcst", "msgspec")


def result_key(tree: SourceTree, facts: Sequence[object]) -> str | None:
    """The key of the result of analysing a tree, in hex; None when its files, or ours, cannot all be read.

    `facts` are what the result depends on besides the files and the engine, in a fixed order: texts, numbers and
    sequences of them.
    """
    try:
        parts = (engine_version(), asdict(Bounds()), tree.digest(), facts)
    except (KeyError, UnreadableSourceError):
        return None
    return hashlib.sha256(msgspec.json.encode(parts)).hexdigest()


def engine_version() -> str:
    """What changes with flowmap's own code, be it released or not, with the libraries it reads by, and with Python.

    Results are promised not to depend on the Python that runs flowmap; a cache must not be why they do not. Raises
    UnreadableSourceError.
    """
    folder = Path(flowmap.__file__).parent
    files = list_files(folder, lambda path: path.endswith(_CODE))
    compiled = any(not path.endswith(".py") for path in files.paths())
    libraries = [f"{name} {version(name)}" for name in _LIBRARIES]
    return "\n".join((content_digest(files), *(_beside(folder) if compiled else ()), *libraries, sys.version))


def _beside(package: Path) -> Iterator[str]:
    """The libraries in which mypyc keeps the code of a package's modules; what lies in the package only leads there."""
    for path in sorted(package.parent.glob("*__mypyc.*")):
        stat = path.stat()
        yield f"{path.name} {stat.st_size} {stat.st_mtime_ns}"
