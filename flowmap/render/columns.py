"""Where columns, and the tracks in the channels between them, lie: everything sideways but the gutters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flowmap.render.channels import Channel, ChannelKind, Net, Route, Routing, Side
from flowmap.render.grid import label_width
from flowmap.render.picture import Arrow, Entered
from flowmap.render.tracks import End, packed, spans_of

TITLE_COLUMN: Final = 90.0
TRACK: Final = 7.0
TAIL_ZONE: Final = 6.0
HEAD_ZONE: Final = 11.0  # arrow head, beside its label
LABEL_AIR: Final = 3.0
NARROW: Final = 14.0
# On a top or bottom side: what each way out takes, and what the side's two ends keep free.
EXIT_ROOM: Final = 14.0
EDGE_CORNER: Final = 8.0
# Rows have no coordinates yet when columns get theirs; these only have to be in the right order.
_ROW: Final = 40.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Points from the lanes' left edge: each lane's columns, each net's track, and the lanes' right edge."""

    extents: Mapping[Entered, tuple[float, float]]
    tracks: Mapping[tuple[Channel, Net], float]
    right: float


def entry_room(arrow: Arrow) -> float:
    """What a way in takes on a top or bottom side: its line, its number beside it, and air."""
    return label_width(arrow) + 12


def place_columns(routing: Routing) -> Columns:
    """Columns side by side, each channel between them as wide as its tracks and the labels of its arrows' heads."""
    return _Placing(routing).columns()


class _Placing:
    def __init__(self, routing: Routing) -> None:
        self._routing = routing

    def columns(self) -> Columns:
        spans = spans_of(self._routing.routes, ChannelKind.COLUMN, self._ends)
        zones = self._head_zones()
        widths = self._widths()
        lefts: list[list[float]] = []
        placed: dict[tuple[Channel, Net], float] = {}
        right = 0.0
        for lane, grid in enumerate(self._routing.grids):
            x = TITLE_COLUMN
            lefts.append([])
            for index in range(len(grid.columns) + 1):
                channel = Channel(ChannelKind.COLUMN, lane, index)
                tracks = packed(spans.get(channel, {}))
                placed |= {(channel, net): x + TAIL_ZONE + TRACK * (track + 0.5) for net, track in tracks.items()}
                used = TRACK * (max(tracks.values()) + 1) if tracks else 0.0
                x += max(NARROW, TAIL_ZONE + used + zones.get(channel, 0.0))
                if index < len(grid.columns):
                    lefts[lane].append(x)
                    x += widths[lane][index]
            right = max(right, x)
        extents = {}
        for key, spot in self._routing.spots.items():
            left = lefts[spot.lane][spot.cell.column]
            extents[key] = left, left + widths[spot.lane][spot.cell.column]
        return Columns(extents, placed, right)

    def _widths(self) -> list[list[float]]:
        """Columns as wide as their boxes' words, and as the numbers of what enters a box from above or below."""
        widths = [list(grid.columns) for grid in self._routing.grids]
        rooms: dict[tuple[Entered, Side], float] = {}
        for net in self._routing.by_net:
            rooms[net.tail, net.side] = rooms.get((net.tail, net.side), 0.0) + EXIT_ROOM
        for route in self._routing.routes:
            entered = route.arrow.head, route.enters
            rooms[entered] = rooms.get(entered, 0.0) + entry_room(route.arrow)
        for (key, side), room in rooms.items():
            if side in {Side.TOP, Side.BOTTOM}:
                spot = self._routing.spots[key]
                own = widths[spot.lane]
                own[spot.cell.column] = max(own[spot.cell.column], room + 2 * EDGE_CORNER)
        return widths

    def _head_zones(self) -> dict[Channel, float]:
        zones: dict[Channel, float] = {}
        # Arrows that share a straight line have their numbers one behind the other.
        shared: dict[tuple[Net, Entered], float] = {}
        for route in self._routing.routes:
            if route.enters is Side.LEFT:
                spot = self._routing.spots[route.arrow.head]
                channel = Channel(ChannelKind.COLUMN, spot.lane, spot.cell.column)
                line = route.net, route.arrow.head
                shared[line] = shared.get(line, 0.0) + label_width(route.arrow) + LABEL_AIR
                needed = shared[line] if self._routing.is_straight(route) else label_width(route.arrow) + LABEL_AIR
                zones[channel] = max(zones.get(channel, 0.0), needed + HEAD_ZONE)
        return zones

    def _ends(self, number: int, turn: int) -> Iterable[End]:
        route = self._routing.routes[number]
        tail, head = (self._routing.spots[key] for key in (route.arrow.tail, route.arrow.head))
        channel = route.channels[turn]
        if turn == 0:
            yield End(_ROW * tail.cell.row + _ROW / 2, low=True)
        else:
            yield End(self._level(route.channels[turn - 1], channel.lane), low=self._from_left(route, turn - 1))
        if turn == len(route.channels) - 1:
            yield End(_ROW * head.cell.row + _ROW / 2, low=False)
        else:
            yield End(self._level(route.channels[turn + 1], channel.lane), low=self._to_left(route, turn + 1))

    def _level(self, channel: Channel, lane: int) -> float:
        if channel.kind is ChannelKind.ROW:
            return _ROW * channel.index
        return -_ROW / 2 if channel.index == lane else _ROW * self._routing.grids[lane].rows + _ROW / 2

    def _from_left(self, route: Route, turn: int) -> bool:
        """Whether the way comes to the column channel after channel `turn` from its left."""
        head = self._routing.spots[route.arrow.head]
        return self._routing.about_turn(route, turn - 1, start=True) < self._routing.about(head)

    def _to_left(self, route: Route, turn: int) -> bool:
        """Whether the way goes on to the left after channel `turn`."""
        tail = self._routing.spots[route.arrow.tail]
        return self._routing.about_turn(route, turn + 1, start=False) < self._routing.about(tail)
