"""The routes of a project: which requests there are, and what answers them."""

from __future__ import annotations

import enum
from dataclasses import dataclass

from flowmap.analysis.result import Bound, Place
from flowmap.flow.model import Subject
from flowmap.names import FunctionName


class PartKind(enum.StrEnum):
    """How a part of a route is written."""

    PATH = "path"
    REGEX = "regex"
    LANGUAGE = "language"  # the code of the language that is active, or nothing


@dataclass(frozen=True, slots=True)
class Part:
    """What one route or include adds to the pattern; None: it is not known."""

    kind: PartKind
    text: str | None


class ViewKind(enum.StrEnum):
    """What a route leads to."""

    FUNCTION = "function"
    CLASS = "class"
    OBJECT = "object"  # something that can be called
    EXTERNAL = "external"  # not in the source
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class View:
    """What answers. `decorators` stand outermost first; `mixins` are the bases of a class that are no views themselves.

    `methods` are, by HTTP method, the functions that handle it; empty for a function, which is asked for all of them.
    """

    name: str
    kind: ViewKind
    place: Place | None = None
    decorators: tuple[FunctionName, ...] = ()
    mixins: tuple[FunctionName, ...] = ()
    methods: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Route:
    """One route. `pattern` is the whole, `…` where a part is not known; `name` has its namespaces before it.

    `parameters` are the names of what it captures with the converter or expression of each. `declared` is the line
    that makes it, `included` those of the includes that it stands in, outermost first. Several views: it is one of
    them.
    """

    pattern: str
    parts: tuple[Part, ...]
    name: str | None
    parameters: tuple[tuple[str, str], ...]
    views: tuple[View, ...]
    declared: Place | None
    included: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class RouteGap:
    """Where the listing breaks off: below which pattern, and why; `name` is what is not there."""

    pattern: str
    reason: str
    name: str = ""
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class FoundRoutes:
    """The routes of a project, in the order in which they are tried. `urlconf` is the module that is the root."""

    urlconf: str
    routes: tuple[Route, ...]
    gaps: tuple[RouteGap, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteList:
    """The routes of a subject. `frontier` are the modules that were not entered on the way to them, `bounds` those
    that were hit.
    """

    subject: Subject
    found: FoundRoutes
    frontier: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
