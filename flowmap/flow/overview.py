"""The overview of a flow: chains of steps drawn as one, from one kept box to the next."""

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


def contracted(ordered: Iterable[Ordered], kept: frozenset[Box]) -> list[Ordered]:
    """Steps between kept boxes; each says in `through` what it leaves out, and has its most telling evidence."""
    chains: dict[Box, list[Ordered]] = {}
    result: list[Ordered] = []
    seen: set[tuple[Box, Box]] = set()
    for each in ordered:
        link = each.link
        if link.caller in kept or link.caller not in chains:
            chain = each
        else:
            # Every chain that leads to the caller so far is continued by its first.
            chain = _joined(chains[link.caller][0], each)
        if link.callee not in kept:
            chains.setdefault(link.callee, []).append(chain)
        elif (chain.link.caller, link.callee) not in seen:
            seen.add((chain.link.caller, link.callee))
            result.append(chain)
    return result


def _joined(first: Ordered, last: Ordered) -> Ordered:
    before, after = first.link, last.link
    evidence = max(before.evidence, after.evidence, key=lambda each: _TELLING.index(each) if each in _TELLING else 1)
    through = (*before.through, before.callee.function, *after.through)
    link = Link(before.caller, after.callee, before.line, evidence, before.on_way and after.on_way, through)
    return Ordered(link, first.returning or last.returning)
