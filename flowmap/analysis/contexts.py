"""Contexts: which calls of a function share one activation (cartesian product algorithm, Agesen, ECOOP 1995)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.crowds import Crowds
from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.values import (
    NOTHING,
    Activation,
    CallPlace,
    Class,
    CodeBlock,
    Constant,
    Function,
    PointsTo,
    Scope,
    Tuple,
    Unknown,
    wraps,
)
from flowmap.syntax import ir

Context = tuple[PointsTo | None, ...]


class Contexts(Crowds):
    """Chooses the activation of a call: an exact one while the function has few, else one that others share."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._contexts: dict[CodeBlock, dict[object, Activation]] = {}
        self._merged: dict[CodeBlock, dict[object, Activation]] = {}
        self._by_call: dict[tuple[Function, CallPlace], dict[Context, Activation]] = {}

    def apart(self, frame: Frame, function: Function, site: int) -> CallPlace | None:
        """Where a function is called from, if that tells its activations and what they make apart (call-site
        sensitivity, Shivers, "Control-flow analysis of higher-order languages", 1991; Entry says of which); else None.
        """
        modules = self.outside.told_apart
        if not modules:
            return None
        caller = frame.activation
        if caller.block.code.kind != "module" and function.block.module.name not in modules:
            return None
        outer: Activation | None = caller
        while outer is not None:
            if outer.block is function.block:
                # A recursion has as many places as rounds.
                return None
            place = self.called_at.get(outer)
            outer = place[0] if place is not None else None
        return caller, site

    def contexts_of(
        self, function: Function, bound: Sequence[PointsTo], place: CallPlace | None = None
    ) -> Iterable[Context]:
        """The cartesian product of the arguments; past the bound only the receiver is told apart."""
        count = 1
        for value in bound:
            if len(value.items) > 1:
                count *= len(value.items)
        if count == 1:
            return (tuple(bound),)
        if count <= self.bounds.product:
            one = self.space.one
            return product(*([one(v) for v in value.items] or [NOTHING] for value in bound))
        self.hit("product", function.block.function)
        return self._split_some(function, bound, place)

    def _split_some(self, function: Function, bound: Sequence[PointsTo], place: CallPlace | None) -> Iterable[Context]:
        """The product without the largest arguments: those are merged with what other such calls pass."""
        columns: list[Sequence[PointsTo | None]] = [[self.space.one(v) for v in s.items] or [NOTHING] for s in bound]
        widest = sorted(range(len(bound)), key=lambda i: (-len(bound[i].items), -i))
        merged = []
        for i in widest:
            columns[i] = (None,)
            merged.append(i)
            count = 1
            for column in columns:
                count *= len(column)
            if count <= self.bounds.product:
                break
        contexts = list(product(*columns))
        for context in contexts:
            cells = self.activation(function, context, place).parameters
            for i in merged:
                self.write(cells[i], bound[i])
        return contexts

    def activation(self, function: Function, context: Context, place: CallPlace | None = None) -> Activation:
        """The activation for a context: an exact one while the function has few, else a merged one."""
        if place is not None:
            return self._called_from(function, context, place)
        block = function.block
        table = self._contexts.get(block)
        if table is None:
            table = self._contexts[block] = {}
        key = (function, context)
        found = table.get(key)
        if found is not None:
            return found
        coarser = self._without_many_numbers(block, context)
        if coarser != context:
            found = table[key] = self.activation(function, coarser)
            return found
        is_costly = block.steps > self.bounds.steps_per_function + self.bounds.steps_per_context * len(table)
        makes_class = self._makes_class(context)
        if (
            (makes_class or not is_costly)
            and len(table) < (self.bounds.classes_per_function if makes_class else self.bounds.contexts_per_function)
            and len(self.activations) < self.bounds.activations
        ):
            found = table[key] = self.new_activation(block, function, context, function.scope)
            return found
        self.hit("steps_per_function" if is_costly else "contexts_per_function", block.function)
        found = table[key] = self._merge(function, context, is_costly=is_costly)
        return found

    def _called_from(self, function: Function, context: Context, place: CallPlace) -> Activation:
        """The activation of a call that is told apart by its place."""
        table = self._by_call.setdefault((function, place), {})
        found = table.get(context)
        if found is None and len(table) >= self.bounds.contexts_per_function:
            self.hit("contexts_per_function", function.block.function)
            coarse: Context = (None,) * len(context)
            found = table.get(coarse) or self._place(function, coarse, place, table)
            for cell, value in zip(found.parameters, context, strict=True):
                if value is not None:
                    self.write(cell, value)
            return found
        return found or self._place(function, context, place, table)

    def _place(
        self, function: Function, context: Context, place: CallPlace, table: dict[Context, Activation]
    ) -> Activation:
        made = table[context] = self.new_activation(function.block, function, context, function.scope)
        # What it makes is its own.
        made.heap = made
        self.called_at[made] = place
        return made

    def _without_many_numbers(self, block: CodeBlock, context: Context) -> Context:
        """The context with any number where more are passed than are told apart: a recursion that counts has no end."""
        result = list(context)
        for index, value in enumerate(context):
            number = value.items[0] if value is not None and len(value.items) == 1 else None
            if isinstance(number, Constant) and type(number.value) in {int, float}:
                numbers = block.numbers.setdefault(index, set())
                numbers.add(number)
                if len(numbers) > self.bounds.numbers_per_parameter:
                    self.hit("numbers_per_parameter", block.function)
                    result[index] = self.any_of(type(number.value).__name__)
        return tuple(result)

    def _merge(self, function: Function, context: Context, *, is_costly: bool) -> Activation:
        block = function.block
        table = self._merged.setdefault(block, {})
        coarse: Context = (None,) * len(context)
        kind: object = None
        if is_costly:
            # Type sensitivity (Smaragdakis, Bravenboer and Lhotak, POPL 2011).
            kind = self._kind(context[0]) if context else None
        else:
            coarse = tuple(
                value if value is not None and _is_distinctive(i, parameter, value) else None
                for i, (parameter, value) in enumerate(zip(block.parameters, context, strict=True))
            )
        if len(table) >= self.bounds.merged_contexts_per_function:
            self.hit("merged_contexts_per_function", block.function)
            coarse = (None,) * len(context)
            kind = None
        key = (function, coarse, kind)
        found = table.get(key)
        if found is None:
            found = table[key] = self.new_activation(block, function, coarse, function.scope)
        for cell, kept, value in zip(found.parameters, coarse, context, strict=True):
            if kept is None and value is not None:
                self.write(cell, value)
        return found

    @staticmethod
    def _makes_class(context: Context) -> bool:
        """Whether a metaclass is called: there are as many such calls as classes, which are not to be one."""
        receiver = context[0].items[0] if context and context[0] is not None and len(context[0].items) == 1 else None
        return isinstance(receiver, Class) and any(c.name == "type" and c.is_native for c in receiver.mro)

    def _kind(self, receiver: PointsTo | None) -> object:
        """The class of a receiver. A class is its own kind, and so is what wraps a function, or is one."""
        if receiver is None or len(receiver.items) != 1:
            return None
        only = receiver.items[0]
        return only if isinstance(only, (Class, Function)) or wraps(only) else self.class_of(only)

    def new_activation(
        self, block: CodeBlock, function: Function | None, context: Context, parent: Scope | None
    ) -> Activation:
        activation = Activation(len(self.activations), block, function, context, Scope(parent))
        self.activations.append(activation)
        if self._makes_class(context):
            activation.heap = activation
        if activation.heap is None and function is not None:
            # What a decorator's wrapper makes is told apart by what it wraps.
            activation.heap = function.scope
        return activation


def _is_distinctive(index: int, parameter: ir.Parameter, value: PointsTo) -> bool:
    """Whether a merged context keeps an argument: the receiver, and strings, which may name something."""
    only = value.items[0] if len(value.items) == 1 else None
    if isinstance(only, Tuple) and parameter.kind == 2:
        return bool(only.elements) and all(map(_is_text, only.elements))
    return _is_text(value) or (index == 0 and only is not None and not isinstance(only, Unknown))


def _is_text(values: PointsTo) -> bool:
    only = values.items[0] if len(values.items) == 1 else None
    return isinstance(only, Constant) and isinstance(only.value, str)
