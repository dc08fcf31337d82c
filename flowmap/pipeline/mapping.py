"""From a target to the call graph of the program that it and a project make up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypedDict

from flowmap.analysis.entry import Entry
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.program import Analysis, analyse
from flowmap.callgraph.build import build
from flowmap.callgraph.evidence import with_evidence
from flowmap.callgraph.model import CallGraph
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.landmarks import Landmarks
from flowmap.flow.model import Subject
from flowmap.frameworks import Entrance, Framework
from flowmap.pipeline.assumptions import assumed_in, refuse_unknown
from flowmap.pipeline.deciding import open_settings
from flowmap.pipeline.finding import FoundProgram, find_program
from flowmap.pipeline.preparing import open_frontend, refuse_old_syntax, settings_that_lead, with_program
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.pipeline.routes import Served, served_by
from flowmap.sources.tree import SourceTree


class _Assumptions(TypedDict, total=False):
    told_apart: frozenset[str]
    held: Mapping[str, str]
    only: Mapping[str, frozenset[str]]
    lifting: frozenset[str]


@dataclass(frozen=True, slots=True)
class MappedProgram:
    """A program whose call graph is known. `files` counts the files that were read."""

    subject: Subject
    graph: CallGraph
    framework: Framework
    entrance: Entrance
    tree: SourceTree = field(repr=False, compare=False)
    files: int
    landmarks: Landmarks = field(default=Landmarks(()), repr=False)
    # Modules that could not be read, and why.
    unreadable: Mapping[str, str] = field(default_factory=dict)
    # What there is to say of the request that was asked for.
    notes: tuple[str, ...] = ()


def map_graph(target: str, project: Path | None = None, *, jobs: int | None = None) -> CallGraph:
    """The call graph of a target and a project, everything else at its default."""
    return map_program(Request(target, project, jobs=jobs)).graph


@dataclass(frozen=True, slots=True)
class AnalysedProgram:
    """A program at its fixpoint, and what it was made of."""

    subject: Subject
    analysis: Analysis = field(repr=False)
    framework: Framework
    entrance: Entrance
    tree: SourceTree = field(repr=False)
    notes: tuple[str, ...] = ()


def map_program(request: Request, progress: Progress = silent) -> MappedProgram:
    """Finds the source, analyses the program, and builds its call graph. Results that were kept are not asked.

    `progress` is told of each stage as it begins. Raises a FlowmapError for everything the user can mend.
    """
    return map_found(find_program(request, progress), request, progress)


def map_found(found: FoundProgram, request: Request, progress: Progress = silent) -> MappedProgram:
    """Analyses a program whose source was found for a request, and builds its call graph."""
    program = analyse_found(found, request, progress)
    analysis, framework = program.analysis, program.framework
    progress("building the call graph")
    graph = build(analysis)
    landmarks = framework.landmarks(ActivationGraph(graph), program.subject)
    graph = with_evidence(graph, landmarks.evidence)
    files, unreadable = len(analysis.files), analysis.unreadable
    return MappedProgram(
        program.subject,
        graph,
        framework,
        program.entrance,
        program.tree,
        files,
        landmarks,
        unreadable,
        program.notes,
    )


def analyse_program(
    request: Request, progress: Progress = silent, interpreter: type[Interpreter] = Interpreter
) -> AnalysedProgram:
    """Finds the source and analyses the program. Raises what map_program does."""
    return analyse_found(find_program(request, progress), request, progress, interpreter)


def analyse_found(
    found: FoundProgram, request: Request, progress: Progress = silent, interpreter: type[Interpreter] = Interpreter
) -> AnalysedProgram:
    """Analyses a program whose source was found for a request. Raises what map_program does."""
    distribution, framework, tree = found.distribution, found.framework, found.tree
    served = served_by(found, request, progress)
    progress(f"following {found.entry} through {distribution.name} {distribution.version}")
    with open_frontend(request.jobs, no_cache=request.no_cache) as frontend:
        entrance = framework.enter(tree, frontend, found.entry, found.settings, found.environment)
        tree = with_program(tree, entrance.module, entrance.program)
        analysis = analyse(tree, frontend, _entry(entrance, found, served), interpreter=interpreter)
    refuse_unknown(found.assumed, entrance, tree, analysis.files)
    refuse_old_syntax(distribution, tree, analysis.unreadable)
    subject = Subject(
        distribution.name,
        distribution.version,
        distribution.sha256,
        found.python,
        found.entry,
        found.project,
        found.platform,
        settings_that_lead(analysis, entrance),
        open=open_settings(analysis, entrance),
    )
    return AnalysedProgram(subject, analysis, framework, entrance, tree, served.notes)


def _assumptions(found: FoundProgram, served: Served) -> _Assumptions:
    """What is assumed of a run that serves one request."""
    attributes, asked = found.framework.request, found.asked
    if not asked:
        return {}
    held: dict[str, str] = {}
    if asked.path is not None:
        held |= dict.fromkeys(attributes.path, asked.path)
    if asked.method is not None:
        held |= dict.fromkeys(attributes.method, asked.method)
    only = dict.fromkeys(attributes.view, served.views) if served.views is not None else {}
    # Which view a path leads to is known of the project's own URL configuration only.
    lifting = frozenset(attributes.urlconf) if asked.view is None else frozenset()
    return {"told_apart": found.framework.urls.told_apart, "held": held, "only": only, "lifting": lifting}


def _entry(entrance: Entrance, found: FoundProgram, served: Served) -> Entry:
    major, _, minor = found.python.partition(".")
    return Entry(
        module=entrance.module,
        argv=entrance.argv,
        environment=entrance.environment,
        platform=found.platform,
        python=(int(major), int(minor)),
        frontier=found.frontier,
        setting_strings=entrance.setting_strings,
        application=entrance.application,
        assumed=assumed_in(entrance.settings_modules, found.assumed),
        **_assumptions(found, served),
    )
