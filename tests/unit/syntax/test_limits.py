"""What is not parsed at all."""

from __future__ import annotations

import pytest

from flowmap.syntax.limits import MAX_TOKENS, TOO_DEEP, beyond_limits
from flowmap.syntax.parse import parse
from flowmap.syntax.unreadable import Unreadable


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "(" * 5000 + "1" + ")" * 5000,
        "x = 1\ny = " + "-" * 5000 + "1",
        "x = " + "not " * 2000 + "y",
        "x = 1" + "+1" * 20000,
        "x = y" + " * y.z" * 20000,
        "x = 'a" + "' - \"b\" + 'c" * 10000 + "'",
        "x" + ".y" * 20000,
        "x" + "(1)[2].y" * 10000,
    ],
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
    assert beyond_limits("x = [" + "a.b + 1, " * 2000 + "]", 2001) is None
    assert beyond_limits("x = [" + "a * b - c[1] + 'd', " * 2000 + "]", 2001) is None


@pytest.mark.parametrize(
    ("start", "link", "least"),
    [("1", "+1", 1_900), ("x", "*x", 1_900), ("x", ".y", 60), ("x", "(1)", 60), ("x", "[1].y()", 60)],
)
def test_a_chain_is_refused_by_its_text_only_where_the_walk_would(start: str, link: str, least: int) -> None:
    for count in range(least, least + 150):
        text = f"x = {start}{link * count}"
        if beyond_limits(text + " " * 2000, 10) is not None:
            assert isinstance(parse(text.encode(), "main"), Unreadable)
            break
    else:
        pytest.fail("never refused")
