"""What a project allows to change: which changes fail a check, which were accepted, and what became of those."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flowmap.compare.changes import Change, Kind
from flowmap.compare.contracts import Contract

# What a change that is in no stage is in, for a policy.
SETTINGS: Final = "settings"
ELSEWHERE: Final = "elsewhere"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A change that was looked at, by its fingerprint, and why it may stand."""

    fingerprint: str
    reason: str


@dataclass(frozen=True, slots=True)
class Policy:
    """Which changes fail: those of `kinds`, in `stages`, that are not `accepted`. None stands for all.

    Of stages, `settings` holds the changes of settings and `elsewhere` what is off the way of a request.
    `contracts` have to hold whatever changed.
    """

    kinds: frozenset[Kind] | None = None
    stages: frozenset[str] | None = None
    accepted: tuple[Accepted, ...] = ()
    contracts: tuple[Contract, ...] = ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """A comparison under a policy; every change is in one of the first three, in the order of the comparison.

    `gone` are accepted changes that do not occur (any more): whoever accepted them has to look again.
    """

    failing: tuple[Change, ...] = ()
    accepted: tuple[tuple[Change, Accepted], ...] = ()
    allowed: tuple[Change, ...] = ()
    gone: tuple[Accepted, ...] = ()


def judged(changes: Iterable[Change], policy: Policy) -> Verdict:
    """What a policy says of changes."""
    known = {each.fingerprint: each for each in policy.accepted}
    failing, accepted, allowed = [], [], []
    for change in changes:
        if (excuse := known.get(change.fingerprint)) is not None:
            accepted.append((change, excuse))
        elif _fails(change, policy):
            failing.append(change)
        else:
            allowed.append(change)
    met = {excuse.fingerprint for _, excuse in accepted}
    gone = (each for each in policy.accepted if each.fingerprint not in met)
    return Verdict(tuple(failing), tuple(accepted), tuple(allowed), tuple(gone))


def place_of(change: Change) -> str:
    """The stage that a policy, and a reader, finds a change under."""
    if change.stage:
        return change.stage
    return SETTINGS if change.is_on_flow else ELSEWHERE


def _fails(change: Change, policy: Policy) -> bool:
    kind = policy.kinds is None or change.kind in policy.kinds
    return kind and (policy.stages is None or place_of(change) in policy.stages)
