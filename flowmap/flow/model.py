"""The flow as a value: the part of the call graph one request runs through, in order, divided into stages."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Function, Gap
from flowmap.names import FunctionName


class Detail(enum.StrEnum):
    """How much of a flow is shown."""

    OVERVIEW = "overview"
    FLOW = "flow"
    FULL = "full"


@dataclass(frozen=True, slots=True)
class Step:
    """One numbered call of the flow.

    `layer` tells activations of one function apart (the third middleware wrapper entered is layer 3); 0 where there
    is one. `line` is the call site in the caller's file. `returning` marks the way back of the response (a hook
    called after the inner layer returned). `condition` is the text of a test the call hangs on, or None.
    """

    number: int
    stage: str
    caller: FunctionName
    caller_layer: int
    callee: FunctionName
    layer: int
    line: int
    evidence: Evidence
    returning: bool = False
    condition: str | None = None
    # What stands between caller and callee and is not drawn: a thread's bootstrap, the hops that an overview skips.
    through: tuple[FunctionName, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True)
class Stage:
    """A titled part of the flow. `landmark` is the function that opens it; steps are in call order."""

    id: str
    title: str
    landmark: FunctionName
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True, order=True)
class Decision:
    """What a setting decided: that `subject` (a setting, or what is chosen through one) is `outcome`.

    `chosen` is the text that did it, `over` are those after it that would have given another outcome. `place` is
    FILE:LINE, or the option that says so.
    """

    subject: str
    outcome: str
    setting: str
    place: str
    chosen: str = ""
    over: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, order=True)
class OpenSetting:
    """A setting that may hold several values, all of which were followed; `variables` are those of the environment
    that it is made of. `place` is FILE:LINE.
    """

    setting: str
    place: str
    variables: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Subject:
    """What was mapped. `settings` are the values that the flow read, `decided` what they led to, `open` those that are
    not known; `python` is the version of the library read.
    """

    distribution: str
    version: str
    sha256: str
    python: str
    entry: str
    project: str
    platform: str
    settings: Mapping[str, object]
    decided: tuple[Decision, ...] = ()
    open: tuple[OpenSetting, ...] = ()

    def texts(self) -> Iterator[str]:
        """Every text in the settings' values, however deep."""
        return _texts(self.settings.values())


@dataclass(frozen=True, slots=True)
class Flow:
    """One request's way through the program. `hidden` counts, by stage id, the calls left out at this detail."""

    subject: Subject
    stages: tuple[Stage, ...]
    functions: Mapping[FunctionName, Function]
    hidden: Mapping[str, int]
    gaps: tuple[Gap, ...]
    # Stages the source should have and the analysis did not reach: named holes.
    missing: tuple[str, ...] = ()
    # The gaps through which the flow breaks off: what the settings name and is not there, and the like.
    holes: tuple[Gap, ...] = ()
    # How much of it was cut; None where that is not known.
    detail: Detail | None = None

    @property
    def is_complete(self) -> bool:
        """Whether nothing that the source or the settings promise is missing."""
        return not self.missing and not self.holes

    @property
    def hidden_elsewhere(self) -> int:
        """How many calls are left out with the whole stage that they are in."""
        shown = {stage.id for stage in self.stages}
        return sum(count for stage, count in self.hidden.items() if stage not in shown)


def _texts(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _texts(value.values())
        elif isinstance(value, list | tuple):
            yield from _texts(value)
        elif isinstance(value, frozenset):
            yield from _texts(sorted(value))
