"""The shown calls in call order: depth first, but a box that the way enters from several after the last of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from flowmap.analysis.result import Evidence
from flowmap.flow.activations import ActivationGraph, Call
from flowmap.flow.selection import Box, Selection, box_of
from flowmap.flow.way import Way
from flowmap.names import FunctionName


class Link(NamedTuple):
    """The calls from one box to another at one line: what becomes one step. `callees` are the activations entered."""

    caller: Box
    callee: Box
    line: int
    evidence: Evidence
    on_way: bool
    through: tuple[FunctionName, ...] = ()


class Ordered(NamedTuple):
    """A link in its place. `returning`: made on the way back, by what is on the way or was itself called so."""

    link: Link
    returning: bool


@dataclass(slots=True)
class _Postponed:
    """What waits until a box is expanded."""

    links: list[tuple[Link, bool]] = field(default_factory=list)


def links_of(
    graph: ActivationGraph, selection: Selection, way: Way, better: Mapping[tuple[int, int], Evidence]
) -> Mapping[Box, Sequence[Link]]:
    """The links by their caller, in call order. Key of the entries' caller: the box of activation 0."""
    shown = selection.way | selection.side
    sequences: dict[Box, list[_Place]] = {}
    links: dict[Box, dict[_Place, Link]] = {}
    for number in sorted({call.caller for call in shown}):
        box = box_of(graph, way, number)
        own = links.setdefault(box, {})
        places: dict[_Place, None] = {}
        for call in graph.calls[number]:
            place = (call.line, box_of(graph, way, call.callee))
            places[place] = None
            if call in shown and not (place in own and own[place].on_way):
                own[place] = _link(graph, way, call, selection, better)
        _merge(sequences.setdefault(box, []), list(places))
    return {
        box: _in_layer_order(way, _once([own[place] for place in sequences[box] if place in own]))
        for box, own in links.items()
    }


_Place: TypeAlias = tuple[int, Box]


def _link(
    graph: ActivationGraph, way: Way, call: Call, selection: Selection, better: Mapping[tuple[int, int], Evidence]
) -> Link:
    evidence = better.get((call.caller, call.callee), call.evidence)
    caller, callee = box_of(graph, way, call.caller), box_of(graph, way, call.callee)
    return Link(caller, callee, call.line, evidence, call in selection.way, call.through)


def _merge(own: list[_Place], places: Sequence[_Place]) -> None:
    """Puts the calls of another activation among those known, each after the one it follows."""
    known = {place: i for i, place in enumerate(own)}
    merged: list[_Place] = []
    taken = 0
    for place in places:
        position = known.get(place)
        if position is None:
            merged.append(place)
        elif position >= taken:
            merged.extend(own[taken : position + 1])
            taken = position + 1
    own[:] = [*merged, *own[taken:]]


def _once(links: Sequence[Link]) -> list[Link]:
    """The first link to each callee, or the one that is on the way: the same call in two branches is one step."""
    best: dict[Box, Link] = {}
    for link in links:
        if link.callee not in best or (link.on_way and not best[link.callee].on_way):
            best[link.callee] = link
    return [link for link in links if best[link.callee] is link]


def _in_layer_order(way: Way, links: list[Link]) -> list[Link]:
    """Calls at one line of methods of what wraps each other: inward before the way's own call, outward after it."""
    last = max((i for i, link in enumerate(links) if link.on_way), default=len(links))
    result: list[Link] = []
    position = 0
    while position < len(links):
        stop = position
        while stop < len(links) and links[stop].line == links[position].line and _rank(way, links[stop]) is not None:
            stop += 1
        if stop > position:
            group = sorted(links[position:stop], key=lambda link: _rank(way, link) or 0, reverse=position > last)
            result.extend(group)
            position = stop
        else:
            result.append(links[position])
            position += 1
    return result


def _rank(way: Way, link: Link) -> int | None:
    if link.on_way:
        return None
    module, qualname = link.callee.function.module, link.callee.function.qualname
    return way.layers.order.get(FunctionName(module, qualname.rpartition(".")[0]))


def in_order(links: Mapping[Box, Sequence[Link]], start: Box, turning: frozenset[Box]) -> list[Ordered]:
    """All links that are reached from `start`, each once. After a box of `turning` is entered the way leads back."""
    return _Orderer(links, turning).run(start)


