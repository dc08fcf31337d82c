"""`flowmap callers F`, `flowmap callees F` and `flowmap path A B`: questions to a call graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from typing import Annotated, Final, TypeAlias

import typer

from flowmap.callgraph.model import CallEdge, CallGraph, NodeKind
from flowmap.callgraph.queries import callees, callers, function_named, shortest_path
from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.options import RequestFor, takes_request
from flowmap.cli.progress import Progress
from flowmap.cli.status import Status
from flowmap.cli.streams import print_bytes
from flowmap.names import FunctionName
from flowmap.pipeline.graphs import open_graph

_Answer: TypeAlias = Callable[[CallGraph], Iterable[str]]
_Name = Annotated[str, typer.Argument(metavar="FUNCTION", help="Its id, or the end of it: 'WSGIHandler.__call__'.")]
_Source = Annotated[
    str | None,
    typer.Option(
        "--in",
        metavar="SOURCE",
        help="A callgraph.json, its folder, a target to map, or a Python file. [the one below outputs]",
    ),
]
_Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")]

# Names of what is in a class.
_LISTED: Final = 8

_callers, _callees, _path = new_command(), new_command(), new_command()


def run_callers(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap callers ...`."""
    return run_command(_callers, words, shown)


def run_callees(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap callees ...`."""
    return run_command(_callees, words, shown)


def run_path(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap path ...`."""
    return run_command(_path, words, shown)


@_callers.command(name="callers")
@takes_request
def callers_of(function: _Name, *, request: RequestFor, source: _Source = None, quiet: _Quiet = False) -> Task:
    """Print who may call a function: the caller, where, and why that is believed."""

    def answer(graph: CallGraph) -> Iterator[str]:
        name = function_named(graph, function)
        yield str(name)
        found = callers(graph, name)
        for edge in found:
            yield f"  <- {edge.caller}  {_where(graph, edge)}"
        if not found:
            yield "  nobody calls it, as far as was followed"

    return partial(_print, source, answer, request, quiet=quiet)


@_callees.command(name="callees")
@takes_request
def callees_of(function: _Name, *, request: RequestFor, source: _Source = None, quiet: _Quiet = False) -> Task:
    """Print whom a function may call, where, and why that is believed; then its gaps."""

    def answer(graph: CallGraph) -> Iterator[str]:
        name = function_named(graph, function)
        yield str(name)
        found = callees(graph, name)
        gaps = [gap for gap in graph.gaps if gap.caller == name]
        for edge in found:
            yield f"  -> {edge.callee}  {_where(graph, edge)}"
        for gap in gaps:
            yield f"  ?  {gap.reason}  {_file(graph, name)}:{gap.line}"
        if not found and not gaps:
            yield from _nobody(graph, name)

    return partial(_print, source, answer, request, quiet=quiet)


@_path.command(name="path")
@takes_request
def path_between(
    start: _Name, end: _Name, *, request: RequestFor, source: _Source = None, quiet: _Quiet = False
) -> Task:
    """Print the shortest chain of calls from one function to another."""

    def answer(graph: CallGraph) -> Iterator[str]:
        first, last = function_named(graph, start), function_named(graph, end)
        chain = shortest_path(graph, first, last)
        if chain is None:
            yield f"no chain of calls leads from {first} to {last}, as far as was followed"
            return
        yield str(first)
        for edge in chain:
            yield f"  -> {edge.callee}  {_where(graph, edge)}"

    return partial(_print, source, answer, request, quiet=quiet)


def _print(source: str | None, answer: _Answer, request: RequestFor, *, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        graph = open_graph(source, progress, request)
    print_bytes("".join(f"{line}\n" for line in answer(graph)).encode())
    return Status.DONE


def _nobody(graph: CallGraph, name: FunctionName) -> Iterator[str]:
    if graph.functions[name].kind is not NodeKind.CLASS:
        yield "  it calls nobody"
        return
    yield "  its body calls nobody"
    inside = f"{name.qualname}."
    methods = [str(each) for each in graph.functions if each.module == name.module and each.qualname.startswith(inside)]
    if methods:
        more = f" and {len(methods) - _LISTED} more" if len(methods) > _LISTED else ""
        yield f"  what is in it has names of its own: {', '.join(methods[:_LISTED])}{more}"


def _where(graph: CallGraph, edge: CallEdge) -> str:
    lines = ",".join(str(line) for line in sorted({site.line for site in edge.sites}))
    kinds = ", ".join(sorted({str(site.evidence) for site in edge.sites}))
    return f"{_file(graph, edge.caller)}:{lines}  {kinds}"


def _file(graph: CallGraph, name: FunctionName) -> str:
    return graph.functions[name].file or "?"
