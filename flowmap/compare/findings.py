"""What a comparison or a check has to report, one by one: what every format of a report is made of."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass

from flowmap.compare.changes import Change, FlowDiff
from flowmap.compare.checking import Check
from flowmap.compare.contracts import Hop
from flowmap.compare.places import Place, Places, place_in
from flowmap.compare.policy import place_of
from flowmap.flow.model import Subject

GONE = "accepted-gone"


class Level(enum.StrEnum):
    """How much a finding matters: it fails, somebody should look at it, it may happen, it was accepted."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Finding:
    """`rule` is the kind of a change, what a contract demands, or GONE. `stage` is as a policy names it, empty for what
    is no change. `chain` is that which breaks a contract; `reason` is why a change was accepted or a contract stands.
    """

    rule: str
    level: Level
    sentence: str
    fingerprint: str
    stage: str = ""
    place: Place | None = None
    chain: tuple[Hop, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """The findings about two subjects, what fails first, and the notes of their comparison. The way of a request begins
    at `start`.
    """

    old: Subject
    new: Subject
    findings: tuple[Finding, ...]
    notes: tuple[str, ...] = ()
    start: Place | None = None

    @property
    def fails(self) -> bool:
        """Whether any finding fails."""
        return any(each.level is Level.ERROR for each in self.findings)


def report_of_diff(diff: FlowDiff, old: Places, new: Places) -> Report:
    """Every change is something to look at."""
    findings = tuple(_change(each, Level.WARNING, old, new) for each in diff.changes)
    return Report(diff.old, diff.new, findings, diff.notes, new.start)


def report_of_check(check: Check, old: Places, new: Places) -> Report:
    """Broken contracts, failing changes, accepted ones that are gone; then what may happen and what was accepted."""
    return Report(check.diff.old, check.diff.new, tuple(_found(check, old, new)), check.diff.notes, new.start)


def _found(check: Check, old: Places, new: Places) -> Iterator[Finding]:
    for breach in check.breaches:
        function = new.functions.get(breach.chain[0].function) if breach.chain else None
        place = Place(function.origin, function.file, function.line) if function is not None else None
        rule, reason = breach.contract.demand, breach.contract.reason
        yield Finding(rule, Level.ERROR, breach.sentence, breach.fingerprint, "", place, breach.chain, reason)
    for change in check.verdict.failing:
        yield _change(change, Level.ERROR, old, new)
    for gone in check.verdict.gone:
        words = f"the accepted change {gone.fingerprint} does not occur (any more): take it out of [tool.flowmap.check]"
        yield Finding(GONE, Level.ERROR, words, gone.fingerprint, reason=gone.reason)
    for change in check.verdict.allowed:
        yield _change(change, Level.NOTE, old, new)
    for change, excuse in check.verdict.accepted:
        yield _change(change, Level.ACCEPTED, old, new, excuse.reason)


def _change(change: Change, level: Level, old: Places, new: Places, reason: str = "") -> Finding:
    place = place_in(change, old, new)
    return Finding(change.kind, level, change.sentence, change.fingerprint, place_of(change), place, (), reason)
