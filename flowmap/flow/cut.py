"""Cuts the flow out of a call graph: what one request runs through, in call order, in stages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from flowmap.callgraph.model import CallGraph, Function
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.landmarks import FindLandmarks, Landmark, Landmarks
from flowmap.flow.layers import Layers
from flowmap.flow.model import Detail, Flow, Stage, Step, Subject
from flowmap.flow.order import Link, Ordered, in_order, links_of
from flowmap.flow.overview import contracted, passed_through
from flowmap.flow.selection import Box, Selection, box_of, select
from flowmap.flow.way import Way, find_way
from flowmap.names import FunctionName


def cut(graph: CallGraph, find_landmarks: FindLandmarks, subject: Subject, detail: Detail = Detail.FLOW) -> Flow:
    """The flow through a call graph, at a detail: the boxes of a smaller one are among those of a larger one.

    Pure: equal arguments give equal flows. Expected stages that were not reached are named in `missing`.
    """
    if not graph.activations:
        return Flow(subject, (), {}, {}, ())
    activations = ActivationGraph(graph)
    landmarks = find_landmarks(activations, subject)
    way = find_way(activations, landmarks.stages, Layers(landmarks.order))
    selection = select(activations, landmarks, way, detail)
    links = links_of(activations, selection, way, landmarks.evidence)
    start = box_of(activations, way, 0)
    turning = _turning(activations, way, landmarks)
    ordered = [each for each in in_order(links, start, turning) if each.link.caller != start]
    stages = _stages_of_boxes(activations, landmarks, way, selection, links, start)
    if detail is Detail.OVERVIEW:
        ordered = contracted(ordered, _kept(activations, landmarks, way, selection, stages))
    elif detail is Detail.FLOW:
        boxes = {box for each in ordered for box in (each.link.caller, each.link.callee)}
        ordered = contracted(ordered, frozenset(boxes - passed_through(links) - selection.tools))
    return _flow(activations, landmarks, way, ordered, stages, subject)


def _turning(graph: ActivationGraph, way: Way, landmarks: Landmarks) -> frozenset[Box]:
    """The boxes that open the last stage on the way: from there it leads back."""
    reached = [landmark.stage for landmark in landmarks.stages if landmark.stage in way.opened]
    last = way.opened[reached[-1]] if reached else frozenset()
    return frozenset(box_of(graph, way, number) for number in last)


def _stages_of_boxes(
    graph: ActivationGraph,
    landmarks: Landmarks,
    way: Way,
    selection: Selection,
    links: Mapping[Box, Sequence[Link]],
    start: Box,
) -> Mapping[Box, str]:
    """Where each box stands: as its landmark says, as its place on the way says, else where it is called first."""
    stages: dict[Box, str] = {}
    for number, stage in way.stages.items():
        stages.setdefault(box_of(graph, way, number), stage)
    for number, stage in selection.stages.items():
        stages[box_of(graph, way, number)] = stage
    shown = {number for call in selection.way | selection.side for number in (call.caller, call.callee)}
    for landmark in landmarks.stages:
        if not landmark.on_way:
            for number in sorted(landmark.entered & shown):
                stages.setdefault(box_of(graph, way, number), landmark.stage)
    for number in way.stages:
        if way.layers.of(number) or way.layers.rank(graph.activations[number]) is not None:
            stages[box_of(graph, way, number)] = landmarks.layer_stage
    first = next((landmark.stage for landmark in landmarks.stages if landmark.entered), "")
    for each in in_order(links, start, frozenset()):
        stages.setdefault(each.link.callee, stages.get(each.link.caller, first))
    return stages


def _kept(
    graph: ActivationGraph, landmarks: Landmarks, way: Way, selection: Selection, stages: Mapping[Box, str]
) -> frozenset[Box]:
    """What an overview keeps: the landmarks, the sights, and the first and last layer."""
    kept = {box_of(graph, way, number) for numbers in way.opened.values() for number in numbers}
    kept.update(box_of(graph, way, number) for number in selection.ends)
    kept.update(box_of(graph, way, number) for landmark in landmarks.stages for number in landmark.entered)
    kept.update(box for box in stages if box.layer == 1)
    return frozenset(kept)


def _flow(
    graph: ActivationGraph,
    landmarks: Landmarks,
    way: Way,
    ordered: Sequence[Ordered],
    stage_of: Mapping[Box, str],
    subject: Subject,
) -> Flow:
    opening = frozenset(
        box_of(graph, way, number)
        for landmark in landmarks.stages
        if not landmark.on_way
        for number in landmark.entered
    )
    numbered = enumerate(_conditional(graph, ordered, opening), start=1)
    steps = [_step(number, each, condition, stage_of) for number, (each, condition) in numbered]
    stages: list[Stage] = []
    missing: list[str] = list(way.missing)
    for stage, title, landmark in _titles(landmarks):
        own = tuple(step for step in steps if step.stage == stage)
        if own:
            stages.append(Stage(stage, title, _landmark(graph, landmark, own, way), own))
        elif landmark is not None and not landmark.on_way and landmark.expected:
            missing.append(stage)
        elif landmark is None and landmarks.order:
            missing.append(stage)
    chain = {graph.function(number) for number in way.stages}
    names = {name for step in steps for name in (step.caller, step.callee)}
    functions = {name: graph.graph.functions[name] for name in sorted(names) if name in graph.graph.functions}
    order = [stage for stage, _, _ in _titles(landmarks)]
    return Flow(
        subject,
        tuple(stages),
        functions,
        _hidden(graph, functions, steps, stage_of),
        tuple(gap for gap in graph.graph.gaps if gap.caller in names and gap.caller in chain),
        tuple(sorted(missing, key=order.index)),
    )


def _titles(landmarks: Landmarks) -> list[tuple[str, str, Landmark | None]]:
    """All stages in their order. Layers stand before the first stage that is beside the way behind them."""
    result: list[tuple[str, str, Landmark | None]] = [(each.stage, each.title, each) for each in landmarks.stages]
    if landmarks.layer_stage:
        place = next(
            (i for i, each in enumerate(landmarks.stages) if each.stage == landmarks.layers_before), len(result)
        )
        result.insert(place, (landmarks.layer_stage, landmarks.layer_title, None))
    return result


def _landmark(graph: ActivationGraph, landmark: Landmark | None, steps: Sequence[Step], way: Way) -> FunctionName:
    """The function that opens a stage: the first one entered of those that may."""
    names = {graph.function(number) for number in landmark.entered} if landmark is not None else set()
    for step in steps:
        for name in (step.caller, step.callee):
            if name in names:
                return name
    return steps[0].callee


def _conditional(
    graph: ActivationGraph, ordered: Sequence[Ordered], opening: frozenset[Box]
) -> Iterator[tuple[Ordered, str | None]]:
    """The steps with their conditions: the test that a landmark beside the way, or one of several ways on, hangs on."""
    tests: dict[Box, set[str | None]] = {}
    found: list[str | None] = []
    for each in ordered:
        condition = graph.graph.conditions.of(each.link.caller.function, each.link.line)
        found.append(condition.text if condition is not None else None)
        if each.link.on_way:
            tests.setdefault(each.link.caller, set()).add(found[-1])
    for each, text in zip(ordered, found, strict=True):
        branches = len(tests.get(each.link.caller, ())) > 1 if each.link.on_way else each.link.callee in opening
        yield each, text if branches else None


def _step(number: int, ordered: Ordered, condition: str | None, stage_of: Mapping[Box, str]) -> Step:
    link = ordered.link
    return Step(
        number,
        stage_of[link.callee],
        link.caller.function,
        link.caller.layer,
        link.callee.function,
        link.callee.layer,
        link.line,
        link.evidence,
        ordered.returning,
        condition,
        link.through,
    )


def _hidden(
    graph: ActivationGraph,
    functions: Mapping[FunctionName, Function],
    steps: Sequence[Step],
    stage_of: Mapping[Box, str],
) -> Mapping[str, int]:
    """How many calls between functions of the shown boxes are left out, by the stage of the caller."""
    stages: dict[FunctionName, str] = {}
    for box, stage in stage_of.items():
        stages.setdefault(box.function, stage)
    shown = {(step.caller, step.callee) for step in steps}
    shown.update((step.caller, step.through[0]) for step in steps if step.through)
    counts: dict[str, int] = {}
    for edge in graph.graph.edges:
        if edge.caller in functions and (edge.caller, edge.callee) not in shown and edge.caller in stages:
            stage = stages[edge.caller]
            counts[stage] = counts.get(stage, 0) + 1
    return dict(sorted(counts.items()))
