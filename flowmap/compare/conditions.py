"""The conditions of a call as they are compared: however the function that has them calls its own variables."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable
from typing import Final

from flowmap.callgraph.model import Function
from flowmap.compare.sides import Call
from flowmap.syntax.fingerprint import name_code, names_in, similarity

# A text, which is kept; or a name that is no attribute, number or beginning of a text.
_TOKEN: Final = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"|(?<![\w.'"])[^\W\d]\w*""")
_WORD: Final = re.compile(r"[^\W\d]\w*")


def is_same_condition(old: Call, new: Call, callers: tuple[Function | None, Function | None]) -> bool:
    """Whether a call hangs on the same. In an equal body, conditions that differ in names alone do so in variables."""
    first, second = callers
    if first is not None and second is not None and first.body and similarity(first.body, second.body) == 1.0:
        shapes = [sorted(_WORD.sub("name", text) for text in call.conditions) for call in (old, new)]
        if shapes[0] == shapes[1]:
            return True
    return _without_locals(old.conditions, first) == _without_locals(new.conditions, second)


def _without_locals(conditions: Iterable[str], caller: Function | None) -> tuple[str, ...]:
    """The conditions with the caller's variables numbered, which are the names that its body's print does not have; its
    parameters keep their names. As they are where there is no print.
    """
    if caller is None or not caller.body:
        return tuple(conditions)
    kept = names_in(caller.body)
    parameters = frozenset(_WORD.findall(caller.signature))
    return tuple(sorted(_numbered(text, kept, parameters) for text in conditions))


def _numbered(text: str, kept: frozenset[str], parameters: frozenset[str]) -> str:
    numbers: dict[str, int] = {}

    def shown(match: re.Match[str]) -> str:
        name = match[0]
        if not name.isidentifier() or keyword.iskeyword(name) or name in parameters or name_code(name) in kept:
            return name
        return f"<{numbers.setdefault(name, len(numbers))}>"

    return _TOKEN.sub(shown, text)
