"""Activations: one analysis of a function for one context, evaluated again until nothing grows."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.misfits import Misfits, fitting
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Activation,
    Arguments,
    Callee,
    Function,
    Generator,
    Keywords,
    PointsTo,
)
from flowmap.names import Origin


class Activations(Misfits):
    """Binds arguments, and evaluates activations until nothing grows."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self.evaluations = 0
        self.steps = 0
        self._held_by_root: dict[tuple[int, str, Callee], None] = {}

    # --- evaluation ---

    def run(self, activation: Activation, by: Activation | None) -> None:
        """Evaluates an activation once. Its calls and gaps are those of the last evaluation."""
        activation.is_running = True
        activation.is_queued = activation.is_dirty = False
        activation.started = True
        activation.runs += 1
        self.evaluations += 1
        before = activation.calls
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
        if activation.held:
            self._hold_others(activation, before)
        self._finish(frame, by)
        if activation.is_dirty:
            self.enqueue(activation)

    def drain(self, root: Activation) -> None:
        """Evaluates what is queued, and is called from the root, until nothing grows any more."""
        self._hold_others(root, self._held_by_root)
        self._held_by_root = dict(root.calls)
        queue, costly = self.queue, self.costly
        while queue or costly or self.excuse():
            activation = (queue or costly).popleft()
            if self.is_exhausted():
                queue.clear()
                costly.clear()
            elif activation.is_queued:
                if activation.held:
                    self.run(activation, None)
                else:
                    activation.is_queued = False
                    activation.is_stale = True

    def _hold_others(self, activation: Activation, before: dict[tuple[int, str, Callee], None]) -> None:
        """Lets go of what an activation called before, and holds what it calls now."""
        now = activation.calls
        for key in now:
            if key not in before and isinstance(key[2], Activation):
                self.hold(key[2])
        for key in before:
            if key not in now and isinstance(key[2], Activation):
                self._let_go(key[2])

    def hold(self, activation: Activation) -> None:
        """Counts one more call of an activation, and of all that it calls where it was not called by anybody."""
        pending = [activation]
        while pending:
            each = pending.pop()
            each.held += 1
            if each.held == 1:
                if each.is_stale:
                    each.is_stale = False
                    self.enqueue(each)
                pending.extend([callee for _, _, callee in each.calls if isinstance(callee, Activation)])

    def _let_go(self, activation: Activation) -> None:
        pending = [activation]
        while pending:
            each = pending.pop()
            each.held -= 1
            if each.held == 0:
                pending.extend([callee for _, _, callee in each.calls if isinstance(callee, Activation)])

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
        # A name is for those a value is handed to: handed back it is soon anybody's.
        returned = self.space.anonymous(returned)
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
        frame.stored = None
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
            bound = self.bind(frame, function, fitting(function.block, arguments))
        if bound is None and self.is_excused(frame, site, Reason.ARGUMENTS):
            fits = (self.bind(frame, function, each) for each in self.forced(function, arguments))
            bound = next((each for each in fits if each is not None), None)
        if bound is None:
            raise DivergedError
        frame.block.answered.add(site)
        code = function.block.code
        space = self.space
        result = NOTHING
        place = self.apart(frame, function, site)
        for context in self.contexts_of(function, bound, place):
            activation = self.activation(function, context, place)
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
                is_sure = not arguments.soft and arguments.double_star is None
                value = self._keywords(surplus, arguments.double_star, is_sure=is_sure)
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

    def _keywords(self, surplus: Sequence[tuple[str, PointsTo]], rest: PointsTo | None, *, is_sure: bool) -> PointsTo:
        merged: dict[str, PointsTo] = {}
        for name, value in surplus:
            merged[name] = self.space.join(merged.get(name, NOTHING), value)
        items = tuple(sorted(merged.items(), key=lambda item: item[0]))
        more = rest or NOTHING
        return self.space.one(
            self.space.intern(("keywords", items, more, is_sure), lambda: Keywords(items, more, is_sure=is_sure))
        )

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
