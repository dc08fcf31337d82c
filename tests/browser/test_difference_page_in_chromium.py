"""Uses the page of a difference as a reader would, from a file and by the keyboard alone."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import pytest

from flowmap.compare import Snapshot, compare
from flowmap.flow.model import Detail
from flowmap.frameworks.recognise import link_in
from flowmap.render.difference.page import render_difference_page
from tests.browser.driver import Browser, needs_driver
from tests.browser.releases import kept_flow
from tests.browser.test_axe import needs_axe, violations

pytestmark = needs_driver

RESOLVER: Final = "node-django.urls.resolvers-URLResolver.url_patterns"
SEEN: Final = "return getComputedStyle(document.getElementById(arguments[0])).visibility"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("difference") / "diff.html"
    old, new = (kept_flow(release, Detail.FLOW) for release in ("1.8.19", "3.2.25"))
    drawn = render_difference_page(old, new, compare(Snapshot(old), Snapshot(new)), links=link_in)
    file.write_text(drawn, encoding="utf-8")
    return file.as_uri()


@pytest.fixture
def reader(window: Browser, page: str) -> Iterator[Browser]:
    """A page that was just opened; whatever is done to it, it says nothing and asks for nothing."""
    window.open("about:blank")
    window.requested()
    window.said()
    window.open(page)
    yield window
    assert [each for each in window.requested() if each.partition("#")[0] not in {page, "about:blank"}] == []
    assert window.said() == []


def at(reader: Browser) -> dict[str, str]:
    found: dict[str, str] = reader.ask(
        "return Object.fromEntries(new URLSearchParams(location.hash.replace(/^#/, '')))"
    )
    found.pop("at", None)
    return found


def name(reader: Browser, anchor: str) -> str:
    found: str = reader.ask("return document.getElementById(arguments[0]).querySelector('text').textContent", anchor)
    return found


def test_old_new_and_both_are_the_same_picture_with_the_words_of_each(reader: Browser) -> None:
    removed, added = "node-django.utils.autoreload-main", "node-django.utils.autoreload-run_with_reloader"
    place = "const {x, y} = document.getElementById(arguments[0]).getBBox(); return [x, y]"
    where = reader.ask(place, RESOLVER)

    assert [reader.ask(SEEN, each) for each in (removed, added)] == ["visible", "visible"]
    reader.press("1")
    assert [reader.ask(SEEN, each) for each in (removed, added)] == ["visible", "hidden"]
    assert name(reader, RESOLVER).endswith("RegexURLResolver.url_patterns")
    assert at(reader) == {"side": "old"}
    assert reader.ask(place, RESOLVER) == where
    reader.press("3")
    assert [reader.ask(SEEN, each) for each in (removed, added)] == ["hidden", "visible"]
    assert name(reader, RESOLVER).endswith(" URLResolver.url_patterns")
    reader.press("2")
    assert reader.ask("return document.querySelector('[data-side=both]').getAttribute('aria-pressed')") == "true"


def test_the_keyboard_goes_from_change_to_change_and_the_address_brings_it_back(reader: Browser) -> None:
    sentences = reader.ask(
        "return [...document.querySelectorAll('#list [data-change]')].map((each) => each.textContent)"
    )
    said = "return document.querySelector('#told h2').textContent"

    reader.press("n", "n", "n")
    assert reader.ask(said) == sentences[2]
    reader.press("p")
    assert reader.ask(said) == sentences[1]
    reader.press("n", "n", "n", "n", "n")
    assert reader.ask(said) == sentences[6]
    lit = reader.ask("return [...document.querySelectorAll('svg .lit')].map((each) => each.id)")
    assert "node-django.utils.deprecation-MiddlewareMixin.__call__-layer-1" in lit
    address = reader.ask("return location.href")
    reader.press("Escape")
    assert at(reader) == {"side": "both"}
    reader.open(address)
    reader.until("return document.querySelector('#told h2')?.textContent === arguments[0]", sentences[6])
    reader.back()
    reader.until("return !document.querySelector('#told h2')")


def test_a_box_leads_to_its_change_and_any_other_to_its_own_words(reader: Browser) -> None:
    reader.click("[id='node-django.utils.autoreload-run_with_reloader']")
    assert "run_with_reloader" in reader.ask("return document.querySelector('#told').textContent")
    reader.click("[id='node-django.core.management-load_command_class']")
    assert reader.ask("return document.querySelector('#told p').textContent").startswith("unchanged: ")
    assert reader.ask("return document.querySelector('#told a').href").startswith("https://github.com/django/")


def test_a_fragment_that_is_not_known_breaks_nothing(reader: Browser, page: str) -> None:
    reader.open(f"{page}#side=middle&change=no&at=x,y")
    reader.until("return document.querySelector('[data-side=both]').getAttribute('aria-pressed') === 'true'")


@needs_axe
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(reader: Browser, page: str, scheme: str) -> None:
    reader.command("Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
    reader.press("n")
    assert violations(reader) == []
    reader.press("1")
    assert violations(reader) == []
