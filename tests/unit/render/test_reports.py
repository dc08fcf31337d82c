"""Reports: each format is what its readers expect, whatever the names in it are."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET

import jsonschema
from hypothesis import given
from hypothesis import strategies as st

from flowmap.compare import (
    Accepted,
    Contract,
    Demand,
    Finding,
    Hop,
    Level,
    Place,
    Policy,
    Report,
    Snapshot,
    check,
    places_of,
    report_of_check,
)
from flowmap.names import FunctionName, Origin
from flowmap.render.annotations import MOST, report_annotations
from flowmap.render.check_markdown import check_markdown
from flowmap.render.junit import report_junit
from flowmap.render.report_json import report_json
from flowmap.render.sarif import report_sarif
from flowmap.snapshot import json_schema
from tests.unit.render.flows import flow_of, step
from tests.unit.render.sample import SUBJECT

# The parts of the published schema that a log of ours uses, none of them looser than there.
_TEXT = {
    "type": "object",
    "properties": {"text": {"type": "string"}},
    "required": ["text"],
    "additionalProperties": False,
}
_LOCATION = {
    "type": "object",
    "additionalProperties": False,
    "properties": {
        "message": _TEXT,
        "physicalLocation": {
            "type": "object",
            "additionalProperties": False,
            "required": ["artifactLocation"],
            "properties": {
                "artifactLocation": {
                    "type": "object",
                    "additionalProperties": False,
                    "properties": {
                        "uri": {"type": "string", "format": "uri-reference", "pattern": "^[!-~]+$"},
                        "uriBaseId": {"type": "string"},
                    },
                },
                "region": {"type": "object", "properties": {"startLine": {"type": "integer", "minimum": 1}}},
            },
        },
    },
}
_RESULT = {
    "type": "object",
    "additionalProperties": False,
    "required": ["message"],
    "properties": {
        "ruleId": {"type": "string"},
        "ruleIndex": {"type": "integer", "minimum": -1},
        "level": {"enum": ["none", "note", "warning", "error"]},
        "message": _TEXT,
        "locations": {"type": "array", "items": _LOCATION},
        "partialFingerprints": {"type": "object", "additionalProperties": {"type": "string"}},
        "properties": {"type": "object"},
        "codeFlows": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["threadFlows"],
                "properties": {
                    "threadFlows": {
                        "type": "array",
                        "minItems": 1,
                        "items": {
                            "type": "object",
                            "required": ["locations"],
                            "properties": {
                                "locations": {
                                    "type": "array",
                                    "minItems": 1,
                                    "items": {"type": "object", "properties": {"location": _LOCATION}},
                                }
                            },
                        },
                    }
                },
            },
        },
        "suppressions": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["kind"],
                "additionalProperties": False,
                "properties": {"kind": {"enum": ["inSource", "external"]}, "justification": {"type": "string"}},
            },
        },
    },
}
_RULE = {
    "type": "object",
    "required": ["id"],
    "additionalProperties": False,
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}, "shortDescription": _TEXT},
}
_SARIF = {
    "type": "object",
    "required": ["version", "runs"],
    "additionalProperties": False,
    "properties": {
        "$schema": {"type": "string", "format": "uri"},
        "version": {"enum": ["2.1.0"]},
        "runs": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["tool"],
                "additionalProperties": False,
                "properties": {
                    "tool": {
                        "type": "object",
                        "required": ["driver"],
                        "properties": {
                            "driver": {
                                "type": "object",
                                "required": ["name"],
                                "additionalProperties": False,
                                "properties": {
                                    "name": {"type": "string"},
                                    "version": {"type": "string"},
                                    "rules": {"type": "array", "uniqueItems": True, "items": _RULE},
                                },
                            }
                        },
                    },
                    "columnKind": {"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
                    "originalUriBaseIds": {"type": "object"},
                    "results": {"type": "array", "items": _RESULT},
                },
            },
        },
    },
}

# What is markup, a command or an end of line to one format or another, and what XML and UTF-8 cannot hold.
texts = st.text(st.sampled_from("a<>&\"'`[]()*_%:,\r\n\t\x00\x0b\x1b\x85\u2028\u202e\ud800\ufffe😀")) | st.text()
names = st.builds(FunctionName, texts, texts)
findings = st.builds(
    Finding,
    rule=st.sampled_from(["call-added", "must-pass", "accepted-gone"]),
    level=st.sampled_from(Level),
    sentence=texts,
    fingerprint=texts,
    stage=texts,
    place=st.none() | st.builds(Place, st.sampled_from(Origin), texts.map("x".__add__), st.integers(0, 9)),
    chain=st.lists(st.builds(Hop, names, texts, st.integers(0, 9)), max_size=2).map(tuple),
    reason=texts,
)
reports = st.builds(Report, st.just(SUBJECT), st.just(SUBJECT), st.lists(findings, max_size=30).map(tuple))


def here(place: Place) -> str | None:
    return f"site/{place.file}" if place.origin is Origin.PROJECT else None


@given(reports)
def test_sarif_is_valid_and_has_every_finding(report: Report) -> None:
    log = json.loads(report_sarif(report, here))

    jsonschema.Draft7Validator(_SARIF).validate(log)
    (run,) = log["runs"]
    assert len(run["results"]) == len(report.findings)
    for result, finding in zip(run["results"], report.findings, strict=True):
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == finding.rule
        assert ("suppressions" in result) == (finding.level is Level.ACCEPTED)


@given(reports)
def test_junit_is_xml_that_counts_right(report: Report) -> None:
    (suite,) = ET.fromstring(report_junit(report))

    cases = suite.findall("testcase")
    assert len(cases) == int(suite.attrib["tests"]) == (len(report.findings) or 1)
    assert len(suite.findall("testcase/failure")) == int(suite.attrib["failures"])
    assert len(suite.findall("testcase/skipped")) == int(suite.attrib["skipped"])


@given(reports)
def test_annotations_are_one_command_a_line_and_ten_of_a_kind(report: Report) -> None:
    lines = report_annotations(report, here).decode().split("\n")[:-1]

    for level, command in ((Level.ERROR, "error"), (Level.WARNING, "warning"), (Level.NOTE, "notice")):
        own = [line for line in lines if line.startswith(f"::{command} ")]
        count = sum(each.level is level for each in report.findings)
        assert len(own) == min(count, MOST)
        if count > MOST:
            assert own[-1].endswith(f"::and {count - MOST + 1} more")
    assert all(line.startswith(("::error ", "::warning ", "::notice ")) for line in lines)
    for line in lines:
        # Properties end at the first "::", and are told apart by commas.
        properties = line.split("::")[1].partition(" ")[2]
        assert {each.partition("=")[0] for each in properties.split(",")} <= {"file", "line", "title"}
        assert len(line.splitlines()) == 1


def test_what_is_escaped_in_an_annotation() -> None:
    place = Place(Origin.PROJECT, "a,b:c.py", 3)
    finding = Finding("call-added", Level.ERROR, "100%: a, b", "0", "view", place)

    assert report_annotations(Report(SUBJECT, SUBJECT, (finding,)), here) == (
        b"::error file=site/a%2Cb%3Ac.py,line=3,title=flowmap%3A call-added (view)::100%25: a, b\n"
    )


def test_a_check_in_every_format() -> None:
    old = Snapshot(flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:h")))
    new = Snapshot(flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:i"), step(3, "one", "a:i", "a:j")))
    first = check(old, new, Policy()).diff.changes[0].fingerprint
    accepted = (Accepted(first, "known"), Accepted("`<b>", "gone"))
    contracts = (Contract(Demand.NOT_REACH, "f", "j", reason="why"),)
    found = check(old, new, Policy(accepted=accepted, contracts=contracts))
    report = report_of_check(found, places_of(old), places_of(new))

    assert {each.level for each in report.findings} == {Level.ERROR, Level.ACCEPTED}
    assert report.fails
    written = json.loads(report_json(report))
    jsonschema.Draft202012Validator(json_schema("flowmap-check/1")).validate(written)
    assert [each["sentence"] for each in written["findings"]] == [each.sentence for each in report.findings]
    chain = written["findings"][0]["chain"]
    assert [each["function"] for each in chain] == ["a:f", "a:g", "a:i", "a:j"]
    assert [each["line"] for each in chain] == [1, 1, 2, 3]

    text = check_markdown(found, report)
    assert "known" in text
    assert text.count("\n- ") == len(report.findings)
    short = check_markdown(found, report, 500)
    assert len(short) <= 500
    assert f"*{len(report.findings) - short.count(chr(10) + '- ')} more left out" in short


def test_every_result_of_sarif_has_a_place() -> None:
    start = Place(Origin.PROJECT, "manage.py", 1)
    nowhere = Finding("setting-changed", Level.ERROR, "changed", "0", "settings")
    log = json.loads(report_sarif(Report(SUBJECT, SUBJECT, (nowhere,), (), start), here))

    (result,) = log["runs"][0]["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "site/manage.py"}
    flow = flow_of(step(1, "one", "a:f", "a:g"))
    assert places_of(Snapshot(flow)).start == Place(Origin.DISTRIBUTION, "a.py", 1)


def test_a_change_has_the_place_that_it_has_now() -> None:
    old = Snapshot(flow_of(step(1, "one", "a:f", "a:g")))
    new = Snapshot(flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "b:h", line=7)))
    report = report_of_check(check(old, new, Policy()), places_of(old), places_of(new))
    places = {each.rule: each.place for each in report.findings}

    assert places["call-added"] == Place(Origin.DISTRIBUTION, "a.py", 7)
    assert places["function-added"] == Place(Origin.DISTRIBUTION, "b.py", 1)
