"""The flow in Mermaid's two languages: a flowchart of stages, and a sequence of calls."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.flow.model import Flow, Step
from flowmap.render import labels
from flowmap.render.palette import ArrowKind
from flowmap.render.picture import picture_of

MOST_CHARACTERS: Final = 50_000
MOST_EDGES: Final = 500
"""Mermaid's own limits (`maxTextSize`, `maxEdges`), which GitHub leaves as they are."""

_ENTITIES: Final = {"#": "#35;", '"': "#quot;", ";": "#59;", "<": "#lt;", ">": "#gt;"}


def render_mermaid(flow: Flow) -> str:
    """`flow.mmd`: a flowchart with a subgraph a stage and a numbered link a step, within GitHub's limits."""
    return _within_limits(flow, _flowchart)


def render_sequence(flow: Flow) -> str:
    """`sequence.mmd`: a sequence diagram with a participant a module, within GitHub's limits."""
    return _within_limits(flow, _sequence)


def _within_limits(flow: Flow, write: Callable[[Flow], Iterator[str]]) -> str:
    """The whole flow where it fits; else as many of its first steps as do, the rest counted where it was left out.

    Every stage keeps its share of them, so that a long one does not take the others away.
    """
    text = _text(write(flow))
    longest = max((len(stage.steps) for stage in flow.stages), default=0)
    if _fits(text, flow):
        return text
    # The most steps a stage that still fit: what is longer with one more stays so.
    low, high = 0, longest
    while low < high:
        middle = (low + high + 1) // 2
        part = _shortened(flow, middle)
        low, high = (middle, high) if _fits(_text(write(part)), part) else (low, middle - 1)
    return _text(write(_shortened(flow, low)))


def _fits(text: str, flow: Flow) -> bool:
    return len(text) <= MOST_CHARACTERS and sum(len(stage.steps) for stage in flow.stages) <= MOST_EDGES


def _shortened(flow: Flow, most: int) -> Flow:
    """The first steps of each stage; those that are left out count as hidden."""
    hidden = dict(flow.hidden)
    for stage in flow.stages:
        if len(stage.steps) > most:
            hidden[stage.id] = hidden.get(stage.id, 0) + len(stage.steps) - most
    stages = tuple(replace(stage, steps=stage.steps[:most]) for stage in flow.stages if most)
    return replace(flow, stages=stages, hidden=hidden)


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


def _flowchart(flow: Flow) -> Iterator[str]:
    picture = picture_of(flow)
    names = {box.key: f"n{number}" for number, box in enumerate(b for lane in picture.lanes for b in lane.boxes)}
    yield from ("---", f'title: "{quoted(labels.headline(flow.subject) + _elsewhere(flow))}"', "---", "flowchart TB")
    for number, lane in enumerate(picture.lanes):
        hidden = _count(lane.hidden)
        missing = " (not reached)" if lane.missing else ""
        yield f'  subgraph s{number}["{quoted(lane.title + hidden + missing)}"]'
        yield "    direction LR"
        for box in lane.boxes:
            layer = f" (layer {box.key.layer})" if box.key.layer else ""
            text = f"{quoted(box.key.function.qualname + layer)}<br/>{quoted(labels.place(box.function))}"
            yield f'    {names[box.key]}["{text}"]'
        yield "  end"
    through = {step.number: _through(step) for stage in flow.stages for step in stage.steps}
    for arrow in picture.arrows:
        if arrow.number:
            dashed = "-->" if arrow.kind in {ArrowKind.CALL, ArrowKind.RETURNING} else "-.->"
            label = quoted(arrow.words + through[arrow.number])
            yield f'  {names[arrow.tail]} {dashed}|"{label}"| {names[arrow.head]}'


def _sequence(flow: Flow) -> Iterator[str]:
    yield from ("sequenceDiagram", "  autonumber")
    steps = sorted((step for stage in flow.stages for step in stage.steps), key=lambda step: step.number)
    modules = dict.fromkeys(name.module for step in steps for name in (step.caller, step.callee))
    participants = {module: f"p{number}" for number, module in enumerate(modules)}
    for module, participant in participants.items():
        yield f"  participant {participant} as {quoted(module)}"
    if (elsewhere := _elsewhere(flow)) and participants:
        yield f"  Note over {next(iter(participants.values()))}: {quoted(elsewhere.strip())}"
    titles = {stage.id: stage.title + _count(flow.hidden.get(stage.id, 0)) for stage in flow.stages}
    current = ""
    for step in steps:
        if step.stage != current:
            current = step.stage
            yield f"  Note over {participants[step.callee.module]}: {quoted(titles[current])}"
        yield f"  {_message(step, participants)}"


def _through(step: Step) -> str:
    """An arrow over functions that are not shown says how many."""
    return f" (through {len(step.through)} not shown)" if step.through else ""


def _elsewhere(flow: Flow) -> str:
    count = flow.hidden_elsewhere
    return f" (+{count} calls of other stages not shown)" if count else ""


def _count(hidden: int) -> str:
    return f" (+{hidden} calls not shown)" if hidden else ""


def _message(step: Step, participants: dict[str, str]) -> str:
    arrow = "->>" if step.evidence is Evidence.CALL else "-->>"
    evidence = "" if step.evidence is Evidence.CALL else f" [{step.evidence}]"
    layer = f" (layer {step.layer})" if step.layer else ""
    target = quoted(step.callee.qualname + layer + evidence + _through(step))
    return f"{participants[step.caller.module]}{arrow}{participants[step.callee.module]}: {target}"


def quoted(text: str) -> str:
    """Mermaid's entities for what would end a string, a statement or a tag."""
    return "".join(_ENTITIES.get(character, character) for character in text)
