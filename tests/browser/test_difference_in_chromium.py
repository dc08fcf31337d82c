"""Measures the difference maps of real releases in a real browser, as the pictures of one release are."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.compare import Snapshot, compare
from flowmap.flow.model import Detail
from flowmap.render.difference.drawing import render_difference
from flowmap.render.difference.side_by_side import render_side_by_side
from tests.browser.chromium import asked, needs_chromium
from tests.browser.releases import kept_flow
from tests.browser.test_releases_in_chromium import COLOURS, MEASURE, WIDE

pytestmark = needs_chromium

PAIRS = (("1.8.19", "3.2.25"), ("3.2.25", "5.2.19"), ("5.2.19", "6.1.3"))


def drawn(old: str, new: str, detail: Detail = Detail.FLOW) -> str:
    first, second = kept_flow(old, detail), kept_flow(new, detail)
    return render_difference(first, second, compare(Snapshot(first), Snapshot(second)))


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_nothing_lies_on_anything_else(old: str, new: str, tmp_path: Path) -> None:
    found = asked(tmp_path, drawn(old, new), MEASURE, style=WIDE)

    assert found["faults"] == []
    assert found["boxes"] > 15
    assert found["numbers"] == found["arrows"] > 10


def test_nothing_lies_on_anything_else_side_by_side(tmp_path: Path) -> None:
    old, new = (kept_flow(release, Detail.FLOW) for release in ("1.8.19", "3.2.25"))

    page = render_side_by_side(old, new, compare(Snapshot(old), Snapshot(new)))

    found = asked(tmp_path, page, MEASURE, style=WIDE)
    assert found["faults"] == []
    assert found["numbers"] == found["arrows"] > 100


@pytest.mark.parametrize("is_dark", [False, True])
def test_every_text_stands_out_from_its_ground(is_dark: bool, tmp_path: Path) -> None:  # a parameter
    page = drawn("1.8.19", "3.2.25")

    found = asked(tmp_path, page, COLOURS, f"--blink-settings=preferredColorScheme={0 if is_dark else 1}")

    assert found["low"] == []
    assert (found["paper"] < 0.1) is is_dark
