"""The landmarks between handler and view: middleware, the URL configuration, the view."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import takewhile

from flowmap.analysis.result import Evidence
from flowmap.flow.activations import IMPORTS
from flowmap.frameworks.django.landmarks.facts import Facts, is_constructor
from flowmap.names import FunctionName, Origin

_CALLS_OF_VIEWS = frozenset({Evidence.CALL, Evidence.CALLBACK, Evidence.IMPORT_STRING})
"""A view that the URL configuration names by a string is called as what the string led to."""


class RequestFinder:
    """Finds what a request meets. `views` are the first view, in the order of calls; `way` leads from the handler to
    it, or to `turn` where there is none.
    """

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        graph = facts.graph
        handed = self._handed()
        self.are_views_handed = bool(handed)
        called = frozenset(self._view_calls(handed)) or frozenset(self._view_calls(None))
        first = min(called, default=None)
        self.views = frozenset(n for n in called if first is not None and graph.function(n) == graph.function(first))
        self.other_views = called - self.views
        self.turn = frozenset() if self.views else self._turn()
        self.way = graph.between(facts.applications, self.views or self.turn)

    def middleware_made(self) -> frozenset[int]:
        graph = self.facts.graph
        return frozenset(
            call.callee
            for calls in graph.calls
            for call in calls
            if call.evidence in IMPORTS
            and not graph.is_module(call.callee)
            and (
                graph.activations[call.callee].receiver in self.facts.order
                or graph.function(call.callee) in self.facts.order
            )
        )

    def own(self) -> frozenset[int]:
        """What the project's own code does for a request besides: other views, their methods, what they call."""
        facts, graph = self.facts, self.facts.graph
        return frozenset(
            number
            for number in facts.handler_tree - self.views
            if graph.origin(number) is Origin.PROJECT
            and graph.is_function(number)
            and not facts.wraps(graph.activations[number])
            and not is_constructor(graph.function(number))
        )

    def hooks(self) -> frozenset[int]:
        """Methods of middleware that are called from the way between handler and view."""
        graph = self.facts.graph
        return frozenset(
            call.callee
            for number in self.way
            for call in graph.calls[number]
            if call.callee not in self.way
            and graph.activations[call.callee].receiver in self.facts.order
            and call.evidence is not Evidence.ATTRIBUTE
        )

    def _handed(self) -> set[FunctionName]:
        """The functions that the URL configurations of the project hand on to what makes patterns: their views.

        What they import hands on other functions, to other modules than those that the root configuration calls.
        """
        graph = self.facts.graph
        makers = {
            graph.function(call.callee).module
            for number in self.facts.urlconfs
            for call in graph.calls[number]
            if not graph.is_module(call.callee)
        }
        return {
            function
            for number in graph.reached(self.facts.urlconfs, lambda call: graph.origin(call.callee) is Origin.PROJECT)
            for call in graph.calls[number]
            if not graph.is_module(call.callee) and (not makers or graph.function(call.callee).module in makers)
            for function in graph.activations[call.callee].callables
        }

    def _view_calls(self, handed: set[FunctionName] | None) -> Iterator[int]:
        """What the handler calls of the functions that were handed; None: of all those of the project."""
        graph = self.facts.graph
        for number in sorted(self.facts.handler_tree):
            origin = graph.origin(number)
            # Dependencies run in threads and event loops what the handler hands them.
            if origin not in {Origin.DISTRIBUTION, Origin.DEPENDENCY}:
                continue
            is_handler = origin is Origin.DEPENDENCY or graph.activations[number].receiver is not None
            for call in graph.calls[number]:
                activation = graph.activations[call.callee]
                if (
                    call.callee not in self.facts.handler_tree
                    or graph.is_module(call.callee)
                    or self.facts.wraps(activation)
                ):
                    continue
                if call.evidence not in _CALLS_OF_VIEWS:
                    continue
                if handed is None:
                    if graph.origin(call.callee) is Origin.PROJECT and not is_constructor(activation.function):
                        yield call.callee
                elif activation.function in handed and is_handler:
                    yield call.callee

    def is_wrapped(self) -> bool:
        return any(self.facts.wraps(self.facts.graph.activations[number]) for number in self.way)

    def urls(self) -> frozenset[int]:
        """The calls, nearest to the view, from its way, that lead to the root URL configuration."""
        graph = self.facts.graph
        way = self.way
        leads = graph.reaching(self.facts.urlconfs)
        callers = sorted(self.turn or {c for number in self.views for c in graph.callers(number) if c in way})
        seen = set(self.views)
        # What the view is called in the place of is another view.
        turns = {(call.caller, call.line) for n in callers for call in graph.calls[n] if call.callee in self.views}
        while callers:
            found = frozenset(
                call.callee
                for number in callers
                for call in takewhile(lambda each: each.callee not in way, graph.calls[number])
                if call.callee in leads
                and (call.caller, call.line) not in turns
                and not self.facts.wraps(graph.activations[call.callee])
                and call.evidence is Evidence.CALL
                and not graph.is_raised(call)
            )
            if found:
                return found
            seen.update(callers)
            callers = sorted({c for number in callers for c in graph.callers(number) if c in way} - seen)
        return frozenset()

    def _turn(self) -> frozenset[int]:
        """Where a request turns that meets no view of the program: the handler's innermost method, or the one that
        calls middleware, on the way to the root URL configuration.
        """
        graph = self.facts.graph
        classes = {graph.activations[number].receiver for number in self.facts.applications} - {None}
        inside = frozenset(
            number
            for number in graph.between(self.facts.applications, self.facts.urlconfs)
            if graph.activations[number].receiver in classes
        )
        outside = graph.reaching(inside)
        calling = frozenset(
            number
            for number in inside
            if any(
                call.callee not in outside
                and graph.activations[call.callee].receiver in self.facts.order
                and not graph.is_raised(call)
                for call in graph.calls[number]
            )
        )
        found = calling or inside
        return frozenset(
            number
            for number in found
            if {graph.function(other) for other in found & graph.reached({number})} == {graph.function(number)}
        )

    def requests(self) -> frozenset[int]:
        """The constructors of what the view is called with."""
        return self.facts.constructed(self.views)
