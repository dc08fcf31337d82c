"""`flowmap observe -- PROGRAM`: runs the user's own project and writes down which calls happened."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.observe.interpreter import Program, find_program
from flowmap.observe.running import end_as, run_observed
from flowmap.pipeline.writing import check_writable, write_outputs
from flowmap.snapshot.observed import observed_json

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap observe -- ...`."""
    return run_command(_app, words, shown)


@_app.command(context_settings={"allow_interspersed_args": False})
def observe(
    program: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="-- PROGRAM ...", help="What Python is to run: manage.py runserver, -m pytest, any script."
        ),
    ] = None,
    *,
    python: Annotated[
        str | None,
        typer.Option(
            metavar="PATH",
            help="The interpreter or environment to run it with. [.venv, venv, the active one, flowmap's own]",
        ),
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="What is written.")] = Path(
        "observed.json"
    ),
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No last words.")] = False,
) -> Task:
    """Run your own project and write down who calls whom, to hold against the map with 'flowmap TARGET --observed'.

    This is the one command that runs what it is given. Output, signals and exit status are the program's own. Nothing
    is added to its streams, but last words where stderr is a terminal, and what could not be written.
    """
    found = find_program(python, program or (), os.environ)
    check_writable(output.parent)
    return partial(_observe, found, output, quiet=quiet)


def _observe(program: Program, output: Path, *, quiet: bool) -> int:
    status, observed = run_observed(program, os.environ)
    # A process that looked on and saw no call has a recording too: an empty one.
    if not observed.processes:
        _say("nothing was recorded: no Python that reads PYTHONPATH and its sitecustomize was started")
    else:
        write_outputs({output.name: observed_json(observed)}, output.parent)
        if not quiet and sys.stderr.isatty():
            processes = f"{observed.processes} process{'es' * (observed.processes != 1)}"
            _say(f"{len(observed.edges):,} calls of {processes} are in {output}")
    sys.stderr.flush()
    return end_as(status)


def _say(words: str) -> None:
    print(f"flowmap: {words}", file=sys.stderr)  # noqa: T201  # the command line is the part that prints
