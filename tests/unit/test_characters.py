"""What text is the same to every Python."""

from __future__ import annotations

import pytest

from flowmap.characters import is_identifier, is_settled, literal

# Kawi came with Unicode 15.0, this description character with 15.1.
KAWI, DESCRIPTION = "\U00011f12", "\u2ffc"


@pytest.mark.parametrize(
    ("text", "settled"), [("", True), ("abc\0", True), ("é☃", True), (KAWI, False), (f"a{DESCRIPTION}", False)]
)
def test_characters_of_unicode_3_2_are_settled(text: str, settled: bool) -> None:
    assert is_settled(text) is settled


@pytest.mark.parametrize(("text", "name"), [("é1", True), ("1é", False), ("", False), (KAWI, False)])
def test_names_are_those_that_every_python_takes(text: str, name: bool) -> None:
    assert is_identifier(text) is name


@pytest.mark.parametrize(
    ("value", "written"),
    [("é", "'é'"), (DESCRIPTION, "'\\u2ffc'"), (KAWI, "'\\U00011f12'"), (b"\xff", "b'\\xff'"), (None, "None")],
)
def test_a_literal_leaves_characters_as_they_are_where_every_python_would(value: object, written: str) -> None:
    assert literal(value) == written
