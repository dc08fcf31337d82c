"""What a file is that has no IR."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be read, why, and the line (from 1) where that shows."""

    reason: str
    line: int
