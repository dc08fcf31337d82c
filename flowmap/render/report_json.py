"""What a check found as JSON, in the schema `flowmap-check/1`."""

from __future__ import annotations

import msgspec

from flowmap.compare import Finding, Level, Report
from flowmap.snapshot import schema
from flowmap.snapshot.wire import WireSubject, wire_subject


class _WireHop(msgspec.Struct):
    function: str
    file: str
    line: int


class _WireFinding(msgspec.Struct):
    rule: str
    level: Level
    stage: str
    fingerprint: str
    sentence: str
    reason: str
    file: str
    line: int
    chain: list[_WireHop]


class _WireReport(msgspec.Struct):
    schema: str
    old: WireSubject
    new: WireSubject
    fails: bool
    findings: list[_WireFinding]
    notes: list[str]


def report_json(report: Report) -> bytes:
    """The bytes of a report: findings in their order."""
    findings = list(map(_finding, report.findings))
    sides = (wire_subject(report.old), wire_subject(report.new))
    return schema.encode(_WireReport(schema.CHECK, *sides, report.fails, findings, list(report.notes)))


def _finding(finding: Finding) -> _WireFinding:
    place = finding.place
    return _WireFinding(
        finding.rule,
        finding.level,
        finding.stage,
        finding.fingerprint,
        finding.sentence,
        finding.reason,
        place.file if place else "",
        place.line if place else 0,
        [_WireHop(str(hop.function), hop.file, hop.line) for hop in finding.chain],
    )
