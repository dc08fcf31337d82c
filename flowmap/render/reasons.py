"""Why a step leads to the function that it does, in sentences: the lookup, the setting, the test it hangs on."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.flow.model import Flow, Step, Subject
from flowmap.names import MODULE_BODY, FunctionName
from flowmap.render.markup import code
from flowmap.render.sentences import Language, say

_MAKERS: Final = frozenset(("__init__", "__new__"))


def reasons(step: Step, flow: Flow, statement: str, title: str, language: Language) -> Iterator[str]:
    """The sentences of a step. `statement` is the source that makes the call, empty where it is not known; `title` is
    the class that the layer entered belongs to, empty likewise.
    """
    if step.evidence is Evidence.CALL:
        yield _call(step, statement, language)
    else:
        yield say(language, f"evidence.{step.evidence}")
    if step.layer:
        key = "enters-layer" if title else "enters-layer-untitled"
        yield say(language, key, layer=step.layer, title=code(title))
    yield from _settings(step.callee, flow.subject, title, language)
    if step.through:
        yield say(language, "through", names=say(language, "among").join(code(str(name)) for name in step.through))
    if step.condition:
        yield say(language, "only-if", condition=code(" ".join(step.condition.split())))
    if step.returning:
        yield say(language, "returning")


def _call(step: Step, statement: str, language: Language) -> str:
    callee = step.callee
    owner, name = _owner(callee)
    named = _mentions(statement, name)
    where = code(f"{callee.module}.{owner}")
    if name in _MAKERS and owner and not named:
        mentioned = _mentions(statement, owner.rpartition(".")[2])
        return say(language, "why-makes" if mentioned or not statement else "why-makes-value", owner=where)
    if name == "__call__" and owner and not named:
        return say(language, "why-called", owner=where)
    if not statement:
        return say(language, "evidence.call")
    if not named:
        return say(language, "why-value")
    if owner:
        key = "why-super" if _mentions(statement, "super") else "why-method"
        return say(language, key, name=code(name), owner=where)
    if callee.module == step.caller.module:
        return say(language, "why-same-module", name=code(name))
    return say(language, "why-module", name=code(name), module=code(callee.module))


def _owner(name: FunctionName) -> tuple[str, str]:
    """The class that a method is in, empty for what is in none, and the name under which it is called."""
    outer, _, last = name.qualname.partition("#")[0].rpartition(".")
    return "" if outer.endswith("<locals>") else outer, last


def _mentions(text: str, name: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None


def _settings(callee: FunctionName, subject: Subject, title: str, language: Language) -> Iterator[str]:
    """Which settings name a callee: its module, what it is in there, or the class of the layer that it opens."""
    for setting, value in sorted(subject.settings.items()):
        texts = [value] if isinstance(value, str) else value if isinstance(value, list | tuple) else []
        for number, text in enumerate(texts, 1):
            if not isinstance(text, str) or not (_names(text, callee) or (title and text.endswith(f".{title}"))):
                continue
            place = _place(subject, setting, language)
            found: Mapping[str, object] = {"setting": code(setting), "text": code(text), "place": place}
            if isinstance(value, str):
                yield say(language, "why-setting", **found)
            else:
                yield say(language, "why-listed", **found, entry=number, count=len(texts))
    for each in subject.decided:
        inside = f"{callee.module}.".startswith(f"{each.outcome}.")
        if each.chosen and inside and callee.module.endswith(f".{each.subject}"):
            yield say(
                language,
                "why-decided",
                subject=code(each.subject),
                outcome=code(each.outcome),
                chosen=code(each.chosen),
                setting=code(each.setting),
                place=code(each.place),
            )


def _names(text: str, callee: FunctionName) -> bool:
    """Whether a dotted path leads to a function, to the class it is in, or to what its module holds."""
    dotted = callee.module if callee.qualname == MODULE_BODY else f"{callee.module}.{callee.qualname}"
    inside = f"{dotted}.".startswith(f"{text}.") and (text.startswith(f"{callee.module}."))
    holds = callee.qualname == MODULE_BODY and text.rpartition(".")[0] == callee.module
    return inside or holds or text == dotted


def _place(subject: Subject, setting: str, language: Language) -> str:
    place = next((each.place for each in subject.decided if each.setting == setting and each.place), "")
    return say(language, "at", place=code(place)) if place else ""
