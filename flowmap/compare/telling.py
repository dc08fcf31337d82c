"""What changes mean: related ones told as one, the nearest to the spine of the flow first."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping

from flowmap.compare.changes import Change, Kind, Tale
from flowmap.flow.model import Flow

# The kinds in the order in which they are told; those of one group are told by their nearness to the spine.
_GROUPS = (
    (Kind.SETTING_CHANGED,),
    (Kind.STAGE_ADDED, Kind.STAGE_REMOVED, Kind.LANDMARK_MOVED),
    (Kind.FUNCTION_MOVED,),
    (
        Kind.FUNCTION_RENAMED, Kind.FUNCTION_ADDED, Kind.FUNCTION_REMOVED, Kind.CALL_RETARGETED, Kind.CALL_ADDED,
        Kind.CALL_REMOVED,
    ),
    (Kind.EVIDENCE_CHANGED, Kind.CONDITION_CHANGED, Kind.CALLS_REORDERED),
    (Kind.SIGNATURE_CHANGED,),
    (Kind.BODY_CHANGED,),
)  # fmt: skip
_RANK = {kind: number for number, kinds in enumerate(_GROUPS) for kind in kinds}


def told(changes: Iterable[Change], old: Flow, new: Flow) -> tuple[Tale, ...]:
    """Every change in exactly one tale, those that lead a request elsewhere first, then by nearness to the spine."""
    pool = _Pool(changes)
    tales = [
        *_moves(pool),
        *_wrappers(pool, Kind.FUNCTION_ADDED, "{0} calls {1} through {2} now"),
        *_wrappers(pool, Kind.FUNCTION_REMOVED, "{0} calls {1} itself now, where {2} stood between them"),
        *_landmarks(pool),
        *_neighbours(pool, Kind.FUNCTION_ADDED, Kind.CALL_ADDED),
        *_neighbours(pool, Kind.FUNCTION_REMOVED, Kind.CALL_REMOVED),
        *_signatures(pool),
        *_bodies(pool),
        *(Tale(each.sentence, (each,)) for each in pool.left()),
    ]
    near = _distances(old), _distances(new)
    places = {stage.id: number for flow in (old, new) for number, stage in enumerate(flow.stages)}

    def rank(tale: Tale) -> tuple[int, int, int, str]:
        first = tale.changes[0]
        steps = min(_nearness(each, near) for each in tale.changes)
        return _RANK[first.kind], steps, places.get(first.stage, -1), tale.sentence

    return tuple(sorted(tales, key=rank))


class _Pool:
    """The changes that nobody has told yet, in their order."""

    def __init__(self, changes: Iterable[Change]) -> None:
        self._left = dict.fromkeys(changes)

    def left(self, *kinds: Kind) -> list[Change]:
        """Those of some kinds, or all."""
        return [each for each in self._left if not kinds or each.kind in kinds]

    def take(self, changes: Iterable[Change]) -> tuple[Change, ...]:
        """Takes changes out, and returns those that were still there."""
        taken = tuple(each for each in dict.fromkeys(changes) if each in self._left)
        for each in taken:
            del self._left[each]
        return taken


def _module(name: str) -> str:
    return name.partition(":")[0]


def _ends(call: str) -> tuple[str, str]:
    """Caller and callee of one side of a change of calls."""
    caller, _, callee = call.partition(" -> ")
    return caller, callee


def _call(change: Change) -> tuple[str, str]:
    """The call that was added, or removed."""
    return _ends(change.new or change.old)


def _grouped(
    changes: Iterable[Change], key: Callable[[Change], tuple[str, ...]]
) -> Mapping[tuple[str, ...], list[Change]]:
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change in changes:
        groups.setdefault(key(change), []).append(change)
    return groups


def _moves(pool: _Pool) -> Iterator[Tale]:
    """Functions that left a module for another. A module that became another is one that nothing is left of."""
    groups = _grouped(pool.left(Kind.FUNCTION_MOVED), lambda each: (_module(each.old), _module(each.new)))
    for (old, new), changes in groups.items():
        if len(changes) > 1:
            yield Tale(f"{len(changes)} functions moved from {old} to {new}", pool.take(changes))


def _landmarks(pool: _Pool) -> Iterator[Tale]:
    """What opens a stage, with its being new and being called instead of what opened it before."""
    for change in pool.left(Kind.LANDMARK_MOVED):
        about = [
            each
            for each in pool.left(Kind.FUNCTION_ADDED, Kind.FUNCTION_REMOVED, Kind.CALL_RETARGETED)
            if (each.old, each.new) in {("", change.new), (change.old, "")}
            or (_ends(each.old)[1], _ends(each.new)[1]) == (change.old, change.new)
        ]
        yield Tale(change.sentence, pool.take((change, *about)))


def _wrappers(pool: _Pool, kind: Kind, words: str) -> Iterator[Tale]:
    """A function that came between two others, or is gone from there: two calls of one side for one of the other."""
    with_it, without = (Kind.CALL_ADDED, Kind.CALL_REMOVED)
    if kind is Kind.FUNCTION_REMOVED:
        with_it, without = without, with_it
    for change in pool.left(kind):
        name = change.new or change.old
        inside = {_call(each): each for each in pool.left(with_it)}
        callees = {callee: each for (caller, callee), each in inside.items() if caller == name}
        callers = {caller: each for (caller, callee), each in inside.items() if callee == name}
        found: list[tuple[tuple[str, str], tuple[Change, ...]]] = [
            ((caller, callee), (first, second, direct))
            for caller, first in callers.items()
            for callee, second in callees.items()
            for direct in pool.left(without)
            if _call(direct) == (caller, callee)
        ]
        for direct in pool.left(Kind.CALL_RETARGETED):
            here, there = (direct.new, direct.old) if kind is Kind.FUNCTION_ADDED else (direct.old, direct.new)
            callee = _ends(there)[1]
            if _ends(here)[1] == name and callee in callees:
                found.append(((_ends(direct.new)[0], callee), (direct, callees[callee])))
        if found:
            pairs = dict.fromkeys(pair for pair, _ in found)
            sentence = words.format(*next(iter(pairs)), name)
            if len(pairs) > 1:
                sentence += f", and {len(pairs) - 1} more pair{'s' * (len(pairs) > 2)} of functions likewise"
            yield Tale(sentence, pool.take((change, *(each for _, own in found for each in own))))


def _neighbours(pool: _Pool, kind: Kind, calls: Kind) -> Iterator[Tale]:
    """A function that is new on the way, or not on it any more, with the calls that are for its sake."""
    for change in pool.left(kind):
        name = change.new or change.old
        own = [each for each in pool.left(calls) if name in _call(each)]
        callers = [caller for caller, callee in map(_call, own) if callee == name]
        called = f", called by {_listed(callers)}" if callers else ""
        yield Tale(change.sentence + called, pool.take((change, *own)))


def _signatures(pool: _Pool) -> Iterator[Tale]:
    bodies = {change.new: change for change in pool.left(Kind.BODY_CHANGED)}
    for change in pool.left(Kind.SIGNATURE_CHANGED):
        body = bodies.get(change.new.partition("(")[0])
        if body is not None:
            yield Tale(f"{change.sentence}, and its body changed", pool.take((change, body)))


def _bodies(pool: _Pool) -> Iterator[Tale]:
    """The bodies of one stage that changed, and nothing else about them."""
    for changes in _grouped(pool.left(Kind.BODY_CHANGED), lambda each: (each.stage,)).values():
        if len(changes) > 1:
            names = [each.new.partition(":")[2] for each in changes]
            yield Tale(f"{len(changes)} functions changed inside: {_listed(names)}", pool.take(changes))


def _listed(names: Iterable[str], most: int = 4) -> str:
    every = list(names)
    rest = f" and {len(every) - most} more" if len(every) > most else ""
    return ", ".join(every[:most]) + rest


# --- nearness ---


def _distances(flow: Flow) -> Mapping[str, int]:
    """How many calls a function is from the nearest landmark, in either direction (breadth first)."""
    links: dict[str, dict[str, None]] = {}
    for stage in flow.stages:
        for step in stage.steps:
            caller, callee = str(step.caller), str(step.callee)
            links.setdefault(caller, {})[callee] = None
            links.setdefault(callee, {})[caller] = None
    found = {str(stage.landmark): 0 for stage in flow.stages}
    pending = deque(found)
    while pending:
        each = pending.popleft()
        for other in links.get(each, {}):
            if other not in found:
                found[other] = found[each] + 1
                pending.append(other)
    return found


def _nearness(change: Change, distances: tuple[Mapping[str, int], Mapping[str, int]]) -> int:
    names = (
        (side.partition("(")[0].partition(" [")[0].strip(), known)
        for side, known in zip((change.old, change.new), distances, strict=True)
    )
    found = [known[name] for side, known in names for name in side.split(" -> ") if name in known]
    return min(found, default=len(_GROUPS))
