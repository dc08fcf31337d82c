"""What became of the calls between functions that are on both sides of a comparison, and of all others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from flowmap.callgraph.model import Function
from flowmap.compare.changes import Change, Kind
from flowmap.compare.conditions import is_same_condition
from flowmap.compare.sides import Call, Pair, Side, arrow
from flowmap.names import FunctionName

_Names = Mapping[FunctionName, FunctionName]


def call_changes(old: Side, new: Side, now: _Names) -> Iterator[Change]:
    """Calls added, removed, retargeted and reordered, steps gained and lost, evidence and conditions; `now` has the new
    name of every function that is on both sides.
    """
    then = {name: was for was, name in now.items()}
    gone = [pair for pair in old.calls if _renamed(pair, now) not in new.calls]
    come = [pair for pair in new.calls if _renamed(pair, then) not in old.calls]
    turned = dict(_retargeted(gone, come, old, new, now))
    taken = set(turned.values())
    for pair in gone:
        if pair in turned:
            target = turned[pair]
            words = f"{target[0]} calls {target[1]} instead of {pair[1]}"
            yield Change(Kind.CALL_RETARGETED, new.calls[target].stage, arrow(pair), arrow(target), words)
        else:
            words = f"{pair[0]} does not call {pair[1]} any more"
            yield Change(Kind.CALL_REMOVED, old.calls[pair].stage, arrow(pair), "", words)
    for pair in come:
        if pair not in taken:
            words = f"{pair[0]} calls {pair[1]}"
            yield Change(Kind.CALL_ADDED, new.calls[pair].stage, "", arrow(pair), words)
    for pair, call, other, same in kept_calls(old, new, now):
        if call != same:
            callers = (old.functions.get(pair[0]), new.functions.get(other[0]))
            yield from _insides(pair, call, other, same, callers)
    yield from _reordered(old, new, now)


def kept_calls(old: Side, new: Side, now: _Names) -> Iterator[tuple[Pair, Call, Pair, Call]]:
    """The calls that are on both sides, as they are on the old one and on the new one."""
    for pair, call in old.calls.items():
        other = _renamed(pair, now)
        if other in new.calls:
            yield pair, call, other, new.calls[other]


def _renamed(pair: Pair, names: _Names) -> Pair:
    return names.get(pair[0], pair[0]), names.get(pair[1], pair[1])


def _retargeted(
    gone: Iterable[Pair], come: Iterable[Pair], old: Side, new: Side, now: _Names
) -> Iterator[tuple[Pair, Pair]]:
    """A caller that lost one callee in a stage and won one there calls that one instead. More of them are no pairs."""
    lost: dict[tuple[FunctionName, str], list[Pair]] = {}
    won: dict[tuple[FunctionName, str], list[Pair]] = {}
    for pair in gone:
        lost.setdefault((now.get(pair[0], pair[0]), old.calls[pair].stage), []).append(pair)
    for pair in come:
        won.setdefault((pair[0], new.calls[pair].stage), []).append(pair)
    for place, pairs in lost.items():
        others = won.get(place, [])
        if len(pairs) == len(others) == 1:
            yield pairs[0], others[0]


def _insides(
    pair: Pair, old: Call, other: Pair, new: Call, callers: tuple[Function | None, Function | None]
) -> Iterator[Change]:
    sides = (arrow(pair), arrow(other))
    # What is a step on one side only is drawn there only: the graphs have the call on both.
    if old.count and new.count and old.count != new.count:
        kind = Kind.STEP_GAINED if new.count > old.count else Kind.STEP_LOST
        words = f"{other[0]} calls {other[1]} {_times(new.count)} on the way, not {_times(old.count)}"
        yield Change(kind, new.stage or old.stage, *sides, words, str(old.count), str(new.count))
    # Nor is there a change in that: it bears the evidence of an arrow here and that of an edge there.
    if (old.count == 0) != (new.count == 0):
        return
    if old.evidence != new.evidence:
        was, became = (" and ".join(call.evidence) for call in (old, new))
        words = f"{other[0]} reaches {other[1]} by {became} instead of {was}"
        yield Change(Kind.EVIDENCE_CHANGED, new.stage, *sides, words, was, became)
    if old.conditions != new.conditions and not is_same_condition(old, new, callers):
        was, became = (" or ".join(text or "always" for text in call.conditions) for call in (old, new))
        words = f"{other[0]} calls {other[1]} under another condition: {became} instead of {was}"
        yield Change(Kind.CONDITION_CHANGED, new.stage, *sides, words, was, became)


def _times(count: int) -> str:
    return {0: "never", 1: "once"}.get(count, f"{count} times")


def _reordered(old: Side, new: Side, now: _Names) -> Iterator[Change]:
    before, after = old.callees(), new.callees()
    for caller, callees in before.items():
        other = now.get(caller, caller)
        later = after.get(other, ())
        common = {now.get(name, name) for name in callees} & set(later)
        was = [now.get(name, name) for name in callees if now.get(name, name) in common]
        became = [name for name in later if name in common]
        if was != became:
            words = f"{other} calls in another order: {', '.join(name.qualname for name in became)}"
            then = {name: kept for kept, name in now.items()}
            orders = (", ".join(str(then.get(name, name)) for name in was), ", ".join(map(str, became)))
            yield Change(Kind.CALLS_REORDERED, new.homes[other], str(caller), str(other), words, *orders)
