"""The files under study, found by module name or by path. Everything above reads source through this."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from flowmap.names import Origin


class Files(Protocol):
    """The files of one root: an archive, a directory or rendered text. Paths are relative, `/`-separated."""

    def paths(self) -> Sequence[str]:
        """All paths, sorted."""

    def read(self, path: str) -> bytes:
        """The content; KeyError when there is no such path."""


@dataclass(frozen=True, slots=True)
class SourceFile:
    """One file of a tree."""

    origin: Origin
    path: str
    content: bytes = field(repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class ModuleSource:
    """Where a module's source is. A namespace package (PEP 420) has no file; `folder` is a package's, else None."""

    name: str
    origin: Origin
    file: SourceFile | None
    folder: str | None

    @property
    def is_package(self) -> bool:
        return self.folder is not None
