"""The few lines of a function's source that matter for a call in it: its statement, what that stands under, and what
binds the names that are called.

A scan of strings, comments and brackets, not a parse: it takes the syntax of every Python, and says the same on all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from flowmap.render.excerpts import Excerpt

OMITTED: Final = "# ..."
# A statement longer than that is quoted from its beginning to its call and a little on.
_LONGEST: Final = 9
_AFTER: Final = 3
_BINDINGS: Final = 2

_TOKEN: Final = re.compile(
    r"""(?P<triple>\"{3}|'{3})|(?P<string>"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|(?P<comment>\#[^\n]*)"""
    r"""|(?P<open>[(\[{])|(?P<close>[)\]}])|(?P<joined>\\\n)|(?P<end>\n)""",
    re.DOTALL,
)
_ALTERNATIVE: Final = re.compile(r"\s*(?:elif|else|except|finally)\b")
_OPENS: Final = re.compile(r"\s*(?:async\s+)?(?:if|for|while|try)\b")
_DOCSTRING: Final = re.compile(r"\s*[rRuUbB]{0,2}(\"{3}|'{3}|\"|')(.*?)\1\s*$", re.DOTALL)
_CALLED: Final = re.compile(r"(?<![\w.])([^\W\d]\w*)(?=(?:\.\w+)*\()")


class Statement(NamedTuple):
    """A logical line: the numbers of its first and last line in an excerpt, from 0, and how deep it stands."""

    first: int
    last: int
    indent: int


def quotation(excerpts: Sequence[Excerpt], line: int) -> str:
    """The lines that matter for a call in `line`, dedented as the excerpt is; empty where it is not quoted."""
    for excerpt in excerpts:
        lines = excerpt.text.split("\n")
        place = line - excerpt.first
        if 0 <= place < len(lines):
            return "\n".join(_quoted(lines, place))
    return ""


def statement_text(excerpts: Sequence[Excerpt], line: int) -> str:
    """The whole statement that holds a line, on one line; empty where it is not quoted."""
    for excerpt in excerpts:
        lines = excerpt.text.split("\n")
        place = line - excerpt.first
        if 0 <= place < len(lines):
            found = _holding(statements(excerpt.text), place)
            return " ".join(each.strip() for each in lines[found.first : found.last + 1])
    return ""


def summary(excerpts: Sequence[Excerpt]) -> str:
    """The first paragraph of the docstring of a function that is quoted whole; empty where it has none."""
    for excerpt in excerpts[:1]:
        lines = excerpt.text.split("\n")
        found = iter(statements(excerpt.text))
        # Decorators come before what is defined.
        if any(re.match(r"(?:async\s+)?(?:def|class)\b", lines[each.first]) for each in found):
            body = next(found, None)
            text = "" if body is None else "\n".join(lines[body.first : body.last + 1])
            match = _DOCSTRING.fullmatch(text)
            return " ".join(match[2].strip().split("\n\n")[0].split()) if match else ""
    return ""


def statements(text: str) -> tuple[Statement, ...]:
    """The logical lines of a text, those without code left out."""
    return tuple(_statements(text))


def _statements(text: str) -> Iterator[Statement]:
    lines = text.split("\n")
    first, number, depth, place = 0, 0, 0, 0
    while match := _TOKEN.search(text, place):
        place = match.end()
        if match["triple"]:
            # To the end of the text where nothing closes it.
            closed = _closing(text, match["triple"], place)
            number += text.count("\n", place, closed)
            place = closed
        elif match["string"]:
            number += match["string"].count("\n")
        elif match["open"]:
            depth += 1
        elif match["close"]:
            depth = max(0, depth - 1)
        elif match["joined"]:
            number += 1
        elif match["end"]:
            if not depth:
                yield from _statement(lines, first, number)
                first = number + 1
            number += 1
    yield from _statement(lines, first, len(lines) - 1)


def _statement(lines: Sequence[str], first: int, last: int) -> Iterator[Statement]:
    text = lines[first].lstrip() if first < len(lines) else ""
    if text and not text.startswith("#"):
        yield Statement(first, last, len(lines[first]) - len(text))


def _closing(text: str, quote: str, place: int) -> int:
    while (found := text.find(quote, place)) >= 0:
        slashes = len(text[:found]) - len(text[:found].rstrip("\\"))
        if slashes % 2 == 0:
            return found + len(quote)
        place = found + 1
    return len(text)


def _holding(found: Sequence[Statement], place: int) -> Statement:
    return next((each for each in found if each.first <= place <= each.last), Statement(place, place, 0))


def _quoted(lines: Sequence[str], place: int) -> Iterator[str]:
    found = statements("\n".join(lines))
    own = _holding(found, place)
    shown = {number for each in _around(found, own, lines) for number in _shortened(each, each.first)}
    shown |= set(_shortened(own, place))
    before = -1
    for number in sorted(shown):
        omitted = next((line for line in lines[before + 1 : number] if line.strip()), "")
        if omitted:
            yield f"{omitted[: len(omitted) - len(omitted.lstrip())]}{OMITTED}"
        yield lines[number]
        before = number


def _shortened(statement: Statement, place: int) -> range:
    if statement.last - statement.first < _LONGEST:
        return range(statement.first, statement.last + 1)
    return range(max(statement.first, place - _AFTER), min(statement.last, place + _AFTER) + 1)


def _around(found: Sequence[Statement], own: Statement, lines: Sequence[str]) -> Iterator[Statement]:
    """The headers that a statement stands under, the first halves of their `else`s, and what binds what it calls."""
    before = [each for each in found if each.last < own.first]
    text = "\n".join(lines[own.first : own.last + 1])
    names = dict.fromkeys(_CALLED.findall(text))
    bound = (_binding(before, name, lines) for name in names)
    yield from [each for each in bound if each is not None][:_BINDINGS]
    indent, alternative = own.indent, bool(_ALTERNATIVE.match(lines[own.first]))
    for each in reversed(before):
        line = lines[each.first]
        if each.indent < indent:
            indent, alternative = each.indent, bool(_ALTERNATIVE.match(line))
            yield each
        elif alternative and each.indent == indent:
            if _ALTERNATIVE.match(line):
                yield each
            elif _OPENS.match(line):
                alternative = False
                yield each


def _binding(before: Sequence[Statement], name: str, lines: Sequence[str]) -> Statement | None:
    """The last statement above that binds a name: an assignment, a loop, a `with` or an `except`."""
    pattern = re.compile(
        rf"\s*(?:[\w.\s,*(]*\b)?(?<!\.){name}\b[\w\s,*)]*=(?!=)|\s*(?:async\s+)?for\s[^:]*?\b{name}\b[^:]*?\bin\b"
        rf"|\s*(?:async\s+)?(?:with|except)\b.*\bas\s+{name}\b"
    )
    texts = ((each, "\n".join(lines[each.first : each.last + 1])) for each in reversed(before))
    return next((each for each, text in texts if pattern.match(text)), None)
