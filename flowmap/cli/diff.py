"""`flowmap diff OLD NEW`: what changed on the way of a request."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.options import RequestFor, takes_request
from flowmap.cli.progress import Progress
from flowmap.cli.status import Status
from flowmap.cli.streams import print_bytes
from flowmap.compare import compare
from flowmap.errors import UnknownChoiceError
from flowmap.flow.model import Detail
from flowmap.pipeline.comparing import flow_for
from flowmap.pipeline.request import Request
from flowmap.render.comparison import comparison_text

_DETAILS = tuple(detail.value for detail in Detail)

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap diff ...`."""
    return run_command(_app, words, shown)


@_app.command()
@takes_request
def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="Any target, or a flow.json.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="Any target, or a flow.json.")],
    *,
    request: RequestFor,
    detail: Annotated[
        str, typer.Option(help=f"How much of a target to compare: {', '.join(_DETAILS)}.")
    ] = Detail.FLOW.value,
    exit_zero: Annotated[bool, typer.Option("--exit-zero", help="Exit with 0 also when something changed.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> Task:
    """Say what changed on the way of a request between two releases, projects or saved flows.

    The status is 1 when something changed, as that of diff(1).
    """
    if detail not in _DETAILS:
        raise UnknownChoiceError("--detail", detail, _DETAILS)
    return partial(_diff, request(old), request(new), Detail(detail), exit_zero=exit_zero, quiet=quiet)


def _diff(old: Request, new: Request, detail: Detail, *, exit_zero: bool, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        before, after = (flow_for(request, detail, progress) for request in (old, new))
        found = compare(before, after)
    print_bytes(comparison_text(found).encode())
    return Status.DIFFERENT if found.changes and not exit_zero else Status.DONE
