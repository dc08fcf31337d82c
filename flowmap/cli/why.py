"""`flowmap why CALLER CALLEE`: how the callee came to the call."""

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
from flowmap.errors import NotATargetError
from flowmap.pipeline.explaining import explain
from flowmap.pipeline.request import Request

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap why ...`."""
    return run_command(_app, words, shown)


@_app.command()
@takes_request
def why(
    caller: Annotated[str, typer.Argument(metavar="CALLER", help="Its id, or the end of it: 'WSGIHandler.__call__'.")],
    callee: Annotated[str, typer.Argument(metavar="CALLEE", help="What it calls, named likewise.")],
    *,
    request: RequestFor,
    target: Annotated[
        str | None,
        typer.Option("--in", metavar="TARGET", help="A release, a folder, or the Python file a program starts with."),
    ] = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> Task:
    """Explain why one function calls another: the assignments, settings and returns through which it came there.

    The source of TARGET is read and never run. Steps go backwards, from the call to where the callee begins.
    """
    if target is None or target.endswith(".json"):
        raise NotATargetError(target)
    return partial(_print, request(target), caller, callee, quiet=quiet)


def _print(request: Request, caller: str, callee: str, *, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        text = explain(request, caller, callee, progress)
    print_bytes(text.encode())
    return Status.DONE
