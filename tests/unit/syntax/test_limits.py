"""What is not parsed at all."""

from __future__ import annotations

import pytest

from flowmap.syntax.limits import MAX_TOKENS, TOO_DEEP, beyond_limits
from flowmap.syntax.parse import parse
from flowmap.syntax.unreadable import Unreadable


@pytest.mark.parametrize(
    "text",
    ["x = " + "(" * 5000 + "1" + ")" * 5000, "x = 1\ny = " + "-" * 5000 + "1", "x = " + "not " * 2000 + "y"],
)
def test_what_nests_too_deeply_is_told_by_its_text(text: str) -> None:
    found = parse(text.encode(), "main")

    assert found == beyond_limits(text, 10)
    assert found is not None
    assert found == Unreadable(TOO_DEEP, text.count("\n") + 1)


def test_what_is_too_large_is_told_by_its_tokens() -> None:
    assert beyond_limits("x = 1\n", MAX_TOKENS) is None
    assert beyond_limits("x = 1\n", MAX_TOKENS + 1) == Unreadable("more than 200,000 names and literals", 1)


def test_long_lines_are_read() -> None:
    assert beyond_limits("x = '" + "(" * 5000 + "'", 2) is None
    assert beyond_limits("x = [" + "(1), " * 2000 + "]", 2001) is None
