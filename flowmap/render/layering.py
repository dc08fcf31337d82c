"""What a setting lists is drawn in its order: a row for each class of the list, a column for each of its hooks.

A middleware is such a class: its row has what wraps it (where a release wraps each one), then its hooks in the order in
which the request, and then the response, comes by them. No hook and no setting is known by name: what counts is that
classes which one list of the settings names are called in one lane.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flowmap.flow.model import Subject
from flowmap.render.picture import Arrow, Box, Entered, Lane


@dataclass(frozen=True, slots=True)
class LayerTable:
    """Row and column, from 0, of the boxes that are layers or hooks of a lane; the other boxes have none."""

    cells: Mapping[Entered, tuple[int, int]]


def layer_table(lane: Lane, arrows: Sequence[Arrow], subject: Subject) -> LayerTable | None:
    """The table of a lane that is mostly layers and their hooks; None where it is something else."""
    wrappers = [box for box in lane.boxes if box.key.layer]
    hooks = {box.key: _class_of(box) for box in lane.boxes if not box.key.layer and _class_of(box)}
    order = _listed(set(hooks.values()), subject)
    hooks = {key: owner for key, owner in hooks.items() if owner in order}
    named = _named_by_wrappers(wrappers, hooks, arrows)
    if len(order) < 2 or 2 * (len(hooks) + len(wrappers)) <= len(lane.boxes):
        return None
    rows = _rows(order, sorted({box.key.layer for box in wrappers}), named)
    columns = [*dict.fromkeys(box.key.function for box in wrappers)]
    methods = [*dict.fromkeys(key.function.qualname.rpartition(".")[2] for key in _in_order(hooks, arrows))]
    cells: dict[Entered, tuple[int, int]] = {}
    for box in wrappers:
        cells[box.key] = rows[box.key.layer], columns.index(box.key.function)
    for key, owner in hooks.items():
        method = key.function.qualname.rpartition(".")[2]
        cells[key] = rows[owner], len(columns) + methods.index(method)
    return LayerTable(cells)


def _class_of(box: Box) -> str:
    """The dotted name of the class that a method stands in."""
    name = box.key.function
    owner, _, method = name.qualname.rpartition(".")
    return f"{name.module}.{owner}" if owner and method and "<" not in owner else ""


def _listed(owners: set[str], subject: Subject) -> list[str]:
    """Those classes that one list of the settings names, in its order: the list that names most."""
    found = ([text for text in texts if text in owners] for texts in _lists(subject.settings))
    return max(map(list, map(dict.fromkeys, found)), key=len, default=[])


def _lists(value: object) -> Iterator[list[str]]:
    """The texts of every list in a setting's value, however deep; what has no order is none."""
    if isinstance(value, list | tuple):
        yield [each for each in value if isinstance(each, str)]
    members = value.values() if isinstance(value, Mapping) else value if isinstance(value, list | tuple) else ()
    for each in members:
        yield from _lists(each)


def _named_by_wrappers(
    wrappers: Sequence[Box], hooks: Mapping[Entered, str], arrows: Sequence[Arrow]
) -> Mapping[int, str]:
    """The class of each layer, by the hook that what wraps it calls."""
    keys = {box.key for box in wrappers}
    named: dict[int, str] = {}
    for arrow in arrows:
        if arrow.tail in keys and arrow.head in hooks and arrow.number:
            named.setdefault(arrow.tail.layer, hooks[arrow.head])
    return named


def _rows(order: Sequence[str], layers: Sequence[int], named: Mapping[int, str]) -> dict[str | int, int]:
    """The row of each class, and of each layer, which has that of its class.

    A layer of which no class is known stands after the layer around it, and before what the list has next.
    """
    wrapped = set(named.values())
    sequence: list[str | int] = []
    waiting = list(order)
    for layer in layers:
        owner = named.get(layer)
        passed = waiting.index(owner) + 1 if owner in waiting else 0
        sequence += [*(each for each in waiting[:passed] if each not in wrapped), layer]
        del waiting[:passed]
    sequence += [each for each in waiting if each not in wrapped]
    rows = {each: row for row, each in enumerate(sequence)}
    return rows | {owner: rows[layer] for layer, owner in sorted(named.items(), reverse=True)}


def _in_order(hooks: Mapping[Entered, str], arrows: Sequence[Arrow]) -> list[Entered]:
    """The hooks by the first step into each."""
    entered = {arrow.head: arrow.number for arrow in reversed(arrows) if arrow.number}
    return sorted(hooks, key=lambda key: (entered.get(key, len(arrows)), key))
