"""Sets of values: unions in any order, and cells that hold on to it once they overflowed."""

from __future__ import annotations

from itertools import permutations

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.space import Space
from flowmap.analysis.values import NOTHING, Class, Instance, PointsTo, Tuple


def _space() -> Space:
    return Space(Bounds(), frozenset(), lambda items, _bound: items)


def _unrelated(space: Space) -> list[PointsTo]:
    """Objects of unrelated classes, a text, a tuple and None."""
    base = Class("object", "builtins", "object", None)
    found = [space.constant("text"), space.constant(None), space.one(space.intern("tuple", lambda: Tuple((), 1)))]
    for name in "ABCDEF":
        cls = Class(name, "main", name, None)
        cls.mro = (cls, base)
        made = space.intern(name, lambda cls=cls: Instance(cls, cls.name, exact=True, single=True))  # type: ignore[misc]  # default binds the loop variable
        found.append(space.one(made))
    return found


def test_a_union_does_not_depend_on_the_order() -> None:
    space = _space()

    unions = {space.join(space.join(a, b), c) for a, b, c in permutations(_unrelated(space)[:3])}

    assert len(unions) == 1


def test_a_cell_that_overflowed_does_not_change_any_more() -> None:
    space = _space()
    held = NOTHING
    for values in _unrelated(space):
        held = space.grown(held, values)

    assert held.is_overflow
    assert set(space.overfull) == {"kinds_per_set"}
    for values in (*_unrelated(space), space.constant("other")):
        assert space.grown(held, values) is held
        assert space.grown_content(held, values) is held


def test_who_reads_an_overflowed_cell_may_go_on_adding() -> None:
    space = _space()
    overflow = space.join_all(_unrelated(space))

    other = space.grown(NOTHING, overflow)

    assert overflow.is_overflow
    assert not other.is_overflow
    assert set(space.grown(other, space.constant(1)).items) == {*overflow.items, *space.constant(1).items}
