"""Recognises source in Python 2's syntax, some of which libcst reads without an error, and wrongly."""

from __future__ import annotations

import io
import re
import tokenize
from dataclasses import dataclass

from flowmap.syntax.tokens import blanked

_DOTTED = r"[^\W\d]\w*(?:\s*\.\s*[^\W\d]\w*)*"
# What libcst accepts and misreads, looked for in the raw text of every file: it must be cheap, and may be wrong.
_SUSPICION = re.compile(rf"except\b[ \t]*(?:{_DOTTED}|\([^()]*\))[ \t]*,")

# What Python 2 accepts and Python 3 does not, in text without strings and comments. A string is blanked to quotes
# around nothing but spaces, so it can still be seen that there is one. (`print >>file, x` is a tuple in Python 3: it
# tells nothing, and read as one it is harmless.)
_BEGINS = r"(?:^|;|(?<=:))[ \t]*"
_OPERAND = r"(?:[^\W\d]\w*|[0-9]|[\"'`]|-?[0-9])"
_KEYWORD_OPERATOR = r"(?!(?:and|or|in|is|not|if|else|for)\b)"
_CONSTRUCTS = {
    "except": re.compile(
        rf"\bexcept\b[ \t]*(?:{_DOTTED}|\([^()]*\))[ \t]*,[ \t]*(?P<bound>[^\W\d]\w*|\([^()]*\))[ \t]*:"
    ),
    "print": re.compile(rf"{_BEGINS}(?:print[ \t]+{_KEYWORD_OPERATOR}{_OPERAND}|print[\"'`])", re.MULTILINE),
    "exec": re.compile(
        rf"{_BEGINS}(?:exec[ \t]+{_KEYWORD_OPERATOR}{_OPERAND}|exec[\"'`]|exec[ \t]*\([^()]*\)[ \t]+in\b)", re.MULTILINE
    ),
    "raise": re.compile(rf"{_BEGINS}raise[ \t]+{_DOTTED}[ \t]*,", re.MULTILINE),
    "backtick": re.compile(r"`"),
    "<>": re.compile(r"<>"),
    "octal": re.compile(r"(?<![\w.])(?<![eE][+-])0[0-7]*[1-7][0-7]*[lL]?(?![\w.])"),
    "long": re.compile(r"(?<![\w.])(?:0[xX][0-9a-fA-F]+|[0-9]+)[lL](?!\w)"),
    "ur": re.compile(r"(?<!\w)[uU][rR][\"']"),
    "tuple parameter": re.compile(
        r"\b(?:def[ \t]+\w+[ \t]*\(\s*(?:[\w*]+\s*,\s*)*|lambda[ \t]+(?:[\w*]+[ \t]*,[ \t]*)*)\("
    ),
}
_DESCRIPTIONS = {
    "except": "`except X, e:`",
    "print": "print statement",
    "exec": "exec statement",
    "raise": '`raise E, "message"`',
    "backtick": "backticks",
    "<>": "the operator `<>`",
    "octal": "octal number `0777`",
    "long": "long integer `1L`",
    "ur": "string prefix `ur`",
    "tuple parameter": "tuple parameter",
}


@dataclass(frozen=True, slots=True)
class Construct:
    """A construct of Python 2 and the line (from 1) where it stands."""

    kind: str
    line: int


def suspicious(text: str) -> bool:
    """Whether the text may hold one of the constructs that libcst reads without an error."""
    return _SUSPICION.search(text) is not None


def looks_like_python2(source: bytes) -> str | None:
    """The first construct in the source that only Python 2 has, with its line; None when there is none.

    `except A, B:` is read as Python 3.14 reads it (PEP 758) when B is spelled like a class.
    """
    try:
        encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
        text = source.decode(encoding)
    except (SyntaxError, UnicodeDecodeError, LookupError):
        text = source.decode("latin-1")
    construct = python2_in(text.replace("\r\n", "\n").replace("\r", "\n"))
    return None if construct is None else f"{describe(construct)} in line {construct.line}"


def describe(construct: Construct) -> str:
    """The construct in words."""
    return _DESCRIPTIONS[construct.kind]


def python2_in(text: str) -> Construct | None:
    """The first construct in a text with `\\n` line ends that only Python 2 has."""
    bare = blanked(text)
    found: list[tuple[int, str]] = []
    for kind, pattern in _CONSTRUCTS.items():
        for match in pattern.finditer(bare):
            if kind == "except" and _is_class_name(match.group("bound")):
                continue
            found.append((match.start(), kind))
            break
    if not found:
        return None
    offset, kind = min(found)
    offset += len(bare[offset:]) - len(bare[offset:].lstrip())
    return Construct(kind, bare.count("\n", 0, offset) + 1)


def _is_class_name(name: str) -> bool:
    return len(name) > 1 and name[0].isupper() and not name.isupper()
