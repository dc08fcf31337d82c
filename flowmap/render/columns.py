"""Where columns, and the tracks in the channels between them, lie: everything sideways but the gutters."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from flowmap.render.channels import Channel, ChannelKind, Net, Route, Routing, Side
from flowmap.render.grid import label_width
from flowmap.render.picture import Entered, Picture
from flowmap.render.tracks import End, packed, spans_of

TITLE_COLUMN: Final = 96.0
HIDDEN_COLUMN: Final = 62.0
TRACK: Final = 7.0
TAIL_ZONE: Final = 6.0
HEAD_ZONE: Final = 14.0  # arrow head and a little air, beside its label
NARROW: Final = 14.0
# Rows have no coordinates yet when columns get theirs; these only have to be in the right order.
_ROW: Final = 40.0


@dataclass(frozen=True, slots=True)
class Columns:
    """Points from the lanes' left edge: each lane's columns, each net's track, and the lanes' right edge."""

    extents: Mapping[Entered, tuple[float, float]]
    tracks: Mapping[tuple[Channel, Net], float]
    right: float


def place_columns(picture: Picture, routing: Routing) -> Columns:
    """Columns side by side, each channel between them as wide as its tracks and the labels of its arrows' heads."""
    return _Placing(routing).columns(picture)


class _Placing:
    def __init__(self, routing: Routing) -> None:
        self._routing = routing

    def columns(self, picture: Picture) -> Columns:
        spans = spans_of(self._routing.routes, ChannelKind.COLUMN, self._ends)
        zones = self._head_zones()
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
                    x += grid.columns[index]
            right = max(right, x + (HIDDEN_COLUMN if picture.lanes[lane].hidden else 0.0))
        extents = {}
        for key, spot in self._routing.spots.items():
            left = lefts[spot.lane][spot.cell.column]
            extents[key] = left, left + self._routing.grids[spot.lane].columns[spot.cell.column]
        return Columns(extents, placed, right)

    def _head_zones(self) -> dict[Channel, float]:
        zones: dict[Channel, float] = {}
        for route in self._routing.routes:
            if route.enters is Side.LEFT:
                spot = self._routing.spots[route.arrow.head]
                channel = Channel(ChannelKind.COLUMN, spot.lane, spot.cell.column)
                zones[channel] = max(zones.get(channel, 0.0), label_width(route.arrow) + HEAD_ZONE)
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
