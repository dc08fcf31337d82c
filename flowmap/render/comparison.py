"""A comparison of two flows as text: what an upgrader needs first, then everything, stage by stage."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from flowmap.compare import Change, FlowDiff, Kind
from flowmap.flow.model import Subject

# Sentences of the first screen.
_FIRST: Final = 10
_CONTROL: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_TOLD_TOGETHER: Final = {
    Kind.FUNCTION_ADDED: "are on the way now",
    Kind.FUNCTION_REMOVED: "are not on the way any more",
}


def comparison_text(diff: FlowDiff) -> str:
    """The subjects and the notes; at most ten sentences; then every change under its stage."""
    return "".join(f"{_CONTROL.sub(_escaped, line)}\n" for line in _lines(diff))


def _escaped(match: re.Match[str]) -> str:
    # A snapshot is anyone's: what is in it must not steer the terminal.
    return f"\\x{ord(match[0]):02x}"


def _lines(diff: FlowDiff) -> Iterator[str]:
    count = len(diff.changes)
    yield f"{_title(diff.old)} -> {_title(diff.new)}: {count} change{'s' * (count != 1)}"
    yield from (f"note: {note}" for note in diff.notes)
    if not count:
        return
    sentences = list(_sentences(diff))
    yield ""
    yield from sentences[:_FIRST]
    if len(sentences) > _FIRST:
        yield f"... and {len(sentences) - _FIRST} more, all of them below"
    stages = dict.fromkeys(change.stage for change in diff.changes)
    for stage in stages:
        yield ""
        yield f"{stage or 'settings'}:"
        yield from (f"  {each.kind}: {each.sentence}" for each in diff.changes if each.stage == stage)


def _title(subject: Subject) -> str:
    return f"{subject.distribution} {subject.version}"


def _sentences(diff: FlowDiff) -> Iterator[str]:
    """The changes in their order, related ones as one: functions that left a module for another, functions that came
    to a module or are gone from it.
    """
    groups: dict[tuple[Kind, str, str], list[Change]] = {}
    for number, change in enumerate(diff.changes):
        old, new = change.old.partition(":")[0], change.new.partition(":")[0]
        together = change.kind in _TOLD_TOGETHER or change.kind is Kind.FUNCTION_MOVED
        key = (change.kind, old, new) if together else (change.kind, str(number), "")
        groups.setdefault(key, []).append(change)
    for (kind, old, new), changes in groups.items():
        if len(changes) == 1:
            yield changes[0].sentence
        elif kind is Kind.FUNCTION_MOVED:
            yield f"{len(changes)} functions moved from {old} to {new}"
        else:
            names = [(each.old or each.new).partition(":")[2] for each in changes]
            yield f"{len(names)} functions of {old or new} {_TOLD_TOGETHER[kind]}: {', '.join(names)}"
