"""Gives every box, lane, track and arrow its coordinates: points, x to the right, y downward from the top."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flowmap.render.channels import FAR, LEFT_GUTTER, RIGHT_GUTTER, Channel, ChannelKind, Net, Route, Routing, Side
from flowmap.render.columns import TRACK, place_columns
from flowmap.render.grid import Grid, label_width
from flowmap.render.picture import Entered, Picture
from flowmap.render.ports import edge_ports, side_ports
from flowmap.render.sides import plan_sides
from flowmap.render.tracks import End, Spans, packed, spans_of

ARROW_ROOM: Final = 8.0
LABEL_LIFT: Final = 6.5
ROW_ZONE: Final = 13.0
LANE_PAD: Final = 5.0
# For what heads the start-up, and the request.
HEADING_ROOM: Final = 18.0
UNDER_ROW: Final = 8.0  # an unlabelled arrow's head fits
HANGING_ROOM: Final = 3.0  # between a number under the lowest line into a box and one above the first into the next
GAP_PAD: Final = 6.0
LANE_MINIMUM: Final = 44.0
PAGE_MARGIN: Final = 8.0
HOLE_HEIGHT: Final = 34.0


@dataclass(frozen=True, slots=True)
class Rectangle:
    left: float
    top: float
    right: float
    bottom: float

    @property
    def width(self) -> float:
        return self.right - self.left

    @property
    def height(self) -> float:
        return self.bottom - self.top

    @property
    def centre(self) -> tuple[float, float]:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2


@dataclass(frozen=True, slots=True)
class Line:
    """An arrow's way as right-angled corners, tail first, and the middle of its label."""

    points: tuple[tuple[float, float], ...]
    label: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Geometry:
    """Where everything is. `lines` are in the order of the picture's arrows."""

    boxes: Mapping[Entered, Rectangle]
    lanes: tuple[Rectangle, ...]
    lines: tuple[Line, ...]
    width: float
    bottom: float


def place(picture: Picture, grids: Sequence[Grid]) -> Geometry:
    """Routes all arrows and gives everything its coordinates; channels are as wide as what runs in them."""
    return _Placing(picture, grids).geometry()


