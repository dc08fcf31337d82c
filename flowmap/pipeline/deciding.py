"""Which settings stayed open, and from which environment variables, as the engine found them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from flowmap.analysis.program import Analysis, Openness
from flowmap.analysis.values import Activation
from flowmap.flow.model import OpenSetting
from flowmap.frameworks import Entrance, SettingBinding


def open_settings(analysis: Analysis, entrance: Entrance) -> tuple[OpenSetting, ...]:
    """The settings whose value may lead the flow one way or another, in the order in which they are bound.

    Those are the ones that name something of the source and may hold several values; the ones that may be true and
    false; and whatever a test in the settings asks for. Others, a password for one, lead nowhere.
    """
    if not entrance.settings_modules:
        return ()
    values = analysis.openness(entrance.settings_modules[0])
    bindings = [each for each in entrance.bindings if each.setting in values]
    tested = {name for each in entrance.bindings for name in each.tested}
    telling = {each.setting for each in bindings if not each.texts.isdisjoint(entrance.setting_strings)}
    found: dict[str, OpenSetting] = {}
    for each in bindings:
        if each.setting in found or not (
            values[each.setting] is Openness.SWITCH or each.setting in tested or each.setting in telling
        ):
            continue
        variables = _variables(analysis, entrance.bindings, each.setting)
        # What the program itself puts into a dict that it finds is no doubt about the setting.
        if variables or values[each.setting] is not Openness.PART:
            found[each.setting] = OpenSetting(each.setting, f"{each.file}:{each.line}", tuple(sorted(variables)))
    return tuple(sorted(found.values(), key=lambda each: (each.place.rpartition(":")[0], _line(each), each.setting)))


def _line(setting: OpenSetting) -> int:
    return int(setting.place.rpartition(":")[2])


def _variables(analysis: Analysis, bindings: Iterable[SettingBinding], setting: str) -> set[str]:
    """The environment variables of which a setting is made, by way of others that it is made of."""
    by_name: dict[str, list[SettingBinding]] = {}
    for each in bindings:
        by_name.setdefault(each.setting, []).append(each)
    found: set[str] = set()
    pending, seen = [setting], {setting}
    while pending:
        for each in by_name.get(pending.pop(), ()):
            read = _read(analysis, each)
            # Where several calls have met in one: the variables that the statement mentions.
            found |= (read & each.texts) or read
            fresh = each.names - seen
            seen |= fresh
            pending.extend(sorted(fresh))
    return found


def _read(analysis: Analysis, binding: SettingBinding) -> set[str]:
    """The variables that somebody reads, of whom nobody knows what they hold, while a statement is executed."""
    body = analysis.body_of(binding.module)
    if body is None:
        return set()
    reads: Mapping[Activation, Iterable[tuple[int, str]]] = analysis.machine.open_variables
    found = {name for line, name in reads.get(body, ()) if line in binding.asked}
    called = [callee for line, _, callee in body.calls if line in binding.asked and isinstance(callee, Activation)]
    seen = {body}
    while called:
        each = called.pop()
        if each not in seen and each.function is not None:
            seen.add(each)
            found.update(name for _, name in reads.get(each, ()))
            called.extend(callee for _, _, callee in each.calls if isinstance(callee, Activation))
    return found
