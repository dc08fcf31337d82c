"""The call graph as a value: functions, call edges, gaps and bounds, and the activations behind them."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

from flowmap.analysis.result import Bound, Evidence
from flowmap.callgraph.conditions import NO_CONDITIONS, Conditions
from flowmap.names import FunctionName, Origin


class NodeKind(enum.StrEnum):
    FUNCTION = "function"
    MODULE = "module"
    CLASS = "class"
    EXTERNAL = "external"


@dataclass(frozen=True, slots=True)
class Function:
    """A node of the call graph. `line` and `end_line` are 0 for externals, `file` then is empty."""

    name: FunctionName
    kind: NodeKind
    origin: Origin
    file: str = ""
    line: int = 0
    end_line: int = 0
    signature: str = ""
    body: str = ""


@dataclass(frozen=True, slots=True, order=True)
class CallSite:
    """A line of the caller's file and why the call there is believed."""

    line: int
    evidence: Evidence


@dataclass(frozen=True, slots=True, order=True)
class CallEdge:
    """A call that may happen, and why we believe it."""

    caller: FunctionName
    callee: FunctionName
    # Not part of identity: a call that only moved to another line has not changed.
    sites: tuple[CallSite, ...] = field(default=(), compare=False)


@dataclass(frozen=True, slots=True, order=True)
class Gap:
    """A call site that could not be resolved, in full or in part. `name`: what is not there, where that is why."""

    caller: FunctionName
    line: int
    reason: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class ActivationCall:
    """One call an activation makes: the line, the evidence, and the number of the activation entered (see below)."""

    line: int
    evidence: Evidence
    callee: int


@dataclass(frozen=True, slots=True)
class Activation:
    """One analysis of a function for one context; `calls` in order of their first evaluation (call order)."""

    function: FunctionName
    calls: tuple[ActivationCall, ...]
    # Abstract arguments, for people and for landmarks: one short text a parameter, receiver first.
    arguments: tuple[str, ...] = ()
    # The class of the first argument where that is one object: of a method, the class it is called on.
    receiver: FunctionName | None = None
    # Functions of the program that come in through the arguments, as they are, bound or partial.
    callables: tuple[FunctionName, ...] = ()


@dataclass(frozen=True, slots=True)
class CallGraph:
    """What the analysis of one program from one entry found. Everything is sorted, so equal graphs are equal bytes."""

    functions: Mapping[FunctionName, Function]
    edges: tuple[CallEdge, ...]
    gaps: tuple[Gap, ...]
    bounds: tuple[Bound, ...]
    # The context-sensitive call graph: indices into this tuple are activation numbers; number 0 is the entry.
    # Lives in memory only; the flow is cut from it.
    activations: tuple[Activation, ...] = field(default=(), compare=False)
    conditions: Conditions = field(default=NO_CONDITIONS, compare=False, repr=False)
    # Functions of the program's own modules that no call leads to. In memory only: a snapshot holds what is reached.
    uncalled: tuple[FunctionName, ...] = field(default=(), compare=False)
