"""The values of string, bytes and number literals, read without evaluating source."""

from __future__ import annotations

import re
import unicodedata

from flowmap.characters import is_settled
from flowmap.syntax import ir

_ESCAPE = re.compile(
    r"\\(?:(?P<newline>\n)|(?P<single>[\\'\"abfnrtv])|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{2})"
    r"|u(?P<short>[0-9a-fA-F]{4})|U(?P<long>[0-9a-fA-F]{8})|N\{(?P<name>[^}]+)\})"
)
_BYTES_ESCAPE = re.compile(
    r"\\(?:(?P<newline>\n)|(?P<single>[\\'\"abfnrtv])|(?P<octal>[0-7]{1,3})|x(?P<hex>[0-9a-fA-F]{2}))"
)
_SINGLE = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
_SURROGATE = re.compile("[\ud800-\udfff]")
# A lone surrogate makes a text one that is not known, see `constant`.
_UNSETTLED = "\ud800"
_LARGEST = 2**63 - 1

NONE = ir.Constant(None)
TRUE = ir.Constant(True)
FALSE = ir.Constant(False)


def _escaped(match: re.Match[str]) -> str:
    kind, text = match.lastgroup, match.group(match.lastgroup or 0)
    match kind:
        case "newline":
            return ""
        case "single":
            return _SINGLE.get(text, text)
        case "octal":
            return chr(int(text, 8))
        case "name":
            return _named(text)
        case _:
            code = int(text, 16)
            return chr(code) if code <= 0x10FFFF else "\N{REPLACEMENT CHARACTER}"


def _named(name: str) -> str:
    try:
        character = unicodedata.lookup(name)
    except KeyError:
        character = ""
    # Which later characters have names depends on the Python that runs.
    return character if character and is_settled(character) else f"{_UNSETTLED}{name.upper()}"


def unescape(text: str) -> str:
    """The text of a string literal that is not raw, without its quotes (language reference 2.4.1)."""
    return _ESCAPE.sub(_escaped, text) if "\\" in text else text


def string(source: str) -> str | bytes:
    """The value of a literal as it stands in the source, with prefix and quotes."""
    quote = source[-1]
    if source[0] == quote and "\\" not in source:
        return source[3:-3] if len(source) > 5 and source[1] == source[2] == quote else source[1:-1]
    start = source.index(quote)
    prefix = source[:start].lower()
    width = 3 if source.startswith(quote * 3, start) and len(source) - start >= 6 else 1
    text = source[start + width : -width]
    if "b" in prefix:
        if "r" not in prefix and "\\" in text:
            text = _BYTES_ESCAPE.sub(_escaped, text)
        return bytes(ord(character) & 0xFF for character in text)
    return text if "r" in prefix else unescape(text)


def constant(value: str | bytes) -> ir.Constant | ir.BytesConstant | ir.Literal:
    """The node of a string's value; a lone surrogate cannot be encoded in the cache, its text is not known."""
    if isinstance(value, bytes):
        return ir.BytesConstant(value)
    if not value.isascii() and _SURROGATE.search(value):
        return ir.Literal("str")
    return ir.Constant(value)


def integer(source: str) -> ir.Constant | ir.Literal:
    """The node of an integer literal."""
    # Python refuses decimal text of more than 4,300 digits.
    if len(source) > 80:
        return ir.Literal("int")
    value = int(source, 0)
    return ir.Constant(value) if value <= _LARGEST else ir.Literal("int")


def real(source: str) -> ir.Constant:
    """The node of a float literal."""
    return ir.Constant(float(source))
