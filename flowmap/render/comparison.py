"""A comparison of two flows as text: what an upgrader needs first, then everything, stage by stage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.compare import FlowDiff
from flowmap.flow.model import Subject
from flowmap.render.terminal import printable

# Sentences of the first screen.
_FIRST: Final = 10


def comparison_text(diff: FlowDiff) -> str:
    """The subjects and the notes; at most ten sentences; then every change under its stage."""
    return "".join(f"{printable(line)}\n" for line in _lines(diff))


def _lines(diff: FlowDiff) -> Iterator[str]:
    count = len(diff.changes)
    yield f"{subject_title(diff.old)} -> {subject_title(diff.new)}: {count} change{'s' * (count != 1)}"
    yield from (f"note: {note}" for note in diff.notes)
    if not count:
        return
    sentences = diff.tales
    yield ""
    yield from (each.sentence for each in sentences[:_FIRST])
    if len(sentences) > _FIRST:
        yield f"... and {len(sentences) - _FIRST} sentences more, all of them below"
    near = [change for change in diff.changes if change.is_on_flow]
    for stage in dict.fromkeys(change.stage for change in near):
        yield ""
        yield f"{stage or 'settings'}:"
        yield from (f"  {each.kind}: {each.sentence}" for each in near if each.stage == stage)
    far = [each for each in sentences if not all(one.is_on_flow for one in each.changes)]
    if far:
        yield ""
        yield f"off the way of a request ({len(diff.changes) - len(near)} changes, related ones as one):"
        yield from (f"  {each.sentence}" for each in far)


def subject_title(subject: Subject) -> str:
    """What a side of a comparison is called."""
    return f"{subject.distribution} {subject.version}"
