"""What an index offers of a package: values that need no network to be understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from packaging.utils import InvalidWheelFilename, parse_wheel_filename
from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file of a release on an index. `digests` are what the index says, by algorithm; `order` is the index's."""

    version: Version
    file: str
    url: str
    requires_python: str
    yanked: bool
    digests: Mapping[str, str]
    order: int

    @property
    def preference(self) -> tuple[int, int, str]:
        """Of several files of one version the smallest is taken: pure wheels, then sdists; earlier indexes first."""
        return _file_rank(self.file), self.order, self.file


@dataclass(frozen=True, slots=True)
class Listing:
    """All candidates for one package, and why some index could not be asked."""

    candidates: tuple[Candidate, ...]
    searched: tuple[str, ...]
    unreachable: tuple[str, ...]


class Lister(Protocol):
    """Indexes that are asked together."""

    def list(self, name: str) -> Listing:
        """What they offer of a package."""

    def download(self, candidate: Candidate, folder: Path) -> Path:
        """The file, its digests checked."""


def _file_rank(file: str) -> int:
    """Pure wheels for Python 3 are read best; of platform wheels one for Linux, as that is the platform assumed."""
    if not file.endswith(".whl"):
        return 2
    try:
        tags = parse_wheel_filename(file)[3]
    except InvalidWheelFilename:
        return 5
    if any(tag.platform == "any" for tag in tags):
        return 0 if any(tag.interpreter.startswith("py3") for tag in tags) else 1
    return 3 if any("linux" in tag.platform for tag in tags) else 4
