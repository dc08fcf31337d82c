"""What is said when a target is mapped: the stages, the counts, and where the files are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from rich.text import Text

from flowmap.callgraph.model import NodeKind
from flowmap.flow.model import Flow
from flowmap.pipeline import MappedProgram


def summary_lines(program: MappedProgram, flow: Flow, written: Sequence[Path]) -> Iterator[Text]:
    """A heading, a line a stage with its landmark, holes, counts, bounds that were hit, and the files."""
    subject = program.subject
    yield Text(f"{subject.distribution} {subject.version}: {subject.entry}", style="bold")
    width = max((len(stage.title) for stage in flow.stages), default=0)
    for stage in flow.stages:
        yield Text.assemble(f"  {stage.title:{width}}  ", (str(stage.landmark), "cyan"))
    for name in flow.missing:
        yield Text(f"  {name}: not reached, the flow breaks off before it", style="yellow")
    yield Text(f"  {_counts(program)}")
    for bound in program.graph.bounds:
        yield Text(f"  bound hit: {bound.name} ({bound.limit}) at {bound.where}, {_count(bound.hits, 'time')}")
    for path in written:
        yield Text.assemble("  ", (str(path), "green"))


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
