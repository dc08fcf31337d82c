"""Comparisons and membership (language reference 6.10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from flowmap.analysis.frame import Frame
from flowmap.analysis.predicates import SCALARS, Predicates
from flowmap.analysis.values import (
    Arguments,
    Class,
    Constant,
    External,
    Function,
    Instance,
    ItemIterator,
    Keywords,
    LazyIterator,
    Module,
    Namespace,
    PointsTo,
    Tuple,
    Unknown,
    Value,
)

_OPERATIONS: dict[str, Callable[[object, object], object]] = {
    "==": lambda a, b: a == b,
    "<": lambda a, b: a < b,  # type: ignore[operator]  # a TypeError is an answer, see _decide
    ">": lambda a, b: a > b,  # type: ignore[operator]
    "<=": lambda a, b: a <= b,  # type: ignore[operator]
    ">=": lambda a, b: a >= b,  # type: ignore[operator]
    "in": lambda a, b: a in b,  # type: ignore[operator]
}
Answer: TypeAlias = tuple[bool, bool]
"""Whether a comparison may hold, and whether it may fail."""

_RICH = {"==": "__eq__", "<": "__lt__", ">": "__gt__", "<=": "__le__", ">=": "__ge__"}
_REFLECTED = {"__eq__": "__eq__", "__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__", "__ge__": "__le__"}


class Comparisons(Predicates):
    """Says whether a comparison may hold and may fail."""

    def compare(self, frame: Frame, op: str, left: Value, right: Value, site: int) -> Answer:
        """Whether `left op right` may hold and may fail."""
        if op in {"is not", "not in", "!="}:
            if op == "!=" and isinstance(left, Instance):
                made = self._rich(frame, "__ne__", left, self.space.one(right), site)
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
            made = self._rich(frame, special, left, self.space.one(right), site)
            if made is not None:
                return made
        if isinstance(right, Instance) and not right.cls.is_native:
            made = self._rich(frame, _REFLECTED[special], right, self.space.one(left), site)
            if made is not None:
                return made
        if op == "==" and left is not right:
            kinds = _sequence_kind(left), _sequence_kind(right)
            if None not in kinds and not self._may_be_alike(frame, left, right, site):
                return False, True
        return self._compare_plain(op, left, right)

    def _may_be_alike(self, frame: Frame, left: Value, right: Value, site: int) -> bool:
        """Whether two sequences may be equal: of one type, as long as each other, with equal items (6.10.1)."""
        if _sequence_kind(left) != _sequence_kind(right):
            return False
        ours, theirs = self.items_of(frame, left, site), self.items_of(frame, right, site)
        if ours is not None and theirs is not None:
            return len(ours) == len(theirs) and all(map(_may_meet, ours, theirs))
        for known, other in ((ours, right), (theirs, left)):
            if known:
                elements = self.elements_of(frame, self.space.one(other), site)
                if not all(_may_meet(item, elements) for item in known):
                    return False
        return True

    def compare_sets(
        self, frame: Frame, op: str, lefts: PointsTo, rights: PointsTo, site: int
    ) -> Callable[[Value, Value], Answer] | None:
        """As compare, for every pair of two sets; None where there are too many pairs to tell them apart.

        Past the few that contexts tell apart, the program's own methods are called once with all that they are
        compared with, and a container is looked through once.
        """
        pairs = len(lefts.items) * len(rights.items)
        if pairs <= self.bounds.product or op in {"is", "is not"}:
            return lambda left, right: self.compare(frame, op, left, right, site)
        by_left: Mapping[Value, Answer] = {}
        by_right: Mapping[Value, Answer]
        if op in {"in", "not in"}:
            by_right = self._each(frame, rights, ("__contains__",), lefts, site, turned=op == "not in")
        else:
            by_left, by_right = self._asked(frame, op, lefts, rights, site)
        if pairs > self.bounds.compared_pairs:
            self.hit("compared_pairs", frame.block.function)
            return None
        members = self._constants_in(frame, lefts, rights, by_right, site) if op in {"in", "not in"} else {}

        def answer(left: Value, right: Value) -> Answer:
            found = by_left.get(left) or by_right.get(right)
            if found is None:
                inside = members.get((left, right))
                if inside is None:
                    return self.compare(frame, op, left, right, site)
                found = inside if op == "in" else inside[::-1]
            return found

        return answer

    def _asked(
        self, frame: Frame, op: str, lefts: PointsTo, rights: PointsTo, site: int
    ) -> tuple[Mapping[Value, Answer], Mapping[Value, Answer]]:
        """What the program's own comparison methods say, by left and by right operand."""
        names = ("__ne__", "__eq__") if op == "!=" else (_RICH[op],)
        by_left = self._each(frame, lefts, names, rights, site, turned=op == "!=")
        if len(by_left) == len(lefts.items):
            return by_left, {}
        rest = self.space.of([left for left in lefts.items if left not in by_left])
        reflected = tuple(_REFLECTED[name] for name in names if name in _REFLECTED)
        return by_left, self._each(frame, rights, reflected, rest, site, turned=op == "!=")

    def _each(
        self, frame: Frame, values: PointsTo, names: tuple[str, ...], others: PointsTo, site: int, *, turned: bool
    ) -> dict[Value, Answer]:
        answers: dict[Value, Answer] = {}
        for value in values.items:
            if not isinstance(value, Instance):
                continue
            for name in names:
                made = self._rich(frame, name, value, others, site)
                if made is not None:
                    answers[value] = made[::-1] if turned and name != "__ne__" else made
                    break
        return answers

    def _rich(self, frame: Frame, special: str, left: Instance, rights: PointsTo, site: int) -> Answer | None:
        """What a special method of the program says; None where the class has none."""
        found = self.lookup(frame, left.cls, special)
        if found is None or found[0].is_native:
            return None
        return self._may(self.call_special(frame, left, special, Arguments((rights,)), site, "operator"))

    @staticmethod
    def _is_same(left: Value, right: Value) -> Answer:
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
            plain = left.cls.is_native and left.cls.name in SCALARS
            return plain, True
        for one, other in ((left, right), (right, left)):
            if isinstance(one, Instance) and isinstance(other, Constant) and other.value is not None:
                return one.cls.name == type(other.value).__name__, True
            if isinstance(one, External):
                return True, True
        return False, True

    def _compare_plain(self, op: str, left: Value, right: Value) -> Answer:
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
                # An object of the program, whose class was asked before and has nothing to say.
                if isinstance(one, Constant) and isinstance(other, Instance) and _is_plain_object(other):
                    return False, True
        return True, True

    def _contains(self, frame: Frame, item: Value, container: Value, site: int) -> Answer:
        if isinstance(container, Instance) and not container.cls.is_native:
            found = self.lookup(frame, container.cls, "__contains__")
            if found is not None and not found[0].is_native:
                made = self.call_special(
                    frame, container, "__contains__", Arguments((self.space.one(item),)), site, "operator"
                )
                return self._may(made)
            if found is None:
                self.elements_of(frame, self.space.one(container), site)
                return True, True
        if isinstance(container, Instance) and container.cls.is_native and container.content is None:
            # Written in C, and nothing that could be looked through.
            made = self.call_special(
                frame, container, "__contains__", Arguments((self.space.one(item),)), site, "operator"
            )
            return self._may(made) if made is not None else (True, True)
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
        if isinstance(container, Tuple) and _sequence_kind(item) is not None:
            answers = [
                self.compare(frame, "==", item, each, site) for element in container.elements for each in element.items
            ]
            return any(may for may, _ in answers), True
        if isinstance(item, Class) and isinstance(container, Tuple):
            exact = all(len(e.items) == 1 and isinstance(e.items[0], Class) for e in container.elements)
            if exact:
                inside = any(e.items[0] is item for e in container.elements)
                return inside, not inside
        return True, True

    def _constant_in(self, frame: Frame, item: Constant, container: Value, site: int) -> Answer:
        """A constant in a container whose constants are known: decided when it surely is or is not there."""
        return self._constants_in(frame, self.space.one(item), self.space.one(container), {}, site)[item, container]

    def _constants_in(
        self, frame: Frame, items: PointsTo, containers: PointsTo, known: Mapping[Value, Answer], site: int
    ) -> dict[tuple[Value, Value], Answer]:
        """For every constant of `items` and every container that has no answer yet."""
        constants = [item for item in items.items if isinstance(item, Constant)]
        answers: dict[tuple[Value, Value], Answer] = {}
        for container in containers.items if constants else ():
            if container in known or isinstance(container, (Constant, Unknown)):
                continue
            keys = None if isinstance(container, Namespace) else self.keys_of(frame, container, site)
            held = (
                {(type(e.value), e.value) for e in keys.items if isinstance(e, Constant)} if keys is not None else set()
            )
            may_lack = not self._is_fixed(container)
            for item in constants:
                if keys is None:
                    answer = True, True
                elif (type(item.value), item.value) in held:
                    answer = True, may_lack
                else:
                    answer = len(held) < len(keys.items) and self._may_equal(keys, item), True
                answers[item, container] = answer
        return answers

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
        if isinstance(container, (Tuple, ItemIterator, LazyIterator, Instance)):
            if isinstance(container, Instance) and container.content is None:
                return None
            return self.elements_of(frame, self.space.one(container), site)
        return None


def _is_plain_object(value: Instance) -> bool:
    """Whether an object is equal to itself alone: its class and those it derives from are plain ones of the program."""
    return not value.cls.open and not any(cls.is_native and cls.name != "object" for cls in value.cls.mro)


def _sequence_kind(value: Value) -> str | None:
    """`list` or `tuple` for one of exactly that type; None for all else."""
    if isinstance(value, Tuple):
        return "tuple"
    if isinstance(value, Instance) and value.cls.is_native and value.content is not None and value.exact:
        return value.cls.name if value.cls.name in {"list", "tuple"} else None
    return None


def _may_meet(left: PointsTo, right: PointsTo) -> bool:
    """Whether a value of one set may equal one of the other: not where both hold constants alone."""
    ours = {v.value for v in left.items if isinstance(v, Constant)}
    theirs = {v.value for v in right.items if isinstance(v, Constant)}
    if len(ours) < len(left.items) or len(theirs) < len(right.items):
        return True
    return not ours.isdisjoint(theirs)


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


def _decide(op: str, left: object, right: object) -> Answer:
    try:
        answer = bool(_OPERATIONS[op](left, right))
    except TypeError:
        return (False, True) if op == "==" else (True, True)
    return answer, not answer