class _Orderer:
    """The depth-first walk. It keeps its own stack: generators that yield the walk of a box before they go on."""

    def __init__(self, links: Mapping[Box, Sequence[Link]], turning: frozenset[Box]) -> None:
        self.links = links
        self.turning = turning
        self.result: list[Ordered] = []
        self.expanded: set[Box] = set()
        self.returned: set[Box] = set()
        self.has_turned = False
        self.entries = self._entries()
        self.waiting: dict[Box, _Postponed] = {}
        # The boxes that a walk under way waits for.
        self.blocks: list[set[Box]] = []

    def run(self, start: Box) -> list[Ordered]:
        self._drive(start)
        while self.waiting:
            # Only a cycle leaves one: its other entry lies behind it.
            box = next(iter(self.waiting))
            self._drive(box)
            self._drive_postponed(self.waiting.pop(box))
        return self.result

    def _drive(self, start: Box) -> None:
        stack = [self._expand(start)]
        while stack:
            inner = next(stack[-1], None)
            if inner is None:
                stack.pop()
            else:
                stack.append(self._expand(inner))

    def _drive_postponed(self, postponed: _Postponed) -> None:
        for link, is_back in postponed.links:
            if self._emit(link, is_back=is_back):
                self._drive(link.callee)

    def _expand(self, box: Box) -> Iterator[Box]:
        """Emits the links of a box; yields each callee whose own links come next."""
        if box in self.expanded:
            return
        self.expanded.add(box)
        self.blocks.append(set())
        for link in self.links.get(box, ()):
            if not link.on_way:
                blocked = self._blocked_on()
                if blocked is not None:
                    self.waiting[blocked].links.append((link, True))
                elif self._emit(link, is_back=False):
                    yield link.callee
                continue
            self._emit(link, is_back=False)
            self.entries[link.callee] = self.entries.get(link.callee, 1) - 1
            if link.callee in self.expanded:
                continue
            if self.entries[link.callee] > 0:
                self.waiting.setdefault(link.callee, _Postponed())
                self.blocks[-1].add(link.callee)
                continue
            yield link.callee
            postponed = self.waiting.pop(link.callee, None)
            if postponed is not None:
                for late, is_back in postponed.links:
                    if self._emit(late, is_back=is_back):
                        yield late.callee
        done = self.blocks.pop()
        if self.blocks:
            self.blocks[-1].update(done)

    def _blocked_on(self) -> Box | None:
        """What an earlier link of the box in hand leads to and has not been expanded yet."""
        return next((box for box in sorted(self.blocks[-1]) if box in self.waiting), None)

    def _emit(self, link: Link, *, is_back: bool) -> bool:
        """Numbers a link; says whether its callee is to be expanded."""
        on_return = (
            self.has_turned
            and not link.on_way
            and link.callee not in self.turning
            and (is_back or self._leads_back(link.caller))
        )
        self.result.append(Ordered(link, on_return))
        if link.callee in self.turning:
            self.has_turned = True
        if on_return and link.callee not in self.expanded:
            self.returned.add(link.callee)
        return link.callee not in self.expanded

    def _leads_back(self, caller: Box) -> bool:
        on_way = any(link.on_way for link in self.links.get(caller, ()))
        return caller in self.returned or (on_way and caller not in self.turning)

    def _entries(self) -> dict[Box, int]:
        """How many of the way's links enter each box, those left out that close a cycle."""
        counts: dict[Box, int] = {}
        for closing in self._forward():
            counts[closing.callee] = counts.get(closing.callee, 0) + 1
        return counts

    def _forward(self) -> Iterator[Link]:
        done: set[Box] = set()
        for start in self.links:
            stack: list[tuple[Box, Iterator[Link]]] = [(start, iter(self.links[start]))] if start not in done else []
            entered = {start}
            done.add(start)
            while stack:
                box, rest = stack[-1]
                link = next(rest, None)
                if link is None:
                    stack.pop()
                    entered.discard(box)
                elif link.on_way and link.callee not in entered:
                    yield link
                    if link.callee not in done:
                        done.add(link.callee)
                        entered.add(link.callee)
                        stack.append((link.callee, iter(self.links.get(link.callee, ()))))
