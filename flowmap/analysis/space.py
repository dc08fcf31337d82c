"""The values and points-to sets of one run: made once, told apart by identity, in an order of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from operator import attrgetter

from flowmap.analysis.values import NOTHING, Constant, External, PointsTo, Unknown, Value

_seq = attrgetter("seq")


class Space:
    """Makes and interns the values and points-to sets of one run."""

    def __init__(
        self, constants_per_set: int, constants_per_content: int, telling: frozenset[str] = frozenset()
    ) -> None:
        # Texts that some text does not absorb, for they name what the program imports.
        self._telling = telling
        self._constants_per_set = constants_per_set
        self._constants_per_content = constants_per_content
        self._count = 0
        self._table: dict[Hashable, Value] = {}
        # By type and value: 1, 1.0 and True are equal in Python and are not the same constant.
        self._constants: dict[type, dict[object, PointsTo]] = {}
        self._sets: dict[tuple[Value, ...], PointsTo] = {(): NOTHING}
        # Per type: the value that stands for more constants than a set may hold. It absorbs constants for good.
        self.wide: dict[type, Value] = {}
        self.widened = 0

    def intern(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made the first time it is asked for."""
        value = self._table.get(key)
        if value is None:
            value = make()
            self._count += 1
            value.seq = self._count
            self._table[key] = value
        return value

    def number(self, value: Value) -> None:
        """Gives a value that is not interned its place in the order."""
        self._count += 1
        value.seq = self._count

    def constant(self, value: object) -> PointsTo:
        """The set of just this str, bytes, int, float, bool or None."""
        table = self._constants.get(type(value))
        if table is None:
            table = self._constants[type(value)] = {}
        found = table.get(value)
        if found is None:
            made = Constant(value)
            self.number(made)
            found = table[value] = self.one(made)
        return found

    def unknown(self, reason: str) -> PointsTo:
        return self.one(self.intern(("unknown", reason), lambda: Unknown(reason)))

    def external(self, name: str) -> PointsTo:
        return self.one(self.intern(("external", name), lambda: External(name)))

    def one(self, value: Value) -> PointsTo:
        """The set of just this value."""
        try:
            return value.alone
        except AttributeError:
            found = value.alone = self._sets[(value,)] = PointsTo((value,))
            return found

    def of(self, values: Collection[Value]) -> PointsTo:
        """The set of these values, in any order, with repetitions."""
        items = tuple(sorted(set(values), key=_seq))
        if len(items) == 1:
            return self.one(items[0])
        found = self._sets.get(items)
        if found is None:
            found = self._sets[items] = PointsTo(items)
        return found

    def join(self, left: PointsTo, right: PointsTo) -> PointsTo:
        """The union, widened when it holds more constants of a type than a set may."""
        if left is right or not right.items:
            return left
        if not left.items:
            return right
        found = left.joins.get(right)
        if found is None:
            found = left.joins[right] = right.joins[left] = self._widen(left, right, self._constants_per_set)
        return found

    def join_content(self, left: PointsTo, right: PointsTo) -> PointsTo:
        """As join, with the larger bound for the contents of a container."""
        if left is right or not right.items:
            return left
        if not left.items:
            return right
        if len(left.items) + len(right.items) <= self._constants_per_set:
            return self.join(left, right)
        return self._widen(left, right, self._constants_per_content)

    def join_all(self, sets: Iterable[PointsTo]) -> PointsTo:
        """The union of many sets, made at once."""
        return self._union(sets, self._constants_per_set)

    def join_contents(self, sets: Iterable[PointsTo]) -> PointsTo:
        """As join_all, with the larger bound for the contents of containers."""
        return self._union(sets, self._constants_per_content)

    def _union(self, sets: Iterable[PointsTo], limit: int) -> PointsTo:
        different = dict.fromkeys(sets)
        different.pop(NOTHING, None)
        if len(different) < 2:
            return next(iter(different), NOTHING)
        return self._settled(frozenset().union(*(each.members for each in different)), limit)

    def _widen(self, left: PointsTo, right: PointsTo, limit: int) -> PointsTo:
        if len(left.items) < len(right.items):
            left, right = right, left
        if right.members <= left.members:
            return left
        return self._settled(left.members | right.members, limit)

    def _settled(self, items: frozenset[Value], limit: int) -> PointsTo:
        """The set of these values, more than `limit` constants of a type among them as the one value for all."""
        absorbed = {type_ for type_, wide in self.wide.items() if wide in items}
        if len(items) > limit:
            counts: dict[type, int] = {}
            for value in items:
                if isinstance(value, Constant):
                    counts[type(value.value)] = counts.get(type(value.value), 0) + 1
            for type_, count in counts.items():
                if count > limit and type_ in self.wide:
                    absorbed.add(type_)
                    self.widened += 1
        if not absorbed:
            return self.of(items)
        kept = {
            v
            for v in items
            if not (isinstance(v, Constant) and type(v.value) in absorbed and v.value not in self._telling)
        }
        kept.update(self.wide[type_] for type_ in absorbed)
        return self.of(kept)
