"""What a check found as CommonMark, for a comment on a pull request or the summary of a job."""

from __future__ import annotations

from collections.abc import Iterator

from flowmap.compare import Check, Finding, Level, Report
from flowmap.render.check import summary
from flowmap.render.comparison import subject_title
from flowmap.render.comparison_markdown import LIMIT
from flowmap.render.markup import code, plain

_HEADINGS = {
    Level.ERROR: "Fails",
    Level.NOTE: "May happen",
    Level.ACCEPTED: "Accepted",
}


def check_markdown(check: Check, report: Report, limit: int = LIMIT) -> str:
    """A heading and every finding, what fails first. Past `limit` characters findings are left out, and counted."""
    diff = check.diff
    sides = f"{plain(subject_title(diff.old))} → {plain(subject_title(diff.new))}"
    lines = [f"## flowmap check {'failed' if check.fails else 'passed'}: {sides}", "", f"{summary(check)}."]
    for note in diff.notes:
        lines += ["", f"> {plain(note)}"]
    # What is said of those that are left out.
    room = limit - sum(len(line) + 1 for line in lines) - 100
    shown = 0
    for heading, level in ((heading, level) for level, heading in _HEADINGS.items()):
        own = [each for each in report.findings if each.level is level]
        head = ["", f"**{heading}**", ""] if own else []
        for finding in own:
            block = [*head, *_item(finding)]
            room -= sum(len(line) + 1 for line in block)
            if room < 0:
                break
            head = []
            lines += block
            shown += 1
    if shown < len(report.findings):
        lines += ["", f"*{len(report.findings) - shown} more left out, for want of room.*"]
    return "".join(f"{line}\n" for line in lines)


def _item(finding: Finding) -> Iterator[str]:
    where = f"{plain(finding.stage)}: " if finding.stage else ""
    reason = f" (because: {plain(finding.reason)})" if finding.reason else ""
    yield f"- {where}{finding.rule.replace('-', ' ')}: {plain(finding.sentence)}{reason} {code(finding.fingerprint)}"
    yield from (f"  1. {plain(str(hop.function))} {plain(f'{hop.file}:{hop.line}')}" for hop in finding.chain)
