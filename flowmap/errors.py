"""Every problem a user can mend, each with its hint."""

from __future__ import annotations


class FlowmapError(Exception):
    """A problem the user can mend: `message` says what is wrong, `hint` what to do. Exit status 2."""

    def __init__(self, message: str, *, hint: str) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
