"""What a check found, as text: what fails first, each change with the fingerprint by which it may be accepted."""

from __future__ import annotations

from collections.abc import Iterator

from flowmap.compare import Breach, Change, Check, place_of
from flowmap.render.comparison import subject_title
from flowmap.render.terminal import printable


def check_text(check: Check) -> str:
    """The subjects and the counts; then what fails, what was accepted, and what is accepted and does not occur."""
    return "".join(f"{printable(line)}\n" for line in _lines(check))


def _lines(check: Check) -> Iterator[str]:
    diff, verdict = check.diff, check.verdict
    yield f"{subject_title(diff.old)} -> {subject_title(diff.new)}: {summary(check)}"
    yield from (f"note: {note}" for note in diff.notes)
    if check.breaches:
        yield from ("", "contracts that do not hold:")
    for breach in check.breaches:
        yield f"  {breach.sentence}"
        if breach.contract.reason:
            yield f"    because: {breach.contract.reason}"
        yield from (f"    {hop_line(breach, number)}" for number in range(len(breach.chain)))
    if verdict.failing:
        yield from ("", "fails:")
        yield from (f"  {each.fingerprint}  {_told(each)}" for each in verdict.failing)
    if verdict.gone:
        yield from ("", "accepted and does not occur (any more); take it out of [tool.flowmap.check]:")
        yield from (f"  {each.fingerprint}  accepted because: {each.reason}" for each in verdict.gone)
    if verdict.accepted:
        yield from ("", "accepted:")
        for change, excuse in verdict.accepted:
            yield f"  {change.fingerprint}  {_told(change)}"
            yield f"    because: {excuse.reason}"


def hop_line(breach: Breach, number: int) -> str:
    """A function of the chain that breaks a contract, as `flowmap path` prints it."""
    hop = breach.chain[number]
    return f"{'-> ' * bool(number)}{hop.function}  {hop.file or '?'}:{hop.line}"


def summary(check: Check) -> str:
    """The counts, in words."""
    verdict = check.verdict
    count = len(check.diff.changes)
    parts = [f"{count} change{'s' * (count != 1)}"]
    if check.breaches:
        parts.insert(0, f"{len(check.breaches)} contract{'s' * (len(check.breaches) != 1)} broken")
    if verdict.failing:
        parts.append(f"{len(verdict.failing)} fail")
    if verdict.accepted:
        parts.append(f"{len(verdict.accepted)} accepted")
    if verdict.allowed:
        parts.append(f"{len(verdict.allowed)} that may happen")
    if verdict.gone:
        parts.append(f"{len(verdict.gone)} accepted and not found")
    return ", ".join(parts)


def _told(change: Change) -> str:
    return f"{place_of(change)}: {change.kind}: {change.sentence}"
