"""What a framework says of a flow: which activations open its stages, and which others are worth showing."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from flowmap.analysis.result import Evidence
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.model import Subject
from flowmap.names import FunctionName


@dataclass(frozen=True, slots=True)
class Landmark:
    """The opening of a stage. `entered` are the activations that open it; none: it was not found.

    On the way are those landmarks that lead to each other; others are beside it. An expected landmark that is not
    reached is a hole.
    """

    stage: str
    title: str
    entered: frozenset[int]
    on_way: bool = True
    expected: bool = True


@dataclass(frozen=True, slots=True)
class Sight:
    """Activations that a flow shows the way to. `rank`: 0 in the overview as well, 1 in the flow, 2 if there is room.

    `stage` is where the last call stands, None: where its caller stands. `start`: where the way begins, none of them:
    anywhere on the way. `every`: each of them, not just the nearest. `is_landmark`: an overview has a box for it.
    """

    goals: frozenset[int]
    rank: int = 1
    stage: str | None = None
    starts: frozenset[int] = frozenset()
    every: bool = False
    is_landmark: bool = True


@dataclass(frozen=True, slots=True)
class Landmarks:
    """Stages in the order in which a request meets them, and what else is to be seen.

    `turn` is where the way ends, and leads back from, if its last landmark is not found.
    `order` ranks classes and functions that wrap each other, the outermost 0; they stand in stage
    `layer_stage`, which comes before `layers_before`. `evidence` is what is known
    better, by caller and callee, than the call itself says.
    """

    stages: tuple[Landmark, ...]
    sights: tuple[Sight, ...] = ()
    turn: frozenset[int] = frozenset()
    order: Mapping[FunctionName, int] = field(default_factory=dict)
    layer_stage: str = ""
    layer_title: str = ""
    layers_before: str = ""
    evidence: Mapping[tuple[int, int], Evidence] = field(default_factory=dict)


FindLandmarks: TypeAlias = Callable[[ActivationGraph, Subject], Landmarks]
"""Finds the landmarks of a flow by what they are. Pure."""