class _Placing:
    """Coordinates come in an order in which each needs only earlier ones: columns, ports, tracks, rows, gutters."""

    def __init__(self, picture: Picture, grids: Sequence[Grid]) -> None:
        self._routing = Routing(grids, picture.arrows)
        self._columns = place_columns(self._routing)
        self._ports = edge_ports(self._routing, self._columns)
        self._sides = plan_sides(self._routing, self._columns)
        self._track_x = dict(self._columns.tracks)
        self._track_y: dict[tuple[Channel, Net], float] = {}
        self._row_middles: dict[tuple[int, int], float] = {}
        self._lanes: list[Rectangle] = []
        self._headed = [bool(lane.half) for lane in picture.lanes]

    def geometry(self) -> Geometry:
        bottom = self._place_rows()
        width = self._place_gutters()
        boxes = {key: self._box(key) for key in self._routing.spots}
        self._ports |= side_ports(self._routing, self._sides, {key: box.centre[1] for key, box in boxes.items()})
        lines = tuple(self._line(number, boxes) for number in range(len(self._routing.routes)))
        return Geometry(boxes, tuple(self._lanes), lines, width, bottom)

    def _place_rows(self) -> float:
        """Lanes, rows and horizontal tracks, from the top down; the lower end of the last gap."""
        rows = spans_of(self._routing.routes, ChannelKind.ROW, self._ends)
        gaps = spans_of(self._routing.routes, ChannelKind.GAP, self._ends)
        above = {self._routing.row_of(route.arrow.head) for route in self._routing.routes if route.enters is Side.TOP}
        labelled = [route for route in self._routing.routes if route.arrow.label]
        below = {self._routing.row_of(route.arrow.head) for route in labelled if route.enters is Side.BOTTOM}
        heights: dict[tuple[int, int], float] = {}
        for key, height in self._sides.heights.items():
            place = self._routing.row_of(key)
            heights[place] = max(heights.get(place, 0.0), height)
        hanging = {
            self._routing.row_of(self._routing.routes[number].arrow.head)
            for number, entry in self._sides.entries.items()
            if entry.below
        }
        y = 0.0
        for lane, grid in enumerate(self._routing.grids):
            y = self._tracks_down(Channel(ChannelKind.GAP, 0, lane), gaps, y + GAP_PAD) + GAP_PAD
            top = y = y + HEADING_ROOM * self._headed[lane]
            y += LANE_PAD
            for row in range(grid.rows + 1 if grid.cells else 0):
                y += ROW_ZONE if (lane, row - 1) in below else UNDER_ROW * (row > 0)
                y += HANGING_ROOM * ((lane, row - 1) in hanging)
                y = self._tracks_down(Channel(ChannelKind.ROW, lane, row), rows, y)
                y += (ROW_ZONE if (lane, row) in above else LANE_PAD) if row < grid.rows else 0
                if row < grid.rows:
                    self._row_middles[lane, row] = y + heights[lane, row] / 2
                    y += heights[lane, row]
            y = max(y + LANE_PAD, top + (LANE_MINIMUM if grid.cells else HOLE_HEIGHT))
            self._lanes.append(Rectangle(0.0, top, self._columns.right, y))
        last = Channel(ChannelKind.GAP, 0, len(self._routing.grids))
        return self._tracks_down(last, gaps, y + GAP_PAD)

    def _tracks_down(self, channel: Channel, spans: Spans, y: float) -> float:
        tracks = packed(spans.get(channel, {}))
        for net, track in tracks.items():
            self._track_y[channel, net] = y + TRACK * (track + 0.5)
        return y + (TRACK * (max(tracks.values()) + 1) if tracks else 0.0)

    def _ends(self, number: int, turn: int) -> Iterable[End]:
        route = self._routing.routes[number]
        down = self._routing.row_of(route.arrow.head) > self._routing.row_of(route.arrow.tail)
        if turn == 0:
            yield End(self._ports[number, True], low=route.net.side is Side.BOTTOM)
        else:
            yield End(self._x(route, turn - 1), low=self._comes_from_above(route, turn, down=down))
        if turn == len(route.channels) - 1:
            yield End(self._ports[number, False], low=route.enters is Side.BOTTOM)
        else:
            yield End(self._x(route, turn + 1), low=not self._comes_from_above(route, turn + 1, down=down))

    def _comes_from_above(self, route: Route, turn: int, *, down: bool) -> bool:
        """Whether channel `turn`, or the column channel at it, is reached from above; only approach rows differ."""
        channel = route.channels[turn]
        if channel.kind is ChannelKind.COLUMN and route.channels[turn - 1].kind is ChannelKind.ROW:
            return route.channels[turn - 1].index <= self._routing.spots[route.arrow.head].cell.row
        if channel.kind is ChannelKind.ROW:
            return channel.index > self._routing.spots[route.arrow.tail].cell.row
        return down

    def _x(self, route: Route, turn: int) -> float:
        channel = route.channels[turn]
        if channel == LEFT_GUTTER:
            return -FAR
        if channel == RIGHT_GUTTER:
            return FAR
        return self._track_x[channel, route.net]

    def _gutter_ends(self, number: int, turn: int) -> Iterable[End]:
        route = self._routing.routes[number]
        inner_is_low = route.channels[turn] == RIGHT_GUTTER
        for neighbour in (route.channels[turn - 1], route.channels[turn + 1]):
            yield End(self._track_y[neighbour, route.net], low=inner_is_low)

    def _place_gutters(self) -> float:
        """Vertical tracks beside the lanes, by the real y of the gaps they join; the page's width."""
        spans = spans_of(self._routing.routes, ChannelKind.GUTTER, self._gutter_ends)
        left, right = (packed(spans.get(gutter, {})) for gutter in (LEFT_GUTTER, RIGHT_GUTTER))
        room = TRACK * (max(left.values()) + 1) + GAP_PAD if left else 0.0
        self._shift = PAGE_MARGIN + room
        for net, track in left.items():
            self._track_x[LEFT_GUTTER, net] = PAGE_MARGIN + TRACK * (track + 0.5) - self._shift
        edge = self._columns.right
        for net, track in right.items():
            self._track_x[RIGHT_GUTTER, net] = edge + GAP_PAD + TRACK * (track + 0.5)
        self._lanes = [Rectangle(self._shift, lane.top, self._shift + edge, lane.bottom) for lane in self._lanes]
        return self._shift + edge + (TRACK * (max(right.values()) + 1) + GAP_PAD if right else 0.0) + PAGE_MARGIN

    def _box(self, key: Entered) -> Rectangle:
        left, right = self._columns.extents[key]
        middle, half = self._row_middles[self._routing.row_of(key)], self._sides.heights[key] / 2
        return Rectangle(left + self._shift, middle - half, right + self._shift, middle + half)

    def _line(self, number: int, boxes: Mapping[Entered, Rectangle]) -> Line:
        route = self._routing.routes[number]
        start = self._port(number, boxes[route.arrow.tail], route.net.side, leaves=True)
        end = self._port(number, boxes[route.arrow.head], route.enters, leaves=False)
        points = [start]
        for channel in route.channels:
            points.append(self._corner(channel, route, points[-1]))
        last = points[-1]
        points.append((last[0], end[1]) if route.enters is Side.LEFT else (end[0], last[1]))
        points.append(end)
        return Line(_corners(points), self._label_at(number, end))

    def _corner(self, channel: Channel, route: Route, before: tuple[float, float]) -> tuple[float, float]:
        if channel.kind in {ChannelKind.COLUMN, ChannelKind.GUTTER}:
            x = self._track_x.get((channel, route.net))
            return (before[0] if x is None else x + self._shift, before[1])
        return (before[0], self._track_y.get((channel, route.net), before[1]))

    def _port(self, number: int, box: Rectangle, side: Side, *, leaves: bool) -> tuple[float, float]:
        if side in {Side.TOP, Side.BOTTOM}:
            return self._ports[number, leaves] + self._shift, box.top if side is Side.TOP else box.bottom
        return (box.left if side is Side.LEFT else box.right), self._ports[number, leaves]

    def _label_at(self, number: int, end: tuple[float, float]) -> tuple[float, float]:
        route = self._routing.routes[number]
        half = label_width(route.arrow) / 2
        if route.enters is Side.LEFT:
            entry = self._sides.entries[number]
            return end[0] - ARROW_ROOM - half - entry.shift, end[1] + (LABEL_LIFT if entry.below else -LABEL_LIFT)
        return end[0] + half + 5, end[1] + (-LABEL_LIFT if route.enters is Side.TOP else LABEL_LIFT)


def _corners(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The way without points that lie on one another or on a straight stretch."""
    kept: list[tuple[float, float]] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.01 and abs(kept[-1][1] - point[1]) < 0.01:
            continue
        if len(kept) > 1 and any(
            abs(kept[-1][axis] - point[axis]) + abs(kept[-2][axis] - point[axis]) < 0.01 for axis in (0, 1)
        ):
            kept.pop()
        kept.append(point)
    return tuple(kept)
