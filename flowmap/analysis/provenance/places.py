"""The places that the way of a value leads through, backwards, and the search for the shortest way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from heapq import heappop, heappush
from itertools import count
from typing import Final, TypeAlias

from flowmap.analysis.provenance.explanation import Step, StepKind
from flowmap.analysis.provenance.trace import Called, Event
from flowmap.analysis.values import Activation, Cell, Instance, Value

# Places that are looked at before a search gives up, and calls on the way that a return is matched with.
MOST_PLACES: Final = 50_000
MOST_CALLS: Final = 12

Stack: TypeAlias = tuple[tuple[Activation, Activation, Called], ...]
"""The calls on whose results the way went down: callee, caller, and the call."""


@dataclass(frozen=True, slots=True)
class Inside:
    """A value is made of what is inside an event, up to a moment.

    `is_argument`: it is not the value of the event, but handed over there; to `parameter`, where that is known.
    """

    activation: Activation
    event: Event
    before: float
    wants: tuple[Value, ...]
    stack: Stack
    is_argument: bool = False
    parameter: tuple[Activation, int] | None = None


@dataclass(frozen=True, slots=True)
class Expression:
    """A value is that of an expression."""

    activation: Activation
    event: Event
    wants: tuple[Value, ...]
    stack: Stack


@dataclass(frozen=True, slots=True)
class Held:
    """A value is in a cell. `reader`: who read it there; what that wrote itself is still the same call's."""

    cell: Cell
    wants: tuple[Value, ...]
    reader: Activation | None = None
    stack: Stack = ()


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value came in through a parameter."""

    activation: Activation
    index: int
    wants: tuple[Value, ...]
    stack: Stack


@dataclass(frozen=True, slots=True)
class Returned:
    """A value was returned."""

    activation: Activation
    wants: tuple[Value, ...]
    stack: Stack


@dataclass(frozen=True, slots=True)
class Made:
    """An object was made."""

    value: Instance


Place: TypeAlias = Inside | Expression | Held | Parameter | Returned | Made
"""Where a search is. `wants` is the value that is followed; behind it what is wanted of the inside of that."""


@dataclass(frozen=True, slots=True)
class Move:
    """From a place to one that is nearer to the beginning; None: this is the beginning."""

    to: Place | None
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """How a search came to a place."""

    place: Place | None
    steps: tuple[Step, ...]
    back: Way | None

    def from_start(self) -> list[Way]:
        """All ways from the first to this one."""
        result = [self]
        while result[-1].back is not None:
            result.append(result[-1].back)
        return result[::-1]


def shortest_way(
    starts: Iterable[Move], moves: Callable[[Place], Sequence[Move]], most: int = MOST_PLACES
) -> list[Way]:
    """The way with the fewest steps to where a value begins; else one that ends where nothing leads on, with LOST.

    Gives up after so many places. Empty where nothing starts. Of ways of one length it is the first that was found
    (Dijkstra, 1959).
    """
    order = count()
    pending: list[tuple[int, int, Way]] = []
    for start in starts:
        heappush(pending, (len(start.steps), next(order), Way(start.to, start.steps, None)))
    seen: set[Place] = set()
    end: Way | None = None
    while pending:
        cost, _, way = heappop(pending)
        if way.place is None:
            return way.from_start()
        if way.place in seen:
            continue
        if len(seen) >= most:
            end = way
            break
        seen.add(way.place)
        further = moves(way.place)
        for move in further:
            heappush(pending, (cost + len(move.steps), next(order), Way(move.to, move.steps, way)))
        if not further or end is None:
            end = way
    if end is None:
        return []
    ways = end.from_start()
    last = [step for way in ways for step in way.steps][-1:]
    return [*ways, *(Way(None, (replace(step, kind=StepKind.LOST),), end) for step in last)]
