"""Which calls a flow shows: the way, what is worth seeing beside it, and then what has most to say."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import NodeKind
from flowmap.flow.activations import ActivationGraph, Call
from flowmap.flow.importance import IMPLICIT, importance
from flowmap.flow.landmarks import Landmarks, Sight
from flowmap.flow.model import Detail
from flowmap.flow.way import Way
from flowmap.names import FunctionName, Origin

BOXES: Final[Mapping[Detail, int]] = {Detail.OVERVIEW: 0, Detail.FLOW: 80, Detail.FULL: 300}
"""How many boxes a detail may fill; the way and the sights of rank 0 are shown in any case."""

_PER_CALLER: Final = 2
_RETRIES: Final = 12
_USERS: Final = 3
_BY_STRING: Final = frozenset({Evidence.IMPORT_STRING, Evidence.SETTING})


class Box(NamedTuple):
    """A function in one of its layers."""

    function: FunctionName
    layer: int


@dataclass(frozen=True, slots=True)
class Selection:
    """The calls that are shown, on the way and beside it, and the stages of callees that a sight puts somewhere.

    `ends` are activations that an overview keeps, `tools` boxes that import what a string names for everyone.
    """

    way: frozenset[Call]
    side: frozenset[Call]
    stages: Mapping[int, str]
    ends: frozenset[int]
    tools: frozenset[Box]


def select(graph: ActivationGraph, landmarks: Landmarks, way: Way, detail: Detail) -> Selection:
    """The calls to show. What a smaller detail shows, a larger one shows too."""
    return _Selector(graph, landmarks, way).select(detail)


def without_skips(graph: ActivationGraph, way: Way) -> frozenset[Call]:
    """The way's calls but for those that leave a layer out: each layer calls the next one."""
    nearest: dict[tuple[Box, FunctionName], int] = {}
    for call in way.calls:
        layer = way.layers.of(call.callee)
        if layer:
            key = (box_of(graph, way, call.caller), graph.function(call.callee))
            nearest[key] = min(layer, nearest.get(key, layer))
    return frozenset(
        call
        for call in way.calls
        if not (layer := way.layers.of(call.callee))
        or nearest[box_of(graph, way, call.caller), graph.function(call.callee)] == layer
    )


def box_of(graph: ActivationGraph, way: Way, number: int) -> Box:
    """The box an activation is drawn in."""
    return Box(graph.function(number), way.layers.of(number))


def _users(graph: ActivationGraph) -> Mapping[FunctionName, frozenset[str]]:
    """The modules that call each function; what only one function calls has that one's."""
    callers: dict[FunctionName, set[FunctionName]] = {}
    for edge in graph.graph.edges:
        callers.setdefault(edge.callee, set()).add(edge.caller)
    users = {name: frozenset(each.module for each in own) for name, own in callers.items()}
    return {
        name: users.get(next(iter(own)), frozenset()) if len(own) == 1 else users[name] for name, own in callers.items()
    }


