"""Which links of the recorded stacks, from the entry to the view, the graph holds."""

from __future__ import annotations

from dataclasses import dataclass

from tests.recall.identity import Identity
from tests.recall.measure import StaticGraph
from tests.recall.scope import in_subject
from tests.recall.trace import Edge, Trace


@dataclass(frozen=True, slots=True)
class StackScore:
    """Of one stack: the links with both ends in the subject, and those of them that the graph lacks."""

    phase: str
    function: Identity
    links: tuple[Edge, ...]
    lacking: tuple[Edge, ...]


def stack_scores(trace: Trace, graph: StaticGraph) -> tuple[StackScore, ...]:
    """One score a recorded stack, in the order of the recording."""
    scores = []
    for stack in trace.stacks:
        links = tuple(link for link in stack.links if in_subject(link[0]) and in_subject(link[1]))
        lacking = tuple(link for link in links if link not in graph.edges)
        scores.append(StackScore(stack.phase, stack.function, links, lacking))
    return tuple(scores)
