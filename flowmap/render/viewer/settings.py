"""What the page says of the settings: the values that the flow read, what they decided, and which are open."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from flowmap.flow.model import Decision, OpenSetting, Subject
from flowmap.render.sentences import Language
from flowmap.render.viewer.words import SETTINGS, SPOKEN, in_language

Json = Mapping[str, object]


def settings_of(subject: Subject, language: Language = Language.EN) -> list[Json]:
    """One entry a setting, by name; those that only decided something, or are open, have no value."""
    decided: dict[str, list[str]] = {}
    for each in subject.decided:
        if each.setting:
            decided.setdefault(each.setting, []).append(_decision(each, language))
    opened = {each.setting: _open(each, language) for each in subject.open}
    return [
        {
            "name": name,
            "value": _value(subject.settings[name]) if name in subject.settings else None,
            "decided": decided.get(name, []),
            "open": opened.get(name, ""),
        }
        for name in sorted({*subject.settings, *decided, *opened})
    ]


def _decision(decision: Decision, language: Language) -> str:
    words = in_language(SETTINGS, language)
    if not decision.chosen and decision.subject == decision.setting:
        # That the value is what it is.
        return words["stands"].format_map({"place": decision.place})
    others = _among(decision.over, language)
    place = words["place"].format_map({"place": decision.place}) if decision.place else ""
    over = words["over"].format_map({"others": others}) if decision.over else ""
    chosen = words["chosen"].format_map({"chosen": decision.chosen, "over": over}) if decision.chosen else ""
    return words["decision"].format_map(
        {"subject": decision.subject, "outcome": decision.outcome, "chosen": chosen, "place": place}
    )


def _open(setting: OpenSetting, language: Language) -> str:
    words = in_language(SETTINGS, language)
    names = _among(setting.variables, language)
    variables = words["variables"].format_map({"names": names}) if setting.variables else ""
    return words["open"].format_map({"place": setting.place, "variables": variables})


def _among(names: Iterable[str], language: Language) -> str:
    return in_language(SPOKEN, language)["among"].join(names)


def _value(value: object) -> str:
    """As it would stand in a file, one entry a line."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=_listed)


def _listed(value: object) -> object:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
