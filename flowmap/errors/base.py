"""What every problem that a user can mend is made of."""

from __future__ import annotations

from collections.abc import Sequence


class FlowmapError(Exception):
    """A problem the user can mend: `message` says what is wrong, `hint` what to do. Exit status 2."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


def listing(names: Sequence[str], *, empty: str = "none", most: int = 8) -> str:
    """`a, b, c`, cut at `most`."""
    shown = ", ".join(names[:most]) or empty
    return f"{shown}, ..." if len(names) > most else shown
