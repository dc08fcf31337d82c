"""Gives every box, lane, track and arrow its coordinates: points, x to the right, y downward from the top."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from flowmap.render.channels import (
    LEFT_GUTTER,
    RIGHT_GUTTER,
    Channel,
    ChannelKind,
    End,
    Net,
    Planner,
    Route,
    Side,
    packed,
)
from flowmap.render.grid import BOX_HEIGHT, Grid, label_width
from flowmap.render.picture import Entered, Picture

TITLE_COLUMN: Final = 96.0
HIDDEN_COLUMN: Final = 62.0
TRACK: Final = 7.0
TAIL_ZONE: Final = 6.0
HEAD_ZONE: Final = 14.0  # arrow head and a little air, beside its label
ARROW_ROOM: Final = 8.0
LABEL_LIFT: Final = 6.5
NARROW: Final = 14.0
ROW_ZONE: Final = 13.0
LANE_PAD: Final = 5.0
UNDER_ROW: Final = 8.0  # an unlabelled arrow's head fits
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


Spans = dict[Channel, dict[Net, list[End]]]
_EndsOf = Callable[[int, Route, int], Iterable[End]]


@dataclass(slots=True)
class _Columns:
    """Horizontal places: of columns, of the tracks between them, of ports on top and bottom sides."""

    lefts: list[list[float]] = field(default_factory=list)
    tracks: dict[tuple[Channel, Net], float] = field(default_factory=dict)
    right: float = 0.0


def place(picture: Picture, grids: Sequence[Grid]) -> Geometry:
    """Routes all arrows and gives everything its coordinates; channels are as wide as what runs in them."""
    return _Placing(picture, grids).geometry()


class _Placing:
    """Coordinates come in an order in which each needs only earlier ones: columns, ports, tracks, rows, gutters."""

    def __init__(self, picture: Picture, grids: Sequence[Grid]) -> None:
        self._picture = picture
        self._grids = grids
        self._planner = Planner(grids)
        self._routes = self._planner.routes(picture.arrows)
        self._columns = _Columns()
        self._ports: dict[tuple[int, bool], float] = {}
        self._track_y: dict[tuple[Channel, Net], float] = {}
        self._row_tops: list[list[float]] = []

    def geometry(self) -> Geometry:
        self._place_columns()
        self._place_ports_on_edges()
        gutters = self._place_rows()
        self._place_gutters(gutters)
        boxes = {key: self._box(key) for key in self._planner.spots}
        side_ports = self._ports_on_sides(boxes)
        lines = tuple(self._line(number, boxes, side_ports) for number in range(len(self._routes)))
        return Geometry(boxes, tuple(self._lanes), lines, self._width, self._bottom)

    # Columns: packed by whole positions, since rows have no coordinates yet.

    def _place_columns(self) -> None:
        spans = self._spans(ChannelKind.COLUMN, self._whole_ends)
        zones = self._head_zones()
        for lane, grid in enumerate(self._grids):
            x, lefts = TITLE_COLUMN, []
            for index in range(len(grid.columns) + 1):
                channel = Channel(ChannelKind.COLUMN, lane, index)
                tracks = packed(spans.get(channel, {}))
                for net, track in tracks.items():
                    self._columns.tracks[channel, net] = x + TAIL_ZONE + TRACK * (track + 0.5)
                used = TRACK * (max(tracks.values()) + 1) if tracks else 0
                x += max(NARROW, TAIL_ZONE + used + zones.get(channel, 0.0))
                if index < len(grid.columns):
                    lefts.append(x)
                    x += grid.columns[index]
            self._columns.lefts.append(lefts)
            hidden = HIDDEN_COLUMN if self._picture.lanes[lane].hidden else 0
            self._columns.right = max(self._columns.right, x + hidden)

    def _head_zones(self) -> dict[Channel, float]:
        zones: dict[Channel, float] = {}
        for route in self._routes:
            if route.enters is Side.LEFT:
                spot = self._planner.spots[route.arrow.head]
                channel = Channel(ChannelKind.COLUMN, spot.lane, spot.cell.column)
                zones[channel] = max(zones.get(channel, 0.0), label_width(route.arrow) + HEAD_ZONE)
        return zones

    def _spans(self, kind: ChannelKind, ends_of: _EndsOf) -> Spans:
        spans: Spans = {}
        for number, route in enumerate(self._routes):
            for place_, channel in enumerate(route.channels):
                if channel.kind is kind:
                    own = spans.setdefault(channel, {}).setdefault(route.net, [])
                    own.extend(ends_of(number, route, place_))
        return {channel: {net: ends for net, ends in nets.items() if _bends(ends)} for channel, nets in spans.items()}

    def _whole_ends(self, number: int, route: Route, place_: int) -> Iterable[End]:
        tail, head = (self._planner.spots[key] for key in (route.arrow.tail, route.arrow.head))
        channel = route.channels[place_]
        if place_ == 0:
            yield End(40.0 * tail.cell.row + 20, low=True)
        else:
            yield End(self._level(route.channels[place_ - 1], channel.lane), low=self._from_left(route, place_ - 1))
        if place_ == len(route.channels) - 1:
            yield End(40.0 * head.cell.row + 20, low=False)
        else:
            yield End(self._level(route.channels[place_ + 1], channel.lane), low=self._to_left(route, place_ + 1))

    def _level(self, channel: Channel, lane: int) -> float:
        if channel.kind is ChannelKind.ROW:
            return 40.0 * channel.index
        return -20.0 if channel.index == lane else 40.0 * self._grids[lane].rows + 20

    def _from_left(self, route: Route, place_: int) -> bool:
        """Whether the way comes to the column channel after channel `place_` from its left."""
        head = self._planner.spots[route.arrow.head]
        return self._about(route, place_ - 1, start=True) < self._planner.about(head)

    def _to_left(self, route: Route, place_: int) -> bool:
        """Whether the way goes on to the left after channel `place_`."""
        tail = self._planner.spots[route.arrow.tail]
        return self._about(route, place_ + 1, start=False) < self._planner.about(tail)

    def _about(self, route: Route, place_: int, *, start: bool) -> float:
        if 0 <= place_ < len(route.channels):
            channel = route.channels[place_]
            if channel == LEFT_GUTTER:
                return -1e6
            if channel == RIGHT_GUTTER:
                return 1e6
        return self._planner.about(self._planner.spots[route.arrow.tail if start else route.arrow.head])

    # Ports on top and bottom sides: in the order of where their ways lead, each with room for its label.

    def _place_ports_on_edges(self) -> None:
        sides: dict[tuple[Entered, Side], dict[object, list[tuple[int, bool]]]] = {}
        for number, route in enumerate(self._routes):
            if route.net.side in {Side.TOP, Side.BOTTOM}:
                own = sides.setdefault((route.arrow.tail, route.net.side), {})
                own.setdefault(route.net, []).append((number, True))
            if route.enters in {Side.TOP, Side.BOTTOM}:
                sides.setdefault((route.arrow.head, route.enters), {})[number] = [(number, False)]
        for (key, _), items in sides.items():
            spot = self._planner.spots[key]
            left = self._columns.lefts[spot.lane][spot.cell.column]
            right = left + self._grids[spot.lane].columns[spot.cell.column]
            self._spread(left, right, sorted(items.values(), key=self._other_end))
        self._straighten(sides)

    def _other_end(self, ports: list[tuple[int, bool]]) -> float:
        number, leaves = ports[0]
        route = self._routes[number]
        if leaves:
            return self._about(route, 1, start=False)
        return self._about(route, len(route.channels) - 2, start=True)

    def _spread(self, left: float, right: float, items: list[list[tuple[int, bool]]]) -> None:
        rooms = [TRACK * 2 if item[0][1] else label_width(self._routes[item[0][0]].arrow) + 12 for item in items]
        squeeze = min(1.0, (right - left - 16) / sum(rooms))
        x = left + 14 if sum(rooms) < right - left - 28 else left + 8
        for item, room in zip(items, rooms, strict=True):
            for port in item:
                self._ports[port] = x
            x += room * squeeze

    def _straighten(self, sides: Mapping[tuple[Entered, Side], Mapping[object, object]]) -> None:
        """Where one way alone leads from a box's edge to another's that is above or below it, it goes straight."""
        for number, route in enumerate(self._routes):
            if len(route.channels) != 1 or route.net.side not in {Side.TOP, Side.BOTTOM} or route.enters is Side.LEFT:
                continue
            leaving, entering = sides[route.arrow.tail, route.net.side], sides[route.arrow.head, route.enters]
            if len(leaving) == len(entering) == 1 and len(self._net_ports(route.net)) == 1:
                one, other = (self._extent(key) for key in (route.arrow.tail, route.arrow.head))
                left, right = max(one[0], other[0]) + 14, min(one[1], other[1]) - 14
                if left <= right:
                    self._ports[number, True] = self._ports[number, False] = left

    def _net_ports(self, net: Net) -> list[Route]:
        return [route for route in self._routes if route.net == net]

    def _extent(self, key: Entered) -> tuple[float, float]:
        spot = self._planner.spots[key]
        left = self._columns.lefts[spot.lane][spot.cell.column]
        return left, left + self._grids[spot.lane].columns[spot.cell.column]

    # Rows: every horizontal channel is packed by the real x of what joins it.

    def _place_rows(self) -> Spans:
        rows = self._spans(ChannelKind.ROW, self._real_ends)
        gaps = self._spans(ChannelKind.GAP, self._real_ends)
        above = {self._row_of(route.arrow.head) for route in self._routes if route.enters is Side.TOP}
        labelled = [route for route in self._routes if route.arrow.label]
        below = {self._row_of(route.arrow.head) for route in labelled if route.enters is Side.BOTTOM}
        self._lanes: list[Rectangle] = []
        y = 0.0
        for lane, grid in enumerate(self._grids):
            y = self._tracks_down(Channel(ChannelKind.GAP, 0, lane), gaps, y + GAP_PAD) + GAP_PAD
            top, tops = y, []
            y += LANE_PAD
            for row in range(grid.rows + 1 if grid.cells else 0):
                y += ROW_ZONE if (lane, row - 1) in below else UNDER_ROW * (row > 0)
                y = self._tracks_down(Channel(ChannelKind.ROW, lane, row), rows, y)
                y += (ROW_ZONE if (lane, row) in above else LANE_PAD) if row < grid.rows else 0
                if row < grid.rows:
                    tops.append(y)
                    y += BOX_HEIGHT
            y = max(y + LANE_PAD, top + (LANE_MINIMUM if grid.cells else HOLE_HEIGHT))
            self._row_tops.append(tops)
            self._lanes.append(Rectangle(0.0, top, self._columns.right, y))
        last = Channel(ChannelKind.GAP, 0, len(self._grids))
        self._bottom = self._tracks_down(last, gaps, y + GAP_PAD)
        return self._spans(ChannelKind.GUTTER, self._gutter_ends)

    def _row_of(self, key: Entered) -> tuple[int, int]:
        spot = self._planner.spots[key]
        return spot.lane, spot.cell.row

    def _tracks_down(self, channel: Channel, spans: Spans, y: float) -> float:
        tracks = packed(spans.get(channel, {}))
        for net, track in tracks.items():
            self._track_y[channel, net] = y + TRACK * (track + 0.5)
        return y + (TRACK * (max(tracks.values()) + 1) if tracks else 0.0)

    def _real_ends(self, number: int, route: Route, place_: int) -> Iterable[End]:
        down = self._row_of(route.arrow.head) > self._row_of(route.arrow.tail)
        if place_ == 0:
            yield End(self._ports[number, True], low=route.net.side is Side.BOTTOM)
        else:
            yield End(self._x(route, place_ - 1), low=self._comes_from_above(route, place_, down=down))
        if place_ == len(route.channels) - 1:
            yield End(self._ports[number, False], low=route.enters is Side.BOTTOM)
        else:
            yield End(self._x(route, place_ + 1), low=not self._comes_from_above(route, place_ + 1, down=down))

    def _comes_from_above(self, route: Route, place_: int, *, down: bool) -> bool:
        """Whether channel `place_`, or the column channel at it, is reached from above; only approach rows differ."""
        channel = route.channels[place_]
        if channel.kind is ChannelKind.COLUMN and route.channels[place_ - 1].kind is ChannelKind.ROW:
            return route.channels[place_ - 1].index <= self._planner.spots[route.arrow.head].cell.row
        if channel.kind is ChannelKind.ROW:
            return channel.index > self._planner.spots[route.arrow.tail].cell.row
        return down

    def _x(self, route: Route, place_: int) -> float:
        channel = route.channels[place_]
        if channel == LEFT_GUTTER:
            return -1e4
        if channel == RIGHT_GUTTER:
            return 1e4
        return self._columns.tracks[channel, route.net]

    # Gutters: packed last, by the real y of the gaps they join.

    def _gutter_ends(self, number: int, route: Route, place_: int) -> Iterable[End]:
        inner_is_low = route.channels[place_] == RIGHT_GUTTER
        for neighbour in (route.channels[place_ - 1], route.channels[place_ + 1]):
            yield End(self._track_y[neighbour, route.net], low=inner_is_low)

    def _place_gutters(self, spans: Spans) -> None:
        left, right = (packed(spans.get(gutter, {})) for gutter in (LEFT_GUTTER, RIGHT_GUTTER))
        room = TRACK * (max(left.values()) + 1) + GAP_PAD if left else 0.0
        self._shift = PAGE_MARGIN + room
        for net, track in left.items():
            self._columns.tracks[LEFT_GUTTER, net] = PAGE_MARGIN + TRACK * (track + 0.5) - self._shift
        edge = self._columns.right
        for net, track in right.items():
            self._columns.tracks[RIGHT_GUTTER, net] = edge + GAP_PAD + TRACK * (track + 0.5)
        self._width = self._shift + edge + (TRACK * (max(right.values()) + 1) + GAP_PAD if right else 0) + PAGE_MARGIN
        self._lanes = [Rectangle(self._shift, lane.top, self._shift + edge, lane.bottom) for lane in self._lanes]

    def _box(self, key: Entered) -> Rectangle:
        spot = self._planner.spots[key]
        left, right = self._extent(key)
        top = self._row_tops[spot.lane][spot.cell.row]
        return Rectangle(left + self._shift, top, right + self._shift, top + BOX_HEIGHT)

    # Ports on left and right sides, and the lines.

    def _ports_on_sides(self, boxes: Mapping[Entered, Rectangle]) -> dict[tuple[int, bool], float]:
        """The y of every way out to the right and in from the left."""
        ports: dict[tuple[int, bool], float] = {}
        exits: dict[Entered, list[Net]] = {}
        entries: dict[Entered, list[int]] = {}
        for number, route in enumerate(self._routes):
            if route.net.side is Side.RIGHT and route.net not in exits.setdefault(route.arrow.tail, []):
                exits[route.arrow.tail].append(route.net)
            if route.enters is Side.LEFT:
                entries.setdefault(route.arrow.head, []).append(number)
        for number, route in enumerate(self._routes):
            if route.net.side is Side.RIGHT:
                nets = sorted(exits[route.arrow.tail], key=self._drift)
                middle = next((i for i, net in enumerate(nets) if self._goes_straight(net)), (len(nets) - 1) // 2)
                offset = 6.0 * (nets.index(route.net) - middle)
                ports[number, True] = boxes[route.arrow.tail].centre[1] + max(-13.0, min(13.0, offset))
        for head, numbers in entries.items():
            self._enter(head, numbers, boxes, ports)
        return ports

    def _enter(
        self,
        head: Entered,
        numbers: Sequence[int],
        boxes: Mapping[Entered, Rectangle],
        ports: dict[tuple[int, bool], float],
    ) -> None:
        centre = boxes[head].centre[1]
        straight = [number for number in numbers if abs(ports.get((number, True), -1e9) - centre) < 14]
        straight = [number for number in straight if len(self._routes[number].channels) == 1]
        for number in straight:
            ports[number, False] = ports[number, True]
        rest = [number for number in numbers if number not in straight]
        from_above = [number for number in rest if self._enters_from_above(number)]
        from_below = [number for number in rest if not self._enters_from_above(number)]
        if not straight and len(rest) == 1:
            ports[rest[0], False] = centre + (-4.0 if from_above else 4.0) * self._has_left_neighbour(head)
            return
        for sign, group in ((-1.0, from_above), (1.0, from_below)):
            step = 3.0 if len(group) < 2 else 11.0 / len(group)
            for position, number in enumerate(group):
                ports[number, False] = centre + sign * (12.5 - step * position)

    def _has_left_neighbour(self, key: Entered) -> bool:
        spot = self._planner.spots[key]
        return spot.cell.column > 0 and self._grids[spot.lane].holds(spot.cell.row, spot.cell.column - 1)

    def _enters_from_above(self, number: int) -> bool:
        route = self._routes[number]
        head = self._planner.spots[route.arrow.head]
        if len(route.channels) == 1:
            return self._planner.spots[route.arrow.tail].cell.row < head.cell.row
        before = route.channels[-2]
        return before.index <= (head.cell.row if before.kind is ChannelKind.ROW else head.lane)

    def _drift(self, net: Net) -> float:
        """Upward ways leave by the upper ports."""
        routes = self._net_ports(net)
        tail = self._planner.spots[net.tail]
        first = routes[0]
        if len(first.channels) == 1:
            return self._planner.spots[first.arrow.head].cell.row - tail.cell.row
        after = first.channels[1]
        level = after.index - (tail.cell.row if after.kind is ChannelKind.ROW else tail.lane)
        return -0.5 if level <= 0 else 0.5

    def _goes_straight(self, net: Net) -> bool:
        row = self._row_of(net.tail)
        return any(len(r.channels) == 1 and self._row_of(r.arrow.head) == row for r in self._net_ports(net))

    def _line(
        self, number: int, boxes: Mapping[Entered, Rectangle], sides: Mapping[tuple[int, bool], float]
    ) -> Line:
        route = self._routes[number]
        start = self._port(number, boxes[route.arrow.tail], route.net.side, sides, leaves=True)
        end = self._port(number, boxes[route.arrow.head], route.enters, sides, leaves=False)
        points = [start]
        for channel in route.channels:
            points.append(self._corner(channel, route, points[-1]))
        last = points[-1]
        points.append((last[0], end[1]) if route.enters is Side.LEFT else (end[0], last[1]))
        points.append(end)
        return Line(_corners(points), self._label_at(route, end))

    def _corner(self, channel: Channel, route: Route, before: tuple[float, float]) -> tuple[float, float]:
        if channel.kind in {ChannelKind.COLUMN, ChannelKind.GUTTER}:
            x = self._columns.tracks.get((channel, route.net))
            return (before[0] if x is None else x + self._shift, before[1])
        return (before[0], self._track_y.get((channel, route.net), before[1]))

    def _port(
        self, number: int, box: Rectangle, side: Side, sides: Mapping[tuple[int, bool], float], *, leaves: bool
    ) -> tuple[float, float]:
        if side in {Side.TOP, Side.BOTTOM}:
            return self._ports[number, leaves] + self._shift, box.top if side is Side.TOP else box.bottom
        return (box.left if side is Side.LEFT else box.right), sides[number, leaves]

    def _label_at(self, route: Route, end: tuple[float, float]) -> tuple[float, float]:
        half = label_width(route.arrow) / 2
        if route.enters is Side.LEFT:
            return end[0] - ARROW_ROOM - half, end[1] - LABEL_LIFT
        return end[0] + half + 5, end[1] + (-LABEL_LIFT if route.enters is Side.TOP else LABEL_LIFT)


def _bends(ends: Sequence[End]) -> bool:
    return max(ends).position - min(ends).position > 0.01


def _corners(points: Sequence[tuple[float, float]]) -> tuple[tuple[float, float], ...]:
    """The way without points that lie on one another or on a straight stretch."""
    kept: list[tuple[float, float]] = []
    for point in points:
        if kept and abs(kept[-1][0] - point[0]) < 0.01 and abs(kept[-1][1] - point[1]) < 0.01:
            continue
        if len(kept) > 1 and any(abs(kept[-1][axis] - point[axis]) + abs(kept[-2][axis] - point[axis]) < 0.01 for axis in (0, 1)):
            kept.pop()
        kept.append(point)
    return tuple(kept)
