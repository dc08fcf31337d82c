"""What becomes of a response: the server iterates over it and closes it (PEP 3333), and signals tell of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Activation
from flowmap.flow.landmarks import Sight
from flowmap.frameworks.django.landmarks.facts import (
    RESPONSE_PROTOCOL,
    RUNS_APPLICATION,
    Facts,
    is_constructor,
    last_word,
)
from flowmap.names import FunctionName, Origin

_GATEWAY: Final = "wsgiref.handlers"


@dataclass(frozen=True, slots=True)
class Response:
    """`finish` is what the server calls with the application's response in hand. `iterating` and `closing` are pairs:
    the server's functions that do so, and the response's methods that they call.
    """

    finish: frozenset[int]
    iterating: tuple[frozenset[int], frozenset[int]]
    closing: tuple[frozenset[int], frozenset[int]]

    @property
    def goals(self) -> frozenset[int]:
        """The methods of the response that the server calls."""
        return self.iterating[1] | self.closing[1]

    def sights(self, stage: str) -> tuple[Sight, ...]:
        """The ways to those methods, through the server's own functions."""
        found: list[Sight] = []
        before = self.finish
        for callers, methods in (self.iterating, self.closing):
            found.append(Sight(callers, 0, stage, before, is_landmark=False))
            found.append(Sight(methods, 0, stage, callers or before))
            before = callers or before
        return tuple(found)


def find_response(facts: Facts) -> Response:
    """What the server, or whoever enters at the application, does with what the application returned."""
    graph = facts.graph
    runners = graph.of(RUNS_APPLICATION)
    starts = runners or frozenset({0})
    closes, iterations = (_called_on_responses(facts, name, starts) for name in RESPONSE_PROTOCOL)
    leads = graph.reaching(iterations if runners and iterations else iterations | closes)
    finish = frozenset(
        call.callee
        for number in starts
        if number < len(graph)
        for call in graph.calls[number]
        if call.callee in leads
        and call.callee not in facts.applications
        and not graph.is_module(call.callee)
        and not graph.is_raised(call)
    )
    return Response(finish, (_servers_own(facts, iterations), iterations), (_servers_own(facts, closes), closes))


def _called_on_responses(facts: Facts, name: str, starts: frozenset[int]) -> frozenset[int]:
    """The methods of that name, not the server's own, that the server calls."""
    graph = facts.graph
    servers = {graph.activations[number].receiver for number in starts}
    return frozenset(
        call.callee
        for number, calls in enumerate(graph.calls)
        if graph.function(number).module == _GATEWAY or number in starts
        for call in calls
        if last_word(graph.function(call.callee)) == name
        and graph.origin(call.callee) in {Origin.DISTRIBUTION, Origin.PROJECT}
        and graph.activations[call.callee].receiver not in {*servers, None}
    )


def _servers_own(facts: Facts, goals: frozenset[int]) -> frozenset[int]:
    """The standard library's functions that call these: a subclass may do so for special requests."""
    graph = facts.graph
    return frozenset(
        call.caller
        for goal in goals
        for caller in graph.callers(goal)
        if graph.function(caller).module == _GATEWAY
        for call in graph.calls[caller]
        if call.callee in goals and not graph.is_raised(call)
    )


def _is_of(activation: Activation, owner: FunctionName | None) -> bool:
    """Whether a function is a method of a class, or written in one; true of no class."""
    if owner is None or activation.receiver == owner:
        return True
    function = activation.function
    return function.module == owner.module and function.qualname.startswith(f"{owner.qualname}.")


def find_signals(facts: Facts) -> frozenset[tuple[int, int]]:
    """Calls of functions that were handed to another method of the object that calls them, and before any request."""
    graph = facts.graph
    served = graph.reached(facts.called_by(RUNS_APPLICATION) | facts.applications)
    handed: dict[FunctionName | None, dict[FunctionName, set[FunctionName]]] = {}
    for number, calls in enumerate(graph.calls):
        if number in served and not graph.is_module(number):
            continue
        giver = graph.activations[number]
        for call in calls:
            taker = graph.activations[call.callee]
            if not taker.callables or is_constructor(taker.function) or _is_of(giver, taker.receiver):
                continue
            own = handed.setdefault(taker.receiver, {})
            for function in taker.callables:
                own.setdefault(function, set()).add(taker.function)
    return frozenset(
        (call.caller, call.callee)
        for number in sorted(served)
        if graph.origin(number) is Origin.DISTRIBUTION
        and (known := handed.get(graph.activations[number].receiver)) is not None
        for call in graph.calls[number]
        if call.evidence is Evidence.CALL
        and graph.origin(call.callee) is not Origin.STDLIB
        and known.get(graph.function(call.callee), set()) - {graph.function(number)}
    )
