"""Explains a call edge: every call that it stands for is followed back, and the shortest chain is told."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from flowmap.analysis.naming import name_of
from flowmap.analysis.provenance.backwards import Backwards, place_of
from flowmap.analysis.provenance.explanation import Chain, Explanation, Origin, Step, StepKind
from flowmap.analysis.provenance.origins import (
    called_by,
    holds,
    leads_to,
    method_of,
    sources_of,
)
from flowmap.analysis.provenance.places import (
    Expression,
    Held,
    Inside,
    Move,
    Place,
    shortest_way,
)
from flowmap.analysis.provenance.trace import Called, Event, Read
from flowmap.analysis.provenance.tracing import TracingInterpreter
from flowmap.analysis.provenance.words import (
    describe,
    line_of,
    step_of_method,
)
from flowmap.analysis.values import (
    Activation,
    Callee,
    Constant,
    LazyIterator,
    Module,
    Partial,
    Value,
)
from flowmap.names import FunctionName
from flowmap.syntax import ir


class Explainer:
    """Explains the calls of a run that is at its fixpoint. `entry`: whoever starts the program."""

    def __init__(self, machine: TracingInterpreter, activations: Sequence[Activation], entry: Activation) -> None:
        self._machine = machine
        self._activations = activations
        self._entry = entry
        self._backwards = Backwards(machine, activations, entry)

    def explain(self, caller: FunctionName, callee: FunctionName) -> Explanation:
        """The shortest chain among all calls of one function by another, and how what is on it was found."""
        best = shortest_way(self._starts(caller, callee), self._backwards.moves)
        if not best:
            return Explanation(caller, callee, Chain.of(self._unfollowed(caller, callee)))
        found: dict[Chain, None] = {}
        for way, after in pairwise(best):
            if isinstance(way.place, Inside) and way.place.wants:
                for origin, place in self._found_by(way.place, after.place):
                    ways = shortest_way([Move(place)], self._backwards.moves)
                    found[Chain.of((step for each in ways for step in each.steps), origin)] = None
        return Explanation(caller, callee, Chain.of(step for way in best for step in way.steps), tuple(found))

    # --- where it starts ---

    def _starts(self, caller: FunctionName, callee: FunctionName) -> Iterator[Move]:
        for activation in self._activations:
            if activation.block.function != caller or activation is self._entry:
                continue
            trace = self._machine.trace(activation)
            for _, evidence, called in activation.calls:
                if evidence != "body" and name_of(called) == callee:
                    for each in trace.calls.get(called, ()):
                        yield from self._callees(activation, called, each)

    def _unfollowed(self, caller: FunctionName, callee: FunctionName) -> Iterator[Step]:
        """What is left to say of a call that a second evaluation does not meet, such as one beyond a bound."""
        for activation in self._activations:
            for line, _, called in activation.calls if activation.block.function == caller else ():
                if name_of(called) == callee:
                    call = Step(StepKind.CALL, caller, line, line, _text_of_callee(called))
                    yield from (call, replace(call, kind=StepKind.LOST))
                    return

    def _callees(self, caller: Activation, callee: Callee, called: Called) -> Iterator[Move]:
        """From a call to what is called there."""
        activation = caller.owner or caller
        event = called.event
        line = called.line or line_of(event, activation.block)
        call = Step(StepKind.CALL, caller.block.function, line, line, _text_of_callee(callee))
        if isinstance(callee, Activation) and callee.block.code.kind == "module":
            wanted: Value = self._machine.space.constant(callee.block.module.name).items[0]
            if isinstance(event.node, (ir.Import, ir.ImportFrom)):
                yield Move(None, (replace(call, kind=StepKind.IMPORT, value=f"module {callee.block.module.name}"),))
            else:
                yield Move(Inside(activation, event, called.time, (wanted,), (), is_argument=True), (call,))
            return
        sources = list(sources_of(event, called.time))
        function = event.node.func if isinstance(event.node, ir.Call) else None
        expressions = [each for each in sources if isinstance(each, Event)]
        reads = [each for each in sources if isinstance(each, Read)]
        yield from (
            self._called(activation, callee, call, [each for each in expressions if each.node is function])
            or self._called(activation, callee, call, expressions)
            or self._called_on(activation, callee, call, called)
            or self._called(activation, callee, call, reads)
        )

    def _called(self, caller: Activation, callee: Callee, call: Step, sources: Sequence[Event | Read]) -> list[Move]:
        """From a call to the values that lead to its callee."""
        return [
            Move(
                place_of(caller, source, tuple(_unwrapped(value, callee)), ()),
                (replace(call, value=describe(value)), *self._by_method(value, callee)),
            )
            for source in sources
            for value in source.value or ()
            if leads_to(value, callee)
        ]

    @staticmethod
    def _called_on(caller: Activation, callee: Callee, call: Step, called: Called) -> list[Move]:
        """From a call that no expression stands for, such as an operator's, to the object whose method is called."""
        if not isinstance(callee, Activation) or not callee.block.is_method or not callee.context:
            return []
        block = callee.block
        return [
            Move(
                Inside(caller, called.event, called.time, (receiver,), (), is_argument=True),
                (replace(call, value=describe(receiver)), step_of_method(block, receiver)),
            )
            for receiver in callee.context[0] or ()
        ]

    @staticmethod
    def _by_method(value: Value, callee: Callee) -> Iterator[Step]:
        if isinstance(callee, Activation) and method_of(value, callee) is not None:
            yield step_of_method(callee.block, value)

    # --- names ---

    def _found_by(self, place: Inside, after: Place | None) -> Iterator[tuple[Origin, Place]]:
        """What a value was found by, where it was read: a name in a string, or a module in a variable."""
        node, wanted = place.event.node, place.wants[0]
        if isinstance(wanted, Constant) or not isinstance(after, Held | None):
            return
        if isinstance(node, ir.Call):
            for text in self._names_looked_up(place.event, place.before, wanted):
                yield Origin.NAME, replace(place, wants=(text,), is_argument=True)
        elif isinstance(node, ir.Attribute) and place.event.children:
            owner = place.event.children[0]
            for module in owner.value or ():
                if isinstance(module, Module) and not self._backwards.is_global(place.activation, owner):
                    cell = module.cells.get(node.attr)
                    if cell is not None and holds(cell.value, wanted):
                        yield Origin.MODULE, Expression(place.activation, owner, (module,), place.stack)

    @staticmethod
    def _names_looked_up(event: Event, before: float, wanted: Value) -> Iterator[Value]:
        """The texts in a call that are names it looked for; where there are several, the one of the value."""
        texts = dict.fromkeys(
            value
            for source in sources_of(event, before)
            if isinstance(source, Event)
            for value in source.value or ()
            if isinstance(value, Constant) and value.value in event.lookups
        )
        names = {getattr(wanted, "name", None), getattr(wanted, "qualname", None)}
        yield from (text for text in texts if len(texts) == 1 or text.value in names)


def _unwrapped(value: Value, callee: Callee) -> Iterator[Value]:
    """What is called, and what calling or iterating over that calls."""
    yield value
    inner = called_by(value, callee) if isinstance(value, (Partial, LazyIterator)) else None
    if inner is not None:
        yield from _unwrapped(inner, callee)


def _text_of_callee(callee: Callee) -> str:
    if not isinstance(callee, Activation):
        return describe(callee)
    if callee.block.code.kind == "module":
        return f"module {callee.block.module.name}"
    return f"function {callee.block.function}"
