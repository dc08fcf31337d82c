"""Which function of one side is which of another, through renames and moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from math import fsum
from typing import Final

from flowmap.callgraph.model import Function, NodeKind
from flowmap.compare.sides import Pair, Side
from flowmap.names import MODULE_BODY, FunctionName
from flowmap.syntax.fingerprint import similarity, weight

# What each sign counts for; together they make 1.
_BODY: Final = 0.4
_NAME: Final = 0.2
_SIGNATURE: Final = 0.15
_NEIGHBOURS: Final = 0.25
# Below it two functions are told as one removed and one added: an equal body alone, or an equal name alone, is chance.
_ENOUGH: Final = 0.6
# The same for two that nothing else on either side is called like.
_ENOUGH_ALONE: Final = 0.45
# How near the bodies of two must be that are called otherwise.
_ALIKE: Final = 0.45
# A sign that so many functions bear tells none of them from another, and pairs them all.
_COMMON: Final = 60


@dataclass(frozen=True, slots=True)
class Match:
    """Two functions that are one. `score` is 1.0 for equal names."""

    old: FunctionName
    new: FunctionName
    score: float = 1.0
    reason: str = ""


def matched(old: Side, new: Side) -> tuple[Match, ...]:
    """Pairs of functions, sorted by their old names: first those of the same name, then, again and again, those that
    are each other's likeliest, and likelier than any third: every pair that is found tells more of its neighbours.
    """
    found = {name: Match(name, name) for name in old.functions if name in new.functions}
    search = _Search(old, new)
    while True:
        fresh = list(search.round(found))
        if not fresh:
            return tuple(found[name] for name in sorted(found))
        found.update((match.old, match) for match in fresh)


@dataclass(frozen=True)
class _Search:
    old: Side
    new: Side

    @cached_property
    def pairs(self) -> tuple[tuple[Function, Function, float], ...]:
        """What may be a pair: functions that share a body, a name or a neighbour; and how near their bodies are."""
        gone = [each for name, each in self.old.functions.items() if name not in self.new.functions]
        come = [each for name, each in self.new.functions.items() if name not in self.old.functions]
        bearers: dict[str, list[Function]] = {}
        for function in come:
            for sign in _signs(function, self.circles[1]):
                bearers.setdefault(sign, []).append(function)
        pairs = []
        for function in gone:
            others: dict[FunctionName, Function] = {}
            for sign in _signs(function, self.circles[0]):
                same = bearers.get(sign, ())
                others.update((each.name, each) for each in same if len(same) <= _COMMON)
            pairs += [
                (function, other, body)
                for other in others.values()
                if (function.kind, function.origin) == (other.kind, other.origin)
                and ((body := _body_likeness(function.body, other.body)) >= _ALIKE or _is_called(function, other))
            ]
        return tuple(pairs)

    @cached_property
    def bearers(self) -> Mapping[str, tuple[int, int]]:
        """How many functions of either side have a qualified name, of those that are not on the other."""
        gone = Counter(name.qualname for name in self.old.functions if name not in self.new.functions)
        come = Counter(name.qualname for name in self.new.functions if name not in self.old.functions)
        return {qualname: (gone[qualname], come[qualname]) for qualname in gone | come}

    @cached_property
    def circles(self) -> tuple[Mapping[FunctionName, Mapping[str, FunctionName]], ...]:
        return _circles(self.old, self.new), _circles(self.new, self.old)

    def round(self, found: Mapping[FunctionName, Match]) -> Iterable[Match]:
        """The pairs that are beyond doubt, given those that are found."""
        now = with_holders(renamed(found.values()))
        taken = {name: name for name in now.values()}
        likely: list[Match] = []
        for one, other, body in self.pairs:
            if one.name not in now and other.name not in taken:
                match = self._likeness(one, other, body, now, taken)
                alone = self.bearers[one.name.qualname] == self.bearers[other.name.qualname] == (1, 1)
                if match.score >= (_ENOUGH_ALONE if alone else _ENOUGH):
                    likely.append(match)
        sure = _beyond_doubt({(match.old, match.new): match.score for match in likely})
        return (match for match in likely if (match.old, match.new) in sure)

    def _likeness(
        self,
        old: Function,
        new: Function,
        body: float,
        now: Mapping[FunctionName, FunctionName],
        taken: Mapping[FunctionName, FunctionName],
    ) -> Match:
        name = _name_likeness(old.name, new.name, now)
        signature = float(old.signature == new.signature)
        circle = _told(self.circles[0].get(old.name, {}), now)
        other = _told(self.circles[1].get(new.name, {}), taken)
        neighbours = len(circle & other) / len(circle | other) if circle | other else 0.0
        score = round(fsum((_BODY * body, _NAME * name, _SIGNATURE * signature, _NEIGHBOURS * neighbours)), 6)
        signs = [f"bodies {body:.0%} alike", f"neighbours {neighbours:.0%} alike"]
        signs += ["same name"] * (name == 1.0) + ["same signature"] * (signature == 1.0)
        return Match(old.name, new.name, score, ", ".join(signs))


def _signs(function: Function, circles: Mapping[FunctionName, Mapping[str, FunctionName]]) -> Iterator[str]:
    # What has no source has but its name.
    if function.kind is not NodeKind.EXTERNAL:
        yield f"q{_path(function.name)}"
        yield f"n{_last(_path(function.name))}"
        if function.body:
            yield f"b{function.body}"
        yield from (f"c{token}" for token in circles.get(function.name, ()))


def _circles(side: Side, facing: Side) -> Mapping[FunctionName, Mapping[str, FunctionName]]:
    """Who calls a function, whom it calls, what it is in and what is in it, by a word for each: of what is not found on
    the other side the last name alone counts, as a module that moves takes its functions along. Of functions alone that
    the facing side has none of that name for: the others are found.
    """
    found: dict[FunctionName, dict[str, FunctionName]] = {}

    def note(name: FunctionName, sign: str, other: FunctionName) -> None:
        if name not in facing.functions:
            found.setdefault(name, {})[f"{sign}{other}"] = other

    for caller, callee in side.calls:
        note(caller, ">", callee)
        note(callee, "<", caller)
    for name in side.functions:
        # The innermost: what that is in, is its own neighbour.
        if holder := next(_holders(name), None):
            note(name, "^", holder)
            note(holder, "_", name)
    return found


def _holders(name: FunctionName) -> Iterator[FunctionName]:
    """What a function is defined in, innermost first: functions, classes, the module."""
    if name.qualname == MODULE_BODY:
        return
    path = name.qualname.rpartition(".")[0]
    while path:
        if not path.endswith("<locals>"):
            yield FunctionName(name.module, path)
        path = path.rpartition(".")[0]
    yield FunctionName(name.module, MODULE_BODY)


def with_holders(now: dict[FunctionName, FunctionName]) -> dict[FunctionName, FunctionName]:
    """And what became of the classes and modules that no call enters: what most that is in them is in now, where that
    took in less of any other. A class of which two were made is neither, when each got as much of it.
    """
    taken = set(now.values())
    votes: Counter[tuple[FunctionName, FunctionName]] = Counter()
    for old, new in now.items():
        around = tuple(_holders(old))
        pairs = zip(around, around if old == new else _holders(new), strict=False)
        votes.update(pair for pair in pairs if pair[0] not in now and pair[1] not in taken)
    return now | dict(sorted(_beyond_doubt(votes)))


def _beyond_doubt(scores: Mapping[Pair, float]) -> frozenset[Pair]:
    """The pairs that each of the two has a better score with than with any third, whichever side is asked."""
    best: dict[tuple[bool, FunctionName], list[float]] = {}
    for (old, new), score in scores.items():
        best.setdefault((False, old), []).append(score)
        best.setdefault((True, new), []).append(score)
    for rivals in best.values():
        rivals.sort(reverse=True)
    return frozenset(
        (old, new)
        for (old, new), score in scores.items()
        if all(
            rivals[0] == score and (len(rivals) == 1 or rivals[1] < score)
            for rivals in (best[False, old], best[True, new])
        )
    )


def _is_called(old: Function, new: Function) -> bool:
    return _last(_path(old.name)) == _last(_path(new.name))


def _path(name: FunctionName) -> str:
    return name.module if name.qualname == MODULE_BODY else name.qualname


def _told(circle: Mapping[str, FunctionName], now: Mapping[FunctionName, FunctionName]) -> set[str]:
    return {f"{token[0]}{now[name] if name in now else _last(_path(name))}" for token, name in circle.items()}


def _body_likeness(old: str, new: str) -> float:
    # A body of a word or two is like that of many others.
    return similarity(old, new) * min(weight(old), weight(new)) if old and new else 0.0


def _name_likeness(old: FunctionName, new: FunctionName, now: Mapping[FunctionName, FunctionName]) -> float:
    if (old.qualname == MODULE_BODY) != (new.qualname == MODULE_BODY):
        return 0.0
    if old.qualname == MODULE_BODY:
        (package, _, name), (other, _, called) = old.module.rpartition("."), new.module.rpartition(".")
        return 0.5 * (package == other) + 0.5 * (name == called)
    if old.qualname == new.qualname:
        return 1.0
    holders = zip(_holders(old), _holders(new), strict=False)
    first, second = next(holders)
    inside = now.get(first, first) == second
    return 0.5 * inside + 0.5 * (_last(old.qualname) == _last(new.qualname))


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def renamed(names: Iterable[Match]) -> dict[FunctionName, FunctionName]:
    """The new name of every function that has one, by the old."""
    return {match.old: match.new for match in names}
