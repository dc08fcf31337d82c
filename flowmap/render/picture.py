"""What is on the picture, before anything has a place: lanes, boxes and arrows, made from a flow."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Final, NamedTuple

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Function, Gap, NodeKind
from flowmap.flow.model import Flow, Step, Subject
from flowmap.flow.sightings import Mark, Sightings
from flowmap.names import FunctionName, Origin
from flowmap.render.palette import ArrowKind, State, kind_of

# Characters of a test on an arrow; the tooltip has all of it.
CONDITION_LIMIT: Final = 26
# What stands in the brackets of a call, with those of calls in it.
_ARGUMENTS: Final = re.compile(r"(?<=\w)\((?!\))(?:[^()]|\([^()]*\))*\)")
STARTING: Final = "Once, at the start"
SERVING: Final = "Each request"


class Entered(NamedTuple):
    """A function in one of its layers: what one box stands for."""

    function: FunctionName
    layer: int


@dataclass(frozen=True, slots=True)
class Box:
    """One function (in one layer) on the picture. `anchor` is its id in SVG and DOT."""

    key: Entered
    anchor: str
    function: Function
    landmark: bool
    # What the layer is of, when its calls say so: the one class whose methods it calls.
    layer_title: str
    # What a comparison says of it, and what is to be read under its name then.
    state: State | None = None
    note: str = ""
    tooltip: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One step, or one passage of the response between two steps of its way back (`number` is 0 then)."""

    anchor: str
    number: int
    tail: Entered
    head: Entered
    kind: ArrowKind
    words: str
    tooltip: str
    # What a recording says of it, where there is one.
    mark: Mark | None = None
    # How many functions it goes through that have no box.
    through: int = 0
    # What a comparison says of it.
    state: State | None = None

    @property
    def label(self) -> str:
        """What stands at the arrow: `7 thread (+3) if use_reloader`."""
        number, *more = self.words.split(" if ", 1)
        return " if ".join((f"{number} (+{self.through})", *more)) if self.through else self.words


