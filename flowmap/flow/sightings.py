"""What a recording says of the edges of a call graph: seen, possible, or not to be seen at all."""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from flowmap.flow.model import Step
from flowmap.names import FunctionName

Link = tuple[FunctionName, FunctionName]


class Mark(enum.StrEnum):
    """`NOT_FOUND` happened and is not in the graph, a defect of ours; `UNOBSERVABLE` is a call into C, or of a class
    that has no method of its own for it, of which Python tells nobody."""

    SEEN = "seen"
    POSSIBLE = "possible"
    NOT_FOUND = "not-found"
    UNOBSERVABLE = "unobservable"


@dataclass(frozen=True, slots=True)
class Sightings:
    """The marks of all edges of one call graph, and of what happened beside it, between functions that it has."""

    marks: dict[Link, Mark]

    def of_step(self, step: Step) -> Mark:
        """That of a step: seen where every link of what it stands for was."""
        links = list(_links(step))
        marks = {self.marks.get(link, Mark.POSSIBLE) for link in links}
        if Mark.POSSIBLE in marks:
            return Mark.POSSIBLE
        return Mark.UNOBSERVABLE if marks == {Mark.UNOBSERVABLE} else Mark.SEEN

    def not_found(self) -> tuple[Link, ...]:
        """What happened and is not in the graph, sorted."""
        return tuple(sorted(link for link, mark in self.marks.items() if mark is Mark.NOT_FOUND))


def _links(step: Step) -> Iterator[Link]:
    return pairwise((step.caller, *step.through, step.callee))
