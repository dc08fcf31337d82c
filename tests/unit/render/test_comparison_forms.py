"""Comparisons as JSON and as CommonMark: everything is there, and names are never markup."""

from __future__ import annotations

import json

import jsonschema
from hypothesis import given, settings
from markdown_it import MarkdownIt

from flowmap.cli.reports import diff_report
from flowmap.compare import Change, FlowDiff, Kind, Report, Snapshot, Tale
from flowmap.compare import compare as compare_snapshots
from flowmap.flow.model import Flow
from flowmap.render.comparison_json import comparison_json
from flowmap.render.comparison_markdown import LIMIT, comparison_markdown
from flowmap.snapshot import json_schema
from tests.unit.render.flows import flow_of, flows, step


def compare(old: Flow, new: Flow) -> FlowDiff:
    return compare_snapshots(Snapshot(old), Snapshot(new))


def _between(count: int) -> FlowDiff:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    changes = tuple(
        Change(Kind.BODY_CHANGED, "one", f"a:f{n}", f"a:f{n}", f"the body of a:f{n} changed {'much ' * 10}")
        for n in range(count)
    )
    return FlowDiff(old.subject, old.subject, changes, tuple(Tale(each.sentence, (each,)) for each in changes))


@settings(deadline=None)
@given(flows(), flows())
def test_the_json_follows_its_schema_and_tells_every_change(old: Flow, new: Flow) -> None:
    found = compare(old, new)

    written = json.loads(comparison_json(found))

    jsonschema.Draft202012Validator(json_schema("flowmap-diff/1")).validate(written)
    fingerprints = [change["fingerprint"] for change in written["changes"]]
    assert len(set(fingerprints)) == len(found.changes)
    assert sorted(name for tale in written["tales"] for name in tale["changes"]) == sorted(fingerprints)


def test_a_fingerprint_stays_where_only_lines_move() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g", line=3))
    first, second = (flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:h", line=n)) for n in (5, 9))

    assert [c.fingerprint for c in compare(old, first).changes] == [c.fingerprint for c in compare(old, second).changes]


def test_the_markdown_says_all_and_names_are_no_markup() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:<b>*x*</b>[y](http://z)"))

    text = comparison_markdown(compare(old, new))
    html = MarkdownIt("commonmark").render(text)

    assert "<b>" not in html
    assert "<a " not in html
    assert "<em>" not in html
    assert "a:&lt;b&gt;*x*&lt;/b&gt;[y](http://z) is on the way now, called by a:g" in html
    assert html.count("<li>") == 1 + len(compare(old, new).changes)


def test_nothing_that_changed_is_one_line() -> None:
    flow = flow_of(step(1, "one", "a:f", "a:g"))

    assert comparison_markdown(compare(flow, flow)).count("\n") == 1


def test_the_markdown_stays_within_what_a_comment_holds_and_counts_what_it_leaves_out() -> None:
    found = _between(2000)

    text = comparison_markdown(found)

    assert LIMIT - 200 < len(text) <= LIMIT
    left_out = int(text.rpartition("*")[0].rpartition("*")[2].split()[0])
    assert text.count("- body changed: ") + left_out == 2000
    assert "left out" not in comparison_markdown(_between(100))


def test_what_is_off_the_flow_is_told_behind_it_and_counted() -> None:
    near = Change(Kind.BODY_CHANGED, "one", "a:f", "a:f", "the body of a:f changed")
    far = [Change(Kind.CALL_ADDED, "", "", f"b:f -> b:{name}", f"b:f calls b:{name}", distance=None) for name in "xy"]
    subject = flow_of(step(1, "one", "a:f", "a:g")).subject
    tales = (Tale(near.sentence, (near,)), Tale("b:f calls b:x and b:y now", tuple(far)))

    text = comparison_markdown(FlowDiff(subject, subject, (near, *far), tales))

    assert text.count("x and b") == 2
    assert "**off the way of a request**\n\n- b\\:f calls b\\:x and b\\:y now\n" in text
    assert "left out" not in text


def test_the_summary_of_a_job_stays_within_what_one_holds() -> None:
    found = _between(20_000)

    written = diff_report("summary", found, Report(found.old, found.new, ()), lambda _: None)

    assert len(written) <= 1 << 20
    assert b"left out" in written
    assert len(written) > LIMIT
