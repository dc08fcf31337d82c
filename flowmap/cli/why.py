"""`flowmap why CALLER CALLEE`: how the callee came to the call."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.options import (
    Assumed,
    Django,
    Entry,
    Env,
    EnvFiles,
    Frontier,
    IndexUrl,
    Jobs,
    NoCache,
    Offline,
    Platform,
    Project,
    Requirements,
    Roots,
    Settings,
    Stdlib,
    modules_of,
)
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
def why(
    caller: Annotated[str, typer.Argument(metavar="CALLER", help="Its id, or the end of it: 'WSGIHandler.__call__'.")],
    callee: Annotated[str, typer.Argument(metavar="CALLEE", help="What it calls, named likewise.")],
    *,
    target: Annotated[
        str | None,
        typer.Option("--in", metavar="TARGET", help="A release, a folder, or the Python file a program starts with."),
    ] = None,
    project: Project = None,
    django: Django = None,
    settings: Settings = None,
    root: Roots = None,
    env: Env = None,
    requirements: Requirements = None,
    env_file: EnvFiles = None,
    assumed: Assumed = None,
    entry: Entry = None,
    frontier: Frontier = None,
    index_url: IndexUrl = None,
    stdlib: Stdlib = None,
    offline: Offline = False,
    platform: Platform = "linux",
    jobs: Jobs = None,
    no_cache: NoCache = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress.")] = False,
) -> Task:
    """Explain why one function calls another: the assignments, settings and returns through which it came there.

    The source of TARGET is read and never run. Steps go backwards, from the call to where the callee begins.
    """
    if target is None or target.endswith(".json"):
        raise NotATargetError(target)
    request = Request(
        target, project, entry, modules_of(frontier), platform, stdlib, index_url, offline, jobs, no_cache,
        django=django, settings=settings, roots=tuple(root or ()), env=env, requirements=tuple(requirements or ()),
        env_files=tuple(env_file or ()), assumed=tuple(assumed or ()),
    )  # fmt: skip
    return partial(_print, request, caller, callee, quiet=quiet)


def _print(request: Request, caller: str, callee: str, *, quiet: bool) -> int:
    with Progress(quiet=quiet) as progress:
        text = explain(request, caller, callee, progress)
    print_bytes(text.encode())
    return Status.DONE
