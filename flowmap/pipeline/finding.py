"""From a target to the source of the program that it and a project make up: all that there is to analyse."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from flowmap.frameworks import DISTRIBUTIONS, Framework, recognise
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.sources.cache import Cache, default_cache_folder
from flowmap.sources.config import read_index_settings
from flowmap.sources.dependencies import resolve_dependencies
from flowmap.sources.directory import read_project
from flowmap.sources.distribution import Distribution, source_tree
from flowmap.sources.fetch import resolve
from flowmap.sources.stdlib import standard_library
from flowmap.sources.target import canonical_name
from flowmap.sources.tree import Files, SourceTree, module_name


@dataclass(frozen=True, slots=True)
class FoundProgram:
    """A program whose source is at hand. `python` is the version of the standard library, `project` a name."""

    distribution: Distribution
    framework: Framework
    entry: str
    frontier: tuple[str, ...]
    platform: str
    python: str
    project: str
    tree: SourceTree = field(repr=False)


def find_program(request: Request, progress: Progress = silent) -> FoundProgram:
    """Finds the source of a target, its project and what it depends on. Nothing of it is parsed.

    Raises a FlowmapError for everything the user can mend.
    """
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
    return FoundProgram(
        distribution,
        framework,
        entry,
        frontier,
        request.platform,
        library.version,
        framework.default_project if request.project is None else request.project.resolve().name,
        source_tree(distribution, library=library, project=project, dependencies=dependencies),
    )


def imported_dependencies(distribution: Distribution, frontier: Iterable[str]) -> frozenset[str]:
    """Those of the distributions it requires that modules this side of the frontier import, by canonical name."""
    named = (re.match(r"[\w.-]+", requirement) for requirement in distribution.requires)
    names = {canonical_name(match[0]) for match in named if match}
    modules = {name.replace("-", "_"): name for name in sorted(names)}
    if not modules:
        return frozenset()
    closed = tuple(f"{name}." for name in frontier)
    words = [module.encode() for module in modules]
    pattern = re.compile(rf"^[ \t]*(?:from|import)[ \t]+({'|'.join(modules)})\b".encode(), re.MULTILINE)
    found: set[str] = set()
    for path in distribution.files.paths():
        name = module_name(path)
        if name is not None and not f"{name}.".startswith(closed):
            content = distribution.files.read(path)
            # Most files name none of them, and that is soon seen.
            if any(word in content for word in words):
                found.update(match.decode() for match in pattern.findall(content))
    return frozenset(modules[module] for module in found)


def _project(request: Request, framework: Framework) -> Files:
    if request.project is None:
        return framework.render_project()
    return read_project(request.project, framework.entry_file)
