"""Source as it is quoted."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Lines of a file as they stand in it but for the indentation they share; `first` is the number of the first."""

    first: int
    text: str
