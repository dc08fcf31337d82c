"""The search for the shortest way."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from flowmap.analysis.provenance.explanation import Step, StepKind
from flowmap.analysis.provenance.places import Held, Move, Place, shortest_way
from flowmap.analysis.values import Cell
from flowmap.names import FunctionName

_PLACES = {name: Held(Cell(), ()) for name in "abcd"}


def _step(line: int) -> Step:
    return Step(StepKind.ASSIGNMENT, FunctionName("m", "f"), line, line, "x")


def _lines(
    moves: Mapping[str, Sequence[tuple[str | None, Sequence[int]]]], most: int = 10
) -> list[tuple[StepKind, int]]:
    """The steps of the way from a, over moves to places by name (None: the beginning) with the lines of their steps."""
    table = {
        _PLACES[name]: [Move(_PLACES[to] if to else None, tuple(map(_step, lines))) for to, lines in each]
        for name, each in moves.items()
    }

    def leads(place: Place) -> Sequence[Move]:
        return table.get(place, []) if isinstance(place, Held) else []

    return [(step.kind, step.line) for way in shortest_way([Move(_PLACES["a"])], leads, most) for step in way.steps]


def test_the_way_with_the_fewest_steps_wins() -> None:
    moves = {"a": [("b", [1]), ("c", [2])], "b": [(None, [3, 4])], "c": [("d", [])], "d": [(None, [5])]}

    assert _lines(moves) == [(StepKind.ASSIGNMENT, 2), (StepKind.ASSIGNMENT, 5)]


def test_of_two_ways_of_one_length_the_first_is_told() -> None:
    assert _lines({"a": [(None, [1]), (None, [2])]}) == [(StepKind.ASSIGNMENT, 1)]


def test_a_circle_ends_and_what_leads_nowhere_is_lost() -> None:
    assert _lines({"a": [("b", [1])], "b": [("a", [2]), ("c", [3])]})[-1] == (StepKind.LOST, 3)
    assert _lines({"a": [("a", [1])]}) == []


def test_a_search_that_gives_up_says_how_far_it_came() -> None:
    moves = {"a": [("b", [1])], "b": [("c", [2])], "c": [(None, [3])]}

    assert [line for _, line in _lines(moves, most=2)] == [1, 2, 2]
    assert _lines(moves, most=2)[-1] == (StepKind.LOST, 2)
