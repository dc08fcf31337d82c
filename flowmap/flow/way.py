"""The way of the request: every chain of calls from each landmark to the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowmap.flow.activations import ActivationGraph, Call
from flowmap.flow.landmarks import Landmarks
from flowmap.flow.layers import Layers, layers_of


@dataclass(frozen=True, slots=True)
class Way:
    """`stages` says, for each activation on the way, in which stage it stands; `calls` are those between them.

    `opened` are the activations by which each reached stage is opened, `missing` the expected ones without any, `turn`
    those from which it leads back.
    """

    stages: Mapping[int, str]
    calls: frozenset[Call]
    opened: Mapping[str, frozenset[int]]
    missing: tuple[str, ...]
    layers: Layers
    turn: frozenset[int]


def find_way(graph: ActivationGraph, landmarks: Landmarks) -> Way:
    """The way through the landmarks that are on it; one that cannot be reached is passed over."""
    order = Layers(landmarks.order)
    opened: dict[str, frozenset[int]] = {}
    missing: list[str] = []
    current = frozenset({0})
    reached: list[tuple[str, frozenset[int]]] = [("", current)]
    for landmark in landmarks.stages:
        if not landmark.on_way:
            continue
        entered = landmark.entered & graph.reached(current)
        if entered:
            current = entered
            reached.append((landmark.stage, entered))
        elif landmark.expected:
            missing.append(landmark.stage)
    turn = landmarks.turn & graph.reached(current)
    if turn:
        reached.append((reached[-1][0], turn))
    return _between(graph, reached, missing, opened, order)


def _between(
    graph: ActivationGraph,
    reached: list[tuple[str, frozenset[int]]],
    missing: list[str],
    opened: dict[str, frozenset[int]],
    order: Layers,
) -> Way:
    stages: dict[int, str] = {}
    calls: set[Call] = set()
    layers = order
    goals: frozenset[int] = reached[-1][1]
    turn = goals
    for position in range(len(reached) - 1, 0, -1):
        stage, _ = reached[position]
        opened[stage] = goals
        before, starts = reached[position - 1]
        segment, own = _segment(graph, starts, goals)
        if position == len(reached) - 1:
            stages.update(dict.fromkeys(goals, stage))
        layers = layers.merged(layers_of(graph, segment, own, order))
        calls.update(own)
        for number in segment - goals:
            stages[number] = before
        goals = starts & segment
    stages.pop(0, None)
    return Way(stages, frozenset(calls), opened, tuple(missing), layers, turn)


def _segment(
    graph: ActivationGraph, starts: frozenset[int], goals: frozenset[int]
) -> tuple[frozenset[int], frozenset[Call]]:
    """What lies between two landmarks, without what runs only when something was raised, where it can be done."""
    segment = graph.between(starts, goals)
    calls = [call for number in sorted(segment - goals) for call in graph.calls[number] if call.callee in segment]
    plain = [call for call in calls if not graph.is_raised(call)]
    kept = _connected(plain, starts, goals)
    if not kept:
        kept = frozenset(calls)
    return frozenset({call.caller for call in kept} | {call.callee for call in kept}), kept


def _connected(calls: list[Call], starts: frozenset[int], goals: frozenset[int]) -> frozenset[Call]:
    """The calls that lie on a chain of these calls from one of `starts` to one of `goals`."""
    forward: dict[int, list[Call]] = {}
    backward: dict[int, list[Call]] = {}
    for call in calls:
        forward.setdefault(call.caller, []).append(call)
        backward.setdefault(call.callee, []).append(call)
    ahead = _spread({n: [c.callee for c in own] for n, own in forward.items()}, starts)
    behind = _spread({n: [c.caller for c in own] for n, own in backward.items()}, goals)
    both = ahead & behind
    return frozenset(call for call in calls if call.caller in both and call.callee in both)


def _spread(following: Mapping[int, list[int]], starts: frozenset[int]) -> set[int]:
    found = set(starts)
    pending = list(starts)
    while pending:
        for number in following.get(pending.pop(), ()):
            if number not in found:
                found.add(number)
                pending.append(number)
    return found
