"""Old and new beside each other: the same places, and each side's own words."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections import Counter

import pytest
from hypothesis import HealthCheck, given, settings

from flowmap.compare import Snapshot, compare
from flowmap.flow.model import Detail, Flow
from flowmap.render.difference.side_by_side import render_side_by_side
from tests.browser.releases import kept_flow
from tests.unit.render.flows import flows

SVG = "{http://www.w3.org/2000/svg}"


def _drawn(old: Flow, new: Flow) -> ET.Element:
    return ET.fromstring(render_side_by_side(old, new, compare(Snapshot(old), Snapshot(new))))


def _boxes(root: ET.Element, side: str) -> dict[str, ET.Element]:
    groups = {group.get("id", ""): group for group in root.iter(f"{SVG}g")}
    return {name.removeprefix(f"{side}-"): each for name, each in groups.items() if name.startswith(f"{side}-node-")}


def _words(group: ET.Element) -> list[str]:
    return [text.text or "" for text in group.iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def releases() -> ET.Element:
    return _drawn(kept_flow("1.8.19", Detail.FLOW), kept_flow("3.2.25", Detail.FLOW))


def test_what_is_on_both_sides_has_one_place(releases: ET.Element) -> None:
    old, new = (_boxes(releases, side) for side in ("old", "new"))
    common = old.keys() & new.keys()

    assert len(common) > 20
    for name in common:
        shapes = [
            next(each for each in side[name].iter() if each.get("d") or each.get("points")) for side in (old, new)
        ]
        assert shapes[0].attrib == shapes[1].attrib
    assert not any("added" in each.get("class", "").split() for each in old.values())
    assert not any("removed" in each.get("class", "").split() for each in new.values())


def test_each_side_has_its_own_names_lines_and_numbers(releases: ET.Element) -> None:
    old, new = (_boxes(releases, side) for side in ("old", "new"))
    name = "node-django.urls.resolvers-URLResolver.url_patterns"

    assert _words(old[name])[0] == "\u00bb RegexURLResolver.url_patterns"
    assert re.fullmatch(r"django.core.urlresolvers · urlresolvers.py:\d+", _words(old[name])[1])
    assert _words(new[name])[0] == "\u00bb URLResolver.url_patterns"


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(flows(), flows())
def test_no_id_is_there_twice_and_every_label_is_there(old: Flow, new: Flow) -> None:
    root = _drawn(old, new)

    ids = Counter(each.get("id") for each in root.iter() if each.get("id"))
    assert set(ids.values()) == {1}
    assert {each.get("aria-labelledby") for each in root.iter()} - {None} <= set(ids)
