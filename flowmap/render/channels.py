"""Plans each arrow's way through the channels between boxes, lanes and page edges, so that none crosses a box."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum
from typing import Final

from flowmap.render.grid import COLUMN_GAP, Cell, Grid
from flowmap.render.palette import ArrowKind, State
from flowmap.render.picture import Arrow, Entered


class Side(enum.StrEnum):
    """A side of a box."""

    LEFT = "left"
    RIGHT = "right"
    TOP = "top"
    BOTTOM = "bottom"


class ChannelKind(enum.StrEnum):
    """Where a channel runs. Column and gutter channels are vertical, row and gap channels horizontal."""

    COLUMN = "column"  # left of a lane's column `index`
    ROW = "row"  # above a lane's row `index`
    GAP = "gap"  # above lane `index`
    GUTTER = "gutter"  # left (0) or right (1) of all lanes


@dataclass(frozen=True, slots=True, order=True)
class Channel:
    """A free strip; `lane` is 0 for gaps and gutters, which belong to none."""

    kind: ChannelKind
    lane: int
    index: int


@dataclass(frozen=True, slots=True)
class Net:
    """Arrows of one look that leave one box by one side share their way until it parts."""

    tail: Entered
    kind: ArrowKind
    side: Side
    state: State | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow's way: out of a side, through channels (vertical and horizontal by turns), into a side."""

    arrow: Arrow
    net: Net
    channels: tuple[Channel, ...]
    enters: Side


LEFT_GUTTER: Final = Channel(ChannelKind.GUTTER, 0, 0)
RIGHT_GUTTER: Final = Channel(ChannelKind.GUTTER, 0, 1)
FAR: Final = 1e6


@dataclass(frozen=True, slots=True)
class Spot:
    """A box's lane and cell."""

    lane: int
    cell: Cell


