"""Packs the ways that share a channel into parallel tracks, in the order in which they cross least."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flowmap.render.channels import Channel, ChannelKind, Net, Route

_CLEARANCE: Final = 5.0
_COVERED: Final = 20


@dataclass(frozen=True, slots=True, order=True)
class End:
    """Where a net joins a channel: the position along it, and whether it comes from the low side (above or left)."""

    position: float
    low: bool


def packed(ends: Mapping[Net, Sequence[End]]) -> dict[Net, int]:
    """A track for each net of one channel, from 0 at its low side.

    Nets that overlap get different tracks, in the order that makes them cross least (a greedy take on the
    channel routing problem: Hashimoto and Stevens, DAC 1971, with the vertical constraints as costs).
    """
    spans = {net: (min(own).position, max(own).position) for net, own in ends.items()}
    rank = {net: number for number, net in enumerate(ends)}
    weight = {
        net: sum(
            _crossings(ends[net], ends[other]) - _crossings(ends[other], ends[net])
            for other in ends
            if other is not net and _overlap(spans[net], spans[other])
        )
        for net in ends
    }
    tracks: dict[Net, int] = {}
    for net in sorted(ends, key=lambda net: (weight[net], rank[net])):
        below = [tracks[other] for other in tracks if _overlap(spans[net], spans[other])]
        tracks[net] = max(below) + 1 if below else 0
    return tracks


def _overlap(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return one[0] <= other[1] + _CLEARANCE and other[0] <= one[1] + _CLEARANCE


def _crossings(low: Sequence[End], high: Sequence[End]) -> int:
    """How badly two nets cross when the first runs on the lower track: lines that cross, or lie on one another."""
    low_span = min(low).position, max(low).position
    high_span = min(high).position, max(high).position
    count = 0
    for end in low:
        if not end.low:
            count += high_span[0] < end.position < high_span[1]
            count += _COVERED * any(other.low and abs(other.position - end.position) < _CLEARANCE for other in high)
    for end in high:
        if end.low:
            count += low_span[0] < end.position < low_span[1]
    return count


Spans = dict[Channel, dict[Net, list[End]]]
EndsOf = Callable[[int, int], Iterable[End]]


def spans_of(routes: Sequence[Route], kind: ChannelKind, ends_of: EndsOf) -> Spans:
    """What runs in each channel of a kind, net by net; ways that only cross a channel need no track.

    `ends_of` takes the route's number and the place of the channel on it.
    """
    spans: Spans = {}
    for number, route in enumerate(routes):
        for turn, channel in enumerate(route.channels):
            if channel.kind is kind:
                spans.setdefault(channel, {}).setdefault(route.net, []).extend(ends_of(number, turn))
    return {channel: {net: ends for net, ends in nets.items() if _bends(ends)} for channel, nets in spans.items()}


def _bends(ends: Sequence[End]) -> bool:
    return max(ends).position - min(ends).position > 0.01
