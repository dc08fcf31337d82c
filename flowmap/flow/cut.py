"""Cuts the flow out of a call graph: what one request runs through, in call order, in stages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flowmap.callgraph.model import CallGraph
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.holes import holes
from flowmap.flow.landmarks import FindLandmarks, Landmark, Landmarks
from flowmap.flow.model import Detail, Flow, Stage, Step, Subject
from flowmap.flow.order import Link, Ordered, in_order, links_of
from flowmap.flow.overview import chosen_forks, contracted, passed_through
from flowmap.flow.selection import Box, Selection, box_of, select
from flowmap.flow.way import Way, find_way
from flowmap.names import FunctionName, Origin

OVERVIEW_LIMIT: Final = 24
"""The boxes of an overview; landmarks are shown in any case."""


def cut(graph: CallGraph, find_landmarks: FindLandmarks, subject: Subject, detail: Detail = Detail.FLOW) -> Flow:
    """The flow through a call graph, at a detail: the boxes of a smaller one are among those of a larger one.

    Pure: equal arguments give equal flows. Expected stages that were not reached are named, by id, in `missing`.
    """
    return cut_all(graph, find_landmarks, subject, (detail,))[detail]


def cut_all(
    graph: CallGraph, find_landmarks: FindLandmarks, subject: Subject, details: Iterable[Detail] = tuple(Detail)
) -> Mapping[Detail, Flow]:
    """The flows through a call graph at several details; they have their way in common, and nothing else."""
    if not graph.activations:
        return {detail: Flow(subject, (), {}, {}, (), detail=detail) for detail in details}
    activations = ActivationGraph(graph)
    landmarks = find_landmarks(activations, subject)
    way = find_way(activations, landmarks)
    return {
        detail: _Cut(activations, landmarks, way, select(activations, landmarks, way, detail)).flow(subject, detail)
        for detail in details
    }


@dataclass(frozen=True, slots=True)
class _Cut:
    """What was found and selected, to be put in order."""

    graph: ActivationGraph
    landmarks: Landmarks
    way: Way
    selection: Selection

    def flow(self, subject: Subject, detail: Detail) -> Flow:
        links = links_of(self.graph, self.selection, self.way, self.landmarks.evidence)
        start = self.box(0)
        ordered = [each for each in in_order(links, start, self.turning()) if each.link.caller != start]
        stage_of = self.stages_of_boxes(links, start)
        if detail is Detail.OVERVIEW:
            ordered = contracted(ordered, self.kept(links))
        elif detail is Detail.FLOW:
            boxes = {box for each in ordered for box in (each.link.caller, each.link.callee)}
            ordered = contracted(ordered, frozenset(boxes - passed_through(links) - self.selection.tools))
        numbered = enumerate(self.with_conditions(ordered), start=1)
        steps = [_step(number, each, condition, stage_of) for number, (each, condition) in numbered]
        names = {name for step in steps for name in (step.caller, step.callee)}
        chain = names & {self.graph.function(number) for number in self.way.stages}
        known = self.graph.graph.functions
        missing = self.missing()
        return Flow(
            subject,
            tuple(self.stages(steps)),
            {name: known[name] for name in sorted(names) if name in known},
            self.hidden(steps, stage_of),
            tuple(gap for gap in self.graph.graph.gaps if gap.caller in chain),
            missing,
            holes(self.graph.graph, subject, is_broken=bool(missing)),
            detail,
        )

    def box(self, number: int) -> Box:
        """The box that an activation is drawn in."""
        return box_of(self.graph, self.way, number)

    def boxes(self, numbers: frozenset[int]) -> frozenset[Box]:
        """The boxes that activations are drawn in."""
        return frozenset(self.box(number) for number in numbers)

    def turning(self) -> frozenset[Box]:
        """The boxes from which the way leads back, and those that stand beside them."""
        stages = {self.way.stages.get(number, "") for number in self.way.turn}
        others = frozenset(
            n for n, stage in self.selection.stages.items() if stage in stages and n not in self.way.turn
        )
        return self.boxes(self.way.turn | others)

    # --- stages ---

    def stages_of_boxes(self, links: Mapping[Box, Sequence[Link]], start: Box) -> Mapping[Box, str]:
        """Where each box stands: as its landmark or its place on the way says, else where it is called first."""
        stages: dict[Box, str] = {}
        for number, stage in self.way.stages.items():
            stages.setdefault(self.box(number), stage)
        for number, stage in self.selection.stages.items():
            stages[self.box(number)] = stage
        shown = {n for call in self.selection.way | self.selection.side for n in (call.caller, call.callee)}
        for landmark in self.landmarks.stages:
            if not landmark.on_way:
                for number in sorted(landmark.entered & shown):
                    stages.setdefault(self.box(number), landmark.stage)
        for number in self.way.stages:
            if self.way.layers.of(number) or self.way.layers.rank(self.graph.activations[number]) is not None:
                stages[self.box(number)] = self.landmarks.layer_stage
        first = next((landmark.stage for landmark in self.landmarks.stages if landmark.entered), "")
        for each in in_order(links, start, frozenset()):
            stages.setdefault(each.link.callee, stages.get(each.link.caller, first))
        return stages

    def titles(self) -> list[tuple[str, str, Landmark | None]]:
        """All stages in their order; the stage of the layers has no landmark of its own."""
        result: list[tuple[str, str, Landmark | None]] = []
        for each in self.landmarks.stages:
            if each.stage == self.landmarks.layers_before:
                result.append((self.landmarks.layer_stage, self.landmarks.layer_title, None))
            result.append((each.stage, each.title, each))
        return result

    def stages(self, steps: Sequence[Step]) -> Iterator[Stage]:
        """The stages that have steps."""
        for stage, title, landmark in self.titles():
            own = tuple(step for step in steps if step.stage == stage)
            if own:
                yield Stage(stage, title, self.opening(landmark, own), own)

    def opening(self, landmark: Landmark | None, steps: Sequence[Step]) -> FunctionName:
        """The function that opens a stage: the first in its steps of those that may."""
        names = {self.graph.function(number) for number in landmark.entered} if landmark is not None else set()
        named = (name for step in steps for name in (step.caller, step.callee) if name in names)
        return next(named, steps[0].callee)

    def missing(self) -> tuple[str, ...]:
        """The expected stages that were not reached."""
        reached = self.graph.reached({0})
        layered = bool(self.way.layers.numbers) or any(
            sight.goals for sight in self.landmarks.sights if sight.stage == self.landmarks.layer_stage
        )
        return tuple(
            stage
            for stage, _, landmark in self.titles()
            if (landmark is None and self.landmarks.order and not layered)
            or (
                landmark is not None
                and landmark.expected
                and (stage not in self.way.opened if landmark.on_way else not landmark.entered & reached)
            )
        )

    # --- steps ---

    def kept(self, links: Mapping[Box, Sequence[Link]]) -> frozenset[Box]:
        """What an overview keeps: the landmarks, the sights, the outermost and the innermost layer, and those forks
        of the way that there is room for.
        """
        graph = self.graph
        kept = {box for numbers in self.way.opened.values() for box in self.boxes(numbers)}
        kept.update(self.boxes(self.selection.ends))
        kept.update(box for landmark in self.landmarks.stages for box in self.boxes(landmark.entered))
        kept.update(self.ends_of_layers(links))
        entered = [
            call.callee
            for call in sorted(self.selection.way)
            if graph.origin(call.caller) is Origin.PROJECT and graph.origin(call.callee) is Origin.DISTRIBUTION
        ]
        kept.update(self.boxes(frozenset(entered[:1])))
        told = frozenset(box for box, own in links.items() if len(self.tests(link for link in own if link.on_way)) > 1)
        return frozenset(kept) | chosen_forks(links, frozenset(kept), told, OVERVIEW_LIMIT)

    def tests(self, links: Iterable[Link]) -> set[str | None]:
        """The tests that links hang on, None for those without one."""
        found = (self.graph.graph.conditions.of(link.caller.function, link.line) for link in links)
        return {None if each is None else each.text for each in found}

    def ends_of_layers(self, links: Mapping[Box, Sequence[Link]]) -> frozenset[Box]:
        """The outermost and the innermost layer: of the objects that are listed, rather than of what wraps each."""
        on_way = {link.callee for own in links.values() for link in own if link.on_way and link.callee.layer}
        own = {
            self.box(number)
            for number in self.way.layers.numbers
            if self.way.layers.rank(self.graph.activations[number]) is not None
        }
        layers = sorted(on_way & own or on_way, key=lambda box: (box.layer, box.function))
        return frozenset((*layers[:1], *layers[-1:]))

    def with_conditions(self, ordered: Sequence[Ordered]) -> Iterator[tuple[Ordered, str | None]]:
        """The steps with the test they hang on: one of several ways on, whether the flow has the others or they leave
        it (a call whose answer is returned, and another one's otherwise), or a landmark beside the way.
        """
        conditions = self.graph.graph.conditions
        opening = {
            box for landmark in self.landmarks.stages if not landmark.on_way for box in self.boxes(landmark.entered)
        }
        tests: dict[Box, set[str | None]] = {}
        found: list[str | None] = []
        for each in ordered:
            condition = conditions.of(each.link.caller.function, each.link.line)
            found.append(condition.text if condition is not None else None)
            if each.link.on_way:
                tests.setdefault(each.link.caller, set()).add(found[-1])
        for each, text in zip(ordered, found, strict=True):
            caller = each.link.caller
            is_instead = conditions.is_one_of_several_answers(caller.function, each.link.line)
            is_open = is_instead or len(tests[caller]) > 1 if each.link.on_way else each.link.callee in opening
            yield each, text if is_open else None

    def hidden(self, steps: Sequence[Step], stage_of: Mapping[Box, str]) -> Mapping[str, int]:
        """How many edges of the shown functions are left out, by the stage of the caller."""
        stages: dict[FunctionName, str] = {}
        names = {name for step in steps for name in (step.caller, step.callee)}
        for box, stage in stage_of.items():
            if box.function in names:
                stages.setdefault(box.function, stage)
        shown = {(step.caller, step.through[0] if step.through else step.callee) for step in steps}
        counts: dict[str, int] = {}
        for edge in self.graph.graph.edges:
            if edge.caller in stages and (edge.caller, edge.callee) not in shown:
                counts[stages[edge.caller]] = counts.get(stages[edge.caller], 0) + 1
        return dict(sorted(counts.items()))


def _step(number: int, ordered: Ordered, condition: str | None, stage_of: Mapping[Box, str]) -> Step:
    link = ordered.link
    return Step(
        number=number,
        stage=stage_of[link.callee],
        caller=link.caller.function,
        caller_layer=link.caller.layer,
        callee=link.callee.function,
        layer=link.callee.layer,
        line=link.line,
        evidence=link.evidence,
        returning=ordered.returning,
        condition=condition,
        through=link.through,
    )
