"""`flowmap check`: whether the way of a request is still the one that was saved, or what a policy allows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.configuration import CHECK, FILE, check_table
from flowmap.cli.options import RequestFor, takes_request
from flowmap.cli.policy import policy_in
from flowmap.cli.progress import Progress
from flowmap.cli.reports import FORMATS, check_format, check_report, deliver
from flowmap.cli.status import Status
from flowmap.compare import Policy, places_of, report_of_check
from flowmap.errors import UnknownChoiceError, UsageError
from flowmap.flow.model import Detail
from flowmap.pipeline.checking import DEFAULT_SNAPSHOT, CheckedTarget, checked_target, files_to_save, folder_of
from flowmap.pipeline.comparing import FLOW_FILE, snapshot_for
from flowmap.pipeline.locating import folders_of, located_below
from flowmap.pipeline.request import Request
from flowmap.pipeline.writing import check_writable, write_outputs

_DETAILS = tuple(detail.value for detail in Detail)

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap check ...`."""
    return run_command(_app, words, shown)


@_app.command()
@takes_request
def check(
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Any target.")] = ".",
    *,
    request: RequestFor,
    snapshot: Annotated[
        Path | None,
        typer.Option(
            "--snapshot", metavar="FILE", help=f"The flow that was saved. [{DEFAULT_SNAPSHOT} of the target's folder]"
        ),
    ] = None,
    update: Annotated[bool, typer.Option("--update", help="Save the flow as it is, instead of checking it.")] = False,
    callgraph: Annotated[
        bool, typer.Option("--callgraph", help="With --update: save the call graph too (some MB), to check all of it.")
    ] = False,
    contracts: Annotated[
        bool, typer.Option("--contracts", help="Check the contracts alone; there need not be a saved flow.")
    ] = False,
    detail: Annotated[
        str | None,
        typer.Option(
            help=f"How much of the flow to compare: {', '.join(_DETAILS)}. [what was saved, else {Detail.FLOW.value}]",
            show_default=False,
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(FORMATS)}.")] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it. [standard output]")
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 also when something fails.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> Task:
    """Check that the way of a request is the one that was saved, but for what the policy allows.

    The policy is [tool.flowmap.check] in the pyproject.toml of the target's folder, else of the current one. The status
    is 1 when something fails.
    """
    if detail is not None and detail not in _DETAILS:
        raise UnknownChoiceError("--detail", detail, _DETAILS)
    check_format(form)
    folder = folder_of(target)
    saved = folder / DEFAULT_SNAPSHOT if snapshot is None else snapshot
    saved = saved / FLOW_FILE if saved.is_dir() else saved
    if callgraph and saved.name != FLOW_FILE:
        raise UsageError(f"--callgraph goes with a snapshot that is called {FLOW_FILE}", "flowmap check")
    # A policy that cannot be understood is said to be so by --update too.
    policy = policy_in(check_table(folder), folder / FILE)
    if update:
        check_writable(saved.parent)
        return partial(
            _update, request(target), saved, Detail(detail or Detail.FLOW), policy, graph=callgraph, quiet=quiet
        )
    if output is not None:
        check_writable(output.parent)
    if contracts:
        policy = replace(policy, kinds=None, stages=None, accepted=())
    wanted = None if detail is None else Detail(detail)
    judge = partial(checked_target, request(target), None if contracts else saved, wanted, policy)
    return partial(_check, judge, folders_of(request(target)), form, output, exit_zero=exit_zero, quiet=quiet)


def _check(
    judge: Callable[[Progress], CheckedTarget],
    folders: tuple[Path, ...],
    form: str,
    output: Path | None,
    *,
    exit_zero: bool,
    quiet: bool,
) -> int:
    with Progress(quiet=quiet) as progress:
        checked = judge(progress)
    found = checked.check
    report = report_of_check(found, places_of(checked.old), places_of(checked.new))
    deliver(check_report(form, found, report, located_below(folders)), output)
    return Status.DIFFERENT if found.fails and not exit_zero else Status.DONE


def _update(request: Request, saved: Path, detail: Detail, policy: Policy, *, graph: bool, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        snapshot = snapshot_for(request, detail, progress)
        written = write_outputs(files_to_save(snapshot, saved, graph=graph), saved.parent)
        progress.finish(Text(f"saved {path}") for path in written)
        if policy.accepted:
            progress.finish([Text(f"what was accepted is part of it now: take it out of [tool.flowmap.{CHECK}]")])
    return Status.DONE
