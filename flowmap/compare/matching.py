"""Which function of one flow is which of another, through renames and moves."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import fsum
from typing import Final

from flowmap.callgraph.model import Function, NodeKind
from flowmap.compare.sides import Side
from flowmap.names import FunctionName
from flowmap.syntax.fingerprint import similarity

# What each sign counts for; together they make 1.
_BODY: Final = 0.4
_NAME: Final = 0.2
_SIGNATURE: Final = 0.15
_NEIGHBOURS: Final = 0.25
# Below it two functions are told as one removed and one added: an equal body alone, or an equal name alone, is chance.
_ENOUGH: Final = 0.6


@dataclass(frozen=True, slots=True)
class Match:
    """Two functions that are one. `score` is 1.0 for equal names."""

    old: FunctionName
    new: FunctionName
    score: float = 1.0
    reason: str = ""


def matched(old: Side, new: Side) -> tuple[Match, ...]:
    """Pairs of functions, sorted by their old names: first those of the same name, then those that are each other's
    likeliest, and by more than any third is.
    """
    same = [Match(name, name) for name in sorted(old.homes) if name in new.homes]
    gone = [function for name, function in sorted(old.functions.items()) if name not in new.homes]
    come = [function for name, function in sorted(new.functions.items()) if name not in old.homes]
    circles = (_circles(old), _circles(new))
    found = [match for one in gone for other in come if (match := _likeness(one, other, *circles)) is not None]
    return tuple(sorted((*same, *_mutual(found)), key=lambda match: match.old))


def _mutual(found: list[Match]) -> Iterator[Match]:
    for match in found:
        rivals = [each for each in found if (each.old == match.old) != (each.new == match.new)]
        if all(each.score < match.score for each in rivals):
            yield match


def _circles(side: Side) -> Mapping[FunctionName, frozenset[str]]:
    """Who calls a function and whom it calls, by qualified names: a module that moved takes its neighbours along."""
    found: dict[FunctionName, set[str]] = {}
    for caller, callee in side.calls:
        found.setdefault(caller, set()).add(f">{callee.qualname}")
        found.setdefault(callee, set()).add(f"<{caller.qualname}")
    return {name: frozenset(names) for name, names in found.items()}


def _likeness(
    old: Function,
    new: Function,
    before: Mapping[FunctionName, frozenset[str]],
    after: Mapping[FunctionName, frozenset[str]],
) -> Match | None:
    if (old.kind, old.origin) != (new.kind, new.origin) or old.kind is not NodeKind.FUNCTION:
        return None
    body = similarity(old.body, new.body) if old.body and new.body else 0.0
    name = _name_likeness(old.name, new.name)
    signature = float(old.signature == new.signature)
    circle, other = before.get(old.name, frozenset()), after.get(new.name, frozenset())
    neighbours = len(circle & other) / len(circle | other) if circle | other else 0.0
    score = round(fsum((_BODY * body, _NAME * name, _SIGNATURE * signature, _NEIGHBOURS * neighbours)), 6)
    if score < _ENOUGH:
        return None
    signs = [f"bodies {body:.0%} alike", f"neighbours {neighbours:.0%} alike"]
    signs += ["same name"] * (name == 1.0) + ["same signature"] * (signature == 1.0)
    return Match(old.name, new.name, score, ", ".join(signs))


def _name_likeness(old: FunctionName, new: FunctionName) -> float:
    if old.qualname == new.qualname:
        return 1.0
    return 0.5 if old.qualname.rpartition(".")[2] == new.qualname.rpartition(".")[2] else 0.0
