"""What is too large or too deep to be parsed: found by a glance at the text, before the parser takes memory for it."""

from __future__ import annotations

import re
from itertools import accumulate

from flowmap.syntax.tokens import blanked
from flowmap.syntax.unreadable import Unreadable
from flowmap.syntax.walk import MAX_DEPTH

# Names and literals; libcst takes some 4 KiB for each of them, punctuation and space around it included.
MAX_TOKENS = 200_000
TOO_DEEP = "nested too deeply"
# Shorter lines are no sign of text that a program made; the walk stops at what is too deep in them.
_LONG_LINE = 2_000
_BRACKET = re.compile(r"[()\[\]{}]")
_PREFIXES = re.compile(rf"(?:[-+~]\s*|\bnot\s+){{{MAX_DEPTH}}}")
# What nests to the left: the parser's time grows with the square of such a chain. Shorter ones, of texts for example,
# may be read; the walk says so where they are too deep.
_LONGEST_CHAIN = 2_000
_OPERAND = r"(?:[\w.]++|'[ ]*+'|\"[ ]*+\")++"
_OPERATORS = (r"[-+]", r"(?:\*(?!\*)|//?|[%@])", r"\|", r"\^", "&", "<<|>>")
_CHAINS = tuple(
    re.compile(rf"(?:{_OPERAND}[ \t]*+(?:{operator})[ \t]*+){{{_LONGEST_CHAIN}}}") for operator in _OPERATORS
)
_TRAILER = r"\.[ \t]*+[^\W\d]\w*+|\([^()\n]*+\)|\[[^\[\]\n]*+\]"
_TRAILERS = re.compile(rf"(?:(?:{_TRAILER})[ \t]*+){{{MAX_DEPTH + 1}}}")


def beyond_limits(text: str, tokens: int) -> Unreadable | None:
    """Why a text of so many tokens is not to be parsed; None when it is."""
    if tokens > MAX_TOKENS:
        return Unreadable(f"more than {MAX_TOKENS:,} names and literals", 1)
    if max(map(len, text.split("\n"))) < _LONG_LINE:
        return None
    bare = blanked(text)
    for chain in (_PREFIXES, _TRAILERS, *_CHAINS):
        if found := chain.search(bare):
            return Unreadable(TOO_DEEP, bare.count("\n", 0, found.start()) + 1)
    brackets = list(_BRACKET.finditer(bare))
    for bracket, depth in zip(brackets, accumulate(1 if b.group() in "([{" else -1 for b in brackets), strict=True):
        if depth > MAX_DEPTH:
            return Unreadable(TOO_DEEP, bare.count("\n", 0, bracket.start()) + 1)
    return None
