"""Fewer boxes for the same way: chains of steps drawn as one, from one kept box to the next."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.flow.order import Link, Ordered
from flowmap.flow.selection import Box

# What says most comes last; what is not here says little.
_TELLING: Final = (
    Evidence.CALL,
    Evidence.ATTRIBUTE,
    Evidence.PROPERTY,
    Evidence.ITERATION,
    Evidence.IMPORT,
    Evidence.IMPORT_STRING,
    Evidence.SETTING,
    Evidence.SIGNAL,
    Evidence.THREAD,
)


def passed_through(links: Mapping[Box, Sequence[Link]]) -> frozenset[Box]:
    """The layers that do nothing of their own that is shown, but call the next function of their layer."""
    found = {box for box, own in links.items() if box.layer and len(own) == 1 and own[0].on_way}
    entered = {link.callee for own in links.values() for link in own}
    return frozenset(found & entered)


def forks(links: Mapping[Box, Sequence[Link]]) -> frozenset[Box]:
    """Where the way parts, and where it comes together again."""
    onward: dict[Box, set[Box]] = {}
    inward: dict[Box, set[Box]] = {}
    for own in links.values():
        for link in own:
            if link.on_way:
                onward.setdefault(link.caller, set()).add(link.callee)
                inward.setdefault(link.callee, set()).add(link.caller)
    return frozenset(box for ends in (onward, inward) for box, others in ends.items() if len(others) > 1)


def contracted(ordered: Iterable[Ordered], kept: frozenset[Box]) -> list[Ordered]:
    """Steps between kept boxes; each says in `through` what it leaves out, and has its most telling evidence."""
    chains: dict[Box, Ordered] = {}
    result: list[Ordered] = []
    seen: set[tuple[Box, Box, Evidence]] = set()
    for each in ordered:
        link = each.link
        # What is left out has one way to it, or its first one stands for all.
        before = None if link.caller in kept else chains.get(link.caller)
        chain = each if before is None else _joined(before, each)
        key = (chain.link.caller, link.callee, chain.link.evidence)
        if link.callee not in kept:
            chains.setdefault(link.callee, chain)
        elif key not in seen:
            seen.add(key)
            result.append(chain)
    return result


def _joined(first: Ordered, last: Ordered) -> Ordered:
    before, after = first.link, last.link
    evidence = most_telling(before.evidence, after.evidence)
    through = (*before.through, before.callee.function, *after.through)
    link = Link(before.caller, after.callee, before.line, evidence, before.on_way and after.on_way, through)
    return Ordered(link, first.returning or last.returning)


def most_telling(*evidence: Evidence) -> Evidence:
    """What says most of a way that several calls make; the first of those that say as much."""
    return max(evidence, key=_told)


def _told(evidence: Evidence) -> int:
    return _TELLING.index(evidence) if evidence in _TELLING else 1
