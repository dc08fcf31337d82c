"""The laws of a comparison: nothing differs from itself, there and back are mirrors, and the changes lead from one side
to the other.
"""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given

from flowmap.compare import Change, Kind, Snapshot, compare
from flowmap.snapshot import read_flow
from tests.unit.compare.applying import applied, compared
from tests.unit.compare.snapshots import pairs_of_snapshots, snapshots

_KEPT = Path(__file__).parents[3] / "fixtures" / "flows"
_PAIRS = (
    ("1.8.19-flow", "3.2.25-flow"),
    ("3.2.25-overview", "5.2.19-overview"),
    ("5.2.19-full", "6.1.3-full"),
    ("1.8.19-full", "6.1.3-overview"),
)
_MIRROR = {
    Kind.FUNCTION_ADDED: Kind.FUNCTION_REMOVED,
    Kind.CALL_ADDED: Kind.CALL_REMOVED,
    Kind.FUNCTION_SPLIT: Kind.FUNCTION_MERGED,
    Kind.STAGE_ADDED: Kind.STAGE_REMOVED,
    Kind.STEP_GAINED: Kind.STEP_LOST,
}
_MIRROR |= {removed: added for added, removed in _MIRROR.items()}


def _mirrored(change: Change) -> tuple[object, ...]:
    return _seen(
        replace(
            change,
            kind=_MIRROR.get(change.kind, change.kind),
            old=change.new,
            new=change.old,
            was=change.became,
            became=change.was,
        )
    )


def _seen(change: Change) -> tuple[object, ...]:
    # The stage and the sentence are those of the new side, where there is one.
    return change.kind, change.old, change.new, change.was, change.became, change.score, change.reason, change.distance


def _shape(body: str) -> str:
    return body.partition(".")[2][:16]


def _nameless(condition: str) -> list[str]:
    return sorted(re.sub(r"[^\W\d]\w*", "name", condition))


def _hold(old: Snapshot, new: Snapshot) -> None:
    there, back = compare(old, new).changes, compare(new, old).changes
    assert sorted(map(_mirrored, there), key=repr) == sorted(map(_seen, back), key=repr)

    library = old.flow.subject.python == new.flow.subject.python
    before, after = compared(old, library=library), compared(new, library=library)
    made = applied(before, there)
    assert made.signatures.keys() == after.signatures.keys()
    assert all(made.signatures[name] in ("?", text) for name, text in after.signatures.items())
    for name, body in after.bodies.items():
        was = made.bodies[name]
        # A body that differs in names alone, all of which became those, is the same; and one that is not known.
        assert was in ("?", body) or not was or not body or _shape(was) == _shape(body)
    assert made.calls.keys() == after.calls.keys()
    for pair, call in after.calls.items():
        told = made.calls[pair]
        # A call that only one side draws bears the evidence of an arrow there, and that of an edge here.
        if told is not None and bool(told[0]) == bool(call[0]):
            assert told[:2] == call[:2]
            # Conditions tell of variables, whose names may be others.
            assert _nameless(told[2]) == _nameless(call[2])
    assert made.stages == after.stages
    assert made.settings == after.settings
    for caller, callees in after.orders.items():
        common = set(made.orders.get(caller, ())) & set(callees)
        assert [name for name in made.orders.get(caller, ()) if name in common] == [n for n in callees if n in common]


@given(snapshots())
def test_nothing_differs_from_itself(snapshot: Snapshot) -> None:
    found = compare(snapshot, snapshot)

    assert (found.changes, found.tales) == ((), ())


@given(pairs_of_snapshots())
def test_there_and_back_are_mirrors_and_the_changes_lead_there(pair: tuple[Snapshot, Snapshot]) -> None:
    _hold(*pair)


@cache
def _kept(name: str) -> Snapshot:
    return Snapshot(read_flow(gzip.decompress((_KEPT / f"django-{name}.json.gz").read_bytes())))


@pytest.mark.parametrize("names", _PAIRS)
def test_the_laws_hold_of_releases(names: tuple[str, str]) -> None:
    old, new = map(_kept, names)

    assert compare(old, old).changes == ()
    assert compare(old, new).changes
    _hold(old, new)
