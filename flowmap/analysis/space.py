"""The values and points-to sets of one run: made once, told apart by identity, in an order of their own."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterable
from operator import attrgetter

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.kinds import are_unrelated, most_of
from flowmap.analysis.result import Reason
from flowmap.analysis.values import NOTHING, Constant, External, Foreign, PointsTo, Unknown, Value

seq_of = attrgetter("seq")


class Space:
    """Makes and interns the values and points-to sets of one run."""

    def __init__(
        self, bounds: Bounds, telling: frozenset[str], gather: Callable[[frozenset[Value], int], frozenset[Value]]
    ) -> None:
        # Texts that some text does not absorb, for they name what the program imports.
        self._telling = telling
        # Makes crowds of the objects of a set, see crowds.
        self._gather = gather
        self._bounds = bounds
        self._constants_per_set = bounds.constants_per_set
        self._constants_per_content = bounds.constants_per_content
        # By the bound on constants: a set that is a container's content may hold more of everything.
        self._objects = {
            bounds.constants_per_set: bounds.objects_per_set,
            bounds.constants_per_content: bounds.objects_per_content,
        }
        self._values = {
            bounds.constants_per_set: bounds.values_per_set,
            bounds.constants_per_content: bounds.constants_per_content,
        }
        # How often a set held more than it may, by bound.
        self.overfull: dict[str, int] = {}
        self._count = 0
        self._table: dict[Hashable, Value] = {}
        # By type and value: 1, 1.0 and True are equal in Python and are not the same constant.
        self._constants: dict[type, dict[object, PointsTo]] = {}
        self._sets: dict[tuple[Value, ...], PointsTo] = {(): NOTHING}
        # By the sets that were joined.
        self._unions: dict[tuple[object, ...], PointsTo] = {}
        # Per type: the value that stands for more constants than a set may hold. It absorbs constants for good.
        self.wide: dict[type, Value] = {}
        self._anything = self.unknown(Reason.OVERFULL.value).items[0]

    def intern(self, key: Hashable, make: Callable[[], Value]) -> Value:
        """The value of `key`, made the first time it is asked for."""
        value = self._table.get(key)
        if value is None:
            value = make()
            self.number(value)
            self._table[key] = value
        return value

    def number(self, value: Value) -> None:
        """Gives a value that is not interned its place in the order."""
        self._count += 1
        value.seq = self._count
        value.alone = None

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

    def foreign(self, name: str) -> PointsTo:
        return self.one(self.intern(("foreign", name), lambda: Foreign(name, Reason.EXTERNAL.value)))

    def anonymous(self, values: PointsTo) -> PointsTo:
        """The same with nothing foreign known by name."""
        if not any(type(value) is Foreign for value in values.items):
            return values
        plain = [value for value in values.items if type(value) is not Foreign]
        return self.join(self.of(plain), self.unknown(Reason.EXTERNAL.value))

    def external(self, name: str) -> PointsTo:
        return self.one(self.outsider(name))

    def outsider(self, name: str) -> External:
        value = self.intern(("external", name), lambda: External(name))
        assert isinstance(value, External)
        return value

    def one(self, value: Value) -> PointsTo:
        """The set of just this value."""
        found = value.alone
        if found is None:
            found = value.alone = self._sets[(value,)] = PointsTo((value,))
        return found

    def of(self, values: Collection[Value]) -> PointsTo:
        """The set of these values, in any order, with repetitions."""
        items = tuple(sorted(set(values), key=seq_of))
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

    def grown(self, held: PointsTo, value: PointsTo) -> PointsTo:
        """What a cell holds after a write: once it overflowed that is all it ever holds."""
        if held.is_overflow:
            return held
        return self.join(held, self.of(value.items) if value.is_overflow else value)

    def grown_content(self, held: PointsTo, value: PointsTo) -> PointsTo:
        """As grown, with the larger bound for the contents of containers."""
        if held.is_overflow:
            return held
        return self.join_content(held, self.of(value.items) if value.is_overflow else value)

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
        key = (limit, *different)
        found = self._unions.get(key)
        if found is None:
            has_crowd = any(each.has_crowd for each in different)
            members: frozenset[Value] = frozenset().union(*(each.members for each in different))
            found = self._unions[key] = self._settled(members, limit, has_crowd=has_crowd)
        return found

    def _widen(self, left: PointsTo, right: PointsTo, limit: int) -> PointsTo:
        if len(left.items) < len(right.items):
            left, right = right, left
        if right.members <= left.members:
            return left
        has_crowd = left.has_crowd or right.has_crowd
        return self._settled(left.members | right.members, limit, has_crowd=has_crowd)

    def _settled(self, items: frozenset[Value], limit: int, *, has_crowd: bool) -> PointsTo:
        """The set of these values, more than `limit` constants of a type among them as the one value for all."""
        if has_crowd or len(items) > self._bounds.objects_per_set:
            items = self._gather(items, self._objects[limit])
        absorbed = {type_ for type_, wide in self.wide.items() if wide in items}
        if len(items) > limit:
            counts: dict[type, int] = {}
            for value in items:
                if isinstance(value, Constant):
                    counts[type(value.value)] = counts.get(type(value.value), 0) + 1
            for type_, count in counts.items():
                if count > limit and type_ in self.wide:
                    absorbed.add(type_)
                    self.overfull["constants_per_set"] = self.overfull.get("constants_per_set", 0) + 1
        if not absorbed:
            return self._bounded(items, limit)
        kept = {
            v
            for v in items
            if not (isinstance(v, Constant) and type(v.value) in absorbed and v.value not in self._telling)
        }
        kept.update(self.wide[type_] for type_ in absorbed)
        return self._bounded(kept, limit)

    def _bounded(self, items: Collection[Value], limit: int) -> PointsTo:
        """The set of these values; where more, or more unrelated ones, meet than are told apart: anything."""
        if len(items) <= self._bounds.unrelated_values:
            return self.of(items)
        if len(items) > self._values[limit]:
            return self._overflow("values_per_set", items)
        if are_unrelated(items, self._bounds.kinds_per_set):
            return self._overflow("kinds_per_set", items)
        return self.of(items)

    def _overflow(self, bound: str, items: Collection[Value]) -> PointsTo:
        """Anything, what most of the values are, and what names something to import."""
        self.overfull[bound] = self.overfull.get(bound, 0) + 1
        most = sorted(most_of(items), key=seq_of)[: self._bounds.constants_per_set]
        telling = [v for v in items if isinstance(v, Constant) and v.value in self._telling]
        return PointsTo((*sorted({*most, *telling}, key=seq_of), self._anything), is_overflow=True)
