"""Tests: whether a value may be true, and what a test says of the variables in it on either way."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowmap.analysis.expressions import Expressions, text_of_expression
from flowmap.analysis.frame import DivergedError, Frame, State, join_states
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Class,
    Constant,
    External,
    Function,
    Instance,
    ItemIterator,
    Keywords,
    Module,
    Namespace,
    Native,
    PointsTo,
    Tuple,
    Unknown,
    Value,
)
from flowmap.names import FunctionName
from flowmap.syntax import ir

Way = tuple[State | None, State | None]
_PAIRS = 4096


class Conditions(Expressions):
    """Branches (6.10, 6.11, 6.13): prunes a way only when the test is decided."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        # The same by identity, which costs nothing to look up.
        self._refined: dict[Value, Callable[[Frame, Value, PointsTo, int], bool | None] | None] = {}
        self._refiners: dict[FunctionName, Callable[[Frame, Value, PointsTo, int], bool | None]] = {
            FunctionName("builtins", "isinstance"): self._isinstance,
            FunctionName("builtins", "issubclass"): self._issubclass,
            FunctionName("builtins", "callable"): lambda frame, value, _rest, _site: self.is_callable(frame, value),
            FunctionName("builtins", "hasattr"): self._hasattr,
        }

    def branch(self, frame: Frame, test: ir.Expr) -> Way:
        if isinstance(test, ir.Boolean):
            return self._branch_boolean(frame, test)
        if isinstance(test, ir.Unary) and test.op == "not":
            positive, negative = self.branch(frame, test.operand)
            return negative, positive
        if isinstance(test, ir.Compare) and len(test.ops) == 1:
            return self._branch_compare(frame, test)
        if isinstance(test, ir.Compare):
            return self._branch_chain(frame, test)
        if isinstance(test, ir.Call) and isinstance(test.func, ir.Name) and test.arguments:
            refined = self._branch_call(frame, test)
            if refined is not None:
                return refined
        _, positive, negative = self.branch_value(frame, test)
        return positive, negative

    def branch_value(self, frame: Frame, node: ir.Expr) -> tuple[PointsTo, State | None, State | None]:
        if isinstance(node, (ir.Boolean, ir.Compare)) or (isinstance(node, ir.Unary) and node.op == "not"):
            if isinstance(node, ir.Boolean):
                values = self.evaluate(frame, node)
                return self._by_truth(frame, values, None, 0)
            positive, negative = self.branch(frame, node)
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
        if not lefts.items or not rights.items or len(lefts.items) * len(rights.items) > _PAIRS:
            return self._fork(frame, maybe=True, maybe_not=True)
        positive_left: list[Value] = []
        negative_left: list[Value] = []
        positive_right: dict[Value, None] = {}
        negative_right: dict[Value, None] = {}
        for left in lefts.items:
            holds, fails = False, False
            for right in rights.items:
                may_hold, may_fail = self.compare(frame, op, left, right, node.site)
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

    def compare(self, frame: Frame, op: str, left: Value, right: Value, site: int) -> tuple[bool, bool]:
        """Whether `left op right` may hold and may fail."""
        if op in {"is not", "not in", "!="}:
            if op == "!=" and isinstance(left, Instance):
                made = self._rich(frame, "__ne__", left, right, site)
                if made is not None:
                    return made
            positive = {"is not": "is", "not in": "in", "!=": "=="}[op]
            holds, fails = self.compare(frame, positive, left, right, site)
            return fails, holds
        if isinstance(left, Unknown) or isinstance(right, Unknown):
            return True, True
        if op == "is":
            return self._is_same(left, right)
        if op == "in":
            return self._contains(frame, left, right, site)
        special = _RICH[op]
        if isinstance(left, Instance):
            made = self._rich(frame, special, left, right, site)
            if made is not None:
                return made
        if isinstance(right, Instance) and not right.cls.is_native:
            made = self._rich(frame, _REFLECTED[special], right, left, site)
            if made is not None:
                return made
        return self._compare_plain(op, left, right)

    def _rich(self, frame: Frame, special: str, left: Instance, right: Value, site: int) -> tuple[bool, bool] | None:
        found = self.lookup(frame, left.cls, special)
        if found is None or found[0].is_native:
            return None
        values = self.call_special(frame, left, special, Arguments((self.space.one(right),)), site, "operator")
        return self._may(frame, values, site)

    def _may(self, frame: Frame, values: PointsTo | None, site: int) -> tuple[bool, bool]:
        if values is None or not values.items:
            return True, True
        truths = [self.truth(frame, v, site) for v in values.items]
        return any(t for t, _ in truths), any(f for _, f in truths)

    @staticmethod
    def _is_same(left: Value, right: Value) -> tuple[bool, bool]:
        if left is right:
            if isinstance(left, (Instance, Tuple)):
                return True, not (isinstance(left, Instance) and left.single)
            return True, False
        if isinstance(left, Constant) and isinstance(right, Constant):
            return False, True
        if (
            isinstance(left, Instance)
            and isinstance(right, Instance)
            and left.cls is right.cls
            and left.content is None
        ):
            plain = left.cls.is_native and left.cls.name in _SCALARS
            return plain, True
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Instance) and isinstance(other, Constant) and other.value is not None:
                return one.cls.name == type(other.value).__name__, True
            if isinstance(one, External):
                return True, True
        return False, True

    def _compare_plain(self, op: str, left: Value, right: Value) -> tuple[bool, bool]:
        if isinstance(left, Constant) and isinstance(right, Constant):
            return _decide(op, left.value, right.value)
        if isinstance(left, Tuple) and isinstance(right, Tuple):
            items, others = _literal(left), _literal(right)
            if items is not None and others is not None:
                return _decide(op, items, others)
            return True, True
        if op == "==":
            if left is right and not isinstance(left, (Instance, Keywords)):
                return True, False
            if isinstance(left, (Class, Function, Module)) and isinstance(right, (Class, Function, Module, Constant)):
                return False, True
            if isinstance(right, (Class, Function, Module)) and isinstance(left, Constant):
                return False, True
            for one, other in ((left, right), (right, left)):
                if isinstance(one, Constant) and one.value is None and not isinstance(other, External):
                    return False, True
        return True, True

    def _contains(self, frame: Frame, item: Value, container: Value, site: int) -> tuple[bool, bool]:
        if isinstance(container, Instance) and not container.cls.is_native:
            found = self.lookup(frame, container.cls, "__contains__")
            if found is not None and not found[0].is_native:
                made = self.call_special(
                    frame, container, "__contains__", Arguments((self.space.one(item),)), site, "operator"
                )
                return self._may(frame, made, site)
            if found is None:
                self.elements_of(frame, self.space.one(container), site)
                return True, True
        if isinstance(container, Constant):
            if isinstance(item, Constant):
                return _decide("in", item.value, container.value)
            return True, True
        if isinstance(item, Constant):
            return self._constant_in(frame, item, container, site)
        if isinstance(item, Instance) and isinstance(container, (Tuple, Instance)):
            found = self.lookup(frame, item.cls, "__eq__")
            elements = self.keys_of(frame, container, site)
            if found is not None and not found[0].is_native and elements is not None and elements.items:
                self.call_special(frame, item, "__eq__", Arguments((elements,)), site, "operator")
        if isinstance(item, Class) and isinstance(container, Tuple):
            exact = all(len(e.items) == 1 and isinstance(e.items[0], Class) for e in container.elements)
            if exact:
                inside = any(e.items[0] is item for e in container.elements)
                return inside, not inside
        return True, True

    def _constant_in(self, frame: Frame, item: Constant, container: Value, site: int) -> tuple[bool, bool]:
        """A constant in a container whose constants are known: decided when it surely is or is not there."""
        if isinstance(container, Namespace):
            return True, True
        keys = self.keys_of(frame, container, site)
        if keys is None:
            return True, True
        held = [e for e in keys.items if isinstance(e, Constant)]
        opaque = len(held) < len(keys.items)
        inside = any(e.value == item.value and type(e.value) is type(item.value) for e in held)
        if inside:
            return True, not self._is_fixed(container)
        return opaque and self._may_equal(keys, item), True

    def _may_equal(self, keys: PointsTo, item: Constant) -> bool:
        kind = type(item.value).__name__
        return any(
            isinstance(v, (Unknown, External)) or (isinstance(v, Instance) and v.cls.name in {kind, "object"})
            for v in keys.items
        )

    def _is_fixed(self, container: Value) -> bool:
        """Whether what a container holds is surely in it."""
        if isinstance(container, (Tuple, ItemIterator)):
            return True
        if isinstance(container, Instance) and container.content is not None and container.single:
            return container.cls.name in {"list", "set", "frozenset", "dict"}
        return False

    def keys_of(self, frame: Frame, container: Value, site: int) -> PointsTo | None:
        """What `in` looks through: keys of a mapping, elements of the rest; None when unknown."""
        if isinstance(container, (Tuple, ItemIterator, Instance)):
            if isinstance(container, Instance) and container.content is None:
                return None
            return self.elements_of(frame, self.space.one(container), site)
        return None

    # --- predicates ---

    def predicate(self, frame: Frame, name: FunctionName, value: Value, rest: PointsTo, site: int) -> bool | None:
        return self._refiners[name](frame, value, rest, site)

    def _branch_call(self, frame: Frame, node: ir.Call) -> Way | None:
        assert isinstance(node.func, ir.Name)
        callee = self.read_name(frame, node.func.id)
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
        return positive, negative

    def _specialise(self, value: Value, answer: bool | None, refiner: object, classes: PointsTo) -> Value:
        """An object of an open class that passed `isinstance` is of that class (or of one derived from it)."""
        if answer is None and refiner == self._isinstance and isinstance(value, Instance) and len(classes.items) == 1:
            cls = classes.items[0]
            if isinstance(cls, Class) and value.cls in cls.mro:
                key = ("narrowed", value.key, cls)
                return self.space.intern(key, lambda: Instance(cls, key, exact=False, single=False))
        return value

    def _isinstance(self, frame: Frame, value: Value, classes: PointsTo, _site: int) -> bool | None:
        if isinstance(value, (Unknown, External)) or not classes.items:
            return None
        answers = [self.is_instance(frame, value, cls) for cls in classes.items]
        return answers[0] if all(a == answers[0] for a in answers) else None

    def _issubclass(self, frame: Frame, value: Value, classes: PointsTo, _site: int) -> bool | None:
        if not isinstance(value, Class):
            return None
        answers: list[bool | None] = []
        for cls in classes.items:
            options = [c for e in cls.elements for c in e.items] if isinstance(cls, Tuple) else [cls]
            if any(option in value.mro for option in options):
                answers.append(True)
            elif value.open or not all(isinstance(option, Class) for option in options):
                answers.append(None)
            else:
                answers.append(any(self.derives(frame, value, o) for o in options if isinstance(o, Class)))
        return answers[0] if answers and all(a == answers[0] for a in answers) else None

    def is_callable(self, frame: Frame, value: Value) -> bool | None:
        """`callable(value)`."""
        if isinstance(value, (Unknown, External)):
            return None
        if isinstance(value, Class):
            return True
        cls = self.class_of(value)
        if cls is None:
            return None
        if self.lookup(frame, cls, "__call__") is not None:
            return True
        return None if cls.open else False

    def _hasattr(self, frame: Frame, value: Value, names: PointsTo, site: int) -> bool | None:
        name = names.items[0] if len(names.items) == 1 else None
        if not isinstance(name, Constant) or not isinstance(name.value, str) or isinstance(value, (Unknown, External)):
            return None
        try:
            found = self.find_attribute(frame, value, name.value, site)
        except DivergedError:
            return False
        if found is None:
            return None if isinstance(value, Instance) and value.cls.open else False
        if not found.items:
            return False if isinstance(value, Module) else None
        if isinstance(value, Instance):
            cls_has = self.lookup(frame, value.cls, name.value)
            return True if cls_has is not None else None
        return True

    def truth(self, frame: Frame, value: Value, site: int) -> tuple[bool, bool]:
        if isinstance(value, Constant):
            return (True, False) if value.value else (False, True)
        if isinstance(value, Tuple):
            return (True, False) if value.elements else (False, True)
        if isinstance(value, Instance):
            return self._truth_of_instance(frame, value, site)
        if isinstance(value, (Unknown, External, Namespace, Keywords)):
            return True, True
        if isinstance(value, Class) and value.metaclass is not None and not value.metaclass.is_native:
            for special in ("__bool__", "__len__"):
                found = self.lookup(frame, value.metaclass, special)
                if found is not None and not found[0].is_native:
                    return self._may(
                        frame, self.call_special(frame, value, special, Arguments(), site, "operator"), site
                    )
        return True, False

    def _truth_of_instance(self, frame: Frame, value: Instance, site: int) -> tuple[bool, bool]:
        cls = value.cls
        for special in ("__bool__", "__nonzero__", "__len__"):
            found = self.lookup(frame, cls, special)
            if found is not None and not found[0].is_native:
                return self._may(frame, self.call_special(frame, value, special, Arguments(), site, "operator"), site)
        content = value.content
        if content is not None:
            if content.fixed and cls.is_native and value.single:
                return True, False
            filled = content.fixed or content.known or self.read(content.rest, frame).items
            self.read(content.version, frame)
            self.read(content.keys, frame)
            return (True, True) if filled or content.keys.value.items else (False, True)
        if cls.open or (cls.is_native and cls.name in _SCALARS) or self._has_native_length(frame, cls):
            return True, True
        return (True, not value.exact)

    def _has_native_length(self, frame: Frame, cls: Class) -> bool:
        return any(self.lookup(frame, cls, special) is not None for special in ("__bool__", "__len__"))


