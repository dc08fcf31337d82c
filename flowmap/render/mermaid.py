"""The flow in Mermaid's two languages: a flowchart of stages, and a sequence of calls."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.flow.model import Flow, Step
from flowmap.render import labels
from flowmap.render.palette import ArrowKind
from flowmap.render.picture import picture_of

_ENTITIES: Final = {"#": "#35;", '"': "#quot;", ";": "#59;", "<": "#lt;", ">": "#gt;"}


def render_mermaid(flow: Flow) -> str:
    """`flow.mmd`: a flowchart with a subgraph a stage and a numbered link a step."""
    return "\n".join(_flowchart(flow)) + "\n"


def render_sequence(flow: Flow) -> str:
    """`sequence.mmd`: a sequence diagram with a participant a module."""
    return "\n".join(_sequence(flow)) + "\n"


def _flowchart(flow: Flow) -> Iterator[str]:
    picture = picture_of(flow)
    names = {box.key: f"n{number}" for number, box in enumerate(b for lane in picture.lanes for b in lane.boxes)}
    yield from ("---", f'title: "{_quoted(labels.headline(flow.subject))}"', "---", "flowchart TB")
    for number, lane in enumerate(picture.lanes):
        hidden = f" (+{lane.hidden} calls not shown)" if lane.hidden else ""
        missing = " (not reached)" if lane.missing else ""
        yield f'  subgraph s{number}["{_quoted(lane.title + hidden + missing)}"]'
        yield "    direction LR"
        for box in lane.boxes:
            layer = f" (layer {box.key.layer})" if box.key.layer else ""
            text = f"{_quoted(box.key.function.qualname + layer)}<br/>{_quoted(labels.place(box.function))}"
            yield f'    {names[box.key]}["{text}"]'
        yield "  end"
    for arrow in picture.arrows:
        if arrow.number:
            dashed = "-->" if arrow.kind in {ArrowKind.CALL, ArrowKind.RETURNING} else "-.->"
            yield f'  {names[arrow.tail]} {dashed}|"{_quoted(arrow.label)}"| {names[arrow.head]}'


def _sequence(flow: Flow) -> Iterator[str]:
    yield from ("sequenceDiagram", "  autonumber")
    steps = sorted((step for stage in flow.stages for step in stage.steps), key=lambda step: step.number)
    modules = dict.fromkeys(name.module for step in steps for name in (step.caller, step.callee))
    participants = {module: f"p{number}" for number, module in enumerate(modules)}
    for module, participant in participants.items():
        yield f"  participant {participant} as {_quoted(module)}"
    titles = {stage.id: stage.title for stage in flow.stages}
    current = ""
    for step in steps:
        if step.stage != current:
            current = step.stage
            yield f"  Note over {participants[step.callee.module]}: {_quoted(titles[current])}"
        yield f"  {_message(step, participants)}"


def _message(step: Step, participants: dict[str, str]) -> str:
    arrow = "->>" if step.evidence is Evidence.CALL else "-->>"
    evidence = "" if step.evidence is Evidence.CALL else f" [{step.evidence}]"
    layer = f" (layer {step.layer})" if step.layer else ""
    target = _quoted(step.callee.qualname + layer + evidence)
    return f"{participants[step.caller.module]}{arrow}{participants[step.callee.module]}: {target}"


def _quoted(text: str) -> str:
    """Mermaid's entities for what would end a string, a statement or a tag."""
    return "".join(_ENTITIES.get(character, character) for character in text)
