"""Opens the picture in a real browser, where one is installed."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from flowmap.render.svg import render_svg
from tests.browser.chromium import HEIGHT, WIDTH, asked, chromium, needs_chromium
from tests.unit.render.sample import django_5_2_flow

pytestmark = needs_chromium


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("picture") / "flow.svg"
    file.write_text(render_svg(django_5_2_flow()), encoding="utf-8")
    return file


def test_the_browser_builds_the_whole_document(picture: Path) -> None:
    dom = chromium(picture.parent, "--dump-dom", picture.as_uri())

    assert "parsererror" not in dom
    assert dom.count('class="edge arrow') >= 88
    assert 'id="node-django.core.handlers.wsgi-WSGIHandler.__call__"' in dom


def test_the_browser_draws_it(picture: Path) -> None:
    shot = picture.parent / "shot.png"
    chromium(picture.parent, f"--screenshot={shot}", picture.as_uri())
    data = shot.read_bytes()

    assert struct.unpack(">II", data[16:24]) == (WIDTH, HEIGHT)
    # An empty page of this size compresses to some 10 kB.
    assert len(data) > 100_000


def test_the_page_needs_no_scrolling_sideways(picture: Path) -> None:
    script = "const answer = [document.documentElement.scrollWidth, innerWidth];"
    needed, there = asked(picture.parent, picture.read_text(encoding="utf-8"), script)

    assert needed <= there


def test_no_letter_is_squeezed_by_more_than_a_fifth(picture: Path) -> None:
    script = """
    const answer = [...document.querySelectorAll("text")].map((text) => {
        const given = text.getComputedTextLength();
        text.removeAttribute("textLength");
        return given / text.getComputedTextLength();
    });
    """
    shares = asked(picture.parent, picture.read_text(encoding="utf-8"), script)

    assert len(shares) > 150
    assert 0.8 < min(shares) <= max(shares) < 1.2
