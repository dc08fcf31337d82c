"""What a comparison says of each box and arrow of the union: added, removed, changed, renamed, or none of these."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from flowmap.compare import FlowDiff, Kind
from flowmap.names import FunctionName
from flowmap.render.difference.union import Pairing, Union
from flowmap.render.palette import State
from flowmap.render.picture import Entered

# What is drawn on one side only came or went if one of these says so; else it is only not drawn there.
_COMINGS = (
    Kind.FUNCTION_ADDED,
    Kind.FUNCTION_REMOVED,
    Kind.CALL_ADDED,
    Kind.CALL_REMOVED,
    Kind.CALL_RETARGETED,
    Kind.STEP_GAINED,
    Kind.STEP_LOST,
)
_INSIDES = (
    Kind.BODY_CHANGED,
    Kind.SIGNATURE_CHANGED,
    Kind.CALLS_REORDERED,
)


@dataclass(frozen=True, slots=True)
class States:
    """`boxes` by function and layer, `arrows` by the number of their step; `said` has the sentences about each
    function.
    """

    boxes: Mapping[Entered, State]
    arrows: Mapping[int, State]
    said: Mapping[FunctionName, tuple[str, ...]]


def states_of(union: Union, diff: FlowDiff) -> States:
    """The state of everything in the union. What is on one side only is added or removed, whatever else it is, unless
    the other side has it and does not draw it.
    """
    sides: dict[Entered, set[bool]] = {}
    turned = {side for each in diff.changes if each.kind in _COMINGS for side in (each.old, each.new)}
    for stage in union.flow.stages:
        for step in stage.steps:
            pairing = union.pairings[step.number]
            met_on = _sides_of(pairing, turned)
            for key in (Entered(step.caller, step.caller_layer), Entered(step.callee, step.layer)):
                met = sides.setdefault(key, set())
                met.update(met_on)
    changed = {FunctionName.parse(each.new) for each in diff.changes if each.kind in _INSIDES}
    boxes = {key: _box(key.function, met, changed, set(union.names.values())) for key, met in sides.items()}
    arrows = {number: _arrow(each, turned) for number, each in union.pairings.items()}
    return States(boxes, arrows, _said(diff, union))


def _sides_of(pairing: Pairing, turned: Collection[str]) -> Collection[bool]:
    """On which sides a call is: the old (False), the new (True)."""
    only = pairing.old or pairing.new
    if only is None or (pairing.old and pairing.new) or f"{only.caller} -> {only.callee}" not in turned:
        return (False, True)
    return (pairing.old is None,)


def _box(name: FunctionName, met: set[bool], changed: set[FunctionName], renamed: set[FunctionName]) -> State:
    if met != {False, True}:
        return State.ADDED if met == {True} else State.REMOVED
    if name in renamed:
        return State.RENAMED
    return State.CHANGED if name in changed else State.UNCHANGED


def _arrow(pairing: Pairing, turned: Collection[str]) -> State:
    sides = _sides_of(pairing, turned)
    if len(sides) == 1:
        return State.ADDED if True in sides else State.REMOVED
    if pairing.old is None or pairing.new is None:
        return State.UNCHANGED
    old, new = pairing.old, pairing.new
    is_same = (old.evidence, old.condition, old.returning) == (new.evidence, new.condition, new.returning)
    return State.UNCHANGED if is_same else State.CHANGED


def _said(diff: FlowDiff, union: Union) -> Mapping[FunctionName, tuple[str, ...]]:
    found: dict[FunctionName, dict[str, None]] = {}
    for change in diff.changes:
        for side in (change.old, change.new):
            if ":" in side and " -> " not in side:
                name = FunctionName.parse(side)
                found.setdefault(union.names.get(name, name), {})[change.sentence] = None
    return {name: tuple(sentences) for name, sentences in found.items()}
