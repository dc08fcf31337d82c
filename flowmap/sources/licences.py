"""Under which licence the files of a root may be quoted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias


@dataclass(frozen=True, slots=True, order=True)
class Licence:
    """The text under which source may be quoted, and what it is the source of: a distribution and its version."""

    subject: str
    text: str


LicenceOf: TypeAlias = Callable[[str], Licence | None]
"""The licence of the file at a path; None where none came with it, or none is known."""


def no_licence(_path: str) -> None:
    """That of files of which nothing is known."""


def by_owner(owners: Callable[[], Mapping[str, str]], licence: LicenceOf) -> LicenceOf:
    """The licence of whoever brought a file: `owners` says who that is of each. Both are asked at most once."""
    known, found = cache(licence), cache(owners)

    def of(path: str) -> Licence | None:
        owner = found().get(path)
        return None if owner is None else known(owner)

    return of
