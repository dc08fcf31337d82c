"""Layers: a function that the way enters several times, each time further in, is told apart by its depth."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from flowmap.callgraph.model import Activation
from flowmap.flow.activations import ActivationGraph, Call
from flowmap.names import FunctionName

_LOCALS = ".<locals>."


@dataclass(frozen=True, slots=True)
class Layers:
    """`numbers` are the layers of activations, from 1, the outermost; those of functions with one layer are left out.

    `order` ranks the classes and functions that wrap each other, the outermost 0.
    """

    order: Mapping[FunctionName, int] = field(default_factory=dict)
    numbers: Mapping[int, int] = field(default_factory=dict)

    def of(self, number: int) -> int:
        """The layer of an activation, 0 where its function has but one."""
        return self.numbers.get(number, 0)

    def rank(self, activation: Activation) -> int | None:
        """The place in the order of the class or function that an activation is a part of."""
        if activation.receiver is not None and activation.receiver in self.order:
            return self.order[activation.receiver]
        outer = activation.function.qualname.partition(_LOCALS)[0]
        return self.order.get(FunctionName(activation.function.module, outer))

    def merged(self, other: Layers) -> Layers:
        """Both, where they do not speak of the same activations."""
        return Layers(self.order, {**self.numbers, **other.numbers})


def layers_of(graph: ActivationGraph, segment: frozenset[int], calls: Iterable[Call], order: Layers) -> Layers:
    """The layers of what lies between two landmarks: along the longest chain, so that no layer is left out."""
    inward = _inward(graph, segment, calls, order)
    by_function: dict[FunctionName, list[int]] = {}
    for number in sorted(segment):
        by_function.setdefault(graph.function(number), []).append(number)
    numbers: dict[int, int] = {}
    sequence = _topological(segment, inward)
    for members in by_function.values():
        if len(members) < 2:
            continue
        depth = _depths(sequence, inward, frozenset(members))
        if max(depth[member] for member in members) > 1:
            numbers.update((member, depth[member]) for member in members)
    return Layers(order.order, numbers)


def _inward(
    graph: ActivationGraph, segment: frozenset[int], calls: Iterable[Call], order: Layers
) -> Mapping[int, list[int]]:
    """Callees by caller, without calls that would lead from an inner layer to an outer one."""
    following: dict[int, list[int]] = {number: [] for number in sorted(segment)}
    for call in sorted(calls):
        following[call.caller].append(call.callee)
    place = {number: order.rank(graph.activations[number]) for number in following}
    # What wraps just one of them stands at its place.
    for number, callees in following.items():
        ranks = {place[each] for each in callees if order.rank(graph.activations[each]) is not None}
        if place[number] is None and len(ranks) == 1:
            (place[number],) = ranks
    return {
        number: [each for each in dict.fromkeys(callees) if not _outward(place[number], place[each])]
        for number, callees in following.items()
    }


def _outward(inner: int | None, outer: int | None) -> bool:
    return inner is not None and outer is not None and outer < inner


def _topological(segment: frozenset[int], following: Mapping[int, list[int]]) -> list[int]:
    """Callers before callees; calls that close a cycle do not count."""
    done: dict[int, None] = {}
    for start in sorted(segment):
        stack = [(start, iter(following[start]))]
        entered = {start}
        while stack and start not in done:
            number, rest = stack[-1]
            fresh = next((each for each in rest if each not in done and each not in entered), None)
            if fresh is None:
                stack.pop()
                done[number] = None
            else:
                entered.add(fresh)
                stack.append((fresh, iter(following[fresh])))
    return list(reversed(done))


def _depths(sequence: list[int], following: Mapping[int, list[int]], members: frozenset[int]) -> Mapping[int, int]:
    """How many of the members lie on the longest chain that ends at an activation, itself included."""
    place = {number: i for i, number in enumerate(sequence)}
    depth = {number: 1 if number in members else 0 for number in sequence}
    for number in sequence:
        for each in following[number]:
            if place[each] > place[number]:
                depth[each] = max(depth[each], depth[number] + (each in members))
    return depth
