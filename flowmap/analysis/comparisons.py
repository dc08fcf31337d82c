"""Comparisons and membership (language reference 6.10)."""

from __future__ import annotations

from collections.abc import Callable

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
_RICH = {"==": "__eq__", "<": "__lt__", ">": "__gt__", "<=": "__le__", ">=": "__ge__"}
_REFLECTED = {"__eq__": "__eq__", "__lt__": "__gt__", "__gt__": "__lt__", "__le__": "__ge__", "__ge__": "__le__"}


class Comparisons(Predicates):
    """Says whether a comparison may hold and may fail."""

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
        return self._may(values)

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
            plain = left.cls.is_native and left.cls.name in SCALARS
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
                return self._may(made)
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
