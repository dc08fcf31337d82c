"""A comparison of two flows as CommonMark, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.compare import FlowDiff
from flowmap.flow.model import Subject
from flowmap.render.difference.mermaid import difference_mermaid
from flowmap.render.markup import fenced, plain

# Sentences before the fold.
_FIRST: Final = 10
# A comment on GitHub holds 65,536 characters, of which whoever posts it may want some.
LIMIT: Final = 60_000


def comparison_markdown(diff: FlowDiff, limit: int = LIMIT) -> str:
    """A heading, the ten weightiest sentences, and every change by its stage, folded. Past `limit` characters changes
    are left out, and counted.
    """
    head = list(_head(diff))
    room = limit - sum(len(line) + 1 for line in head)
    return "".join(f"{line}\n" for line in (*head, *_within(diff, room)))


def _head(diff: FlowDiff) -> Iterator[str]:
    count = len(diff.changes)
    yield f"## {_title(diff.old)} → {_title(diff.new)}: {count} change{'s' * (count != 1)}"
    for note in diff.notes:
        yield from ("", f"> {plain(note)}")
    if not count:
        return
    yield ""
    yield from (f"- {plain(tale.sentence)}" for tale in diff.tales[:_FIRST])
    more = len(diff.tales) - _FIRST
    if more > 0:
        yield from ("", f"and {more} more, below.")
    if chart := difference_mermaid(diff):
        summary = "<details><summary>The calls that came, went and changed</summary>"
        yield from ("", summary, "", *fenced(chart, "mermaid"), "", "</details>")


def _within(diff: FlowDiff, room: int) -> Iterator[str]:
    """Every change under its stage, as many as there is room for."""
    if not diff.changes:
        return
    closing = ["", "</details>"]
    opening = ["", "<details><summary>Every change, by stage</summary>"]
    room -= sum(len(line) + 1 for line in (*opening, *closing)) + len(_left_out(len(diff.changes))) + 2
    yield from opening
    shown = 0
    headed = ""
    for heading, line, count in _items(diff):
        lines = [line] if heading == headed else ["", f"**{plain(heading)}**", "", line]
        room -= sum(len(line) + 1 for line in lines)
        if room < 0:
            break
        yield from lines
        headed = heading
        shown += count
    if shown < len(diff.changes):
        yield from ("", _left_out(len(diff.changes) - shown))
    yield from closing


def _items(diff: FlowDiff) -> Iterator[tuple[str, str, int]]:
    """Heading, line and number of changes: one by one on the flow, and off it as they are told."""
    near = [change for change in diff.changes if change.is_on_flow]
    for stage in dict.fromkeys(change.stage for change in near):
        for change in (each for each in near if each.stage == stage):
            yield stage or "settings", f"- {change.kind.replace('-', ' ')}: {plain(change.sentence)}", 1
    for tale in diff.tales:
        if count := sum(not each.is_on_flow for each in tale.changes):
            yield "off the way of a request", f"- {plain(tale.sentence)}", count


def _left_out(count: int) -> str:
    return f"*{count} more change{'s' * (count != 1)} left out, for want of room.*"


def _title(subject: Subject) -> str:
    return plain(f"{subject.distribution} {subject.version}")