def _variable(node: ir.Expr) -> str | None:
    """The variable that a test on an expression is about."""
    if isinstance(node, ir.Name):
        return node.id
    return node.name if isinstance(node, ir.Walrus) else None


def _literal(value: Tuple) -> tuple[object, ...] | None:
    """The Python tuple that a tuple of constants is."""
    result: list[object] = []
    for element in value.elements:
        only = element.items[0] if len(element.items) == 1 else None
        if isinstance(only, Constant):
            result.append(only.value)
        else:
            inner = _literal(only) if isinstance(only, Tuple) else None
            if inner is None:
                return None
            result.append(inner)
    return tuple(result)


def _decide(op: str, left: object, right: object) -> tuple[bool, bool]:
    try:
        answer = bool(_OPERATIONS[op](left, right))
    except TypeError:
        return (False, True) if op == "==" else (True, True)
    return answer, not answer


_OPERATIONS: dict[str, Callable[[object, object], object]] = {
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # a TypeError is an answer, see _decide
    ">": lambda a, b: a > b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
    "in": lambda a, b: a in b,  # type: ignore[operator]
}
_RICH = {"==": "__eq__", "<": "__lt__", ">": "__gt__", "<=": "__le__", ">=": "__ge__"}
_REFLECTED = {"__eq__": "__eq__", "__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__", "__ge__": "__le__"}
_SCALARS = frozenset({"str", "bytes", "int", "float", "bool", "object", "bytearray", "complex"})