@dataclass(frozen=True, slots=True)
class Lane:
    """One stage. A lane without boxes is a stage that the analysis did not reach."""

    id: str
    title: str
    boxes: tuple[Box, ...]
    hidden: int
    missing: bool = False
    # What stands over the lane that begins the start-up, or the request.
    half: str = ""


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that is drawn, in the order of the flow."""

    subject: Subject
    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    gaps: int
    holes: tuple[Gap, ...] = ()
    # Calls of stages that are not shown at all.
    elsewhere: int = 0
    # What stands above it, headline first, where that is not its subject.
    heading: tuple[str, ...] = ()


def picture_of(
    flow: Flow,
    *,
    stage_order: Sequence[str] = (),
    sightings: Sightings | None = None,
    once: frozenset[str] = frozenset(),
) -> Picture:
    """The lanes, boxes and arrows of a flow. `stage_order` (ids or titles) puts the missing stages in their places.

    `sightings` mark the arrows, and add those that were seen between the boxes and not found. `once` are the ids of the
    stages that happen once; the two halves are headed where the flow has both.
    """
    steps = sorted((step for stage in flow.stages for step in stage.steps), key=lambda step: step.number)
    lane_of = _lane_of_boxes(steps)
    anchors = _anchors(lane_of)
    landmarks = {stage.landmark for stage in flow.stages}
    titles = _layer_titles(steps, lane_of)
    boxes: dict[str, list[Box]] = {stage.id: [] for stage in flow.stages}
    for key, stage in lane_of.items():
        function = flow.functions.get(key.function) or Function(key.function, NodeKind.EXTERNAL, Origin.STDLIB)
        boxes[stage].append(Box(key, anchors[key], function, key.function in landmarks, titles.get(key, "")))
    lanes = [Lane(stage.id, stage.title, tuple(boxes[stage.id]), flow.hidden.get(stage.id, 0)) for stage in flow.stages]
    holes = [Lane(name, name, (), 0, missing=True) for name in flow.missing]
    arrows = (*(_arrow(step, sightings) for step in steps), *_passages(steps), *_not_found(lane_of, sightings))
    return Picture(
        flow.subject,
        _headed(_in_order(lanes, holes, stage_order), once),
        arrows,
        len(flow.gaps),
        flow.holes,
        flow.hidden_elsewhere,
    )


def _headed(lanes: tuple[Lane, ...], once: frozenset[str]) -> tuple[Lane, ...]:
    """The lanes, with what each half is over the first one of it."""
    halves = [STARTING if lane.id in once else SERVING for lane in lanes]
    if len(set(halves)) < 2:
        return lanes
    begins = [half if half not in halves[:place] else "" for place, half in enumerate(halves)]
    return tuple(replace(lane, half=half) for lane, half in zip(lanes, begins, strict=True))


def _lane_of_boxes(steps: Sequence[Step]) -> dict[Entered, str]:
    """Where each box stands, in order of entry: the stage it is first entered in, or first calls from."""
    entered_in: dict[Entered, str] = {}
    for step in steps:
        entered_in.setdefault(Entered(step.callee, step.layer), step.stage)
    lane_of: dict[Entered, str] = {}
    for step in steps:
        caller, callee = Entered(step.caller, step.caller_layer), Entered(step.callee, step.layer)
        lane_of.setdefault(caller, entered_in.get(caller, step.stage))
        lane_of.setdefault(callee, entered_in[callee])
    return lane_of


def _anchors(keys: Sequence[Entered] | dict[Entered, str]) -> dict[Entered, str]:
    """Ids that hold for XML and CSS alike; two names that fold into one get a number."""
    anchors: dict[Entered, str] = {}
    taken: set[str] = set()
    for key in keys:
        text = re.sub(r"[^A-Za-z0-9_.-]+", "-", str(key.function)).strip("-")
        anchor = f"node-{text}-layer-{key.layer}" if key.layer else f"node-{text}"
        unique, count = anchor, 1
        while unique in taken:
            count += 1
            unique = f"{anchor}-{count}"
        taken.add(unique)
        anchors[key] = unique
    return anchors


def _layer_titles(steps: Sequence[Step], lane_of: dict[Entered, str]) -> dict[Entered, str]:
    """The class of the methods that a layer calls in its own lane, where there is only one."""
    classes: dict[Entered, set[str]] = {}
    for step in steps:
        caller, callee = Entered(step.caller, step.caller_layer), Entered(step.callee, step.layer)
        if caller.layer and not callee.layer and lane_of[caller] == lane_of[callee] and "." in step.callee.qualname:
            classes.setdefault(caller, set()).add(step.callee.qualname.rpartition(".")[0])
    return {key: next(iter(names)) for key, names in classes.items() if len(names) == 1}


def _arrow(step: Step, sightings: Sightings | None) -> Arrow:
    mark = None if sightings is None else sightings.of_step(step)
    said = "" if mark is None else f"\n{_SAID[mark]}"
    kind = kind_of(step.evidence, returning=step.returning)
    condition = f" if {shortened_test(step.condition, CONDITION_LIMIT)}" if step.condition else ""
    evidence = "" if step.evidence is Evidence.CALL else f" {step.evidence}"
    return Arrow(
        f"edge-{step.number}",
        step.number,
        Entered(step.caller, step.caller_layer),
        Entered(step.callee, step.layer),
        kind,
        f"{step.number}{evidence}{condition}",
        explain(step) + said,
        mark,
        len(step.through),
    )


def shortened_test(text: str, limit: int) -> str:
    """A test on one line: first what calls are given is left out, then the last words; never all but a `not`."""
    whole = " ".join(text.split())
    if len(whole) > limit:
        whole = _ARGUMENTS.sub("(…)", whole)
    short = shortened(whole, limit)
    return short if len(short) * 2 > min(limit, len(whole)) else f"{whole[: limit - 1]}…"


def shortened(text: str, limit: int) -> str:
    """Source text on one line: as many of its first words as fit in `limit` characters, and `…` for the others."""
    words = text.split()
    whole = " ".join(words)
    if len(whole) <= limit:
        return whole
    fitting = [start for start in accumulate(words, "{} {}".format) if len(start) <= limit - 2]
    return f"{fitting[-1]} …" if fitting else f"{whole[: limit - 1]}…"


_SAID: Final = {
    Mark.SEEN: "seen in the recording",
    Mark.POSSIBLE: "possible, not seen in the recording",
    Mark.UNOBSERVABLE: "no recording could see it: it enters no Python code",
    Mark.NOT_FOUND: "seen in the recording and not found in the source",
}


def _not_found(boxes: Iterable[Entered], sightings: Sightings | None) -> Iterator[Arrow]:
    """What happened between two boxes and is not in the graph; a function with several has its first one."""
    if sightings is None:
        return
    first: dict[FunctionName, Entered] = {}
    for box in boxes:
        first.setdefault(box.function, box)
    links = [(caller, callee) for caller, callee in sightings.not_found() if caller in first and callee in first]
    for number, (caller, callee) in enumerate(links, 1):
        yield Arrow(
            f"not-found-{number}",
            0,
            first[caller],
            first[callee],
            ArrowKind.NOT_FOUND,
            "not found",
            f"{caller} → {callee}\n{_SAID[Mark.NOT_FOUND]}",
        )


def explain(step: Step) -> str:
    """The evidence of a step in words."""
    caller = f"{step.caller} (layer {step.caller_layer})" if step.caller_layer else str(step.caller)
    callee = f"{step.callee} (layer {step.layer})" if step.layer else str(step.callee)
    text = f"{step.number}. {caller} line {step.line} → {callee}\nevidence: {step.evidence}"
    if step.through:
        text += f"\nthrough {', '.join(map(str, step.through))}"
    if step.condition:
        text += f"\nonly if: {step.condition}"
    if step.returning:
        text += "\non the way back of the response"
    return text


def _passages(steps: Sequence[Step]) -> Iterator[Arrow]:
    """From each step of the way back to the next one that another function makes."""
    for before, after in pairwise(steps):
        passes = before.caller != after.caller or before.caller_layer != after.caller_layer
        if after.returning and passes and before.callee not in {after.caller, after.callee}:
            yield Arrow(
                f"passage-{before.number}-{after.number}",
                0,
                Entered(before.callee, before.layer),
                Entered(after.callee, after.layer),
                ArrowKind.PASSAGE,
                "",
                f"the response on its way back: after step {before.number}, before step {after.number} (no call)",
            )


def _in_order(lanes: Sequence[Lane], holes: Sequence[Lane], order: Sequence[str]) -> tuple[Lane, ...]:
    """Holes go before the first lane that comes after them in `order`; unknown ones to the end."""
    result = list(lanes)
    for hole in holes:
        later = set(order[order.index(hole.id) + 1 :]) if hole.id in order else set()
        place = next((i for i, lane in enumerate(result) if lane.id in later or lane.title in later), len(result))
        result.insert(place, hole)
    return tuple(result)
