"""What the map of a project holds of its recording: calls, views, and middleware in its order."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from flowmap.flow.model import Detail, Flow
from flowmap.observe.comparison import Missed, Score, compare
from flowmap.pipeline import MappedProgram, Request, flow_of, map_program
from tests.projects.projects import Project
from tests.projects.recording import Recording


@dataclass(frozen=True, slots=True)
class Measured:
    """One project. `lost` are views and functions of middleware that ran and that the map does not call.

    `order` are the functions of middleware that the first request entered, as the flow numbers them; `seconds` is the
    CPU that the map took, with downloads and parsed modules kept from before.
    """

    name: str
    django: str
    flow: Score
    everything: Score
    missed: tuple[Missed, ...]
    lost: tuple[str, ...]
    order: tuple[str, ...]
    is_complete: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Mapped:
    """A project's map, and the CPU seconds that it took."""

    program: MappedProgram
    seconds: float


def map_project(project: Project, frontier: tuple[str, ...] | None = None) -> Mapped:
    """The map of a project with the packages that its requirements file names."""
    start = time.process_time()
    request = Request(f"{project.folder}/", requirements=(project.requirements_file,), entry=project.entry)
    program = map_program(replace(request, frontier=frontier))
    return Mapped(program, time.process_time() - start)


def measured_by(mapped: Mapped, name: str, recording: Recording) -> Measured:
    """What a map holds of a recording."""
    program = mapped.program
    found = compare(recording.observed, program.graph, program.framework.on_the_way)
    called = {str(edge.callee) for edge in program.graph.edges}
    flow = flow_of(program, Detail.FULL)
    return Measured(
        name,
        program.subject.version,
        found.flow,
        found.everything,
        found.missed,
        tuple(each for each in (*recording.views, *recording.entered) if each not in called),
        order_in(flow, recording.first),
        flow.is_complete,
        mapped.seconds,
    )


def order_in(flow: Flow, functions: Sequence[str]) -> tuple[str, ...]:
    """Those of some functions that the flow enters, in the order of its numbers."""
    numbers: dict[str, int] = {}
    for stage in flow.stages:
        for step in stage.steps:
            numbers.setdefault(str(step.callee), step.number)
    return tuple(sorted((each for each in functions if each in numbers), key=lambda each: numbers[each]))


def shortfalls(measured: Measured, recording: Recording, limits: Mapping[str, object]) -> list[str]:
    """One line for each figure that does not hold, and for each limit that is a debt no more."""
    lines = []
    recall, ratio = limits["recall"], limits["ratio"]
    assert isinstance(recall, float)
    assert isinstance(ratio, float)
    if measured.flow.recall < recall:
        lines.append(f"{measured.name}: recall {measured.flow.recall:.4f} is under {recall}")
    if measured.flow.ratio > ratio:
        lines.append(f"{measured.name}: ratio {measured.flow.ratio:.4f} is over {ratio}")
    if measured.django != recording.django:
        lines.append(f"{measured.name}: Django {measured.django} was mapped, {recording.django} was recorded")
    if list(measured.lost) != limits.get("lost", []):
        lines.append(f"{measured.name}: not on the map: {', '.join(measured.lost) or 'nothing any more'}")
    if (measured.order == tuple(recording.first)) is not limits.get("order", True):
        lines.append(
            f"{measured.name}: the flow enters {', '.join(measured.order)}; really: {', '.join(recording.first)}"
        )
    return lines
