"""What became of the settings that two flows read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from flowmap.compare.changes import Change, Kind
from flowmap.flow.model import Subject
from flowmap.names import MODULE_BODY, FunctionName

# Items of a list that a sentence names.
_SHOWN: Final = 3
# The share of its items by which a list is known again under another name.
_MOST: Final = 0.5


def setting_changes(old: Subject, new: Subject, now: Mapping[FunctionName, FunctionName]) -> Iterator[Change]:
    """A change for each setting that was read and is not, is read and was not, or has another value: one that names
    something by the name that it was given is no other.
    """
    paths = {_path(was): _path(name) for was, name in now.items() if was != name}
    heirs = _heirs(old.settings, new.settings)
    for was, name in heirs.items():
        other = new.settings[name]
        one = _renamed(old.settings[was], other, paths)
        more = "" if one == other else f": {difference(one, other)}"
        sentence = f"the setting {was} became {name}{more}"
        yield Change(Kind.SETTING_CHANGED, "", was, name, sentence, repr(old.settings[was]), repr(other))
    for name in sorted({*old.settings, *new.settings} - {*heirs, *heirs.values()}):
        other = new.settings.get(name)
        one = _renamed(old.settings.get(name), other, paths)
        if name not in old.settings:
            sentence = f"the setting {name} is read now: {_shown(other)}"
        elif name not in new.settings:
            sentence = f"the setting {name} is not read any more: it was {_shown(one)}"
        elif one == other:
            continue
        else:
            sentence = f"the setting {name} changed: {difference(one, other)}"
        names = [name if name in subject.settings else "" for subject in (old, new)]
        values = [repr(subject.settings[name]) if name in subject.settings else "" for subject in (old, new)]
        yield Change(Kind.SETTING_CHANGED, "", names[0], names[1], sentence, values[0], values[1])


def _heirs(old: Mapping[str, object], new: Mapping[str, object]) -> Mapping[str, str]:
    """Lists that are there under another name: most of what one held is in the other, and in no other one."""
    found: dict[str, list[str]] = {}
    for was in sorted(set(old) - set(new)):
        for name in sorted(set(new) - set(old)):
            if _share(old[was], new[name]) > _MOST:
                found.setdefault(was, []).append(name)
    rivals = Counter(name for names in found.values() for name in names)
    return {was: names[0] for was, names in found.items() if len(names) == 1 and rivals[names[0]] == 1}


def _share(old: object, new: object) -> float:
    """How much of the longer of two lists the other one has as well."""
    if not isinstance(old, list | tuple) or not isinstance(new, list | tuple):
        return 0.0
    return sum(item in new for item in old) / max(len(old), len(new), 1)


def difference(old: object, new: object) -> str:
    """The words for what became of a value: of a list, what left it and what came."""
    if not isinstance(old, list | tuple) or not isinstance(new, list | tuple):
        return f"{old!r} became {new!r}"
    words = [f"without {item!r}" for item in old if item not in new]
    words += [f"with {item!r}" for item in new if item not in old]
    common = [item for item in old if item in new]
    if common != [item for item in new if item in old]:
        words.append("in another order")
    return ", ".join(words) or "an item is there another number of times"


def _path(name: FunctionName) -> str:
    return name.module if name.qualname == MODULE_BODY else f"{name.module}.{name.qualname}"


def _renamed(value: object, other: object, paths: Mapping[str, str]) -> object:
    """A value that says of what was renamed how it is called now, where the other value does."""
    if isinstance(value, str):
        return other if paths.get(value) == other else value
    if isinstance(value, list | tuple) and isinstance(other, list | tuple):
        if len(value) == len(other):
            pairs = [_renamed(one, its, paths) for one, its in zip(value, other, strict=True)]
            if pairs == list(other):
                return pairs
        # Of other lengths or orders: each is looked for anywhere.
        return [paths[one] if isinstance(one, str) and paths.get(one) in other else one for one in value]
    if isinstance(value, Mapping) and isinstance(other, Mapping):
        return {key: _renamed(one, other.get(key), paths) for key, one in value.items()}
    return value


def _shown(value: object) -> str:
    if isinstance(value, list | tuple) and len(value) > _SHOWN:
        return f"[{', '.join(map(repr, value[:_SHOWN]))} and {len(value) - _SHOWN} more]"
    return repr(value)
