"""From a target to the call graph of the program that it and a project make up."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from flowmap.analysis.entry import Entry
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.program import Analysis, analyse
from flowmap.callgraph.build import build
from flowmap.callgraph.evidence import with_evidence
from flowmap.callgraph.model import CallGraph
from flowmap.errors import OldSyntaxError
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.landmarks import Landmarks
from flowmap.flow.model import Subject
from flowmap.frameworks import Entrance, Framework
from flowmap.names import Origin
from flowmap.pipeline.finding import FoundProgram, find_program
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.sources.cache import default_cache_folder
from flowmap.sources.distribution import Distribution
from flowmap.sources.tree import SourceTree
from flowmap.syntax.cache import ParseCache
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.python2 import looks_like_python2

PARSED_FOLDER: Final = "parsed"


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
        program.subject, graph, framework, program.entrance, program.tree, files, landmarks, unreadable
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
    progress(f"following {found.entry} through {distribution.name} {distribution.version}")
    with open_frontend(request.jobs, no_cache=request.no_cache) as frontend:
        entrance = framework.enter(tree, frontend, found.entry, found.settings)
        analysis = analyse(tree, frontend, _entry(entrance, found), interpreter=interpreter)
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
    )
    return AnalysedProgram(subject, analysis, framework, entrance, tree)


def open_frontend(jobs: int | None, *, no_cache: bool = False) -> Frontend:
    """A frontend over the user's parse cache; this process is one of the `jobs`."""
    # One unless more are asked for: starting a second one costs as much CPU as it takes off the first.
    # More than there are processors would only take memory.
    processes = min(jobs or 1, os.cpu_count() or 1)
    folder = None if no_cache else default_cache_folder() / PARSED_FOLDER
    return Frontend(ParseCache(folder), jobs=processes - 1)


def _entry(entrance: Entrance, found: FoundProgram) -> Entry:
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
    )


def refuse_old_syntax(distribution: Distribution, tree: SourceTree, unreadable: Iterable[str]) -> None:
    """A release in Python 2's syntax gives no flow that could be believed, however much of it can be read."""
    for name in sorted(unreadable):
        source = tree.find(name)
        if source is None or source.file is None or source.origin is not Origin.DISTRIBUTION:
            continue
        construct = looks_like_python2(source.file.read())
        if construct is not None:
            raise OldSyntaxError(f"{distribution.name} {distribution.version}", f"{source.file.path}: {construct}")


def settings_that_lead(analysis: Analysis, entrance: Entrance) -> Mapping[str, object]:
    """The settings that name modules of the tree. Others do not lead the flow, and some are secret."""
    if entrance.settings is None:
        return {}
    values = analysis.module_values(entrance.settings)
    return {name: value for name, value in sorted(values.items()) if _names_any(value, entrance.setting_strings)}


def _names_any(value: object, strings: frozenset[str]) -> bool:
    if isinstance(value, str):
        return value in strings
    if isinstance(value, Mapping):
        return any(_names_any(each, strings) for each in value.values())
    return isinstance(value, list | tuple | frozenset) and any(_names_any(each, strings) for each in value)
