"""What an index offers of a package: values that need no network to be understood."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from packaging.version import Version


@dataclass(frozen=True, slots=True)
class Candidate:
    """One file of a release on an index. `digests` are what the index says, by algorithm.

    `rank` says how well this kind of file is read (0 is best), `order` counts the indexes.
    """

    version: Version
    file: str
    url: str
    rank: int
    requires_python: str
    yanked: bool
    digests: Mapping[str, str]
    order: int

    @property
    def preference(self) -> tuple[int, int, str]:
        """Of several files of one version the smallest is taken: pure wheels, then sdists; earlier indexes first."""
        return self.rank, self.order, self.file


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
