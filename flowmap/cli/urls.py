"""`flowmap urls [TARGET]`: every route a project has, and what answers it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.text import Text

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.options import RequestFor, takes_request
from flowmap.cli.progress import Progress
from flowmap.cli.status import Status
from flowmap.cli.streams import print_bytes
from flowmap.cli.summary import notice_lines
from flowmap.errors import UnknownChoiceError
from flowmap.flow.routes import RouteList
from flowmap.pipeline.finding import find_program
from flowmap.pipeline.request import Request
from flowmap.pipeline.routes import routes_of
from flowmap.pipeline.writing import check_writable, write_outputs
from flowmap.render.routes import routes_markdown, routes_text
from flowmap.snapshot.routes import routes_json

_FORMATS: Final[Mapping[str, Callable[[RouteList], bytes]]] = {
    "text": lambda listing: routes_text(listing).encode(),
    "json": routes_json,
    "markdown": lambda listing: routes_markdown(listing).encode(),
}

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap urls ...`."""
    return run_command(_app, words, shown)


@_app.command()
@takes_request
def urls(
    target: Annotated[
        str, typer.Argument(metavar="[TARGET]", help="A project's folder, or a release with --project.")
    ] = ".",
    *,
    request: RequestFor,
    form: Annotated[str, typer.Option("--format", help=f"One of {', '.join(_FORMATS)}.")] = "text",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it. [standard output]")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when the listing has gaps.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> Task:
    """List every route of a project: pattern, name, view, what stands around the view, and where it is declared.

    The source of TARGET is read and never run.
    """
    if form not in _FORMATS:
        raise UnknownChoiceError("--format", form, tuple(_FORMATS))
    if output is not None:
        check_writable(output.parent)
    return partial(_list, request(target), form, output, strict=strict, quiet=quiet)


def _list(request: Request, form: str, output: Path | None, *, strict: bool, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        found = find_program(request, progress)
        listing = routes_of(found, request, progress)
    content = _FORMATS[form](listing)
    if output is None:
        print_bytes(content)
    else:
        write_outputs({output.name: content}, output.parent)
    gaps = listing.found.gaps
    count = f"{listing.found.urlconf}: {len(listing.found.routes)} routes, {len(gaps)} gaps"
    closed = listing.frontier
    if closed:
        count += f"; {closed[0]} and {len(closed) - 1} more modules were not entered (--frontier '' enters them)"
    progress.finish((*notice_lines(found.notices), Text(count)))
    return Status.INCOMPLETE if strict and gaps else Status.DONE
