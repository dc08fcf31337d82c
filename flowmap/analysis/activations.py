"""Activations: one analysis of a function for one context (cartesian product algorithm, Agesen, ECOOP 1995)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.crowds import Crowds
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Activation,
    Arguments,
    Class,
    CodeBlock,
    Constant,
    Function,
    Generator,
    Keywords,
    PointsTo,
    Scope,
    Unknown,
)
from flowmap.names import Origin

Context = tuple[PointsTo | None, ...]


class Activations(Crowds):
    """Binds arguments, chooses contexts and evaluates activations until nothing grows."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._contexts: dict[CodeBlock, dict[object, Activation]] = {}
        self.evaluations = 0
        self.steps = 0
        self._merged: dict[CodeBlock, dict[object, Activation]] = {}

    # --- evaluation ---

    def run(self, activation: Activation, by: Activation | None) -> None:
        """Evaluates an activation once. Its calls and gaps are those of the last evaluation."""
        activation.is_running = True
        activation.is_queued = activation.is_dirty = False
        activation.started = True
        activation.runs += 1
        self.evaluations += 1
        activation.calls = {}
        activation.gaps = {}
        frame = Frame(activation)
        self.depth += 1
        block = activation.block
        if block.parameters:
            self._bind_parameters(frame)
        if block.code.kind == "module":
            self.execute_module(frame)
        else:
            self.execute(frame, block.code.body)
        self.depth -= 1
        block.steps += frame.steps
        self.steps += frame.steps
        activation.cost = frame.steps
        activation.is_running = False
        self._finish(frame, by)
        if activation.is_dirty:
            self.enqueue(activation)

    def drain(self) -> None:
        """Evaluates what is queued until nothing grows any more."""
        queue, costly = self.queue, self.costly
        while queue or costly:
            activation = (queue or costly).popleft()
            if self.is_exhausted():
                queue.clear()
                costly.clear()
            elif activation.is_queued:
                self.run(activation, None)

    def is_exhausted(self) -> bool:
        """Whether a bound on the whole run was hit: nothing is evaluated any more."""
        if self.evaluations > self.bounds.evaluations:
            self.hit("evaluations", "the program")
            return True
        if self.steps > self.bounds.steps:
            self.hit("steps", "the program")
            return True
        return False

    def _finish(self, frame: Frame, by: Activation | None) -> None:
        activation = frame.activation
        kind = activation.block.code.kind
        if kind == "class":
            activation.namespace = frame.state or {}
            returned = self.space.join_all(tuple(activation.namespace.values()))
        elif kind == "module":
            return self.finish_module(frame)
        else:
            returned = frame.returned
            if frame.state is not None:
                returned = self.space.join(returned, self.space.constant(None))
        new = self.space.grown(activation.returns.value, returned)
        if new is not activation.returns.value:
            activation.returns.value = new
            self.wake(activation.returns, but=by)
        return None

    def execute_module(self, frame: Frame) -> None:
        raise NotImplementedError

    def finish_module(self, frame: Frame) -> None:
        raise NotImplementedError

    def activate(self, frame: Frame, activation: Activation, site: int, evidence: str) -> None:
        frame.activation.calls[(frame.lines[site], evidence, activation)] = None
        self.ensure(frame, activation)

    def ensure(self, frame: Frame, activation: Activation) -> None:
        """Evaluates an activation that is new or out of date, now if the stack allows it."""
        if not activation.started and not activation.is_running and not self.is_exhausted():
            if self.depth < self.bounds.call_depth:
                self.run(activation, frame.activation)
            else:
                self.hit("call_depth", activation.block.function)
                self.enqueue(activation)
        self.read(activation.returns, frame)

    # --- calling a function ---

    def call_function(
        self, frame: Frame, function: Function, arguments: Arguments, site: int, evidence: str
    ) -> PointsTo:
        bound = self.bind(frame, function, arguments)
        if bound is None and function.block.module.origin is Origin.STDLIB is not frame.module.origin:
            # Written for another version of the library than was read, rather than a sure TypeError.
            self.gap(frame, site, Reason.ARGUMENTS.value)
            bound = self.bind(frame, function, _fitting(function.block, arguments))
        if bound is None:
            raise DivergedError
        code = function.block.code
        space = self.space
        result = NOTHING
        for context in self._split(function, bound):
            activation = self.activation(function, context)
            if code.is_generator or code.is_async:
                frame.activation.calls[(frame.lines[site], evidence, activation)] = None
                key = ("generator", activation)
                made = space.one(space.intern(key, lambda a=activation: Generator(a)))  # type: ignore[misc]  # default binds the loop variable
            else:
                self.activate(frame, activation, site, evidence)
                made = activation.returns.value
            result = space.join(result, made)
        if not result.items:
            raise DivergedError
        return result

    def bind(self, frame: Frame, function: Function, arguments: Arguments) -> Sequence[PointsTo] | None:
        """One set a parameter (calls, language reference 6.3.4); None when the arguments do not fit."""
        block = function.block
        parameters = block.parameters
        if block.is_plain:
            rest = arguments.keywords or arguments.soft or arguments.star or arguments.double_star
            if len(arguments.positional) == len(parameters) and not rest:
                return arguments.positional
        bound: list[PointsTo | None] = [None] * len(parameters)
        count = len(block.positional)
        positional = arguments.positional
        for i, value in enumerate(positional[:count]):
            bound[i] = value
        surplus: list[tuple[str, PointsTo]] = []
        for name, value in arguments.keywords:
            index = block.index.get(name)
            if index is None:
                surplus.append((name, value))
            elif bound[index] is not None:
                return None
            else:
                bound[index] = value
        if surplus and block.kwarg is None:
            return None
        if len(positional) > count and block.vararg is None:
            return None
        for name, value in arguments.soft:
            index = block.index.get(name)
            if index is None:
                surplus.append((name, value))
            elif bound[index] is None:
                default = function.defaults[index]
                bound[index] = value if default is None else self.space.join(value, self.read(default, frame))
        return self._bind_rest(frame, function, arguments, bound, surplus)

    def _bind_rest(
        self, frame: Frame, function: Function, arguments: Arguments, bound: list[PointsTo | None],
        surplus: list[tuple[str, PointsTo]],
    ) -> list[PointsTo] | None:  # fmt: skip
        block = function.block
        join = self.space.join
        result: list[PointsTo] = []
        for i, parameter in enumerate(block.parameters):
            value = bound[i]
            if parameter.kind == 2:
                value = self._star(arguments, len(block.positional))
            elif parameter.kind == 4:
                value = self._keywords(surplus, arguments.double_star)
            elif value is None:
                default = function.defaults[i]
                value = self.read(default, frame) if default is not None else None
                star = arguments.star if parameter.kind <= 1 else None
                for more in (star, arguments.double_star if parameter.kind else None):
                    if more is not None:
                        value = more if value is None else join(value, more)
                if value is None:
                    return None
            result.append(value)
        return result

    def _star(self, arguments: Arguments, count: int) -> PointsTo:
        exact = arguments.positional[count:]
        if arguments.star is None:
            return self.make_tuple(exact)
        return self.any_tuple(self.space.join_all((*exact, arguments.star)))

    def _keywords(self, surplus: Sequence[tuple[str, PointsTo]], rest: PointsTo | None) -> PointsTo:
        merged: dict[str, PointsTo] = {}
        for name, value in surplus:
            merged[name] = self.space.join(merged.get(name, NOTHING), value)
        items = tuple(sorted(merged.items(), key=lambda item: item[0]))
        more = rest or NOTHING
        return self.space.one(self.space.intern(("keywords", items, more), lambda: Keywords(items, more)))

    def _bind_parameters(self, frame: Frame) -> None:
        activation = frame.activation
        state = frame.state
        assert state is not None
        for i, parameter in enumerate(activation.block.parameters):
            context = activation.context[i]
            value = self.read(activation.parameters[i], frame) if context is None else context
            if parameter.kind == 4:
                value = self._materialize(frame, value, parameter.name)
            self.assign_name(frame, parameter.name, value)

    def _materialize(self, frame: Frame, value: PointsTo, name: str) -> PointsTo:
        """The dict of a `**kwargs` parameter: one an activation."""
        known: list[tuple[PointsTo, PointsTo]] = []
        for each in value.items:
            if isinstance(each, Keywords):
                known.extend((self.space.constant(key), item) for key, item in each.items)
                if each.rest.items:
                    known.append((self.any_of("str"), each.rest))
        return self.make_dict(frame, known, ("**", name, frame.activation))

    # --- contexts ---

    def _split(self, function: Function, bound: Sequence[PointsTo]) -> Iterable[Context]:
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
        return self._split_some(function, bound)

    def _split_some(self, function: Function, bound: Sequence[PointsTo]) -> Iterable[Context]:
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
            cells = self.activation(function, context).parameters
            for i in merged:
                self.write(cells[i], bound[i])
        return contexts

    def activation(self, function: Function, context: Context) -> Activation:
        """The activation for a context: an exact one while the function has few, else a merged one."""
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
        if (
            not is_costly
            and len(table) < self.bounds.contexts_per_function
            and len(self.activations) < self.bounds.activations
        ):
            found = table[key] = self.new_activation(block, function, context, function.scope)
            return found
        self.hit("steps_per_function" if is_costly else "contexts_per_function", block.function)
        found = table[key] = self._merge(function, context, is_costly=is_costly)
        return found

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
                value if value is not None and self._is_distinctive(i, value) else None
                for i, value in enumerate(context)
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

    def _kind(self, receiver: PointsTo | None) -> object:
        """The class of a receiver. A class is its own kind, and so is a function: decorators tell them apart."""
        if receiver is None or len(receiver.items) != 1:
            return None
        only = receiver.items[0]
        return only if isinstance(only, (Class, Function)) else self.class_of(only)

    @staticmethod
    def _is_distinctive(index: int, value: PointsTo) -> bool:
        """Whether a merged context keeps an argument: the receiver and strings, which may name something."""
        if len(value.items) != 1:
            return False
        only = value.items[0]
        if isinstance(only, Unknown):
            return False
        return index == 0 or (isinstance(only, Constant) and isinstance(only.value, str))

    def new_activation(
        self, block: CodeBlock, function: Function | None, context: Context, parent: Scope | None
    ) -> Activation:
        activation = Activation(len(self.activations), block, function, context, Scope(parent))
        self.activations.append(activation)
        if context and context[0] is not None and len(context[0].items) == 1:
            receiver = context[0].items[0]
            if isinstance(receiver, Class) and any(c.name == "type" and c.is_native for c in receiver.mro):
                activation.heap = activation
        if activation.heap is None and function is not None:
            # What a decorator's wrapper makes is told apart by what it wraps.
            activation.heap = function.scope
        return activation


def _fitting(block: CodeBlock, arguments: Arguments) -> Arguments:
    """The arguments that a function has parameters for."""
    positional = arguments.positional if block.vararg is not None else arguments.positional[: len(block.positional)]
    taken = set(block.positional[: len(positional)])
    keywords = tuple(
        item
        for item in arguments.keywords
        if item[0] not in taken and (block.kwarg is not None or item[0] in block.index)
    )
    return Arguments(positional, keywords, arguments.soft, arguments.star, arguments.double_star)
