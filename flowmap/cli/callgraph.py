"""`flowmap callgraph FILE...`: the call graph of any Python program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.options import Frontier, Jobs, NoCache, Platform, Stdlib, modules_of
from flowmap.cli.progress import Progress
from flowmap.cli.status import Status
from flowmap.cli.streams import print_bytes
from flowmap.errors import UnknownChoiceError
from flowmap.pipeline.programs import GRAPH_FORMATS, Program, map_kept_files
from flowmap.pipeline.writing import check_writable, write_outputs

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap callgraph ...`."""
    return run_command(_app, words, shown)


@_app.command()
def callgraph(
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="FILE...", help="The program's files, first the one it starts with; its folder is searched too."
        ),
    ],
    *,
    form: Annotated[
        str, typer.Option("--format", help=f"One of {', '.join(GRAPH_FORMATS)}; 'simple' is PyCG's.")
    ] = "json",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Where to write it. [standard output]")
    ] = None,
    frontier: Frontier = None,
    stdlib: Stdlib = None,
    platform: Platform = "linux",
    jobs: Jobs = None,
    no_cache: NoCache = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> Task:
    """Print the call graph of a Python program: who may call whom, on which line, and why that is believed.

    The files are read and never run.
    """
    if form not in GRAPH_FORMATS:
        raise UnknownChoiceError("--format", form, tuple(GRAPH_FORMATS))
    if output is not None:
        check_writable(output.parent)
    closed = modules_of(frontier) or ()
    analysis = partial(
        map_kept_files, files, library=stdlib, platform=platform, frontier=closed, jobs=jobs, no_cache=no_cache
    )
    return partial(_print, files[0].name, analysis, form, output, quiet=quiet)


def _print(name: str, analysis: Callable[[], Program], form: str, output: Path | None, *, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        progress(f"following {name}")
        content = GRAPH_FORMATS[form](analysis())
    if output is None:
        print_bytes(content)
    else:
        write_outputs({output.name: content}, output.parent)
    return Status.DONE
