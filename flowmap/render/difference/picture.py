"""The union of two flows as a picture: every box and arrow with its state, folded where nothing changed near by."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from flowmap.compare import FlowDiff, Kind
from flowmap.flow.model import Flow, Step, Subject
from flowmap.names import FunctionName
from flowmap.render import labels
from flowmap.render.difference.states import States, states_of
from flowmap.render.difference.union import Pairing, Union, union_of
from flowmap.render.palette import STATES, ArrowKind, State
from flowmap.render.picture import Arrow, Box, Entered, Lane, Picture, explain, picture_of, shortened

# Settings that the heading names, and characters of each of its lines.
_SETTINGS: Final = 4
_LINE_LIMIT: Final = 170
# Sentences about a function that its title has.
_SAID: Final = 4


@dataclass(frozen=True, slots=True)
class Difference:
    """Both flows as one picture. `was` has, by anchor, what stands on a box (name, place) or an arrow (number) of it
    when only the old side is shown.
    """

    picture: Picture
    was: Mapping[str, tuple[str, ...]]


def difference_of(old: Flow, new: Flow, diff: FlowDiff) -> Difference:
    """One picture of both flows. Boxes and arrows that are the same on both sides are left out where nothing near them
    changed, and counted as hidden calls of their stages; what opens a stage always stays.
    """
    union = union_of(old, new, diff)
    states = states_of(union, diff)
    whole = picture_of(union.flow)
    was = {now: name for name, now in union.names.items()}
    lanes = [replace(lane, boxes=tuple(_box(box, states, was) for box in lane.boxes)) for lane in whole.lanes]
    # Where the response passes on is no call, and would be that of neither side.
    arrows = [
        _arrow(arrow, union.pairings[arrow.number], states, diff)
        for arrow in whole.arrows
        if arrow.kind is not ArrowKind.PASSAGE
    ]
    picture = _folded(replace(whole, heading=tuple(_heading(diff, lanes, arrows))), lanes, arrows, union)
    return Difference(picture, dict(_before(picture, old, was, union)))


def _before(
    picture: Picture, old: Flow, was: Mapping[FunctionName, FunctionName], union: Union
) -> Iterator[tuple[str, tuple[str, ...]]]:
    for lane in picture.lanes:
        for box in lane.boxes:
            function = old.functions.get(was.get(box.key.function, box.key.function))
            if function is not None and box.state is not State.ADDED:
                yield box.anchor, (labels.box_name(replace(box, function=function)), labels.place(function))
    for arrow in picture.arrows:
        step = union.pairings[arrow.number].old
        if step is not None and arrow.state is not None:
            yield arrow.anchor, (f"{STATES[arrow.state].sign}{step.number}",)


def _folded(whole: Picture, lanes: list[Lane], arrows: list[Arrow], union: Union) -> Picture:
    near = {box.key for lane in lanes for box in lane.boxes if box.state is not State.UNCHANGED or box.landmark}
    near |= {key for arrow in arrows if arrow.state is not State.UNCHANGED for key in (arrow.tail, arrow.head)}
    # What first enters a box says where it is.
    entered: dict[Entered, Entered] = {}
    for arrow in arrows:
        entered.setdefault(arrow.head, arrow.tail)
    near |= {entered[key] for key in near if key in entered}
    kept = [arrow for arrow in arrows if arrow.tail in near and arrow.head in near]
    stages = {step.number: step.stage for stage in union.flow.stages for step in stage.steps}
    hidden = {lane.id: lane.hidden for lane in lanes}
    for number in {arrow.number for arrow in arrows} - {arrow.number for arrow in kept}:
        hidden[stages[number]] += 1
    shown = tuple(
        replace(lane, boxes=tuple(box for box in lane.boxes if box.key in near), hidden=hidden[lane.id])
        for lane in lanes
    )
    return replace(whole, lanes=shown, arrows=tuple(kept))


def _box(box: Box, states: States, was: Mapping[FunctionName, FunctionName]) -> Box:
    state = states.boxes[box.key]
    name = box.key.function
    lines = [f"{_meaning(state)}: {labels.box_tooltip(box)}"]
    said = states.said.get(name, ())
    lines += [f"- {sentence}" for sentence in said[:_SAID]]
    if len(said) > _SAID:
        lines.append(f"and {len(said) - _SAID} more")
    note = f"was {labels.elided(str(was[name]), labels.PLACE_LIMIT - 4)}" if name in was else ""
    return replace(box, state=state, note=note, tooltip="\n".join(lines))


def _arrow(arrow: Arrow, pairing: Pairing, states: States, diff: FlowDiff) -> Arrow:
    state = states.arrows[arrow.number]
    sides = [(step, subject) for step, subject in ((pairing.old, diff.old), (pairing.new, diff.new)) if step]
    number = sides[-1][0].number
    words = "\n".join(f"in {_name(subject)}: {explain(step)}" for step, subject in _distinct(sides, state))
    return replace(
        arrow, state=state, words=f"{STATES[state].sign}{number}", through=0, tooltip=f"{_meaning(state)} call\n{words}"
    )


def _distinct(sides: list[tuple[Step, Subject]], state: State) -> list[tuple[Step, Subject]]:
    return sides if state is State.CHANGED else sides[-1:]


def _meaning(state: State) -> str:
    return STATES[state].meaning.removeprefix(STATES[state].sign).strip()


def _heading(diff: FlowDiff, lanes: list[Lane], arrows: list[Arrow]) -> Iterator[str]:
    yield f"{_name(diff.old)} \u2192 {_name(diff.new)}: {diff.new.entry}"
    boxes = [box.state for lane in lanes for box in lane.boxes]
    calls = [arrow.state for arrow in arrows]
    yield "  \u00b7  ".join((f"functions: {_counts(boxes)}", f"calls: {_counts(calls)}"))
    # Tales have the lists first, the order of which is that of the layers.
    settings = [tale.sentence for tale in diff.tales if tale.changes[0].kind is Kind.SETTING_CHANGED]
    for sentence in settings[:_SETTINGS]:
        yield shortened(sentence, _LINE_LIMIT)
    if len(settings) > _SETTINGS:
        yield f"and {len(settings) - _SETTINGS} more settings"
    yield from (f"note: {shortened(note, _LINE_LIMIT)}" for note in diff.notes)


def _counts(states: list[State | None]) -> str:
    return ", ".join(f"{states.count(state)} {_meaning(state)}" for state in State if state in states)


def _name(subject: Subject) -> str:
    return f"{subject.distribution} {subject.version}"
