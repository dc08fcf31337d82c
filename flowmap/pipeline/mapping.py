"""From a target to the call graph of the program that it and a project make up."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.program import Analysis, Entry, analyse
from flowmap.callgraph.build import build
from flowmap.callgraph.evidence import with_evidence
from flowmap.callgraph.model import CallGraph
from flowmap.errors import OldSyntaxError
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.landmarks import Landmarks
from flowmap.flow.model import Subject
from flowmap.frameworks import DISTRIBUTIONS, Entrance, Framework, recognise
from flowmap.names import Origin
from flowmap.sources.cache import Cache, default_cache_folder
from flowmap.sources.config import read_index_settings
from flowmap.sources.dependencies import resolve_dependencies
from flowmap.sources.directory import read_project
from flowmap.sources.distribution import Distribution, source_tree
from flowmap.sources.fetch import resolve
from flowmap.sources.stdlib import StandardLibrary, standard_library
from flowmap.sources.target import canonical_name
from flowmap.sources.tree import Files, SourceTree, module_name
from flowmap.syntax.cache import ParseCache
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.python2 import looks_like_python2

PARSED_FOLDER: Final = "parsed"

Progress: TypeAlias = Callable[[str], None]


def silent(_stage: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """What is to be mapped. None stands for the default: the framework's own project, entry and frontier, the
    standard library of the running Python, the indexes of the user's pip, and as many processes as are of use.
    """

    target: str
    project: Path | None = None
    entry: str | None = None
    frontier: tuple[str, ...] | None = None
    platform: str = "linux"
    library: Path | None = None
    index_url: str | None = None
    offline: bool = False
    jobs: int | None = None


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
    """Finds the source, analyses the program, and builds its call graph.

    `progress` is told of each stage as it begins. Raises a FlowmapError for everything the user can mend.
    """
    program = analyse_program(request, progress)
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
    progress(f"finding {request.target}")
    library = standard_library(request.library)
    settings = read_index_settings(request.index_url, offline=request.offline)
    cache = Cache(default_cache_folder())
    distribution = resolve(request.target, settings=settings, cache=cache, prefer=DISTRIBUTIONS)
    framework = recognise(distribution)
    entry = framework.canonical_entry(framework.default_entry if request.entry is None else request.entry)
    frontier = framework.frontier if request.frontier is None else request.frontier
    project = _project(request, framework)
    progress("finding what it depends on")
    dependencies = resolve_dependencies(
        distribution,
        python=library.version,
        settings=settings,
        cache=cache,
        platform=request.platform,
        only=imported_dependencies(distribution, frontier),
    )
    tree = source_tree(distribution, library=library, project=project, dependencies=dependencies)
    progress(f"following {entry} through {distribution.name} {distribution.version}")
    with open_frontend(request.jobs) as frontend:
        entrance = framework.enter(tree, frontend, entry)
        start = _entry(entrance, library, request.platform, frontier)
        analysis = analyse(tree, frontend, start, interpreter=interpreter)
    _refuse_old_syntax(distribution, tree, analysis.unreadable)
    subject = Subject(
        distribution.name,
        distribution.version,
        distribution.sha256,
        library.version,
        entry,
        framework.default_project if request.project is None else request.project.resolve().name,
        request.platform,
        _settings(analysis, entrance),
    )
    return AnalysedProgram(subject, analysis, framework, entrance, tree)


def open_frontend(jobs: int | None) -> Frontend:
    """A frontend over the user's parse cache; this process is one of the `jobs`."""
    # One unless more are asked for: starting a second one costs as much CPU as it takes off the first.
    # More than there are processors would only take memory.
    processes = min(jobs or 1, os.cpu_count() or 1)
    return Frontend(ParseCache(default_cache_folder() / PARSED_FOLDER), jobs=processes - 1)


def imported_dependencies(distribution: Distribution, frontier: Iterable[str]) -> frozenset[str]:
    """Those of the distributions it requires that modules this side of the frontier import, by canonical name."""
    named = (re.match(r"[\w.-]+", requirement) for requirement in distribution.requires)
    names = {canonical_name(match[0]) for match in named if match}
    modules = {name.replace("-", "_"): name for name in sorted(names)}
    if not modules:
        return frozenset()
    closed = tuple(f"{name}." for name in frontier)
    pattern = re.compile(rf"^[ \t]*(?:from|import)[ \t]+({'|'.join(modules)})\b".encode(), re.MULTILINE)
    found: set[str] = set()
    for path in distribution.files.paths():
        name = module_name(path)
        if name is not None and not f"{name}.".startswith(closed):
            found.update(match.decode() for match in pattern.findall(distribution.files.read(path)))
    return frozenset(modules[module] for module in found)


def _project(request: Request, framework: Framework) -> Files:
    if request.project is None:
        return framework.render_project()
    return read_project(request.project, framework.entry_file)


def _entry(entrance: Entrance, library: StandardLibrary, platform: str, frontier: tuple[str, ...]) -> Entry:
    major, _, minor = library.version.partition(".")
    return Entry(
        module=entrance.module,
        argv=entrance.argv,
        environment=entrance.environment,
        platform=platform,
        python=(int(major), int(minor)),
        frontier=frontier,
        setting_strings=entrance.setting_strings,
        application=entrance.application,
    )


def _refuse_old_syntax(distribution: Distribution, tree: SourceTree, unreadable: Iterable[str]) -> None:
    """A release in Python 2's syntax gives no flow that could be believed, however much of it can be read."""
    for name in sorted(unreadable):
        source = tree.find(name)
        if source is None or source.file is None or source.origin is not Origin.DISTRIBUTION:
            continue
        construct = looks_like_python2(source.file.read())
        if construct is not None:
            raise OldSyntaxError(f"{distribution.name} {distribution.version}", f"{source.file.path}: {construct}")


def _settings(analysis: Analysis, entrance: Entrance) -> Mapping[str, object]:
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
