"""From a target to the routes of its project: a program that makes them is analysed, nothing behind the views is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from flowmap.analysis.entry import Entry
from flowmap.analysis.program import analyse
from flowmap.flow.matching import is_known, near_patterns, serving, view_named
from flowmap.flow.model import Subject
from flowmap.flow.routes import Route, RouteList
from flowmap.pipeline.assumptions import assumed_in
from flowmap.pipeline.finding import FoundProgram, find_program
from flowmap.pipeline.preparing import open_frontend, refuse_old_syntax, settings_that_lead, with_program
from flowmap.pipeline.request import Progress, Request, silent

_SHOWN: Final = 4


@dataclass(frozen=True, slots=True)
class Served:
    """What serves a request that was asked for: what there is to say of its route, and the names of the only views that
    may be called; None where that is open.
    """

    notes: tuple[str, ...] = ()
    views: frozenset[str] | None = None


def served_by(found: FoundProgram, request: Request, progress: Progress = silent) -> Served:
    """The route of the request that a user asks for.

    Raises UnknownViewError and AmbiguousViewError besides what listing raises.
    """
    asked = found.asked
    if asked.path is None and asked.view is None:
        return Served()
    progress("finding the route")
    # The frontier of the map is not that of the listing.
    routes = routes_of(found, replace(request, frontier=None), silent).found
    notes: list[str] = []
    views: frozenset[str] | None = None
    if asked.view is not None:
        name = view_named(routes.routes, asked.view)
        views = frozenset({name})
        leading = [route for route in routes.routes if any(view.name == name for view in route.views)]
        notes.append(f"view {name}: {_counted(leading)}")
    if asked.path is not None:
        matching = serving(routes.routes, asked.path)
        if views is None and all(is_known(view) for route in matching for view in route.views):
            views = frozenset(view.name for route in matching for view in route.views)
        if matching:
            notes.append(f"{asked.path}: {_counted(matching)}")
        else:
            near = ", ".join(f"/{pattern}" for pattern in near_patterns(routes.routes, asked.path))
            hint = f"near are {near}" if near else "'flowmap urls' lists all"
            notes.append(f"{asked.path}: no route matches, so what is mapped is the answer to that; {hint}")
    return Served(tuple(notes), views)


def _counted(routes: Sequence[Route]) -> str:
    """The first of some routes, and how many others there are."""
    first = routes[0]
    views = " or ".join(view.name for view in first.views)
    others = [f"/{route.pattern} ({route.declared})" for route in routes[1:_SHOWN]]
    more = f"; also {', '.join(others)}" if others else ""
    rest = f" and {len(routes) - _SHOWN} more" if len(routes) > _SHOWN else ""
    return f"/{first.pattern} -> {views} ({first.declared}){more}{rest}"


def list_routes(request: Request, progress: Progress = silent) -> RouteList:
    """The routes of a project. Raises a FlowmapError for everything the user can mend."""
    return routes_of(find_program(request, progress), request, progress)


def routes_of(found: FoundProgram, request: Request, progress: Progress = silent) -> RouteList:
    """The routes of a project whose source was found."""
    framework, urls = found.framework, found.framework.urls
    frontier = urls.frontier if request.frontier is None else request.frontier
    progress(f"following the URL configuration on {found.distribution.name} {found.distribution.version}")
    with open_frontend(request.jobs, no_cache=request.no_cache) as frontend:
        entrance = framework.surroundings(found.tree, frontend, found.entry, found.settings, found.environment)
        tree = with_program(found.tree, urls.module, urls.text)
        major, _, minor = found.python.partition(".")
        entry = Entry(
            urls.module,
            environment=entrance.environment,
            platform=found.platform,
            python=(int(major), int(minor)),
            frontier=frontier,
            setting_strings=entrance.setting_strings,
            assumed=assumed_in(entrance.settings_modules, found.assumed),
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
