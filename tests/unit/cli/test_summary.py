"""What is said of the bounds that were hit: the most frequent ones, and that there are more."""

from __future__ import annotations

from flowmap.cli.summary import bounds_line


def test_few_bounds_are_all_named() -> None:
    line = bounds_line({"product": 1, "loop_rounds": 2})

    assert (
        line == "merged where there was too much to tell apart: loop rounds (2), product (1); callgraph.json says where"
    )


def test_of_many_those_hit_in_the_most_places_are_named() -> None:
    line = bounds_line({name: count for count, name in enumerate("abcde", start=1)})

    assert "apart: e (5), d (4), c (3) and 2 other bounds;" in line