class Routing:
    """A stack of grids and a route for every arrow over it, in the arrows' order."""

    def __init__(self, grids: Sequence[Grid], arrows: Sequence[Arrow]) -> None:
        self.grids = grids
        self.spots = {key: Spot(lane, cell) for lane, grid in enumerate(grids) for key, cell in grid.cells.items()}
        self._taken = {(spot.lane, spot.cell.row, spot.cell.column) for spot in self.spots.values()}
        self._width = max(fsum(grid.columns) + COLUMN_GAP * len(grid.columns) for grid in grids) if grids else 0

        self.routes = tuple(self._route(arrow) for arrow in arrows)
        self.by_net: dict[Net, list[Route]] = {}
        for route in self.routes:
            self.by_net.setdefault(route.net, []).append(route)

    def row_of(self, key: Entered) -> tuple[int, int]:
        """Lane and row of a box."""
        spot = self.spots[key]
        return spot.lane, spot.cell.row

    def is_straight(self, route: Route) -> bool:
        """Whether an arrow goes from the right side of one box to the left side of another and bends nowhere."""
        across = route.net.side is Side.RIGHT and route.enters is Side.LEFT
        return across and len(route.channels) == 1 and self.row_of(route.arrow.tail) == self.row_of(route.arrow.head)

    def holds(self, lane: int, row: int, column: int) -> bool:
        """Whether a box stands in this cell."""
        return (lane, row, column) in self._taken

    def _route(self, arrow: Arrow) -> Route:
        tail, head = self.spots[arrow.tail], self.spots[arrow.head]
        if tail.lane == head.lane:
            leaves, channels, enters = self._within(tail.lane, tail.cell, head.cell)
        else:
            leaves, channels, enters = self._between(tail, head)
        return Route(arrow, Net(arrow.tail, arrow.kind, leaves, arrow.state), tuple(channels), enters)

    def _within(self, lane: int, tail: Cell, head: Cell) -> tuple[Side, list[Channel], Side]:
        def column(index: int) -> Channel:
            return Channel(ChannelKind.COLUMN, lane, index)

        def row(index: int) -> Channel:
            return Channel(ChannelKind.ROW, lane, index)

        if tail == head:
            return Side.RIGHT, [column(tail.column + 1), row(tail.row)], Side.TOP
        if head.column > tail.column:
            if self._row_clear(lane, head.row, tail.column, head.column):
                return Side.RIGHT, [column(tail.column + 1)], Side.LEFT
            if self._row_clear(lane, tail.row, tail.column, head.column):
                return Side.RIGHT, [column(head.column)], Side.LEFT
            above = head.row if tail.row <= head.row else head.row + 1
            return Side.RIGHT, [column(tail.column + 1), row(above), column(head.column)], Side.LEFT
        down = head.row > tail.row
        if head.column == tail.column and self._column_clear(lane, head.column, tail.row, head.row):
            return (Side.BOTTOM, [row(tail.row + 1)], Side.TOP) if down else (Side.TOP, [row(tail.row)], Side.BOTTOM)
        if head.row == tail.row + 1:
            return Side.BOTTOM, [row(head.row)], Side.TOP
        if head.row == tail.row - 1:
            return Side.TOP, [row(tail.row)], Side.BOTTOM
        if head.row == tail.row:
            return Side.BOTTOM, [row(tail.row + 1), column(head.column)], Side.LEFT
        leaves, level = (Side.TOP, tail.row) if head.row < tail.row else (Side.BOTTOM, tail.row + 1)
        return leaves, [row(level), column(head.column)], Side.LEFT

    def _between(self, tail: Spot, head: Spot) -> tuple[Side, list[Channel], Side]:
        down = head.lane > tail.lane
        first = Channel(ChannelKind.GAP, 0, tail.lane + 1 if down else tail.lane)
        last = Channel(ChannelKind.GAP, 0, head.lane if down else head.lane + 1)
        channels = [first] if first == last else [first, self._gutter(tail, head), last]
        leaves, enters = (Side.BOTTOM, Side.TOP) if down else (Side.TOP, Side.BOTTOM)
        if not self._reaches_edge(tail, down=down):
            channels.insert(0, Channel(ChannelKind.COLUMN, tail.lane, tail.cell.column + 1))
            leaves = Side.RIGHT
        if not self._reaches_edge(head, down=not down):
            channels.append(Channel(ChannelKind.COLUMN, head.lane, head.cell.column))
            enters = Side.LEFT
        return leaves, channels, enters

    def _gutter(self, tail: Spot, head: Spot) -> Channel:
        leftward = self.about(tail) + self.about(head)
        return LEFT_GUTTER if leftward <= 2 * self._width - leftward else RIGHT_GUTTER

    def about(self, spot: Spot) -> float:
        """The middle of a box, as if all column channels were alike: good enough to choose sides by."""
        columns = self.grids[spot.lane].columns
        return fsum(columns[: spot.cell.column]) + columns[spot.cell.column] / 2 + COLUMN_GAP * (spot.cell.column + 1)

    def about_turn(self, route: Route, turn: int, *, start: bool) -> float:
        """About where a route is, sideways, at its channel `turn`; before the first and after the last at its boxes."""
        if 0 <= turn < len(route.channels):
            channel = route.channels[turn]
            if channel == LEFT_GUTTER:
                return -FAR
            if channel == RIGHT_GUTTER:
                return FAR
        return self.about(self.spots[route.arrow.tail if start else route.arrow.head])

    def _row_clear(self, lane: int, row: int, left: int, right: int) -> bool:
        return not any((lane, row, column) in self._taken for column in range(left + 1, right))

    def _column_clear(self, lane: int, column: int, one: int, other: int) -> bool:
        rows = range(min(one, other) + 1, max(one, other))
        return not any((lane, row, column) in self._taken for row in rows)

    def _reaches_edge(self, spot: Spot, *, down: bool) -> bool:
        edge = self.grids[spot.lane].rows if down else -1
        return self._column_clear(spot.lane, spot.cell.column, spot.cell.row, edge)
