"""Texts of the analysed source on a terminal, which they must not steer."""

from __future__ import annotations

import re
from typing import Final

_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]")


def printable(line: str) -> str:
    """A line with its control characters, and those that turn its order round, written out: a snapshot is anyone's."""
    return _CONTROL.sub(lambda match: f"\\x{ord(match[0]):02x}", line)
