"""What is evaluated again: only what the program calls by what is known now."""

from __future__ import annotations

from collections import Counter

import pytest

from flowmap.analysis.bounds import Bounds
from tests.unit.analysis.programs import analysed

_MANY = range(Bounds().product + 2)

# While few boxes are known each has its own activation of `use`, later all share one.
_GROWING = "class Box: last = None\ndef use(box): return box.number\ndef one(): return use(Box.last)\n" + "\n".join(
    f"class Box{i}(Box): number = {i}\nBox.last = Box{i}()\none()" for i in _MANY
)

_RECURSIVE = "def even(n): return n == 0 or odd(n - 1)\ndef odd(n): return n and even(n - 1)\neven(len(input()))\n"


@pytest.mark.parametrize("source", [_GROWING, _RECURSIVE])
def test_what_the_program_calls_is_held_and_up_to_date(source: str) -> None:
    analysis = analysed(source)

    reached = analysis.reachable()
    calls = Counter(callee for caller in reached for _, _, callee in caller.calls)
    for activation in reached[1:]:
        assert activation.held == calls[activation]
        assert not activation.is_stale
        assert not activation.is_queued


def test_what_is_called_no_more_is_let_go() -> None:
    analysis = analysed(_GROWING)
    reached = set(analysis.reachable())

    forgotten = [each for each in analysis.activations if each not in reached and each.started]

    assert forgotten
    assert not any(each.held for each in forgotten)
