"""Snapshots that somebody damaged, by accident or to do harm: bytes that are gone, and values that are others."""

from __future__ import annotations

import json
from typing import Any, Final

from hypothesis import strategies as st

MARKUP: Final = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "]]>&amp;<![CDATA[",
    "</svg><a xlink:href='javascript:x'>",
    "```\n::error::x\r\n| a | b |",
    "[x](javascript:alert(1)) @someone #1",
    "\x1b[2J\x00\x07\u202e\u2028",
    "%0A::error file=a::b",
)
_TEXTS: Final = st.sampled_from(
    (
        *MARKUP,
        "",
        ":",
        "::",
        "a:",
        ":f",
        "a:<module>",
        "a -> b",
        "a:f -> b:g",
        "a:f.<locals>.<lambda#2>",
        "." * 40,
        "ü😀",
    )
)
_DEEP: Final = 400


def _deep() -> object:
    value: object = "end"
    for _ in range(_DEEP):
        value = [value]
    return value


_VALUES: Final = st.one_of(
    st.sampled_from([None, True, -1, 0, 2**31, 2**63, 2**200, 1.5, 1e308, [], {}, [None], {"": ""}, _deep()]), _TEXTS
)
# Most of what is of another type is refused at once.
_ALIKE: Final = {str: _TEXTS, int: st.sampled_from((-1, 0, 1, 7, 2**31, 2**63 - 1)), list: st.just([])}


@st.composite
def damaged(draw: st.DrawFn, whole: bytes) -> bytes:
    """A snapshot with some values of it replaced, taken out or doubled; or cut, or with other bytes in it."""
    way = draw(st.sampled_from(("values", "values", "values", "cut", "bytes")))
    if way == "cut":
        return whole[: draw(st.integers(0, len(whole) - 1))]
    if way == "bytes":
        start = draw(st.integers(0, len(whole) - 1))
        return whole[:start] + draw(st.binary(max_size=8)) + whole[start + draw(st.integers(0, 8)) :]
    value = json.loads(whole)
    for _ in range(draw(st.integers(1, 4))):
        _damage(draw, value)
    return json.dumps(value).encode()


def _damage(draw: st.DrawFn, value: Any) -> None:
    """Replaces, takes out or doubles one value somewhere below."""
    while True:
        keys = list(value) if isinstance(value, dict) else range(len(value))
        if not keys:
            return
        key = draw(st.sampled_from(keys))
        inner = value[key]
        if isinstance(inner, dict | list) and inner and draw(st.integers(0, 15)):
            value = inner
            continue
        way = draw(st.sampled_from(("replace", "replace", "take", "double")))
        if way == "replace":
            drawn = draw(_ALIKE.get(type(inner), _VALUES) if draw(st.integers(0, 7)) else _VALUES)
            # A copy: what is put in may be damaged in its turn.
            value[key] = json.loads(json.dumps(drawn))
        elif way == "take":
            del value[key]
        elif isinstance(value, list):
            value.insert(key, inner)
        return
