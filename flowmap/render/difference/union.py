"""Two flows as one: every call of either, in an order that is that of both, under the names of the new side."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import TypeVar

from flowmap.compare import FlowDiff, Kind
from flowmap.flow.model import Flow, Stage, Step, Subject
from flowmap.names import MODULE_BODY, FunctionName

_Item = TypeVar("_Item")
_MATCHED = (Kind.FUNCTION_MOVED, Kind.FUNCTION_RENAMED)


@dataclass(frozen=True, slots=True)
class Pairing:
    """The step of either side that one step of the union stands for; one of them may be None."""

    old: Step | None
    new: Step | None


@dataclass(frozen=True, slots=True)
class Union:
    """`flow` holds the steps of both sides, numbered anew from 1; `pairings` says by that number what they were.

    `names` has the new name of every function that was renamed or moved.
    """

    flow: Flow
    pairings: Mapping[int, Pairing]
    names: Mapping[FunctionName, FunctionName]


def union_of(old: Flow, new: Flow, diff: FlowDiff) -> Union:
    """Both flows as one. A step that is gone stands behind the one that it stood behind; a stage and a layer too."""
    names = {
        FunctionName.parse(each.old): FunctionName.parse(each.new) for each in diff.changes if each.kind in _MATCHED
    }
    layers = merged(list(_layers(old, names).items()), list(_layers(new, {}).items()), key=lambda item: item[1])
    places: tuple[dict[int, int], dict[int, int]] = ({}, {})
    for place, both in enumerate(layers, 1):
        for side, item in zip(places, both, strict=True):
            if item is not None:
                side[item[0]] = place
    before = [(step, _placed(step, names, places[0])) for step in _steps(old)]
    after = [(step, _placed(step, {}, places[1])) for step in _steps(new)]
    steps: list[Step] = []
    pairings: dict[int, Pairing] = {}
    for number, (was, became) in enumerate(_paired(before, after), 1):
        known = became or was
        if known is not None:
            steps.append(replace(known[1], number=number))
            pairings[number] = Pairing(was[0] if was else None, became[0] if became else None)
    gone = {names.get(name, name): each for name, each in old.functions.items()}
    flow = Flow(
        replace(new.subject, settings=_settings(old.subject, new.subject, names, diff)),
        tuple(_stages(old, new, steps)),
        {**gone, **new.functions},
        new.hidden,
        new.gaps,
        tuple(dict.fromkeys((*old.missing, *new.missing))),
        new.holes,
    )
    return Union(flow, pairings, names)


def merged(
    old: Sequence[_Item], new: Sequence[_Item], *, key: Callable[[_Item], Hashable]
) -> list[tuple[_Item | None, _Item | None]]:
    """Two sequences as one: items that are equal by `key` and in the same order stand together, what is on one side
    only stands where it stood there, the old before the new.
    """
    result: list[tuple[_Item | None, _Item | None]] = []
    match = SequenceMatcher(None, list(map(key, old)), list(map(key, new)), autojunk=False)
    for name, start, stop, first, last in match.get_opcodes():
        if name == "equal":
            result += zip(old[start:stop], new[first:last], strict=True)
        else:
            result += [(item, None) for item in old[start:stop]]
            result += [(None, item) for item in new[first:last]]
    return result


def _in_place(old: Sequence[_Item], new: Sequence[_Item], *, key: Callable[[_Item], Hashable]) -> list[_Item]:
    """Both as one, each of their items once: what only changed its place has that of the new side."""
    stays = {key(item) for item in new}
    found: list[_Item] = []
    for was, became in merged(old, new, key=key):
        if became is not None:
            found.append(became)
        elif was is not None and key(was) not in stays:
            found.append(was)
    return found


def _steps(flow: Flow) -> list[Step]:
    return sorted((step for stage in flow.stages for step in stage.steps), key=lambda step: step.number)


def _layers(flow: Flow, names: Mapping[FunctionName, FunctionName]) -> dict[int, tuple[str, ...]]:
    """By what each layer is known on the other side: the classes it calls that the settings name."""
    paths = _paths(names)
    listed = {paths.get(text, text) for text in flow.subject.texts()}
    found: dict[int, set[str]] = {}
    for step in _steps(flow):
        for layer in (step.caller_layer, step.layer):
            if layer:
                found.setdefault(layer, set())
        if step.caller_layer and not step.layer:
            callee = names.get(step.callee, step.callee)
            owner = f"{callee.module}.{callee.qualname.rpartition('.')[0]}"
            if owner in listed:
                found[step.caller_layer].add(owner)
    return {layer: tuple(sorted(found[layer])) for layer in sorted(found)}


def _placed(step: Step, names: Mapping[FunctionName, FunctionName], layers: Mapping[int, int]) -> Step:
    """A step under the names and layers of the union."""
    return replace(
        step,
        caller=names.get(step.caller, step.caller),
        callee=names.get(step.callee, step.callee),
        caller_layer=layers.get(step.caller_layer, 0),
        layer=layers.get(step.layer, 0),
    )


# A step as it was, and as it is in the union.
_Known = tuple[Step, Step]


def _paired(before: Sequence[_Known], after: Sequence[_Known]) -> list[tuple[_Known | None, _Known | None]]:
    """Calls of one box by another are the same, the first the first; what is gone follows what it followed."""
    waiting: dict[tuple[object, ...], list[int]] = {}
    for place, (_, step) in enumerate(after):
        waiting.setdefault(_ends(step), []).append(place)
    partners: dict[int, _Known] = {}
    following: dict[int, list[_Known]] = {}
    last = -1
    for known in before:
        same = waiting.get(_ends(known[1]))
        if same:
            last = same.pop(0)
            partners[last] = known
        else:
            following.setdefault(last, []).append(known)
    result: list[tuple[_Known | None, _Known | None]] = [(known, None) for known in following.get(-1, ())]
    for place, known in enumerate(after):
        result.append((partners.get(place), known))
        result += [(gone, None) for gone in following.get(place, ())]
    return result


def _ends(step: Step) -> tuple[object, ...]:
    return step.caller, step.caller_layer, step.callee, step.layer


def _stages(old: Flow, new: Flow, steps: Sequence[Step]) -> Iterator[Stage]:
    for stage in _in_place(old.stages, new.stages, key=lambda stage: stage.id):
        yield replace(stage, steps=tuple(step for step in steps if step.stage == stage.id))


def _settings(
    old: Subject, new: Subject, names: Mapping[FunctionName, FunctionName], diff: FlowDiff
) -> Mapping[str, object]:
    """Those of the new side; its lists hold what the old one's had, too, so that what is gone keeps its row."""
    paths = _paths(names)
    heirs = {each.new: each.old for each in diff.changes if each.kind is Kind.SETTING_CHANGED and each.old and each.new}
    settings = dict(new.settings)
    for name, value in new.settings.items():
        was = _renamed(old.settings.get(heirs.get(name, name)), paths)
        if isinstance(was, list | tuple) and isinstance(value, list | tuple):
            settings[name] = _in_place(list(was), list(value), key=repr)
    return settings


def _paths(names: Mapping[FunctionName, FunctionName]) -> dict[str, str]:
    """The dotted names that settings may use: of functions, and of the classes that took theirs along."""
    found: dict[str, str] = {}
    for was, now in names.items():
        one, other = (
            [name.module] if name.qualname == MODULE_BODY else [name.module, *name.qualname.split(".")]
            for name in (was, now)
        )
        found[".".join(one)] = ".".join(other)
        if len(one) == len(other) > 2 and one[-1] == other[-1]:
            found[".".join(one[:-1])] = ".".join(other[:-1])
    return found


def _renamed(value: object, paths: Mapping[str, str]) -> object:
    if isinstance(value, str):
        return paths.get(value, value)
    return [_renamed(item, paths) for item in value] if isinstance(value, list | tuple) else value
