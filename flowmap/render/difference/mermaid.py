"""What changed on the way of a request as Mermaid, for Markdown that GitHub shows: a flowchart of the calls alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.compare import FlowDiff, Kind
from flowmap.compare.sides import ends
from flowmap.names import FunctionName
from flowmap.render.mermaid import quoted
from flowmap.render.palette import STATES, State

# GitHub draws no chart of 500 arrows or more, and nobody reads one of a hundred.
ARROWS: Final = 60
_MATCHED: Final = (Kind.FUNCTION_MOVED, Kind.FUNCTION_RENAMED)
_STATES: Final = {
    Kind.FUNCTION_ADDED: State.ADDED,
    Kind.FUNCTION_REMOVED: State.REMOVED,
    Kind.FUNCTION_MOVED: State.RENAMED,
    Kind.FUNCTION_RENAMED: State.RENAMED,
    Kind.BODY_CHANGED: State.CHANGED,
    Kind.SIGNATURE_CHANGED: State.CHANGED,
    Kind.CALLS_REORDERED: State.CHANGED,
}
# Mermaid has no empty head; a cross says gone as well.
_LINES: Final = {State.ADDED: "==>", State.REMOVED: "-.-x", State.CHANGED: "-->"}

_Call = tuple[State, FunctionName, FunctionName, str]


def difference_mermaid(diff: FlowDiff) -> str:
    """A flowchart of the calls on the flow that came, went and changed, in their stages; empty where there is none.
    Past ARROWS of them the nearest to the landmarks are drawn, and the others counted.
    """
    calls = list(dict.fromkeys(_calls(diff)))
    if not calls:
        return ""
    shown = calls[:ARROWS]
    return "\n".join(_lines(diff, shown, len(calls) - len(shown)))


def _calls(diff: FlowDiff) -> Iterator[_Call]:
    names = {
        FunctionName.parse(each.old): FunctionName.parse(each.new) for each in diff.changes if each.kind in _MATCHED
    }
    near = [each for each in diff.changes if each.stage and (" -> " in each.old or " -> " in each.new)]
    for change in sorted(near, key=lambda each: each.distance or 0):
        sides = [tuple(names.get(name, name) for name in ends(side)) for side in (change.old, change.new)]
        if sides[0] == sides[1]:
            yield State.CHANGED, sides[0][0], sides[0][1], change.stage
            continue
        for state, pair in zip((State.REMOVED, State.ADDED), sides, strict=True):
            if len(pair) == 2:
                yield state, pair[0], pair[1], change.stage


def _lines(diff: FlowDiff, calls: list[_Call], more: int) -> Iterator[str]:
    states: dict[FunctionName, State] = {}
    stages: dict[FunctionName, str] = {}
    for change in diff.changes:
        state = _STATES.get(change.kind)
        if state is not None and change.stage:
            name = FunctionName.parse(change.new or change.old)
            states.setdefault(name, state)
            stages.setdefault(name, change.stage)
    for _, caller, callee, stage in calls:
        stages.setdefault(callee, stage)
        stages.setdefault(caller, stage)
    met = dict.fromkeys(name for _, caller, callee, _ in calls for name in (caller, callee))
    numbers = {name: f"n{number}" for number, name in enumerate(met)}
    yield "flowchart LR"
    for number, stage in enumerate(dict.fromkeys(stages[name] for name in met)):
        yield f'  subgraph s{number}["{quoted(stage)}"]'
        for name in met:
            if stages[name] == stage:
                state = states.get(name, State.UNCHANGED)
                words = f"{STATES[state].sign} {name.qualname}".strip()
                yield f'    {numbers[name]}["{quoted(words)}<br/>{quoted(name.module)}"]:::{state}'
        yield "  end"
    for state, caller, callee, _ in calls:
        yield f'  {numbers[caller]} {_LINES[state]}|"{STATES[state].sign}"| {numbers[callee]}'
    if more:
        yield f'  more["and {more} more calls"]:::{State.UNCHANGED}'
    for state in State:
        style = STATES[state]
        dashes = {"dashed": ",stroke-dasharray:6 4", "dotted": ",stroke-dasharray:2 3"}.get(style.style, "")
        yield f"  classDef {state} stroke:{style.colour},stroke-width:{style.border:g}px{dashes}"
    for state, style in STATES.items():
        if places := [str(place) for place, call in enumerate(calls) if call[0] is state]:
            yield f"  linkStyle {','.join(places)} stroke:{style.colour},stroke-width:2px"
