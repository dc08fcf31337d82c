"""`flowmap open [TARGET]`: shows flow.html in the user's browser, and makes it first where there is none."""

from __future__ import annotations

import webbrowser
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.options import RequestFor, takes_request
from flowmap.cli.progress import Progress
from flowmap.cli.status import Status
from flowmap.errors import NoBrowserError, NoSavedPageError
from flowmap.flow.model import Detail
from flowmap.pipeline.outputs import DEFAULT_FOLDER, Manner, chosen_renderer, output_folder, render_outputs
from flowmap.pipeline.request import Request
from flowmap.pipeline.results import flow_in
from flowmap.pipeline.targets import mapped_target
from flowmap.pipeline.writing import check_writable, write_outputs

FILE: Final = "flow.html"

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap open ...`."""
    return run_command(_app, words, shown)


@_app.command(name="open")
@takes_request
def open_page(
    source: Annotated[
        str | None,
        typer.Argument(metavar="[TARGET]", help="A flow.html, its folder, or a target to map. [the one below outputs]"),
    ] = None,
    *,
    request: RequestFor,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> Task:
    """Show the flow of a target in your browser: a page that is there already, or a new one below outputs."""
    path = _saved() if source is None else Path(source)
    if path.is_dir() and (path / FILE).is_file():
        path /= FILE
    if path.is_file() and path.suffix == ".html":
        return partial(_show, path)
    check_writable(DEFAULT_FOLDER)
    return partial(_make, request(str(source)), quiet=quiet)


def _make(request: Request, *, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        mapped = mapped_target(request, progress)
        result, framework = mapped.result, mapped.found.framework
        progress("drawing")
        drawn = render_outputs(result, framework, ("html",), Manner(chosen_renderer("auto")), mapped.found.tree)
        folder = DEFAULT_FOLDER / output_folder(flow_in(result, Detail.FLOW).subject, framework)
        (path,) = write_outputs(drawn, folder)
    return _show(path)


def _show(path: Path) -> int:
    if not webbrowser.open(path.resolve().as_uri()):
        raise NoBrowserError(str(path))
    return Status.DONE


def _saved() -> Path:
    found = sorted(DEFAULT_FOLDER.glob(f"*/{FILE}"))
    if len(found) != 1:
        raise NoSavedPageError([str(path) for path in found])
    return found[0]
