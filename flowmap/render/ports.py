"""Where on a box's sides its arrows leave and enter."""

from __future__ import annotations

from collections.abc import Mapping
from math import fsum
from typing import Final

from flowmap.render.channels import Routing, Side
from flowmap.render.columns import EDGE_CORNER, EXIT_ROOM, Columns, entry_room
from flowmap.render.picture import Entered
from flowmap.render.sides import Sides

# By an arrow's number and whether it leaves there: x on top and bottom sides, y on left and right ones.
Ports = dict[tuple[int, bool], float]

_CORNER_ROOM: Final = 14.0


def edge_ports(routing: Routing, columns: Columns) -> Ports:
    """The x of every port on a top or bottom side: in the order of where its way leads, with room for its label."""
    return _EdgePorts(routing, columns).ports


def side_ports(routing: Routing, sides: Sides, centres: Mapping[Entered, float]) -> Ports:
    """The y of every port on a left or right side; `centres` are the boxes' own."""
    ports: Ports = {}
    for number, route in enumerate(routing.routes):
        if route.net.side is Side.RIGHT:
            ports[number, True] = centres[route.arrow.tail] + sides.exits[route.net]
    for number, entry in sides.entries.items():
        ports[number, False] = centres[routing.routes[number].arrow.head] + entry.offset
    return ports


class _EdgePorts:
    def __init__(self, routing: Routing, columns: Columns) -> None:
        self._routing = routing
        self._columns = columns
        self.ports: Ports = {}
        sides: dict[tuple[Entered, Side], dict[object, list[tuple[int, bool]]]] = {}
        for number, route in enumerate(routing.routes):
            if route.net.side in {Side.TOP, Side.BOTTOM}:
                own = sides.setdefault((route.arrow.tail, route.net.side), {})
                own.setdefault(route.net, []).append((number, True))
            if route.enters in {Side.TOP, Side.BOTTOM}:
                sides.setdefault((route.arrow.head, route.enters), {})[number] = [(number, False)]
        for (key, _), items in sides.items():
            self._spread(*columns.extents[key], sorted(items.values(), key=self._other_end))
        self._straighten(sides)

    def _other_end(self, ports: list[tuple[int, bool]]) -> float:
        number, leaves = ports[0]
        route = self._routing.routes[number]
        if leaves:
            return self._routing.about_turn(route, 1, start=False)
        return self._routing.about_turn(route, len(route.channels) - 2, start=True)

    def _spread(self, left: float, right: float, items: list[list[tuple[int, bool]]]) -> None:
        rooms = [EXIT_ROOM if item[0][1] else entry_room(self._routing.routes[item[0][0]].arrow) for item in items]
        x = left + (_CORNER_ROOM if fsum(rooms) < right - left - 2 * _CORNER_ROOM else EDGE_CORNER)
        for item, room in zip(items, rooms, strict=True):
            for port in item:
                self.ports[port] = x
            x += room

    def _straighten(self, sides: Mapping[tuple[Entered, Side], Mapping[object, object]]) -> None:
        """Where one way alone leads from a box's edge to another's that is above or below it, it goes straight."""
        for number, route in enumerate(self._routing.routes):
            if len(route.channels) != 1 or route.net.side not in {Side.TOP, Side.BOTTOM} or route.enters is Side.LEFT:
                continue
            leaving, entering = sides[route.arrow.tail, route.net.side], sides[route.arrow.head, route.enters]
            if len(leaving) == len(entering) == 1 and len(self._routing.by_net[route.net]) == 1:
                one, other = (self._columns.extents[key] for key in (route.arrow.tail, route.arrow.head))
                left, right = max(one[0], other[0]) + _CORNER_ROOM, min(one[1], other[1]) - _CORNER_ROOM
                # Its number stands beside it, above or below the box that it enters and nothing else.
                if left <= right and left + entry_room(route.arrow) <= other[1]:
                    self.ports[number, True] = self.ports[number, False] = left
