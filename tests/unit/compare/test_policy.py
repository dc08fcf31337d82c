"""Which changes a policy lets pass, and what it says of those that were accepted."""

from __future__ import annotations

import pytest

from flowmap.compare import Accepted, Kind, Policy, Snapshot, check, compare, judged, place_of
from flowmap.errors import UnknownPlaceError
from tests.unit.render.flows import flow_of, step

OLD = Snapshot(flow_of(step(1, "one", "a:f", "a:g"), step(2, "two", "a:g", "a:h")))
NEW = Snapshot(flow_of(step(1, "one", "a:f", "a:g"), step(2, "two", "a:g", "a:i")))
CHANGES = compare(OLD, NEW).changes


def test_all_fails_unless_something_is_said() -> None:
    verdict = judged(CHANGES, Policy())

    assert CHANGES
    assert verdict.failing == CHANGES
    assert not check(OLD, OLD, Policy()).fails
    assert check(OLD, NEW, Policy()).fails


def test_kinds_and_stages_that_fail() -> None:
    kinds = {each.kind for each in CHANGES}
    one = min(kinds)
    verdict = judged(CHANGES, Policy(kinds=frozenset({one})))
    assert {each.kind for each in verdict.failing} == {one}
    assert {each.kind for each in verdict.allowed} == kinds - {one}

    assert {place_of(each) for each in CHANGES} == {"two"}
    assert not judged(CHANGES, Policy(stages=frozenset({"one"}))).failing
    assert judged(CHANGES, Policy(stages=frozenset({"two"}))).failing == CHANGES


def test_an_accepted_change_passes_and_one_that_does_not_occur_fails() -> None:
    accepted = tuple(Accepted(each.fingerprint, "known") for each in CHANGES)
    known = check(OLD, NEW, Policy(accepted=accepted))
    assert not known.fails
    assert [change for change, _ in known.verdict.accepted] == list(CHANGES)

    gone = check(OLD, OLD, Policy(accepted=accepted[:1]))
    assert gone.fails
    assert gone.verdict.gone == accepted[:1]


def test_accepting_goes_before_what_may_happen_anyway() -> None:
    policy = Policy(kinds=frozenset({Kind.STAGE_REMOVED}), accepted=(Accepted(CHANGES[0].fingerprint, "known"),))

    verdict = judged(CHANGES, policy)
    assert not verdict.gone
    assert verdict.allowed == CHANGES[1:]


def test_a_stage_that_neither_has() -> None:
    with pytest.raises(UnknownPlaceError, match="'tow'"):
        check(OLD, NEW, Policy(stages=frozenset({"tow"})))
    check(OLD, NEW, Policy(stages=frozenset({"settings", "elsewhere", "two"})))
