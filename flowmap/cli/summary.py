"""What is said when a target is mapped: the stages, the counts, and where the files are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from rich.text import Text

from flowmap.analysis.result import Bound, Reason
from flowmap.callgraph.model import Gap, NodeKind
from flowmap.flow.model import Flow
from flowmap.pipeline import MappedProgram

# Bounds by name, those hit in the most places.
_LISTED: Final = 3


def summary_lines(program: MappedProgram, flow: Flow, written: Sequence[Path]) -> Iterator[Text]:
    """A heading, a line a stage with its landmark, holes, counts, bounds that were hit, and the files."""
    subject = program.subject
    yield Text(f"{subject.distribution} {subject.version}: {subject.entry}", style="bold")
    width = max((len(stage.title) for stage in flow.stages), default=0)
    for stage in flow.stages:
        yield Text.assemble(f"  {stage.title:{width}}  ", (str(stage.landmark), "cyan"))
    titles = {landmark.stage: landmark.title for landmark in program.landmarks.stages}
    for name in flow.missing:
        yield Text(f"  {titles.get(name, name)}: not reached, the flow breaks off before it", style="yellow")
    for hole in {hole.name or hole: hole for hole in reversed(flow.holes)}.values():
        yield Text(f"  {_hole(program, hole)}", style="yellow")
    yield Text(f"  {_counts(program)}")
    if program.graph.bounds:
        yield Text(f"  {bounds_line(program.graph.bounds)}", style="dim")
    for path in written:
        yield Text.assemble("  ", (str(path), "green"))


def _hole(program: MappedProgram, hole: Gap) -> str:
    """What is not there, and the line that asks for it."""
    function = program.graph.functions[hole.caller]
    place = f"{function.file}:{hole.line}"
    if hole.reason == Reason.UNREADABLE:
        return f"{hole.name}: {program.unreadable.get(hole.name, hole.reason)}; asked for at {place}"
    if hole.name:
        return f"{hole.name}: named, and not in the source; asked for at {place}"
    return f"{place}: {hole.reason}"


def bounds_line(bounds: Sequence[Bound]) -> str:
    """One line for all: what was merged where it was too much to tell apart, and in how many places."""
    places = Counter(bound.name for bound in bounds)
    most = sorted(places.items(), key=lambda item: (-item[1], item[0]))
    listed = ", ".join(f"{name.replace('_', ' ')} ({count})" for name, count in most[:_LISTED])
    more = f" and {len(most) - _LISTED} other bounds" if len(most) > _LISTED else ""
    return f"merged where there was too much to tell apart: {listed}{more}; callgraph.json says where"


def _counts(program: MappedProgram) -> str:
    graph = program.graph
    functions = sum(function.kind is NodeKind.FUNCTION for function in graph.functions.values())
    return ", ".join(
        (
            _count(program.files, "file"),
            _count(functions, "function"),
            _count(len(graph.edges), "call edge"),
            _count(len(graph.gaps), "gap"),
            _count(len(graph.bounds), "bound") + " hit",
        )
    )


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"
