"""Tests: whether a value may be true, and what a test says of the variables in it on either way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.comparisons import Comparisons
from flowmap.analysis.expressions import text_of_expression
from flowmap.analysis.frame import DivergedError, Frame, State, join_states
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.values import (
    NOTHING,
    Constant,
    External,
    Instance,
    Native,
    PointsTo,
    Unknown,
    Value,
)
from flowmap.syntax import ir

Way = tuple[State | None, State | None]


class Conditions(Comparisons):
    """Branches (6.10, 6.11, 6.13): prunes a way only when the test is decided."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        # The same by identity, which costs nothing to look up.
        self._refined: dict[Value, Callable[[Frame, Value, PointsTo, int], bool | None] | None] = {}

    def branch(self, frame: Frame, test: ir.Expr) -> Way:
        if isinstance(test, ir.Boolean) and test.op == "and":
            return self._branch_boolean(frame, test)
        if isinstance(test, ir.Boolean):
            return self.ask(frame, test)
        if isinstance(test, ir.Unary) and test.op == "not":
            positive, negative = self.ask(frame, test.operand)
            return negative, positive
        if isinstance(test, ir.Compare) and len(test.ops) == 1:
            return self._branch_compare(frame, test)
        if isinstance(test, ir.Compare):
            return self._branch_chain(frame, test)
        if isinstance(test, ir.Call) and test.arguments and self._may_refine(test.func):
            refined = self._branch_call(frame, test)
            if refined is not None:
                return refined
        _, positive, negative = self.branch_value(frame, test)
        return positive, negative

    def ask(self, frame: Frame, test: ir.Expr) -> Way:
        """As branch, for a test of which no way is known to be taken: it says nothing for good."""
        pending = frame.pending_facts
        frame.pending_facts = {}
        way = self._branch_boolean(frame, test) if isinstance(test, ir.Boolean) else self.branch(frame, test)
        frame.pending_facts = pending
        return way

    def branch_value(self, frame: Frame, node: ir.Expr) -> tuple[PointsTo, State | None, State | None]:
        if isinstance(node, (ir.Boolean, ir.Compare)) or (isinstance(node, ir.Unary) and node.op == "not"):
            if isinstance(node, ir.Boolean):
                values = self.evaluate(frame, node)
                return self._by_truth(frame, values, None, 0)
            positive, negative = self.ask(frame, node)
            return self._truths(frame, positive is not None, negative is not None), positive, negative
        values = self.evaluate(frame, node)
        return self._by_truth(frame, values, _variable(node), getattr(node, "site", 0))

    def _by_truth(
        self, frame: Frame, values: PointsTo, name: str | None, site: int
    ) -> tuple[PointsTo, State | None, State | None]:
        if not values.items:
            return values, *self._fork(frame, maybe=True, maybe_not=True)
        if len(values.items) == 1:
            maybe, maybe_not = self.truth(frame, values.items[0], site)
            return values, *self._fork(frame, maybe=maybe, maybe_not=maybe_not)
        truths = [self.truth(frame, value, site) for value in values.items]
        positive, negative = self._fork(frame, maybe=any(t for t, _ in truths), maybe_not=any(f for _, f in truths))
        if positive is not None and negative is not None and name is not None:
            self._narrow(frame, positive, name, [v for v, t in zip(values.items, truths, strict=True) if t[0]])
            self._narrow(frame, negative, name, [v for v, t in zip(values.items, truths, strict=True) if t[1]])
        return values, positive, negative

    def _fork(self, frame: Frame, *, maybe: bool, maybe_not: bool) -> Way:
        state = frame.state
        if state is None:
            return None, None
        if maybe and maybe_not:
            return state, dict(state)
        return (state, None) if maybe else (None, state)

    def _narrow(self, frame: Frame, state: State, name: str, values: Sequence[Value]) -> None:
        if name in state and name not in frame.block.cells:
            state[name] = self.space.of(values) if values else NOTHING

    def _branch_boolean(self, frame: Frame, node: ir.Boolean) -> Way:
        is_and = node.op == "and"
        ended: State | None = None
        for value in node.values:
            try:
                positive, negative = self.branch(frame, value)
            except DivergedError:
                if ended is None:
                    raise
                frame.state = None
                break
            ended = join_states(self.space, ended, negative if is_and else positive)
            frame.state = positive if is_and else negative
            if frame.state is None:
                break
        through = frame.state
        return (through, ended) if is_and else (ended, through)

    def _branch_chain(self, frame: Frame, node: ir.Compare) -> Way:
        left: ir.Expr = node.left
        maybe, maybe_not = True, False
        for op, right in zip(node.ops, node.rights, strict=True):
            pair = ir.Compare(left, (op,), (right,), node.site)
            positive, negative = self._branch_compare(frame, pair)
            maybe = maybe and positive is not None
            maybe_not = maybe_not or negative is not None
            frame.state = join_states(self.space, positive, negative)
            left = right
        return self._fork(frame, maybe=maybe, maybe_not=maybe_not)

    # --- comparisons ---

    def _branch_compare(self, frame: Frame, node: ir.Compare) -> Way:
        lefts = self.evaluate(frame, node.left)
        rights = self.evaluate(frame, node.rights[0])
        op = node.ops[0]
        answer = self.compare_sets(frame, op, lefts, rights, node.site) if lefts.items and rights.items else None
        if answer is None:
            return self._fork(frame, maybe=True, maybe_not=True)
        positive_left: list[Value] = []
        negative_left: list[Value] = []
        positive_right: dict[Value, None] = {}
        negative_right: dict[Value, None] = {}
        for left in lefts.items:
            holds, fails = False, False
            for right in rights.items:
                may_hold, may_fail = answer(left, right)
                if may_hold:
                    holds = True
                    positive_right[right] = None
                if may_fail:
                    fails = True
                    negative_right[right] = None
            if holds:
                positive_left.append(left)
            if fails:
                negative_left.append(left)
        positive, negative = self._fork(frame, maybe=bool(positive_left), maybe_not=bool(negative_left))
        for state, passed, kept_right in (
            (positive, positive_left, list(positive_right)),
            (negative, negative_left, list(negative_right)),
        ):
            if state is None:
                continue
            kept_left = passed
            if state is positive and op == "in":
                kept_left = self._members(frame, passed, rights, node.site)
                self._note(frame, node.left, kept_left)
            left_name, right_name = _variable(node.left), _variable(node.rights[0])
            if left_name is not None and len(rights.items) == 1:
                self._narrow(frame, state, left_name, kept_left)
            if right_name is not None and len(lefts.items) == 1 and op not in {"in", "not in"}:
                self._narrow(frame, state, right_name, kept_right)
        return positive, negative

    def _members(self, frame: Frame, values: list[Value], containers: PointsTo, site: int) -> list[Value]:
        """What passed `value in container`: some text that is one of known constants is one of these."""
        if len(containers.items) != 1 or all(isinstance(v, Constant) for v in values):
            return values
        keys = self.keys_of(frame, containers.items[0], site)
        if keys is None or not keys.items or not all(isinstance(k, Constant) for k in keys.items):
            return values
        kept: dict[Value, None] = {}
        for value in values:
            if isinstance(value, (Constant, Unknown, External)) or not isinstance(value, Instance):
                kept[value] = None
            elif value.cls.is_native and value.content is None:
                kept.update((k, None) for k in keys.items if type(k.value).__name__ == value.cls.name)  # type: ignore[attr-defined]  # Constants
            else:
                kept[value] = None
        return list(kept)

    def _note(self, frame: Frame, node: ir.Expr, values: list[Value]) -> None:
        """Keeps what a test says of an expression, for the branch that follows."""
        if not isinstance(node, ir.Name) and values:
            text = text_of_expression(node)
            if text is not None:
                frame.pending_facts[text] = self.space.of(values)

    # --- predicates ---

    def _may_refine(self, function: ir.Expr) -> bool:
        """Whether a test may call what says something of its argument: `isinstance`, `inspect.isclass`."""
        if isinstance(function, ir.Attribute):
            return function.attr in self.refining and isinstance(function.value, ir.Name)
        return isinstance(function, ir.Name)

    def _branch_call(self, frame: Frame, node: ir.Call) -> Way | None:
        callee = self.evaluate(frame, node.func)
        if len(callee.items) != 1 or not isinstance(callee.items[0], Native):
            return None
        native = callee.items[0]
        if native not in self._refined:
            self._refined[native] = self._refiners.get(native.name)
        refiner = self._refined[native]
        if refiner is None:
            return None
        self.record(frame, node.site, "call", callee.items[0])
        arguments = self.evaluate_arguments(frame, node.arguments, node.site)
        if not arguments.positional:
            return None
        values = arguments.positional[0]
        rest = arguments.positional[1] if len(arguments.positional) > 1 else NOTHING
        if not values.items:
            return self._fork(frame, maybe=True, maybe_not=True)
        answers = [(value, refiner(frame, value, rest, node.site)) for value in values.items]
        maybe = maybe_not = False
        for _, answer in answers:
            maybe = maybe or answer is not False
            maybe_not = maybe_not or answer is not True
        positive, negative = self._fork(frame, maybe=maybe, maybe_not=maybe_not)
        if maybe is not maybe_not and len(answers) == 1:
            # Nothing to narrow: one value, and the answer is known.
            return positive, negative
        name = _variable(node.arguments[0].value)
        if name is not None:
            if positive is not None:
                kept = [
                    self._specialise(value, answer, refiner, rest) for value, answer in answers if answer is not False
                ]
                self._narrow(frame, positive, name, kept)
            if negative is not None:
                self._narrow(frame, negative, name, [value for value, answer in answers if answer is not True])
        elif positive is not None and native.name.qualname == "isinstance":
            kept = [self._specialise(value, answer, refiner, rest) for value, answer in answers if answer is not False]
            self._note(frame, node.arguments[0].value, kept)
        return positive, negative


def _variable(node: ir.Expr) -> str | None:
    """The variable that a test on an expression is about."""
    if isinstance(node, ir.Name):
        return node.id
    return node.name if isinstance(node, ir.Walrus) else None
