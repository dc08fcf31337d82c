"""A report as SARIF 2.1.0 (OASIS, 27 March 2020), which code scanning reads."""

from __future__ import annotations

import urllib.parse
from collections.abc import Callable, Mapping
from typing import Final

import msgspec

from flowmap import __version__
from flowmap.compare import Finding, Level, Place, Report
from flowmap.compare.contracts import Hop
from flowmap.render.oneline import one_line

SCHEMA: Final = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# Part of the identity of an alert: it changes only when fingerprints are made of something else.
FINGERPRINT: Final = "flowmap/v1"

Located = Callable[[Place], str | None]
"""The path of a place's file in the working copy; None for what is not in it."""


def report_sarif(report: Report, located: Located) -> bytes:
    """One run: a rule for each kind of finding, and a result for each finding; what was accepted is suppressed."""
    rules = list(dict.fromkeys(each.rule for each in report.findings))
    places = [report.start, *(each.place for each in report.findings)]
    driver = {
        "name": "flowmap",
        "version": __version__,
        "rules": [{"id": rule, "name": rule, "shortDescription": {"text": rule.replace("-", " ")}} for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "utf16CodeUnits",
        "originalUriBaseIds": {
            origin: {"description": {"text": f"the root of the {origin.lower()}'s source"}}
            for origin in sorted({each.origin.upper() for each in places if each is not None})
        },
        "results": [_result(each, rules.index(each.rule), report.start, located) for each in report.findings],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return msgspec.json.format(msgspec.json.encode(log), indent=1) + b"\n"


def _result(finding: Finding, rule: int, start: Place | None, located: Located) -> Mapping[str, object]:
    result: dict[str, object] = {
        "ruleId": finding.rule,
        "ruleIndex": rule,
        "level": "note" if finding.level is Level.ACCEPTED else finding.level.value,
        "message": {"text": one_line(finding.sentence)},
        "partialFingerprints": {FINGERPRINT: one_line(finding.fingerprint)},
    }
    # Code scanning takes no result without a place.
    if (place := finding.place or start) is not None:
        result["locations"] = [{"physicalLocation": _physical(place, located)}]
    if finding.chain:
        result["codeFlows"] = [{"threadFlows": [{"locations": [_hop(hop) for hop in finding.chain]}]}]
    if finding.level is Level.ACCEPTED:
        result["suppressions"] = [{"kind": "external", "justification": one_line(finding.reason)}]
    if finding.stage:
        result["properties"] = {"stage": one_line(finding.stage)}
    return result


def _physical(place: Place, located: Located) -> Mapping[str, object]:
    path = located(place)
    artifact = {"uri": _uri(place.file if path is None else path)}
    if path is None:
        artifact["uriBaseId"] = place.origin.upper()
    return {"artifactLocation": artifact, **({"region": {"startLine": place.line}} if place.line > 0 else {})}


def _uri(path: str) -> str:
    return urllib.parse.quote(one_line(path))


def _hop(hop: Hop) -> Mapping[str, object]:
    where = f"{hop.function} ({hop.file or '?'}:{hop.line})"
    return {"location": {"message": {"text": one_line(where)}}}
