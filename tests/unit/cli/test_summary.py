"""What is said of the bounds that were hit: the most frequent ones, and that there are more."""

from __future__ import annotations

from flowmap.analysis.result import Bound
from flowmap.cli.summary import bounds_line


def _hit(name: str, places: int) -> list[Bound]:
    return [Bound(name, 1, f"main:f{place}", 1) for place in range(places)]


def test_few_bounds_are_all_named() -> None:
    line = bounds_line([*_hit("product", 1), *_hit("loop_rounds", 2)])

    assert (
        line == "merged where there was too much to tell apart: loop rounds (2), product (1); callgraph.json says where"
    )


def test_of_many_those_hit_in_the_most_places_are_named() -> None:
    line = bounds_line([hit for count, name in enumerate("abcde", start=1) for hit in _hit(name, count)])

    assert "apart: e (5), d (4), c (3) and 2 other bounds;" in line
