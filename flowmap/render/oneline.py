"""Any text as one line that every format of a report can hold."""

from __future__ import annotations

import re
from typing import Final

# What XML 1.0 (section 2.2) has no place for, what ends a line somewhere, and what turns the direction of a text.
_UNPRINTABLE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")


def one_line(text: str) -> str:
    """The text with U+FFFD for what no report can hold, and a space for each run of white space."""
    return _UNPRINTABLE.sub("\ufffd", " ".join(text.split()))
