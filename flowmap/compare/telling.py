"""What a comparison means: related changes as one sentence each, what leads a request elsewhere first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Final

from flowmap.compare.changes import Change, Kind, Tale
from flowmap.names import MODULE_BODY, FunctionName

# Names in one sentence; the others are counted.
_NAMED: Final = 4
_MATCHED: Final = (Kind.FUNCTION_MOVED, Kind.FUNCTION_RENAMED)
_UNMATCHED: Final = (Kind.FUNCTION_ADDED, Kind.FUNCTION_REMOVED)


def told(changes: Iterable[Change]) -> tuple[Tale, ...]:
    """Every change in exactly one sentence: settings, stages, functions, calls, insides; in each, the nearest first.

    What is off the flow comes last, but for functions that those of the flow call: they go before mere insides.
    """
    rest = list(changes)
    found: list[tuple[int, Tale]] = []
    for place, tell in enumerate(_TELLERS):
        ranked = sorted(tell(rest), key=_rank)
        found += [(_tier(place, one), one) for one in ranked]
        taken = {id(change) for one in ranked for change in one.changes}
        rest = [change for change in rest if id(change) not in taken]
    found.sort(key=lambda pair: pair[0])
    return tuple(one for _, one in found)


def _tier(place: int, one: Tale) -> int:
    if one.is_on_flow:
        return place
    beside = one.distance is not None and _TELLERS[place] in (_moved, _functions)
    return _TELLERS.index(_insides) if beside else place + len(_TELLERS)


def _rank(one: Tale) -> tuple[bool, int, int, str]:
    near = -1 if one.distance is None else one.distance
    return (not one.is_on_flow, near, -len(one.changes), one.sentence)


def _lists(changes: Sequence[Change]) -> Iterator[Tale]:
    """Settings that hold lists, the order of which is that of the layers."""
    yield from (each for each in _settings(changes) if "[" in (each.changes[0].was[:1], each.changes[0].became[:1]))


def _settings(changes: Sequence[Change]) -> Iterator[Tale]:
    yield from (Tale(each.sentence, (each,)) for each in changes if each.kind is Kind.SETTING_CHANGED)


def _stages(changes: Sequence[Change]) -> Iterator[Tale]:
    kinds = (Kind.STAGE_ADDED, Kind.STAGE_REMOVED)
    yield from (Tale(each.sentence, (each,)) for each in changes if each.kind in kinds)


def _landmarks(changes: Sequence[Change]) -> Iterator[Tale]:
    yield from (Tale(each.sentence, (each,)) for each in changes if each.kind is Kind.LANDMARK_MOVED)


def _moved(changes: Sequence[Change]) -> Iterator[Tale]:
    """Functions that left a module for others, and those that a class took along to its new name."""
    gone = {each.old for each in changes if each.kind in (*_MATCHED, Kind.FUNCTION_REMOVED)}
    groups: dict[tuple[str, str], list[Change]] = {}
    for each in changes:
        if each.kind in _MATCHED:
            groups.setdefault(_origin(each), []).append(each)
    for (old, new), same in groups.items():
        if len(same) == 1:
            words = same[0].sentence
        elif new:
            words = f"{old} became {new}: {len(same)} functions were renamed"
        else:
            target = _package(list(dict.fromkeys(each.new.partition(":")[0] for each in same)))
            is_gone = f"{old}:{MODULE_BODY}" in gone
            words = f"{len(same)} functions moved from {old} to {target}"
            words = f"{old} became {target}: {len(same)} functions moved" if is_gone else words
        yield Tale(words, tuple(same))


def _package(modules: Sequence[str]) -> str:
    """What several modules are in, unless that is the whole distribution."""
    paths = [name.split(".") for name in modules]
    common = [parts[0] for parts in zip(*paths, strict=False) if len(set(parts)) == 1]
    shared = ".".join(common)
    return (
        shared if len(common) > 1 and all(f"{name}.".startswith(f"{shared}.") for name in modules) else _listed(modules)
    )


def _origin(change: Change) -> tuple[str, str]:
    old, new = FunctionName.parse(change.old), FunctionName.parse(change.new)
    if change.kind is Kind.FUNCTION_MOVED:
        return old.module, ""
    if _holder(old) != _holder(new) and old.qualname.rpartition(".")[2] == new.qualname.rpartition(".")[2]:
        return _holder(old), _holder(new)
    return change.old, change.new


def _holder(name: FunctionName) -> str:
    holder = name.qualname.rpartition(".")[0].removesuffix(".<locals>")
    return f"{name.module}:{holder}" if holder else name.module


def _functions(changes: Sequence[Change]) -> Iterator[Tale]:
    """Functions that came and went, by module, with the calls that came and went with them."""
    groups: dict[tuple[str, bool], list[Change]] = {}
    for each in changes:
        if each.kind in _UNMATCHED:
            key = ((each.old or each.new).partition(":")[0], each.is_on_flow)
            groups.setdefault(key, []).append(each)
    touching: dict[str, list[Change]] = {}
    sides: tuple[_Calls, _Calls] = ({}, {})
    for each in (each for each in changes if each.kind in _CALLS):
        pairs = (_pair(each.old), _pair(each.new))
        for known, pair in zip(sides, pairs, strict=True):
            known[pair] = each
        for name in dict.fromkeys((*pairs[0], *pairs[1])):
            touching.setdefault(name, []).append(each)
    taken: set[int] = set()
    for (module, _), same in sorted(groups.items(), key=lambda item: item[0]):
        names = [each.old or each.new for each in same]
        along = {id(call): call for name in names for call in touching.get(name, ()) if id(call) not in taken}
        between = _between(names, list(along.values()), sides)
        between = {pair: call for pair, call in between.items() if id(call) not in taken}
        along |= {id(call): call for call in between.values()}
        taken |= set(along)
        yield Tale(_came(module, same, list(along.values()), list(between)), (*same, *along.values()))


# The change of each call by its caller and callee, on one side.
_Calls = dict[tuple[str, ...], Change]
_CALLS: Final = (Kind.CALL_RETARGETED, Kind.CALL_ADDED, Kind.CALL_REMOVED)


def _came(module: str, same: Sequence[Change], calls: Sequence[Change], pairs: Sequence[tuple[str, ...]]) -> str:
    come = [each.new for each in same if each.kind is Kind.FUNCTION_ADDED]
    gone = [each.old for each in same if each.kind is Kind.FUNCTION_REMOVED]
    where = "on the way" if same[0].is_on_flow else "reached"
    if not gone:
        words = same[0].sentence if len(same) == 1 else f"{_named(module, come)} {where} now"
        return words + (_standing(pairs) if pairs else _called_by(come, calls))
    if not come:
        words = f"{_named(module, gone)} {where} no more"
        return words + (_standing(pairs, "; it stood") if pairs else _called_by(gone, calls, "; before,"))
    now, was = _listed([_short(name) for name in come]), _listed([_short(name) for name in gone])
    return f"in {module} {now} {_be(come)} {where} now, and {was} no more"


def _named(module: str, names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"{names[0]} is"
    return f"{len(names)} functions of {module} ({_listed([_short(name) for name in names])}) are"


def _be(names: Sequence[str]) -> str:
    return "is" if len(names) == 1 else "are"


def _short(name: str) -> str:
    return name.partition(":")[2]


def _between(
    names: Sequence[str], own: Sequence[Change], calls: tuple[_Calls, _Calls]
) -> dict[tuple[str, ...], Change]:
    """The pairs that a function came to stand between, or is gone from between, and the changes of their direct calls:
    what one side calls through it, the other side calls itself.
    """
    if len(names) != 1:
        return {}
    (name,) = names
    sides = [(_pair(call.old), _pair(call.new)) for call in own]
    callers = dict.fromkeys(side[0] for both in sides for side in both if side[1:] == (name,) and side[0] != name)
    callees = dict.fromkeys(side[1] for both in sides for side in both if side[:1] == (name,) and side[1] != name)
    # On the side that the function is not on.
    known = calls[0] if any(name in became for _, became in sides) else calls[1]
    return {pair: known[pair] for caller in callers for callee in callees if (pair := (caller, callee)) in known}


def _pair(side: str) -> tuple[str, ...]:
    return tuple(part for part in side.split(" -> ") if ":" in part)


def _standing(pairs: Sequence[tuple[str, ...]], words: str = ",") -> str:
    more = f", and {len(pairs) - 1} more pair{'s' * (len(pairs) > 2)} of functions" if len(pairs) > 1 else ""
    return f"{words} between {pairs[0][0]} and {pairs[0][1]}{more}"


def _called_by(names: Sequence[str], calls: Sequence[Change], words: str = ",") -> str:
    callers: dict[str, None] = {}
    for call in calls:
        for side in (call.new, call.old):
            pair = _pair(side)
            if len(pair) == 2 and pair[1] in names and pair[0] not in names:
                callers[pair[0]] = None
    return f"{words} called by {_listed(list(callers))}" if callers else ""


def _calls(changes: Sequence[Change]) -> Iterator[Tale]:
    """What is left of the calls: by the callee where many callers turned to it or from it, else by the caller."""
    wanted = [each for each in changes if each.kind in (Kind.CALL_ADDED, Kind.CALL_REMOVED)]
    callees: dict[tuple[Kind, str, bool], list[Change]] = {}
    for each in wanted:
        callees.setdefault((each.kind, _end(each, 1), each.is_on_flow), []).append(each)
    callers: dict[tuple[Kind, str, bool], list[Change]] = {}
    for (kind, name, far), same in callees.items():
        if len(same) > _NAMED:
            words = f"call {name} now" if kind is Kind.CALL_ADDED else f"do not call {name} any more"
            yield Tale(f"{len(same)} functions {words}: {_listed([_end(each, 0) for each in same])}", tuple(same))
            continue
        for each in same:
            callers.setdefault((kind, _end(each, 0), far), []).append(each)
    for (kind, name, _), same in callers.items():
        targets = _listed([_end(each, 1) for each in same])
        words = f"calls {targets} now" if kind is Kind.CALL_ADDED else f"does not call {targets} any more"
        yield Tale(f"{name} {words}", tuple(same))
    yield from (Tale(each.sentence, (each,)) for each in changes if each.kind is Kind.CALL_RETARGETED)


def _end(change: Change, which: int) -> str:
    return (change.new or change.old).split(" -> ")[which]


def _steps(changes: Sequence[Change]) -> Iterator[Tale]:
    groups: dict[tuple[Kind, str], list[Change]] = {}
    for each in changes:
        if each.kind in (Kind.STEP_GAINED, Kind.STEP_LOST):
            groups.setdefault((each.kind, each.stage), []).append(each)
    for (kind, stage), same in groups.items():
        verb = "gained" if kind is Kind.STEP_GAINED else "lost"
        names = _listed([each.new.replace(" -> ", " to ") for each in same])
        words = f"the stage '{stage}' {verb} steps: the calls from {names}"
        yield Tale(same[0].sentence if len(same) == 1 else words, tuple(same))


def _insides(changes: Sequence[Change]) -> Iterator[Tale]:
    kinds = (Kind.CALLS_REORDERED, Kind.EVIDENCE_CHANGED, Kind.CONDITION_CHANGED, Kind.SIGNATURE_CHANGED)
    yield from (Tale(each.sentence, (each,)) for each in changes if each.kind in kinds)


def _bodies(changes: Sequence[Change]) -> Iterator[Tale]:
    groups: dict[str, list[Change]] = {}
    for each in changes:
        groups.setdefault(each.stage, []).append(each)
    for stage, same in groups.items():
        where = f"in the stage '{stage}'" if stage else "off the way"
        words = f"the bodies of {len(same)} functions {where} changed: {_listed([each.new for each in same])}"
        yield Tale(same[0].sentence if len(same) == 1 else words, tuple(same))


def _listed(names: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(names))
    if len(distinct) > _NAMED + 1:
        return f"{', '.join(distinct[:_NAMED])} and {len(distinct) - _NAMED} more"
    return " and ".join(filter(None, (", ".join(distinct[:-1]), distinct[-1])))


# Each is asked of what those before it left; the last takes all.
_TELLERS: Final[tuple[Callable[[Sequence[Change]], Iterator[Tale]], ...]] = (
    _lists,
    _settings,
    _stages,
    _landmarks,
    _moved,
    _functions,
    _calls,
    _steps,
    _insides,
    _bodies,
)
