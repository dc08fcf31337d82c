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


def chosen_forks(
    links: Mapping[Box, Sequence[Link]], kept: frozenset[Box], told: frozenset[Box], limit: int
) -> frozenset[Box]:
    """As many forks of the way as fit beside what is kept, in `limit` boxes.

    First where it comes together, so that one box stands for all that lead there; then those in `told`, which part by
    a test; then where most ways part, and the first ones.
    """
    shown = kept & {box for own in links.values() for link in own for box in (link.caller, link.callee)}
    inward: dict[Box, set[Box]] = {}
    for own in links.values():
        for link in own:
            if link.on_way:
                inward.setdefault(link.callee, set()).add(link.caller)
    joins = {box for box, callers in inward.items() if len(callers) > 1}
    ways = {box: sum(link.on_way for link in own) for box, own in links.items()}
    found = forks(links) - kept
    ranked = sorted(
        (box for box in links if box in found),
        key=lambda box: (box not in joins, box not in told, -ways[box]),
    )
    return frozenset(ranked[: max(limit - len(shown), 0)])


def contracted(ordered: Iterable[Ordered], kept: frozenset[Box]) -> list[Ordered]:
    """Steps between kept boxes; each says in `through` what it leaves out, and has its most telling evidence."""
    chains: dict[Box, list[Ordered]] = {}
    result: list[Ordered] = []
    seen: set[tuple[Box, Box, Evidence]] = set()
    for each in ordered:
        link = each.link
        before = [] if link.caller in kept else chains.get(link.caller, [])
        for chain in [_joined(first, each) for first in before] or [each]:
            key = (chain.link.caller, link.callee, chain.link.evidence)
            if link.callee not in kept:
                # Beside the way the first one stands for all; the way itself stays whole.
                known = chains.setdefault(link.callee, [])
                if not known or (chain.link.on_way and _is_new(chain, known)):
                    known.append(chain)
            elif key not in seen:
                seen.add(key)
                result.append(chain)
    return result


def _is_new(chain: Ordered, known: Iterable[Ordered]) -> bool:
    return all((each.link.caller, each.link.evidence) != (chain.link.caller, chain.link.evidence) for each in known)


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
