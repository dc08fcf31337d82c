"""The page of a difference: what it holds, what it allows, and that names are no markup."""

from __future__ import annotations

import json
import re

from flowmap.compare import FlowDiff, Snapshot, compare
from flowmap.flow.model import Flow
from flowmap.render.difference.page import render_difference_page
from tests.unit.render.flows import flow_of, step


def _page(old: Flow, new: Flow) -> tuple[str, dict[str, list[dict[str, list[str]]]], FlowDiff]:
    diff = compare(Snapshot(old), Snapshot(new))
    page = render_difference_page(old, new, diff)
    found = re.search(r'<script type="application/json" id="data">(.*?)</script>', page)
    assert found is not None
    return page, json.loads(found[1]), diff


def test_every_sentence_leads_to_what_it_is_about() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:old"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:new"))

    page, data, diff = _page(old, new)

    assert [tale["sentence"] for tale in data["tales"]] == [tale.sentence for tale in diff.tales]
    for tale in data["tales"]:
        assert tale["anchors"]
        assert all(f'id="{anchor}"' in page for anchor in tale["anchors"])
    assert page == _page(old, new)[0]


def test_nothing_is_allowed_but_its_own_script_and_styles() -> None:
    page, _, _ = _page(flow_of(step(1, "one", "a:f", "a:g")), flow_of(step(1, "one", "a:f", "a:h")))

    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy[1]
    assert " style=" not in page
    assert not re.search(r"<[^>]+ on\w+=", page)


def test_names_are_no_markup() -> None:
    name = "a:</script><img src=x onerror=alert(1)>"

    page, data, _ = _page(flow_of(step(1, "one", "a:f", "a:g")), flow_of(step(1, "one", "a:f", name)))

    assert "<img" not in page
    assert page.count("</script>") == 2
    assert any(name in str(tale["sentence"]) for tale in data["tales"])
