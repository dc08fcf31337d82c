"""How far from a box's middle its arrows leave on the right and enter on the left, and how tall that makes it.

Every number has a line's height to itself: a box that many arrows enter grows, before two numbers share a place.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, groupby, pairwise
from math import fsum
from typing import Final

from flowmap.render.channels import ChannelKind, Net, Routing, Side
from flowmap.render.columns import LABEL_AIR, Columns
from flowmap.render.grid import BOX_HEIGHT, label_width
from flowmap.render.picture import Entered

_EXIT_STEP: Final = 6.0
_PLAIN_STEP: Final = 5.0
# A number's height, the air around it, and the line that it stands on.
_LABELLED_STEP: Final = 12.0
_CORNER: Final = 4.0
_LIMIT: Final = BOX_HEIGHT / 2 - _CORNER
# An entry goes this far out of the middle, where the box to the left may leave.
_BESIDE_EXIT: Final = 4.0


@dataclass(frozen=True, slots=True)
class Entry:
    """Where an arrow enters a left side: `offset` below the box's middle, its number below the line or above it.

    `shift` moves the number back along the line, past those that share it.
    """

    offset: float
    below: bool
    shift: float = 0.0


@dataclass(frozen=True, slots=True)
class Sides:
    """The offset of every net that leaves on the right, the entry of every arrow (by number) that enters on the left,
    and the height of every box.
    """

    exits: Mapping[Net, float]
    entries: Mapping[int, Entry]
    heights: Mapping[Entered, float]


def plan_sides(routing: Routing, columns: Columns) -> Sides:
    """Offsets and heights in points, from where the ways lead and in which order their tracks lie."""
    exits = _exits(routing)
    entries = _Entries(routing, columns, exits).entries
    reach: dict[Entered, float] = {}
    for net, offset in exits.items():
        reach[net.tail] = max(reach.get(net.tail, 0.0), abs(offset))
    for number, entry in entries.items():
        head = routing.routes[number].arrow.head
        reach[head] = max(reach.get(head, 0.0), abs(entry.offset))
    heights = {key: max(BOX_HEIGHT, 2 * (reach.get(key, 0.0) + _CORNER)) for key in routing.spots}
    return Sides(exits, entries, heights)


def _exits(routing: Routing) -> dict[Net, float]:
    """Upward ways leave by the upper ports; the one that goes straight on, if any, in the middle."""
    leaving: dict[Entered, list[Net]] = {}
    for net in routing.by_net:
        if net.side is Side.RIGHT:
            leaving.setdefault(net.tail, []).append(net)
    exits: dict[Net, float] = {}
    for nets in leaving.values():
        ordered = sorted(nets, key=lambda net: _drift(routing, net))
        straight = [any(routing.is_straight(route) for route in routing.by_net[net]) for net in ordered]
        middle = straight.index(True) if any(straight) else (len(nets) - 1) // 2
        # Two that go straight on carry a number each.
        steps = [_LABELLED_STEP if a and b else _EXIT_STEP for a, b in pairwise(straight)]
        places = list(accumulate(steps, initial=0.0))
        exits |= {net: place - places[middle] for net, place in zip(ordered, places, strict=True)}
    return exits


def _drift(routing: Routing, net: Net) -> float:
    routes = routing.by_net[net]
    tail = routing.spots[net.tail]
    first = routes[0]
    if len(first.channels) == 1:
        return routing.spots[first.arrow.head].cell.row - tail.cell.row
    after = first.channels[1]
    level = after.index - (tail.cell.row if after.kind is ChannelKind.ROW else tail.lane)
    return -0.5 if level <= 0 else 0.5


class _Entries:
    def __init__(self, routing: Routing, columns: Columns, exits: Mapping[Net, float]) -> None:
        self._routing = routing
        self._columns = columns
        self._exits = exits
        self.entries: dict[int, Entry] = {}
        entering: dict[Entered, list[int]] = {}
        for number, route in enumerate(routing.routes):
            if route.enters is Side.LEFT:
                entering.setdefault(route.arrow.head, []).append(number)
        for head, numbers in entering.items():
            self._enter(head, numbers)

    def _enter(self, head: Entered, numbers: Sequence[int]) -> None:
        """From the top down: what comes from above, what comes straight, what comes from below."""
        straight = [number for number in numbers if self._routing.is_straight(self._routing.routes[number])]
        rest = [number for number in numbers if number not in straight]
        # So that they do not cross: of those from above the rightmost track enters first, of those from below last.
        above = sorted((n for n in rest if self._comes_from_above(n)), key=lambda n: (-self._track(n), n))
        under = sorted((n for n in rest if not self._comes_from_above(n)), key=lambda n: (self._track(n), n))
        straight.sort(key=lambda number: (self._exits[self._routing.routes[number].net], number))
        through = [list(own) for _, own in groupby(straight, lambda number: self._routing.routes[number].net)]
        groups = [*([number] for number in above), *through, *([number] for number in under)]
        # Two numbers need no taller box when one is above its line and one below; with more the box grows anyway.
        last_below = sum(map(self._is_labelled, groups)) == 2 and self._is_labelled(groups[-1])
        steps = [
            _LABELLED_STEP if self._is_labelled(group) and not (last_below and group is groups[-1]) else _PLAIN_STEP
            for group in groups
        ]
        if not through and len(groups) == 1:
            offsets = [(-_BESIDE_EXIT if above else _BESIDE_EXIT) * self._has_left_neighbour(head)]
        elif not through:
            offsets = _spread(steps[1:])
        else:
            fixed = [self._exits[self._routing.routes[group[0]].net] for group in through]
            offsets = _around(fixed, steps, len(above))
        for place, (group, offset) in enumerate(zip(groups, offsets, strict=True)):
            shift = 0.0
            for number in reversed(group):
                self.entries[number] = Entry(offset, last_below and place == len(groups) - 1, shift)
                shift += label_width(self._routing.routes[number].arrow) + LABEL_AIR

    def _is_labelled(self, group: Sequence[int]) -> bool:
        return any(self._routing.routes[number].arrow.label for number in group)

    def _track(self, number: int) -> float:
        route = self._routing.routes[number]
        return self._columns.tracks.get((route.channels[-1], route.net), 0.0)

    def _has_left_neighbour(self, key: Entered) -> bool:
        spot = self._routing.spots[key]
        return spot.cell.column > 0 and self._routing.holds(spot.lane, spot.cell.row, spot.cell.column - 1)

    def _comes_from_above(self, number: int) -> bool:
        route = self._routing.routes[number]
        head = self._routing.spots[route.arrow.head]
        if len(route.channels) == 1:
            return self._routing.spots[route.arrow.tail].cell.row < head.cell.row
        before = route.channels[-2]
        return before.index <= (head.cell.row if before.kind is ChannelKind.ROW else head.lane)


def _spread(steps: Sequence[float]) -> list[float]:
    """Places that many points apart or more, over the whole side."""
    slack = max(0.0, 2 * _LIMIT - fsum(steps)) / len(steps)
    places = list(accumulate((step + slack for step in steps), initial=0.0))
    return [place - places[-1] / 2 for place in places]


def _around(fixed: Sequence[float], steps: Sequence[float], above: int) -> list[float]:
    """Places around those that are given: as far out as the usual box allows, further where they need it.

    A step is the room above the place that it belongs to; the first `above` places are above the given ones.
    """
    upper = [-each for each in accumulate(reversed(steps[1 : above + 1]), initial=-fixed[0])][:0:-1]
    lower = list(accumulate(steps[above + len(fixed) :], initial=fixed[-1]))[1:]
    up = min(0.0, -_LIMIT - upper[0]) if upper else 0.0
    down = max(0.0, _LIMIT - lower[-1]) if lower else 0.0
    return [*(place + up for place in upper), *fixed, *(place + down for place in lower)]
