"""Texts of the analysed source as CommonMark: they are shown as they are, and are never markup."""

from __future__ import annotations

import re
import urllib.parse
from typing import Final

_CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
_REPLACEMENT: Final = "\ufffd"
# Every ASCII punctuation mark may be escaped (CommonMark 0.31.2, section 2.4); these say nothing in a running text.
_HARMLESS: Final = frozenset(",;?'\"/%(!")
# What a dot or a bracket makes a list's number of, or the beginning of a link.
_ENDS_IN_MARKUP: Final = re.compile(r"^\d*$|www$", re.IGNORECASE)
_IN_ADDRESS: Final = "%/:?#@!$&'*+,;=~-._"


def plain(text: str) -> str:
    """A text on one line in which nothing is markup, nor what GitHub makes a link of by itself."""
    line = " ".join(_CONTROLS.sub(_REPLACEMENT, text).split())
    return "".join(_escaped(line, place) for place in range(len(line)))


def code(text: str) -> str:
    """A code span (section 6.1)."""
    line = _CONTROLS.sub(_REPLACEMENT, text.replace("\n", " ").replace("\t", " ")) or " "
    fence = "`" * (_longest_run(line) + 1)
    # One space on each side is taken off again, where there is something between them.
    room = " " if line.startswith(("`", " ")) or line.endswith(("`", " ")) else ""
    return f"{fence}{room}{line}{room}{fence}"


def fenced(text: str, language: str) -> list[str]:
    """The lines of a fenced code block (section 4.5)."""
    fence = "`" * max(3, _longest_run(text) + 1)
    return [f"{fence}{language}", *(_CONTROLS.sub(_REPLACEMENT, line) for line in text.split("\n")), fence]


def link(text: str, address: str | None) -> str:
    """A link around what is markup already; the text alone where there is no address."""
    return f"[{text}]({urllib.parse.quote(address, safe=_IN_ADDRESS)})" if address else text


def anchor(heading: str) -> str:
    """What GitHub and most renderers call a heading."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def _escaped(line: str, place: int) -> str:
    character = line[place]
    if not character.isascii() or character.isalnum() or character == " " or character in _HARMLESS:
        return character
    before, after = line[:place], line[place + 1 : place + 2]
    if character in ".)" and not _ENDS_IN_MARKUP.search(before):
        return character
    if character == ":" and after in {"", " "}:
        return character
    if character in "-=+" and before[-1:].isalnum() and after.isalnum():
        return character
    return f"\\{character}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)
