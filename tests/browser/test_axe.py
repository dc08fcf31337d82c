"""axe-core finds nothing that keeps people from using flow.html, in light and in dark, whatever is chosen."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import pytest

from tests.browser.driver import Browser, needs_driver
from tests.browser.pages import kept_page

AXE: Final = Path(__file__).with_name("node_modules") / "axe-core" / "axe.min.js"

needs_axe = pytest.mark.skipif(
    not AXE.is_file() and not os.environ.get("CI"), reason="axe-core is not there (npm ci --prefix tests/browser)"
)
pytestmark = [needs_driver, needs_axe]


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("axe") / "flow.html"
    file.write_text(kept_page("6.1.3"), encoding="utf-8")
    return file.as_uri()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "fragment",
    [
        "",
        "level=overview&fold=handler%20url&startup=hidden",
        "fn=django.core.handlers.base:BaseHandler._get_response",
        "step=22",
        "setting=MIDDLEWARE",
        "module=django.core.handlers.base",
    ],
)
def test_axe_finds_nothing(window: Browser, page: str, fragment: str, scheme: str) -> None:
    window.command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    window.open("about:blank")
    window.open(f"{page}#{fragment}")

    assert violations(window) == []


def test_axe_finds_nothing_in_the_search_and_in_the_help(window: Browser, page: str) -> None:
    window.open("about:blank")
    window.open(page)
    window.press("/", "handler")
    assert violations(window) == []
    window.press("Escape", "Tab")
    window.press("?")
    assert violations(window) == []


def violations(window: Browser) -> list[str]:
    """What axe says, one line an element."""
    window.ask(AXE.read_text(encoding="utf-8"))
    window.ask("""
        window.violations = null;
        axe.run().then((found) => {
            window.violations = found.violations.flatMap(({id, nodes}) =>
                nodes.map(({target, failureSummary}) => `${id}: ${target}: ${failureSummary}`));
        });
    """)
    found: list[str] = window.until("return window.violations && [window.violations]")[0]
    return found
