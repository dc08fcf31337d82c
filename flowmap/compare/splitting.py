"""Which functions were divided: a part of their body is another's now, that they call; and the other way round."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import fsum
from typing import Final

from flowmap.callgraph.model import NodeKind
from flowmap.compare.changes import Change, Kind
from flowmap.compare.sides import Side
from flowmap.names import FunctionName
from flowmap.syntax.fingerprint import containment

# How much of a part was in the whole, and how much less of it may be there still.
_MOST: Final = 0.6
_LEFT: Final = 0.3
# What each sign counts for; together they make 1.
_BODY: Final = 0.6
_CALLS: Final = 0.4


def splits_and_merges(old: Side, new: Side, now: Mapping[FunctionName, FunctionName]) -> Iterator[Change]:
    """Functions on both sides of which a part became a function, or that a function became a part of."""
    then = {name: was for was, name in now.items()}
    for was, name, part, score, reason in _divided(old, new, now):
        words = f"{was} was split: a part of it is {part} now ({reason})"
        stage = new.homes.get(name) or old.homes.get(was, "")
        yield Change(Kind.FUNCTION_SPLIT, stage, str(was), str(name), words, "", str(part), score, reason)
    for name, was, part, score, reason in _divided(new, old, then):
        words = f"{part} was merged into {name} ({reason})"
        stage = new.homes.get(name) or old.homes.get(was, "")
        yield Change(Kind.FUNCTION_MERGED, stage, str(was), str(name), words, str(part), "", score, reason)


def _divided(
    whole: Side, parted: Side, now: Mapping[FunctionName, FunctionName]
) -> Iterator[tuple[FunctionName, FunctionName, FunctionName, float, str]]:
    """Who was one on the first side, who it is on the second, the part that it calls there, a score and a reason."""
    then = {name: was for was, name in now.items()}
    calls = [_callees(side) for side in (whole, parted)]
    for caller, part in parted.calls:
        was, piece = then.get(caller), parted.functions.get(part)
        if was is None or piece is None or part in then or piece.kind is not NodeKind.FUNCTION:
            continue
        one, rest = whole.functions.get(was), parted.functions.get(caller)
        if one is None or rest is None or one.origin is not piece.origin:
            continue
        moved, left = containment(piece.body, one.body), containment(piece.body, rest.body)
        if moved < _MOST or left > moved - _LEFT:
            continue
        own = calls[1].get(part, set())
        lost = {now.get(name, name) for name in calls[0].get(was, ())} - calls[1].get(caller, set())
        # Without any call that went along, equal words are chance.
        if not own & lost:
            continue
        share = len(own & lost) / len(own)
        score = round(fsum((_BODY * moved, _CALLS * share)), 6)
        yield was, caller, part, score, f"{moved:.0%} of its words, {share:.0%} of its calls"


def _callees(side: Side) -> Mapping[FunctionName, set[FunctionName]]:
    found: dict[FunctionName, set[FunctionName]] = {}
    for caller, callee in side.calls:
        found.setdefault(caller, set()).add(callee)
    return found
