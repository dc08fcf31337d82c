"""From a target to the routes of its project: a program that makes them is analysed, nothing behind the views is."""

from __future__ import annotations

from flowmap.analysis.entry import Entry
from flowmap.analysis.program import analyse
from flowmap.flow.model import Subject
from flowmap.flow.routes import RouteList
from flowmap.names import Origin
from flowmap.pipeline.finding import FoundProgram, find_program
from flowmap.pipeline.mapping import open_frontend, refuse_old_syntax, settings_that_lead
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import SOURCE_SUFFIX, Root, SourceTree


def list_routes(request: Request, progress: Progress = silent) -> RouteList:
    """The routes of a project. Raises a FlowmapError for everything the user can mend."""
    return routes_of(find_program(request, progress), request, progress)


def routes_of(found: FoundProgram, request: Request, progress: Progress = silent) -> RouteList:
    """The routes of a project whose source was found."""
    framework, urls = found.framework, found.framework.urls
    frontier = urls.frontier if request.frontier is None else request.frontier
    progress(f"following the URL configuration on {found.distribution.name} {found.distribution.version}")
    with open_frontend(request.jobs, no_cache=request.no_cache) as frontend:
        entrance = framework.surroundings(found.tree, frontend, found.entry, found.settings)
        program = MemoryFiles({f"{urls.module}{SOURCE_SUFFIX}": urls.text.encode()})
        tree = SourceTree([*found.tree.roots, Root(Origin.PROJECT, program)])
        major, _, minor = found.python.partition(".")
        entry = Entry(
            urls.module,
            environment=entrance.environment,
            platform=found.platform,
            python=(int(major), int(minor)),
            frontier=frontier,
            setting_strings=entrance.setting_strings,
            told_apart=urls.told_apart,
        )
        analysis = analyse(tree, frontend, entry)
    refuse_old_syntax(found.distribution, tree, analysis.unreadable)
    subject = Subject(
        found.distribution.name,
        found.distribution.version,
        found.distribution.sha256,
        found.python,
        found.entry,
        found.project,
        found.platform,
        settings_that_lead(analysis, entrance),
    )
    closed = tuple(
        name for name in analysis.frontier() if f"{name}.".startswith(tuple(f"{each}." for each in frontier))
    )
    progress("reading the routes")
    return RouteList(subject, urls.read(analysis.heap), closed, analysis.bounds())
