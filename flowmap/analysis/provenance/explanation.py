"""Why a call edge is believed, as a value: the way by which the callee came to the call, step by step."""

from __future__ import annotations

import enum
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from flowmap.names import FunctionName


class StepKind(enum.StrEnum):
    """What happens at a step, read backwards from the call."""

    CALL = "call"  # the call site itself
    METHOD = "method"  # the function that the class of the receiver, or of what is called, has for the call
    ARGUMENT = "argument"  # the value was handed over here
    ASSIGNMENT = "assignment"
    ATTRIBUTE = "attribute"  # set here
    ITEM = "item"  # of a list, set or dict
    STORED = "stored"  # put into an attribute or container by a builtin or C function that is called here
    DEFAULT = "default"  # of a parameter
    LOOP = "loop"
    WITH = "with"
    EXCEPT = "except"
    MATCH = "match"
    RETURN = "return"
    YIELD = "yield"
    IMPORT = "import"
    SETTING = "setting"
    OBJECT = "object"  # the object is made here
    DECORATED = "decorated"
    DEFINITION = "definition"
    LITERAL = "literal"
    OUTSIDE = "outside"  # the program's surroundings give it
    LOST = "lost"  # where it came from before that could not be followed


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way of a value: the line, the function it is in, and what the value is there.

    The text of a LITERAL is on a line from `line` to `end_line`; for others both are the same.
    """

    kind: StepKind
    function: FunctionName
    line: int
    end_line: int
    value: str


class Origin(enum.StrEnum):
    """What a chain leads to the beginning of."""

    CALLEE = "callee"
    NAME = "name"  # by which something on the callee's chain was found
    MODULE = "module"  # in which it was found


_PASSING: Final = frozenset({StepKind.ASSIGNMENT, StepKind.RETURN, StepKind.STORED, StepKind.ITEM, StepKind.LITERAL})


@dataclass(frozen=True, slots=True)
class Chain:
    """Steps from the use of a value backwards to where it begins. Not `is_whole`: the last one says LOST."""

    steps: tuple[Step, ...]
    origin: Origin = Origin.CALLEE

    @classmethod
    def of(cls, steps: Iterable[Step], origin: Origin = Origin.CALLEE) -> Chain:
        """The chain of these steps, what is on one line told once: that an object is made there, rather than named."""
        kept: list[Step] = []
        for step in steps:
            last = kept[-1] if kept else None
            if last is None or (last.function, last.line) != (step.function, step.line):
                kept.append(step)
            elif last.kind is StepKind.DECORATED or (step.kind is StepKind.OBJECT and last.kind in _PASSING):
                kept[-1] = step
            elif step.kind not in _PASSING or step.end_line > step.line or last.kind is StepKind.CALL:
                kept.append(step)
        return cls(tuple(kept), origin)

    @property
    def is_whole(self) -> bool:
        """Whether it reaches the beginning."""
        return bool(self.steps) and self.steps[-1].kind is not StepKind.LOST


@dataclass(frozen=True, slots=True)
class Explanation:
    """The shortest chain that brings a callee to its caller's call site; and those of names in strings, and of modules
    imported by such, by which it was found.
    """

    caller: FunctionName
    callee: FunctionName
    chain: Chain
    found_by: tuple[Chain, ...] = ()
