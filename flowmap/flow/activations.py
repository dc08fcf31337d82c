"""The activations of a call graph with their callers, and which of them lie between others.

What lies between two sets is a chop (Reps & Rosay, FSE 1995): reached from the one and reaching the other.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Activation, CallGraph, NodeKind
from flowmap.names import FunctionName, Origin

IMPORTS: Final = frozenset({Evidence.IMPORT, Evidence.IMPORT_STRING, Evidence.SETTING})
_GETTER: Final = ".__get__"


class Call(NamedTuple):
    """A call between two activations. `through` are functions of the machinery between them that is left out."""

    caller: int
    line: int
    evidence: Evidence
    callee: int
    through: tuple[FunctionName, ...] = ()


class ActivationGraph:
    """The context-sensitive call graph, a thread's bootstrap and descriptors' getters left out.

    Numbers are those of `CallGraph.activations`; 0 is the caller of the entry.
    """

    def __init__(self, graph: CallGraph) -> None:
        self.graph = graph
        self.activations: tuple[Activation, ...] = graph.activations
        self.calls: tuple[tuple[Call, ...], ...] = _calls(graph)
        self._of: dict[FunctionName, list[int]] = {}
        for number, activation in enumerate(self.activations):
            self._of.setdefault(activation.function, []).append(number)
        callers: list[list[int]] = [[] for _ in self.activations]
        for calls in self.calls:
            for call in calls:
                callers[call.callee].append(call.caller)
        self._callers = callers

    def __len__(self) -> int:
        return len(self.activations)

    def function(self, number: int) -> FunctionName:
        """The function that an activation is of."""
        return self.activations[number].function

    def origin(self, number: int) -> Origin | None:
        """Which tree an activation's function is from; None for the caller of the entry."""
        function = self.graph.functions.get(self.function(number))
        return function.origin if function is not None else None

    def is_module(self, number: int) -> bool:
        """Whether an activation runs a module's body."""
        function = self.graph.functions.get(self.function(number))
        return function is not None and function.kind is NodeKind.MODULE

    def is_function(self, number: int) -> bool:
        """Whether an activation runs the body of a function, not of a module or class."""
        function = self.graph.functions.get(self.function(number))
        return function is not None and function.kind is NodeKind.FUNCTION

    def is_raised(self, call: Call) -> bool:
        """Whether a call is made only when something was raised."""
        return self.graph.conditions.is_handler(self.function(call.caller), call.line)

    def callers(self, number: int) -> list[int]:
        """The activations that call one, once a call."""
        return self._callers[number]

    def of(self, function: FunctionName) -> frozenset[int]:
        """The activations of a function."""
        return frozenset(self._of.get(function, ()))

    def where(self, holds: Callable[[Activation], bool]) -> frozenset[int]:
        """The activations for which something holds."""
        return frozenset(i for i, each in enumerate(self.activations) if holds(each))

    def reached(self, starts: Iterable[int], usable: Callable[[Call], bool] | None = None) -> frozenset[int]:
        """What calls lead to from `starts`, these included, by usable calls only."""
        found = set(starts)
        pending = list(found)
        while pending:
            for call in self.calls[pending.pop()]:
                if call.callee not in found and (usable is None or usable(call)):
                    found.add(call.callee)
                    pending.append(call.callee)
        return frozenset(found)

    def reaching(self, goals: Iterable[int], within: Collection[int] | None = None) -> frozenset[int]:
        """What reaches one of `goals`, these included, over activations of `within` only."""
        found = set(goals)
        pending = list(found)
        while pending:
            for caller in self._callers[pending.pop()]:
                if caller not in found and (within is None or caller in within):
                    found.add(caller)
                    pending.append(caller)
        return frozenset(found)

    def between(self, starts: Collection[int], goals: Collection[int]) -> frozenset[int]:
        """The chop: what is reached from `starts` and reaches `goals`; empty where there is no way."""
        reached = self.reached(starts)
        return self.reaching(reached.intersection(goals), reached)

    def path(
        self, starts: Collection[int], goals: Collection[int], usable: Callable[[Call], bool] | None = None
    ) -> tuple[Call, ...]:
        """The shortest chain of calls from one of `starts` to one of `goals`, the first in call order."""
        came: dict[int, Call | None] = dict.fromkeys(sorted(starts))
        level = list(came)
        while level:
            following: list[int] = []
            for number in level:
                for call in self.calls[number]:
                    if call.callee in came or (usable is not None and not usable(call)):
                        continue
                    came[call.callee] = call
                    if call.callee in goals:
                        return _chain(came, call)
                    following.append(call.callee)
            level = following
        return ()


def _chain(came: Mapping[int, Call | None], last: Call) -> tuple[Call, ...]:
    chain: list[Call] = []
    call: Call | None = last
    while call is not None:
        chain.append(call)
        call = came[call.caller]
    return tuple(reversed(chain))


def _calls(graph: CallGraph) -> tuple[tuple[Call, ...], ...]:
    starters = _thread_starters(graph)
    result: list[tuple[Call, ...]] = []
    for number, activation in enumerate(graph.activations):
        module = activation.function.module
        own: dict[Call, None] = {}
        for each in activation.calls:
            call = Call(number, each.line, each.evidence, each.callee)
            callee = graph.activations[each.callee]
            if each.callee in starters and callee.function.module != module:
                own.update(dict.fromkeys(_thread_targets(graph, call)))
            elif each.evidence is Evidence.ATTRIBUTE and callee.function.qualname.endswith(_GETTER):
                own.update(dict.fromkeys(_through_getter(graph, call)))
            else:
                own[call] = None
        result.append(tuple(own))
    return tuple(result)


def _thread_starters(graph: CallGraph) -> frozenset[int]:
    """Activations of the standard library's that start a thread within their own module."""
    callers: dict[int, list[int]] = {}
    pending: list[int] = []
    for number, activation in enumerate(graph.activations):
        function = graph.functions.get(activation.function)
        if function is None or function.origin is not Origin.STDLIB:
            continue
        if any(call.evidence is Evidence.THREAD for call in activation.calls):
            pending.append(number)
        for call in activation.calls:
            if graph.activations[call.callee].function.module == activation.function.module:
                callers.setdefault(call.callee, []).append(number)
    found = set(pending)
    while pending:
        for caller in callers.get(pending.pop(), ()):
            if caller not in found:
                found.add(caller)
                pending.append(caller)
    return frozenset(found)


def _thread_targets(graph: CallGraph, start: Call) -> Iterator[Call]:
    """Calls from whoever starts a thread to what the thread runs, over the bootstrap of the module that starts it."""
    module = graph.activations[start.callee].function.module
    first = (start.callee, False)
    came: dict[tuple[int, bool], tuple[FunctionName, ...]] = {first: (graph.activations[start.callee].function,)}
    pending = [first]
    for number, started in pending:
        for call in graph.activations[number].calls:
            runs = started or call.evidence is Evidence.THREAD
            function = graph.activations[call.callee].function
            if (call.callee, runs) in came:
                continue
            came[call.callee, runs] = (*came[number, started], function)
            if function.module == module:
                pending.append((call.callee, runs))
            elif runs:
                yield Call(start.caller, start.line, Evidence.THREAD, call.callee, came[number, started])


def _through_getter(graph: CallGraph, call: Call) -> Iterator[Call]:
    """Calls from whoever reads an attribute to what the descriptor's getter calls (data model 3.3.2.2)."""
    getter = graph.activations[call.callee]
    for each in getter.calls:
        yield Call(call.caller, call.line, Evidence.PROPERTY, each.callee, (getter.function,))
