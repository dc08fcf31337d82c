"""`flowmap urls --format json`: the routes of a project, in the schema `flowmap-urls/1`."""

from __future__ import annotations

import msgspec

from flowmap.analysis.result import Place
from flowmap.flow.routes import PartKind, Route, RouteGap, RouteList, View, ViewKind
from flowmap.snapshot import schema
from flowmap.snapshot.wire import WireSubject, wire_subject


class _WirePlace(msgspec.Struct):
    file: str
    line: int


class _WirePart(msgspec.Struct):
    kind: PartKind
    text: str | None


class _WireView(msgspec.Struct):
    name: str
    kind: ViewKind
    defined: _WirePlace | None
    decorators: list[str]
    mixins: list[str]
    methods: dict[str, str]


class _WireRoute(msgspec.Struct):
    pattern: str
    name: str | None
    parts: list[_WirePart]
    parameters: dict[str, str]
    views: list[_WireView]
    declared: _WirePlace | None
    included: list[_WirePlace]


class _WireRouteGap(msgspec.Struct):
    pattern: str
    reason: str
    name: str
    place: _WirePlace | None


class _WireBound(msgspec.Struct):
    name: str
    limit: int
    where: str
    hits: int


class _WireRoutes(msgspec.Struct):
    schema: str
    subject: WireSubject
    urlconf: str
    routes: list[_WireRoute]
    gaps: list[_WireRouteGap]
    frontier: list[str]
    bounds: list[_WireBound]


def routes_json(listing: RouteList) -> bytes:
    """The bytes of a listing: routes in the order in which they are tried, gaps in that of where they are met."""
    found = listing.found
    bounds = [_WireBound(each.name, each.limit, each.where, each.hits) for each in sorted(listing.bounds)]
    wire = _WireRoutes(
        schema.URLS,
        wire_subject(listing.subject),
        found.urlconf,
        list(map(_route, found.routes)),
        list(map(_gap, found.gaps)),
        list(listing.frontier),
        bounds,
    )
    return schema.encode(wire)


def _route(route: Route) -> _WireRoute:
    return _WireRoute(
        route.pattern,
        route.name,
        [_WirePart(part.kind, part.text) for part in route.parts],
        dict(route.parameters),
        list(map(_view, route.views)),
        _place(route.declared),
        [_WirePlace(place.file, place.line) for place in route.included],
    )


def _view(view: View) -> _WireView:
    return _WireView(
        view.name,
        view.kind,
        _place(view.place),
        list(map(str, view.decorators)),
        list(map(str, view.mixins)),
        dict(view.methods),
    )


def _gap(gap: RouteGap) -> _WireRouteGap:
    return _WireRouteGap(gap.pattern, gap.reason, gap.name, _place(gap.place))


def _place(place: Place | None) -> _WirePlace | None:
    return None if place is None else _WirePlace(place.file, place.line)
