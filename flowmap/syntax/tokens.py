"""Where the words, numbers and strings of a source text stand, found by one regular expression.

The lowering visits a tree that has no positions, but in source order, so the n-th token it passes is the n-th one here.
That costs a fiftieth of the parse; libcst's position provider costs twice the parse.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate, repeat

# Keywords that are no tokens here: none of them can begin an expression or a statement whose line is asked for.
_SILENT = "and|or|in|is|as|else|finally|def|class|async|global|nonlocal"
_NUMBER = r"0[xX][0-9a-fA-F_]++|0[oObB][0-7_]++|[0-9][0-9_]*+(?:\.(?!\.\.)[0-9_]*+)?+(?:[eE][+-]?[0-9][0-9_]*+)?+[jJ]?+"


def _plain(quote: str) -> str:
    if len(quote) == 3:
        return rf"{quote}(?:[^{quote[0]}\\]++|\\.|{quote[0]}(?!{quote[1:]}))*+{quote}"
    return rf"{quote}(?:[^{quote}\\\n]++|\\.)*+{quote}"


# A replacement field of an f-string may hold any quote (PEP 701), and braces up to this depth.
_FIELD = r"\{[^{}]*+\}"
for _ in range(4):
    _FIELD = rf"\{{(?:[^{{}}]++|{_FIELD})*+\}}"


def _formatted(quote: str) -> str:
    ordinary = rf"[^{quote[0]}\\{{]++" if len(quote) == 3 else rf"[^{quote}\\\n{{]++"
    inner_quote = rf"|{quote[0]}(?!{quote[1:]})" if len(quote) == 3 else ""
    return rf"{quote}(?:{ordinary}|\{{\{{|{_FIELD}|\\[^{{]|\\(?=\{{){inner_quote})*+{quote}"


_QUOTES = ('"""', "'''", '"', "'")
_STRING = "(?:[rRbBuU]{0,2}(?:" + "|".join(map(_plain, _QUOTES)) + "))"
_FORMAT_STRING = "(?:(?:[rR]?[fFtT]|[fFtT][rR])(?:" + "|".join(map(_formatted, _QUOTES)) + "))"
_PREFIXED = r"(?=[rRbBuUfFtT]{0,2}[\"'])"

# Every match is what lies before a token, and the token; the end of the text is the last token.
_TOKEN = re.compile(
    rf"(?:[^\w\"'#\[{{.]++|\#[^\n]*+|\.(?!\.\.)|(?:{_SILENT})\b)*+"
    rf"((?:{_PREFIXED}(?:{_FORMAT_STRING}|[fFtT]?{_STRING}|[fFtT][rR]{_STRING}))|[^\W\d]\w*+|{_NUMBER}|[\[{{]|\.\.\.|\Z)",
    re.DOTALL,
)
_CLOSERS = re.compile(rf"(?:(?:[^\w\"'\#\[{{)\]}}]++|\#[^\n]*+|\b(?:{_SILENT})\b)*+[)\]}}])*+")
_BRACKET = re.compile(rf"{_PREFIXED}(?:{_FORMAT_STRING}|[fFtT]?{_STRING})|\#[^\n]*+|[()\[\]{{}}]")
_QUOTED = re.compile(rf"\b{_PREFIXED}(?:{_FORMAT_STRING}|[fFtT]?{_STRING})|{_STRING}|\#[^\n]*+", re.DOTALL)
_INK = re.compile(r"[^\n]")


def tokens_in(text: str) -> list[int]:
    """The offsets of the tokens of a text."""
    offsets = [match.start(1) for match in _TOKEN.finditer(text)]
    # The end of the text matches too, and once more for itself when anything stands before it.
    while offsets and offsets[-1] == len(text):
        offsets.pop()
    return offsets


def blanked(text: str) -> str:
    """The text with the inside of its strings and comments replaced by spaces, line for line as long as before."""
    return _QUOTED.sub(_blank, text)


def _blank(match: re.Match[str]) -> str:
    quoted = match.group()
    if quoted[0] == "#":
        return " " * len(quoted)
    start = quoted.index(quoted[-1])
    return quoted[: start + 1] + _INK.sub(" ", quoted[start + 1 : -1]) + quoted[-1]


class TokenMap:
    """The tokens of a text whose line ends are `\\n`: how many there are, and the line (from 1) of each."""

    __slots__ = ("_offsets", "_starts", "_text", "count")

    def __init__(self, text: str, offsets: list[int] | None = None) -> None:
        self._text = text
        offsets = tokens_in(text) if offsets is None else offsets
        self.count = len(offsets)
        # An empty tuple may stand where no token follows.
        self._offsets = [*offsets, len(text)]
        # Where each line starts.
        self._starts = [0, *accumulate(map((1).__add__, map(len, text.split("\n"))))]

    def lines(self, tokens: Sequence[int]) -> list[int]:
        """The line of each of the tokens, which are given by their index."""
        return list(map(bisect_right, repeat(self._starts), map(self._offsets.__getitem__, tokens)))

    def line(self, token: int) -> int:
        """The line of a token."""
        return bisect_right(self._starts, self._offsets[token])

    def end_line(self, token: int, within: int | None = None) -> int:
        """The last line of a construct whose last token is given: the brackets that close after it belong to it.

        With `within`, the construct's first token, only those brackets belong to it that were opened since.
        """
        text = self._text
        match = _TOKEN.match(text, self._offsets[token])
        end = match.end() if match else self._offsets[token]
        if within is None:
            after = _CLOSERS.match(text, end)
            end = after.end() if after else end
        else:
            depth = 0
            for bracket in _BRACKET.finditer(text, self._offsets[within]):
                kind = bracket.group()
                if bracket.start() >= end and depth <= 0:
                    break
                if kind in "([{":
                    depth += 1
                elif kind in ")]}":
                    depth -= 1
                    end = max(end, bracket.end())
        return bisect_right(self._starts, end - 1)
