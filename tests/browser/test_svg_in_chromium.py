"""Opens the picture in a real browser, where one is installed."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from flowmap.render.svg import render_svg
from tests.unit.render.sample import django_5_2_flow

BROWSER = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), None
)
WIDTH, HEIGHT = 1700, 1300

pytestmark = pytest.mark.skipif(BROWSER is None, reason="no chromium is installed (apt-get install chromium)")


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("picture") / "flow.svg"
    file.write_text(render_svg(django_5_2_flow()), encoding="utf-8")
    return file


def chromium(folder: Path, *arguments: str) -> str:
    command = [
        str(BROWSER),
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-background-networking",
        "--hide-scrollbars",
        f"--user-data-dir={folder / 'profile'}",
        f"--window-size={WIDTH},{HEIGHT}",
        *arguments,
    ]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout


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
    page = picture.parent / "page.html"
    script = "document.title = document.documentElement.scrollWidth <= innerWidth ? 'fits' : 'wider'"
    page.write_text(
        "<!doctype html><title>?</title><body style='margin:0'>"
        f"{picture.read_text(encoding='utf-8').partition('?>')[2]}<script>{script}</script>",
        encoding="utf-8",
    )

    assert "<title>fits</title>" in chromium(picture.parent, "--dump-dom", page.as_uri())


def test_no_name_runs_over_its_box(picture: Path) -> None:
    page = picture.parent / "boxes.html"
    script = """
    const over = [...document.querySelectorAll(".box")].flatMap((box) => {
        const room = box.querySelector("path").getBoundingClientRect();
        return [...box.querySelectorAll("text")].filter((text) => {
            const words = text.getBoundingClientRect();
            return words.left < room.left || words.right > room.right;
        });
    });
    document.title = `${document.querySelectorAll(".box text").length} texts, ${over.length} over`;
    """
    page.write_text(
        "<!doctype html><title>?</title><style>text { font-family: 'DejaVu Sans', Verdana !important }</style>"
        f"<body>{picture.read_text(encoding='utf-8').partition('?>')[2]}<script>{script}</script>",
        encoding="utf-8",
    )

    found = re.search(r"<title>(\d+) texts, (\d+) over</title>", chromium(picture.parent, "--dump-dom", page.as_uri()))
    assert found is not None
    assert int(found[1]) >= 150
    assert int(found[2]) == 0
