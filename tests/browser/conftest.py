"""The browser that a module of tests shares."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.browser.driver import Browser, browser


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    """A window of a real browser with a profile of its own; what it shows stays from test to test."""
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found
