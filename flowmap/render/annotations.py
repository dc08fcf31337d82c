"""A report as GitHub's workflow commands: annotations on the files of a pull request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.compare import Finding, Level, Report
from flowmap.render.oneline import one_line
from flowmap.render.sarif import Located

# GitHub shows ten annotations of each kind for a step, and drops the others.
MOST: Final = 10
_COMMANDS: Final = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def report_annotations(report: Report, located: Located) -> bytes:
    """At most ten commands of a kind; where there are more, the last counts them. What was accepted has none."""
    lines = [line for level in _COMMANDS for line in _of_level(level, report, located)]
    return "".join(f"{line}\n" for line in lines).encode()


def _of_level(level: Level, report: Report, located: Located) -> Iterator[str]:
    findings = [each for each in report.findings if each.level is level]
    shown = findings if len(findings) <= MOST else findings[: MOST - 1]
    yield from (_command(each, located) for each in shown)
    if len(findings) > len(shown):
        yield f"::{_COMMANDS[level]} title=flowmap::and {len(findings) - len(shown)} more"


def _command(finding: Finding, located: Located) -> str:
    properties = {}
    path = located(finding.place) if finding.place is not None else None
    if finding.place is not None and path is not None:
        properties["file"] = path
        if finding.place.line > 0:
            properties["line"] = str(finding.place.line)
    stage = f" ({finding.stage})" if finding.stage else ""
    properties["title"] = f"flowmap: {finding.rule}{stage}"
    written = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    way = "".join(f"\n-> {one_line(str(hop.function))}" for hop in finding.chain)
    return f"::{_COMMANDS[finding.level]} {written}::{_data(one_line(finding.sentence) + way)}"


def _data(text: str) -> str:
    """As escapeData of actions/toolkit, packages/core/src/command.ts."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """As escapeProperty there."""
    return _data(one_line(text)).replace(":", "%3A").replace(",", "%2C")
