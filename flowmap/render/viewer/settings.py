"""What the page says of the settings: the values that the flow read, what they decided, and which are open."""

from __future__ import annotations

import json
from collections.abc import Mapping

from flowmap.flow.model import Decision, OpenSetting, Subject

Json = Mapping[str, object]


def settings_of(subject: Subject) -> list[Json]:
    """One entry a setting, by name; those that only decided something, or are open, have no value."""
    decided: dict[str, list[str]] = {}
    for each in subject.decided:
        if each.setting:
            decided.setdefault(each.setting, []).append(_decision(each))
    opened = {each.setting: _open(each) for each in subject.open}
    return [
        {
            "name": name,
            "value": _value(subject.settings[name]) if name in subject.settings else None,
            "decided": decided.get(name, []),
            "open": opened.get(name, ""),
        }
        for name in sorted({*subject.settings, *decided, *opened})
    ]


def _decision(decision: Decision) -> str:
    if not decision.chosen and decision.subject == decision.setting:
        # That the value is what it is.
        return f"It stands in {decision.place}."
    place = f" ({decision.place})" if decision.place else ""
    over = f", over {', '.join(decision.over)}" if decision.over else ""
    chosen = f" by {decision.chosen}{over}" if decision.chosen else ""
    return f"{decision.subject}: {decision.outcome}{chosen}{place}"


def _open(setting: OpenSetting) -> str:
    variables = f", made of {', '.join(setting.variables)} of the environment" if setting.variables else ""
    return f"It may hold several values, all of which were followed ({setting.place}{variables})."


def _value(value: object) -> str:
    """As it would stand in a file, one entry a line."""
    return json.dumps(value, indent=1, ensure_ascii=False, default=_listed)


def _listed(value: object) -> object:
    return sorted(value) if isinstance(value, set | frozenset) else str(value)