class _Selector:
    """The selection while it grows."""

    def __init__(self, graph: ActivationGraph, landmarks: Landmarks, way: Way) -> None:
        self.graph = graph
        self.landmarks = landmarks
        self.way = way
        self.calls = without_skips(graph, way)
        self.side: dict[Call, None] = {}
        self.stages: dict[int, str] = {}
        self.ends: set[int] = set()
        self.limit = 0
        self.users = _users(graph)
        self.shown: set[int] = {n for call in self.calls for n in (call.caller, call.callee)} - {0}
        self.boxes = {box_of(graph, way, number) for number in self.shown}

    def select(self, detail: Detail) -> Selection:
        limit = self.limit = BOXES[detail]
        for sight in sorted(self.landmarks.sights, key=lambda each: each.rank):
            if sight.rank == 0 or self._count() < limit:
                self._see(sight)
        spared = len(self.boxes) - self._count() if detail is Detail.FLOW else 0
        if len(self.boxes) - spared < limit:
            for call in self._candidates(deep=detail is Detail.FULL):
                if len(self.boxes) - spared >= limit:
                    break
                self._show(call)
        return Selection(self.calls, frozenset(self.side), self.stages, frozenset(self.ends), self._tools())

    def _show(self, call: Call) -> None:
        if call in self.calls:
            return
        self.side[call] = None
        self.shown.update((call.caller, call.callee))
        self.boxes.add(box_of(self.graph, self.way, call.callee))

    def _count(self) -> int:
        """The boxes there will be: layers that only pass on are not drawn."""
        busy = {box_of(self.graph, self.way, call.caller) for call in self.side}
        onward: dict[Box, set[Box]] = {}
        for call in self.calls:
            caller = box_of(self.graph, self.way, call.caller)
            onward.setdefault(caller, set()).add(box_of(self.graph, self.way, call.callee))
        idle = sum(1 for box, callees in onward.items() if box.layer and box not in busy and len(callees) == 1)
        return len(self.boxes) - idle - len(self._tools())

    def _tools(self) -> frozenset[Box]:
        """The boxes beside the way that import what a string names and are called from several modules, and theirs."""
        callees: dict[Box, set[int]] = {}
        imports: set[Box] = set()
        implicit: set[Box] = set()
        for call in self.side:
            if call.evidence is not Evidence.CALL:
                implicit.add(box_of(self.graph, self.way, call.callee))
            caller = box_of(self.graph, self.way, call.caller)
            callees.setdefault(caller, set()).add(call.callee)
            if call.evidence in _BY_STRING:
                imports.add(caller)
        on_way = {box_of(self.graph, self.way, number) for number in self.way.stages}
        return frozenset(
            caller
            for caller, own in callees.items()
            if caller not in on_way | implicit
            and (caller in imports or self._passes_on(own, imports))
            and len(self.users.get(caller.function, ())) >= _USERS
        )

    def _passes_on(self, callees: set[int], imports: set[Box]) -> bool:
        return {box_of(self.graph, self.way, number) for number in callees} <= imports

    def _fresh(self, path: tuple[Call, ...]) -> frozenset[Box]:
        """The boxes that a path would add."""
        return frozenset(box_of(self.graph, self.way, call.callee) for call in path) - self.boxes

    # --- sights ---

    def _see(self, sight: Sight) -> None:
        by_function: dict[FunctionName, list[int]] = {}
        for number in sorted(sight.goals):
            by_function.setdefault(self.graph.function(number), []).append(number)
        leads = self.graph.reaching(sight.goals)
        for goals in by_function.values():
            path = self._path(sight, frozenset(goals), leads)
            if sight.rank and self._count() + len(self._fresh(path)) > self.limit:
                continue
            for call in path:
                self._show(call)
            if sight.is_landmark and (path or self.shown.intersection(goals)):
                self.ends.update(goals if not path else (path[-1].callee,))
            if path and sight.stage is not None:
                for call in path[:-1]:
                    if call.callee not in self.way.stages:
                        self.stages.setdefault(call.callee, sight.stage)
                self.stages[path[-1].callee] = sight.stage
            if path and not sight.every:
                break
        if sight.every:
            self._see_siblings(sight)

    def _path(self, sight: Sight, goals: frozenset[int], leads: frozenset[int]) -> tuple[Call, ...]:
        """The shortest way to a goal that does not need something to be raised, where there is one."""
        starts = (sight.starts & self.shown or sight.starts) if sight.starts else self.shown
        # What nothing on the way leads to may be called by whoever enters the program.
        if not sight.starts and not leads & starts - goals:
            starts = frozenset({0})
        if not starts - goals:
            return ()
        banned: set[Call] = set()
        first: tuple[Call, ...] = ()
        for _ in range(_RETRIES):
            path = self.graph.path(starts - goals, goals, lambda call: call.callee in leads and call not in banned)
            first = first or path
            raised = next((call for call in path if self.graph.is_raised(call)), None)
            if raised is None:
                return path or first
            banned.update(each for each in self.graph.calls[raised.caller] if each.line == raised.line)
        return first

    def _see_siblings(self, sight: Sight) -> None:
        """The same goals as they are called from other boxes of the way."""
        for number in sorted(self.shown):
            for call in self.graph.calls[number]:
                if call.callee in sight.goals and call not in self.side and not self.graph.is_raised(call):
                    if sight.rank and self._count() + len(self._fresh((call,))) > self.limit:
                        continue
                    self._show(call)
                    if sight.stage is not None:
                        self.stages[call.callee] = sight.stage

    # --- the rest, by what it has to say ---

    def _candidates(self, *, deep: bool) -> Iterator[Call]:
        """Calls beside what is shown, the most telling first; `deep`: then all of them, and what they call in turn."""
        weights = importance(self.graph.graph)
        level = sorted(self.shown)
        first = self._beside(level, weights)
        counts: dict[Box, int] = {}
        rest: list[Call] = []
        for call in first:
            caller = box_of(self.graph, self.way, call.caller)
            counts[caller] = counts.get(caller, 0) + 1
            if counts[caller] <= _PER_CALLER:
                yield call
            else:
                rest.append(call)
        if not deep:
            return
        yield from rest
        level = sorted({call.callee for call in first})
        while level:
            further = self._beside(level, weights)
            yield from further
            level = sorted({call.callee for call in further})

    def _beside(self, level: list[int], weights: Mapping[FunctionName, float]) -> list[Call]:
        found: dict[tuple[Box, FunctionName], Call] = {}
        for number in level:
            caller = box_of(self.graph, self.way, number)
            for call in self.graph.calls[number]:
                function = self.graph.function(call.callee)
                if call.callee not in self.shown and self._is_telling(call, function):
                    found.setdefault((caller, function), call)
        return sorted(found.values(), key=lambda call: (-weights.get(self.graph.function(call.callee), 0.0), call))

    def _is_telling(self, call: Call, function: FunctionName) -> bool:
        node = self.graph.graph.functions.get(function)
        return (
            node is not None
            and call.evidence not in IMPLICIT
            and node.kind is NodeKind.FUNCTION
            and node.origin is not Origin.STDLIB
            and Box(function, 0) not in self.boxes
            and not self.graph.is_raised(call)
        )
