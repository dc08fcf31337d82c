"""`flowmap TARGET`: from a release to the picture of its request flow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from flowmap.cli.commands import Task, new_command, run_command
from flowmap.cli.observed import observation_lines
from flowmap.cli.options import (
    Assumed,
    Django,
    Entry,
    Env,
    EnvFiles,
    Frontier,
    IndexUrl,
    Jobs,
    Method,
    NoCache,
    Offline,
    Platform,
    Project,
    Requirements,
    Roots,
    Settings,
    Stdlib,
    Url,
    View,
    modules_of,
)
from flowmap.cli.progress import Progress
from flowmap.cli.status import Status
from flowmap.cli.summary import notice_lines, summary_lines
from flowmap.errors import UnknownChoiceError
from flowmap.flow.grouping import Group
from flowmap.flow.model import Detail, Flow
from flowmap.flow.narrowing import Narrowing, narrowed
from flowmap.pipeline.observing import SIGHTINGS_FILE, observation_of, read_recording
from flowmap.pipeline.outputs import (
    FORMATS,
    Manner,
    chosen_formats,
    chosen_language,
    chosen_renderer,
    output_folder,
    render_outputs,
)
from flowmap.pipeline.request import Request
from flowmap.pipeline.results import flow_in
from flowmap.pipeline.targets import mapped_target, root_hints
from flowmap.pipeline.writing import check_writable, write_outputs
from flowmap.render.sentences import Language
from flowmap.snapshot.observed import Observed

_EPILOG = (
    "Other commands: 'flowmap callgraph FILE...' gives the call graph of any Python program; 'flowmap callers F', "
    "'flowmap callees F' and 'flowmap path A B' ask a call graph; 'flowmap why A B' explains one of its edges; "
    "'flowmap open TARGET' shows flow.html in your browser; "
    "'flowmap diff OLD NEW' says what changed between two; "
    "'flowmap check TARGET' whether the flow is still the one that was saved; "
    "'flowmap urls TARGET' lists the routes of a project; "
    "'flowmap observe -- PROGRAM' runs your project and records its calls. "
    "'flowmap --version' says which flowmap this is."
)
_GROUPS = tuple(group.value for group in Group)
_DETAILS = tuple(detail.value for detail in Detail)

_app = new_command()


def run(words: Sequence[str], shown: str) -> int:
    """The status of `flowmap TARGET ...`."""
    return run_command(_app, words, shown)


@_app.command(epilog=_EPILOG)
def map_target(
    target: Annotated[
        str,
        typer.Argument(
            metavar="TARGET",
            help="A project's folder (.), a release (django==5.2.19, django~=4.2), a wheel or sdist, or its folder.",
        ),
    ],
    *,
    project: Project = None,
    django: Django = None,
    settings: Settings = None,
    root: Roots = None,
    env: Env = None,
    requirements: Requirements = None,
    env_file: EnvFiles = None,
    assumed: Assumed = None,
    entry: Entry = None,
    url: Url = None,
    method: Method = None,
    view: View = None,
    detail: Annotated[str, typer.Option(help=f"How much to show: {', '.join(_DETAILS)}.")] = Detail.FLOW.value,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="DIR", help="Where the target's folder is made.")
    ] = Path("outputs"),
    formats: Annotated[
        str | None, typer.Option("--format", help=f"Any of {','.join(FORMATS)}. [svg,html,json,markdown]")
    ] = None,
    lang: Annotated[str, typer.Option(help="The language of flow.md and flow.html: en, zh.")] = Language.EN.value,
    focus: Annotated[
        str | None, typer.Option("--focus", metavar="F", help="Draw only this function, its callers and callees.")
    ] = None,
    start: Annotated[
        str | None, typer.Option("--from", metavar="A", help="Draw only what this function leads to.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", metavar="B", help="Draw only what leads to this function.")] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="STAGE", help="Draw only this stage (repeatable).")
    ] = None,
    hide: Annotated[
        list[str] | None,
        typer.Option("--hide", metavar="PATTERN", help="Leave out functions: socketserver, '*.__init__' (repeatable)."),
    ] = None,
    group: Annotated[str | None, typer.Option("--group", help=f"Draw one box for each: {', '.join(_GROUPS)}.")] = None,
    frontier: Frontier = None,
    index_url: IndexUrl = None,
    stdlib: Stdlib = None,
    offline: Offline = False,
    renderer: Annotated[
        str, typer.Option(help="What draws: auto, embedded, system (your own dot), pygraphviz.")
    ] = "auto",
    platform: Platform = "linux",
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 3 when a stage was not reached.")] = False,
    observed: Annotated[
        Path | None,
        typer.Option("--observed", metavar="FILE", help="What 'flowmap observe' wrote: mark what was seen."),
    ] = None,
    jobs: Jobs = None,
    no_cache: NoCache = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")] = False,
) -> Task:
    """Draw what happens, call by call, between `python manage.py runserver` and the response to a request.

    The source of TARGET is read and never run. A release is entered through its own startproject template, unless
    --project names yours; a project is looked at on the release among its packages.
    """
    if detail not in _DETAILS:
        raise UnknownChoiceError("--detail", detail, _DETAILS)
    if group is not None and group not in _GROUPS:
        raise UnknownChoiceError("--group", group, _GROUPS)
    narrowing = Narrowing(
        focus, start, end, tuple(only or ()), tuple(hide or ()), None if group is None else Group(group)
    )
    names = chosen_formats(formats)
    manner = Manner(chosen_renderer(renderer), Detail(detail), narrowing, language=chosen_language(lang))
    check_writable(output)
    recording = None if observed is None else read_recording(observed)
    request = Request(
        target,
        project,
        entry,
        modules_of(frontier),
        platform,
        stdlib,
        index_url,
        offline,
        jobs,
        no_cache,
        django=django,
        settings=settings,
        roots=tuple(root or ()),
        env=env,
        requirements=tuple(requirements or ()),
        env_files=tuple(env_file or ()),
        assumed=tuple(assumed or ()),
        url=url,
        method=method,
        view=view,
    )
    return partial(_map, request, names, manner, output, recording, strict=strict, quiet=quiet)


def _map(
    request: Request,
    formats: Sequence[str],
    manner: Manner,
    output: Path,
    recording: Observed | None,
    *,
    strict: bool,
    quiet: bool,
) -> int:
    with Progress(quiet=quiet) as progress:
        mapped = mapped_target(request, progress)
        result, framework = mapped.result, mapped.found.framework
        flow = flow_in(result, manner.detail)
        shown = narrowed(flow, manner.narrowing)
        observation = None if recording is None else observation_of(mapped, recording)
        sightings = None if observation is None else observation.comparison.sightings
        progress("drawing")
        files = render_outputs(result, framework, formats, replace(manner, sightings=sightings), mapped.found.tree)
        if observation is not None:
            files[SIGHTINGS_FILE] = observation.file()
        progress("writing")
        written = write_outputs(files, output / output_folder(flow.subject, framework))
    notices = (*mapped.found.notices, *result.notes, *_left_out(flow, shown), *root_hints(mapped.found, result))
    progress.finish((*notice_lines(notices), *summary_lines(result, flow, written)))
    if observation is not None:
        progress.finish(observation_lines(observation, flow))
    return Status.INCOMPLETE if strict and not flow.is_complete else Status.DONE


def _left_out(flow: Flow, shown: Flow) -> Iterator[str]:
    """How much of a flow is not drawn that would be."""
    calls = [sum(len(stage.steps) for stage in each.stages) for each in (flow, shown)]
    if shown is not flow:
        yield f"drawn: {calls[1]} of {calls[0]} calls; the others are counted where they are left out"
