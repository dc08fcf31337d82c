"""The calls that changed as Mermaid: within what GitHub draws, and names are no markup."""

from __future__ import annotations

from flowmap.compare import Snapshot, compare
from flowmap.flow.model import Detail
from flowmap.render.comparison_markdown import LIMIT, comparison_markdown
from flowmap.render.difference.mermaid import ARROWS, difference_mermaid
from tests.browser.releases import kept_flow
from tests.unit.render.flows import flow_of, step


def test_calls_are_drawn_by_what_became_of_them_and_styled_by_their_places() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:C.old<lambda>"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "a:new"))

    chart = difference_mermaid(compare(Snapshot(old), Snapshot(new))).splitlines()

    assert '    n1["\u2212 C.old#lt;lambda#gt;<br/>a"]:::removed' in chart
    assert '  n2 ==>|"+"| n3' in chart
    assert '  n0 -.-x|"\u2212"| n1' in chart
    assert [line for line in chart if "linkStyle" in line] == [
        "  linkStyle 1 stroke:#0062a3,stroke-width:2px",
        "  linkStyle 0 stroke:#b34700,stroke-width:2px",
    ]


def test_many_calls_are_counted_and_none_are_no_chart() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(*(step(number, "one", "a:f", f"a:g{number}") for number in range(1, ARROWS + 10)))

    chart = difference_mermaid(compare(Snapshot(old), Snapshot(new)))

    assert chart.count(" ==>|") + chart.count(" -.-x|") == ARROWS
    assert "and 10 more calls" in chart
    assert difference_mermaid(compare(Snapshot(old), Snapshot(old))) == ""


def test_the_markdown_has_the_chart_and_stays_within_its_limit() -> None:
    old, new = (kept_flow(release, Detail.FULL) for release in ("1.8.19", "3.2.25"))

    text = comparison_markdown(compare(Snapshot(old), Snapshot(new)))

    assert text.count("```mermaid\n") == 1
    assert len(text) <= LIMIT
