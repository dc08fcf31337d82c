"""One step backwards: from a place that a value is at to the places it may have come from.

A value came from the nearest of these that holds it: what a callee returned, a part of the expression, a cell that was
read. It passes through variables, parameters, attributes and containers to where it was made. Calls and returns are
matched where the way has not passed through the heap (Reps, "Program analysis via graph reachability", 1998).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from math import inf

from flowmap.analysis.expressions import text_of_expression
from flowmap.analysis.provenance.bindings import reaching
from flowmap.analysis.provenance.explanation import Step, StepKind
from flowmap.analysis.provenance.origins import (
    calls_a_metaclass,
    gives,
    holds,
    is_made_by,
    is_native,
    makes_generator,
    may_bind,
    related_texts,
    sources_of,
    way_into,
)
from flowmap.analysis.provenance.places import (
    MOST_CALLS,
    Expression,
    Held,
    Inside,
    Made,
    Move,
    Parameter,
    Place,
    Returned,
    Stack,
)
from flowmap.analysis.provenance.trace import Binding, Called, Event, Read, Write
from flowmap.analysis.provenance.tracing import TracingInterpreter, callers_of
from flowmap.analysis.provenance.words import (
    describe,
    end_of,
    line_of,
    step_at,
    step_of_binding,
    step_of_block,
    step_of_method,
    step_of_write,
    steps_of_definition,
)
from flowmap.analysis.values import (
    Activation,
    BoundMethod,
    Class,
    Constant,
    CrowdCell,
    Function,
    Generator,
    Instance,
    Module,
    Super,
    Value,
)
from flowmap.syntax import ir


class Backwards:
    """The moves of a search, over a run that is at its fixpoint. `entry`: whoever starts the program."""

    def __init__(self, machine: TracingInterpreter, activations: Sequence[Activation], entry: Activation) -> None:
        self._machine = machine
        self._entry = entry
        self._callers = callers_of(activations)
        self._reachable = frozenset(activations)

    def moves(self, place: Place) -> Sequence[Move]:
        """From a place to those it may have come from, all that the run has seen."""
        return list(self._moves(place)) or self._without_beginning(place)

    @staticmethod
    def _without_beginning(place: Place) -> list[Move]:
        """What C makes is just there; so is a module, whoever imported it into its package."""
        is_there = isinstance(place, Held) and (is_native(place.wants[0]) or isinstance(place.wants[0], Module))
        return [Move(None)] if is_there else []

    def _moves(self, place: Place) -> Iterator[Move]:
        if isinstance(place, Inside):
            return self._from_inside(place)
        if isinstance(place, Expression):
            return self._from_expression(place)
        if isinstance(place, Held):
            return self._from_cell(place)
        if isinstance(place, Parameter):
            return self._from_parameter(place)
        if isinstance(place, Returned):
            return self._from_return(place)
        return self._from_object(place)

    # --- expressions ---

    def _from_expression(self, place: Expression) -> Iterator[Move]:
        node = place.event.node
        wanted = place.wants[0]
        if isinstance(node, ir.Name):
            trace = self._machine.trace(place.activation)
            bindings = reaching(trace.bindings.get(node.id, ()), wanted, place.event)
            yield from (self._from_binding(place.activation, each, place.wants, place.stack) for each in bindings)
            if bindings:
                return
        event = self._evaluated(place.activation, place.event, wanted)
        yield Move(Inside(place.activation, event, inf, place.wants, place.stack))

    def _evaluated(self, activation: Activation, event: Event, value: Value) -> Event:
        """Where an attribute was read, if not here, where a test says what it is: in the test."""
        text = text_of_expression(event.node) if isinstance(event.node, ir.Attribute) and not event.children else None
        read = [
            each
            for each in (self._machine.trace(activation).spelled.get(text, ()) if text is not None else ())
            if each.time < event.time and each.children and holds(each.value, value)
        ]
        return read[-1] if read else event

    def _from_binding(self, activation: Activation, binding: Binding, wants: tuple[Value, ...], stack: Stack) -> Move:
        if binding.event.node is None:
            return Move(Parameter(activation, _index(activation, binding.name), wants, stack))
        kind = step_of_binding(binding.event)
        steps = () if kind is None else (step_at(kind, activation, binding.event, wants),)
        return Move(Inside(activation, binding.event, binding.time, wants, stack), steps)

    def _from_inside(self, place: Inside) -> Iterator[Move]:
        """The nearest of: it is made here, was returned to here, is a part, was read; or is made of these."""
        activation, event, wanted, rest = place.activation, place.event, place.wants[0], place.wants[1:]
        if is_made_by(wanted, event.node):
            yield self._beginning(activation, event, wanted)
            return
        if isinstance(wanted, Instance) and event in self._machine.trace(activation).made.get(wanted, ()):
            yield Move(Made(wanted))
            return
        if isinstance(wanted, Generator) and makes_generator(event, wanted) and not place.is_argument:
            block = wanted.activation.block
            made = step_at(StepKind.OBJECT, activation, event, (wanted,))
            yield Move(None, (made, step_of_block(StepKind.DEFINITION, block, wanted)))
            return
        sources = list(sources_of(event, place.before))
        if place.parameter is not None:
            sources = [each for each in sources if may_bind(event, each, *place.parameter)]
        found = (
            ([] if place.is_argument else self._returns(place, sources))
            or self._imported(place, sources)
            or self._held_by(place, sources)
            or self._from_composites(place, sources)
        )
        if found:
            yield from found
        elif rest:
            yield Move(replace(place, wants=rest, is_argument=True))
        elif isinstance(wanted, (BoundMethod, Super)):
            yield from self._from_method(place, wanted)
        elif isinstance(wanted, Instance) and wanted in self._machine.makers:
            # A copy of what is at hand, or what a model keeps one of for all.
            yield Move(Made(wanted))
        elif is_native(wanted) or (isinstance(wanted, Class) and calls_a_metaclass(event)):
            yield Move(None)

    def _returns(self, place: Inside, sources: Sequence[Event | Read]) -> list[Move]:
        """From the result of a call to the callees that returned it."""
        result: list[Move] = []
        for source in sources:
            callee = self._machine.returning(source.cell) if isinstance(source, Read) else None
            if callee is not None and holds(callee.returns.value, place.wants[0]):
                called = Called(source.time, 0, "", place.event)
                stack = (*place.stack, (callee, place.activation, called))[-MOST_CALLS:]
                result.append(Move(Returned(callee, place.wants, stack)))
        return result

    def _imported(self, place: Inside, sources: Sequence[Event | Read]) -> list[Move]:
        """From a module that a call imported to its name."""
        wanted = place.wants[0]
        if not isinstance(place.event.node, ir.Call) or not isinstance(wanted, Module):
            return []
        name = self._machine.space.constant(wanted.name).items[0]
        is_given = any(any(related_texts(wanted.name, source.value)) for source in sources)
        if wanted.name not in place.event.lookups or not is_given:
            return []
        return [Move(replace(place, wants=(name,), is_argument=True))]

    @staticmethod
    def _held_by(place: Inside, sources: Sequence[Event | Read]) -> list[Move]:
        """From a value to the parts and cells that are or hold just that."""
        return [
            Move(place_of(place.activation, source, place.wants, place.stack))
            for source in sources
            if gives(place.event, source, is_argument=place.is_argument) and holds(source.value, place.wants[0])
        ]

    @staticmethod
    def _from_composites(place: Inside, sources: Sequence[Event | Read]) -> list[Move]:
        """From a value that stands in another one, or a text that is cut out of another or put together."""
        wanted = place.wants[0]
        result: list[Move] = []
        for source in sources:
            ways = [(*way, *place.wants) for value in source.value or () if (way := way_into(value, wanted))]
            if isinstance(wanted, Constant) and isinstance(wanted.value, str):
                ways.extend(way for way in related_texts(wanted.value, source.value) if way[-1] is not wanted)
            result.extend(Move(place_of(place.activation, source, way, place.stack)) for way in ways)
        return result

    def _from_method(self, place: Inside, method: BoundMethod | Super) -> Iterator[Move]:
        """A method is found on the class of its receiver: the way of that goes on."""
        steps: tuple[Step, ...] = ()
        if isinstance(method, BoundMethod) and isinstance(method.function, Function):
            steps = (step_of_method(method.function.block, method.receiver),)
        yield Move(replace(place, wants=(method.receiver,), is_argument=True), steps)

    def _beginning(self, activation: Activation, event: Event, value: Value) -> Move:
        node = event.node
        if isinstance(node, (ir.FunctionDef, ir.ClassDef)):
            return Move(None, tuple(steps_of_definition(value)))
        if isinstance(node, ir.Constant):
            line = line_of(event, activation.block)
            end = end_of(event, activation.block)
            return Move(None, (Step(StepKind.LITERAL, activation.block.function, line, end, describe(value)),))
        if isinstance(node, ir.Lambda):
            return Move(None, (step_at(StepKind.DEFINITION, activation, event, (value,)),))
        return Move(None)

    # --- the heap ---

    def _from_cell(self, place: Held) -> Iterator[Move]:
        cell, wanted = place.cell, place.wants[0]
        machine = self._machine
        if isinstance(cell, CrowdCell):
            yield from (Move(replace(place, cell=each)) for each in cell.sources if holds(each.value, wanted))
        callee = machine.returning(cell)
        if callee is not None:
            yield Move(Returned(callee, place.wants, ()))
            return
        body, name = machine.global_of(cell) or (None, "")
        if body is not None and body.activation is not None:
            for binding in reaching(machine.trace(body.activation).bindings.get(name, ()), wanted, None):
                yield self._from_binding(body.activation, binding, place.wants, ())
        for writer in self._still_called(machine.writers.get(cell, ())):
            for write in machine.trace(writer).writes.get(cell, ()):
                if holds(write.value, wanted):
                    stack = place.stack if writer is place.reader else ()
                    yield self._from_write(writer, write, place.wants, stack)

    def _still_called(self, activations: Iterable[Activation]) -> Sequence[Activation]:
        """Those that calls lead to at the end, if there are any: others were met on the way to the fixpoint."""
        found = list(activations)
        return [each for each in found if each in self._reachable] or found

    def _from_write(self, writer: Activation, write: Write, wants: tuple[Value, ...], stack: Stack) -> Move:
        if write.event.node is None:
            return Move(Parameter(writer, _index(writer, write.name), wants, stack))
        kind = step_of_write(write)
        steps = () if kind is None else (step_at(kind, writer, write.event, wants),)
        return Move(Inside(writer, write.event, write.time, wants, stack), steps)

    # --- calls ---

    def _from_parameter(self, place: Parameter) -> Iterator[Move]:
        activation, wanted, stack = place.activation, place.wants[0], place.stack
        is_self = place.index == 0 and activation.block.is_method and len(place.wants) == 1
        if is_self and isinstance(wanted, Instance) and wanted in self._machine.makers:
            # Through all the methods that hand on their `self`: where the object is made says more.
            yield Move(Made(wanted))
            return
        if stack and stack[-1][0] is activation:
            _, caller, called = stack[-1]
            yield self._handed_over(place, caller, called, stack[:-1])
            return
        for caller in self._callers.get(activation, ()):
            if caller is self._entry:
                yield Move(None, (step_of_block(StepKind.OUTSIDE, activation.block, wanted),))
                continue
            for called in self._machine.trace(caller).calls.get(activation, ()):
                yield self._handed_over(place, caller.owner or caller, called, ())

    def _handed_over(self, place: Parameter, caller: Activation, called: Called, stack: Stack) -> Move:
        step = step_at(StepKind.ARGUMENT, caller, called.event, place.wants)
        parameter = place.activation, place.index
        inside = Inside(caller, called.event, called.time, place.wants, stack, is_argument=True, parameter=parameter)
        return Move(inside, (step,))

    def _from_return(self, place: Returned) -> Iterator[Move]:
        activation, wanted = place.activation, place.wants[0]
        trace = self._machine.trace(activation)
        if activation.block.code.kind == "class":
            for bindings in trace.bindings.values():
                for binding in reaching(bindings, wanted, None):
                    yield self._from_binding(activation, binding, place.wants, place.stack)
            return
        for event in trace.returns:
            for child in event.children:
                if holds(child.value, wanted):
                    steps = (step_at(StepKind.RETURN, activation, event, place.wants),)
                    yield Move(Expression(activation, child, place.wants, place.stack), steps)

    def _from_object(self, place: Made) -> Iterator[Move]:
        """From an object to its class, unless the source says by name which one it is."""
        value = place.value
        for maker in self._still_called(self._machine.makers.get(value, ())):
            activation = maker.owner or maker
            for event in self._machine.trace(activation).made.get(value, ()):
                steps = (step_at(StepKind.OBJECT, activation, event, (value,)),)
                call = event.children[0] if event.children and isinstance(event.node, ir.Call) else None
                cls = value.cls
                if call is None or not holds(call.value, cls) or cls.is_native:
                    yield Move(None, steps)
                elif self.is_global(activation, call):
                    yield Move(None, (*steps, *steps_of_definition(cls)))
                else:
                    yield Move(Expression(activation, call, (cls,), ()), steps)

    def is_global(self, activation: Activation, event: Event) -> bool:
        """Whether a name is one of the module's, or an attribute of one that is."""
        node = event.node
        if isinstance(node, ir.Attribute) and event.children:
            return any(self._machine.global_of(each.cell) is not None for each in event.reads) and self.is_global(
                activation, event.children[0]
            )
        if not isinstance(node, ir.Name) or node.id in activation.block.free:
            return False
        return activation.block.code.kind == "module" or node.id not in activation.block.locals


def place_of(activation: Activation, source: Event | Read, wants: tuple[Value, ...], stack: Stack) -> Place:
    """A value as that of an expression inside an event, or of a cell that the event read."""
    if isinstance(source, Event):
        return Expression(activation, source, wants, stack)
    return Held(source.cell, wants, activation, stack)


def _index(activation: Activation, name: str | None) -> int:
    """The parameter of that name; without one the mapping that takes what is left of the keywords."""
    parameters = activation.block.parameters
    if name is None:
        return len(parameters) - 1
    return next(i for i, each in enumerate(parameters) if each.name == name)
