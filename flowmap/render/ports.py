"""Where on a box's sides its arrows leave and enter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from flowmap.render.channels import ChannelKind, Net, Routing, Side
from flowmap.render.columns import TRACK, Columns
from flowmap.render.grid import label_width
from flowmap.render.picture import Entered

# By an arrow's number and whether it leaves there: x on top and bottom sides, y on left and right ones.
Ports = dict[tuple[int, bool], float]

_CORNER_ROOM: Final = 14.0
_EXIT_STEP: Final = 6.0
_EXIT_LIMIT: Final = 11.0
_ENTRY_LIMIT: Final = 11.5


def edge_ports(routing: Routing, columns: Columns) -> Ports:
    """The x of every port on a top or bottom side: in the order of where its way leads, with room for its label."""
    return _EdgePorts(routing, columns).ports


def side_ports(routing: Routing, centres: Mapping[Entered, float]) -> Ports:
    """The y of every port on a left or right side; `centres` are the boxes' own."""
    return _SidePorts(routing, centres).ports


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
        rooms = [
            TRACK * 2 if item[0][1] else label_width(self._routing.routes[item[0][0]].arrow) + 12 for item in items
        ]
        squeeze = min(1.0, (right - left - 16) / sum(rooms))
        x = left + _CORNER_ROOM if sum(rooms) < right - left - 2 * _CORNER_ROOM else left + 8
        for item, room in zip(items, rooms, strict=True):
            for port in item:
                self.ports[port] = x
            x += room * squeeze

    def _straighten(self, sides: Mapping[tuple[Entered, Side], Mapping[object, object]]) -> None:
        """Where one way alone leads from a box's edge to another's that is above or below it, it goes straight."""
        for number, route in enumerate(self._routing.routes):
            if len(route.channels) != 1 or route.net.side not in {Side.TOP, Side.BOTTOM} or route.enters is Side.LEFT:
                continue
            leaving, entering = sides[route.arrow.tail, route.net.side], sides[route.arrow.head, route.enters]
            if len(leaving) == len(entering) == 1 and len(self._routing.by_net[route.net]) == 1:
                one, other = (self._columns.extents[key] for key in (route.arrow.tail, route.arrow.head))
                left, right = max(one[0], other[0]) + _CORNER_ROOM, min(one[1], other[1]) - _CORNER_ROOM
                if left <= right:
                    self.ports[number, True] = self.ports[number, False] = left


class _SidePorts:
    def __init__(self, routing: Routing, centres: Mapping[Entered, float]) -> None:
        self._routing = routing
        self._centres = centres
        self.ports: Ports = {}
        exits: dict[Entered, list[Net]] = {}
        entries: dict[Entered, list[int]] = {}
        for number, route in enumerate(routing.routes):
            if route.net.side is Side.RIGHT and route.net not in exits.setdefault(route.arrow.tail, []):
                exits[route.arrow.tail].append(route.net)
            if route.enters is Side.LEFT:
                entries.setdefault(route.arrow.head, []).append(number)
        leaving = {net: y for key, nets in exits.items() for net, y in self._leave(key, nets).items()}
        for number, route in enumerate(routing.routes):
            if route.net in leaving:
                self.ports[number, True] = leaving[route.net]
        for head, numbers in entries.items():
            self._enter(head, numbers)

    def _leave(self, key: Entered, nets: Sequence[Net]) -> dict[Net, float]:
        ordered = sorted(nets, key=self._drift)
        middle = next((i for i, net in enumerate(ordered) if self._goes_straight(net)), (len(nets) - 1) // 2)
        step = min(_EXIT_STEP, _EXIT_LIMIT / max(middle, len(ordered) - 1 - middle, 1))
        return {net: self._centres[key] + step * (position - middle) for position, net in enumerate(ordered)}

    def _enter(self, head: Entered, numbers: Sequence[int]) -> None:
        centre = self._centres[head]
        straight = [number for number in numbers if abs(self.ports.get((number, True), -1e9) - centre) < 14]
        straight = [number for number in straight if len(self._routing.routes[number].channels) == 1]
        for number in straight:
            self.ports[number, False] = self.ports[number, True]
        rest = [number for number in numbers if number not in straight]
        from_above = [number for number in rest if self._enters_from_above(number)]
        from_below = [number for number in rest if not self._enters_from_above(number)]
        if not straight and len(rest) == 1:
            self.ports[rest[0], False] = centre + (-4.0 if from_above else 4.0) * self._has_left_neighbour(head)
            return
        for sign, group in ((-1.0, from_above), (1.0, from_below)):
            step = 3.0 if len(group) < 2 else 11.0 / len(group)
            for position, number in enumerate(group):
                self.ports[number, False] = centre + sign * (_ENTRY_LIMIT - step * position)

    def _has_left_neighbour(self, key: Entered) -> bool:
        spot = self._routing.spots[key]
        return spot.cell.column > 0 and self._routing.holds(spot.lane, spot.cell.row, spot.cell.column - 1)

    def _enters_from_above(self, number: int) -> bool:
        route = self._routing.routes[number]
        head = self._routing.spots[route.arrow.head]
        if len(route.channels) == 1:
            return self._routing.spots[route.arrow.tail].cell.row < head.cell.row
        before = route.channels[-2]
        return before.index <= (head.cell.row if before.kind is ChannelKind.ROW else head.lane)

    def _drift(self, net: Net) -> float:
        """Upward ways leave by the upper ports."""
        routes = self._routing.by_net[net]
        tail = self._routing.spots[net.tail]
        first = routes[0]
        if len(first.channels) == 1:
            return self._routing.spots[first.arrow.head].cell.row - tail.cell.row
        after = first.channels[1]
        level = after.index - (tail.cell.row if after.kind is ChannelKind.ROW else tail.lane)
        return -0.5 if level <= 0 else 0.5

    def _goes_straight(self, net: Net) -> bool:
        row = self._routing.row_of(net.tail)
        return any(
            len(r.channels) == 1 and self._routing.row_of(r.arrow.head) == row for r in self._routing.by_net[net]
        )
