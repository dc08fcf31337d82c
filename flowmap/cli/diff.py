"""`flowmap diff OLD NEW`: what changed on the way of a request."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.drawings import DRAWN
from flowmap.cli.options import RequestFor, takes_request
from flowmap.cli.progress import Progress
from flowmap.cli.reports import FORMATS, check_format, deliver, diff_report
from flowmap.cli.status import Status
from flowmap.compare import compare, impact_on_project, places_of, report_of_diff
from flowmap.errors import UnknownChoiceError, UsageError
from flowmap.flow.model import Detail
from flowmap.pipeline.comparing import sides_for
from flowmap.pipeline.locating import folders_of, located_below
from flowmap.pipeline.request import Request
from flowmap.pipeline.revisions import revisions
from flowmap.pipeline.writing import check_writable

_DETAILS = tuple(detail.value for detail in Detail)

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap diff ...`."""
    return run_command(_app, words, shown)


@_app.command()
@takes_request
def diff(
    old: Annotated[
        str | None,
        typer.Argument(
            metavar="OLD", help="Any target, or what was saved: flow.json or callgraph.json.", show_default=False
        ),
    ] = None,
    new: Annotated[
        str | None,
        typer.Argument(
            metavar="NEW", help="Any target, or what was saved: flow.json or callgraph.json.", show_default=False
        ),
    ] = None,
    *,
    request: RequestFor,
    git: Annotated[
        str | None,
        typer.Option(
            "--git",
            metavar="REV",
            help="Compare a folder (the current one, or the one named instead of OLD and NEW) with its revision REV;"
            " or two of them: REV..REV.",
        ),
    ] = None,
    detail: Annotated[
        str | None,
        typer.Option(
            help=f"How much of a target to compare: {', '.join(_DETAILS)}."
            f" [that of the saved side, else {Detail.FLOW.value}]",
            show_default=False,
        ),
    ] = None,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join((*FORMATS, *DRAWN))}.")] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it. [standard output]")
    ] = None,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 also when something changed.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> Task:
    """Say what changed on the way of a request between two releases, projects or saved flows.

    With --git two revisions of a working copy, without touching its work tree. The status is 1 when something changed,
    as that of diff(1).
    """
    if detail is not None and detail not in _DETAILS:
        raise UnknownChoiceError("--detail", detail, _DETAILS)
    check_format(form, DRAWN)
    if output is not None:
        check_writable(output.parent)
    sides: AbstractContextManager[tuple[Request, Request]]
    if git is not None:
        if new is not None:
            raise UsageError(f"got unexpected extra argument ({new})", "flowmap diff")
        named = request(old or ".")
        sides = revisions(named, git)
    elif old is None or new is None:
        raise UsageError(f"missing argument '{'OLD' if old is None else 'NEW'}'", "flowmap diff")
    else:
        named = request(new)
        sides = nullcontext((request(old), named))
    wanted = None if detail is None else Detail(detail)
    return partial(_diff, sides, wanted, form, output, folders_of(named), exit_zero=exit_zero, quiet=quiet)


def _diff(
    sides: AbstractContextManager[tuple[Request, Request]],
    detail: Detail | None,
    form: str,
    output: Path | None,
    folders: tuple[Path, ...],
    *,
    exit_zero: bool,
    quiet: bool,
) -> int:
    with Progress(quiet=quiet) as progress, sides as requests:
        before, after = sides_for(*requests, detail, progress)
        found = compare(before, after)
    of_project = any(request.project is not None for request in requests)
    told = impact_on_project(found, before, after) if of_project else found
    if form in DRAWN:
        content = DRAWN[form](before, after, found, told).encode()
    else:
        report = report_of_diff(told, places_of(before), places_of(after))
        content = diff_report(form, told, report, located_below(folders))
    deliver(content, output)
    return Status.DIFFERENT if found.changes and not exit_zero else Status.DONE
