"""What became of the calls between functions that are on both sides of a comparison, and of all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from flowmap.compare.changes import Change, Kind
from flowmap.compare.matching import Match
from flowmap.compare.sides import Call, Side
from flowmap.names import FunctionName

_Pair = tuple[FunctionName, FunctionName]


def call_changes(old: Side, new: Side, matches: tuple[Match, ...]) -> Iterator[Change]:
    """Calls added, removed, retargeted and reordered, their evidence and their conditions."""
    now = {match.old: match.new for match in matches}
    then = {match.new: match.old for match in matches}
    gone = [pair for pair in old.calls if _renamed(pair, now) not in new.calls]
    come = [pair for pair in new.calls if _renamed(pair, then) not in old.calls]
    turned = dict(_retargeted(gone, come, old, new, now))
    for pair in gone:
        if pair in turned:
            target = turned[pair]
            words = f"{target[0]} calls {target[1]} instead of {pair[1]}"
            yield Change(Kind.CALL_RETARGETED, new.calls[target].stage, _arrow(pair), _arrow(target), words)
        else:
            words = f"{pair[0]} does not call {pair[1]} any more"
            yield Change(Kind.CALL_REMOVED, old.calls[pair].stage, _arrow(pair), "", words)
    for pair in come:
        if pair not in turned.values():
            words = f"{pair[0]} calls {pair[1]}"
            yield Change(Kind.CALL_ADDED, new.calls[pair].stage, "", _arrow(pair), words)
    for pair, call in old.calls.items():
        other = _renamed(pair, now)
        if other in new.calls:
            yield from _insides(pair, other, call, new.calls[other])
    yield from _reordered(old, new, now)


def _renamed(pair: _Pair, names: dict[FunctionName, FunctionName]) -> _Pair:
    return names.get(pair[0], pair[0]), names.get(pair[1], pair[1])


def _arrow(pair: _Pair) -> str:
    return f"{pair[0]} -> {pair[1]}"


def _retargeted(
    gone: Iterable[_Pair], come: Iterable[_Pair], old: Side, new: Side, now: dict[FunctionName, FunctionName]
) -> Iterator[tuple[_Pair, _Pair]]:
    """A caller that lost one callee in a stage and won one there calls that one instead. More of them are no pairs."""
    lost: dict[tuple[FunctionName, str], list[_Pair]] = {}
    won: dict[tuple[FunctionName, str], list[_Pair]] = {}
    for pair in gone:
        lost.setdefault((now.get(pair[0], pair[0]), old.calls[pair].stage), []).append(pair)
    for pair in come:
        won.setdefault((pair[0], new.calls[pair].stage), []).append(pair)
    for place, pairs in lost.items():
        others = won.get(place, [])
        if len(pairs) == len(others) == 1:
            yield pairs[0], others[0]


def _insides(pair: _Pair, other: _Pair, old: Call, new: Call) -> Iterator[Change]:
    if old.evidence != new.evidence:
        was, became = (" and ".join(call.evidence) for call in (old, new))
        words = f"{other[0]} reaches {other[1]} by {became} instead of {was}"
        sides = (f"{_arrow(pair)} ({was})", f"{_arrow(other)} ({became})")
        yield Change(Kind.EVIDENCE_CHANGED, new.stage, *sides, words)
    if old.conditions != new.conditions:
        was, became = (" or ".join(text or "always" for text in call.conditions) for call in (old, new))
        words = f"{other[0]} calls {other[1]} under another condition: {became} instead of {was}"
        sides = (f"{_arrow(pair)} [{was}]", f"{_arrow(other)} [{became}]")
        yield Change(Kind.CONDITION_CHANGED, new.stage, *sides, words)


def _reordered(old: Side, new: Side, now: dict[FunctionName, FunctionName]) -> Iterator[Change]:
    before, after = old.callees(), new.callees()
    for caller, callees in before.items():
        other = now.get(caller, caller)
        later = after.get(other, ())
        common = {now.get(name, name) for name in callees} & set(later)
        was = [now.get(name, name) for name in callees if now.get(name, name) in common]
        became = [name for name in later if name in common]
        if was != became:
            words = f"{other} calls in another order: {', '.join(name.qualname for name in became)}"
            yield Change(Kind.CALLS_REORDERED, new.homes[other], _order(caller, was), _order(other, became), words)


def _order(caller: FunctionName, callees: Iterable[FunctionName]) -> str:
    return f"{caller}: {', '.join(map(str, callees))}"
