"""`observed.json`: what really happened in a run, in the schema `flowmap-observed/1`."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field

import msgspec

from flowmap.callgraph.model import NodeKind
from flowmap.names import FunctionName
from flowmap.snapshot import schema


class Tree(enum.StrEnum):
    """Where a file was found when it ran. `ELSEWHERE` is text that was compiled, and files outside all of these."""

    PROJECT = "project"
    INSTALLED = "installed"
    STDLIB = "stdlib"
    ELSEWHERE = "elsewhere"


class CallKind(enum.StrEnum):
    """How a call happened. `CREATE` makes a generator or coroutine that does not run yet (Python 3.12 and later);
    whoever starts it or lets it go on is a `CALL`. A `FINALIZER` has whoever happened to run as its caller."""

    CALL = "call"
    CREATE = "create"
    THREAD = "thread"
    IMPORT = "import"
    CLASS_BODY = "class-body"
    FINALIZER = "finalizer"


@dataclass(frozen=True, slots=True, order=True)
class ObservedFunction:
    """A function that ran. `file` is relative to the root of its tree; `line` is the first one, that of a decorator
    where there is one, and 0 where it is not known. Its name is that of callgraph.json, numbers included where they
    are known."""

    tree: Tree
    file: str
    name: FunctionName
    line: int
    kind: NodeKind


@dataclass(frozen=True, slots=True, order=True)
class ObservedEdge:
    """A call that happened."""

    caller: ObservedFunction
    callee: ObservedFunction
    kinds: tuple[CallKind, ...] = field(compare=False)


@dataclass(frozen=True, slots=True)
class Observed:
    """What one run recorded. `packages` are the versions of installed distributions of which something ran."""

    program: str
    pythons: tuple[str, ...]
    processes: int
    packages: Mapping[str, str]
    edges: tuple[ObservedEdge, ...]


class _WireFunction(msgspec.Struct):
    id: str
    kind: NodeKind
    tree: Tree
    file: str
    line: int


class _WireEdge(msgspec.Struct):
    caller: int
    callee: int
    kinds: list[CallKind]


class _WireObserved(msgspec.Struct):
    schema: str
    program: str
    pythons: list[str]
    processes: int
    packages: dict[str, str]
    functions: list[_WireFunction]
    edges: list[_WireEdge]


def observed_json(observed: Observed) -> bytes:
    """The bytes of `observed.json`; equal recordings give equal bytes."""
    functions = sorted({function for edge in observed.edges for function in (edge.caller, edge.callee)})
    numbers = {function: number for number, function in enumerate(functions)}
    return schema.encode(
        _WireObserved(
            schema.OBSERVED,
            observed.program,
            list(observed.pythons),
            observed.processes,
            dict(sorted(observed.packages.items())),
            [_WireFunction(str(each.name), each.kind, each.tree, each.file, each.line) for each in functions],
            [
                _WireEdge(numbers[edge.caller], numbers[edge.callee], sorted(edge.kinds))
                for edge in sorted(observed.edges)
            ],
        )
    )


def read_observed(data: bytes, *, where: str = "the file") -> Observed:
    """The inverse of `observed_json`. Raises NotASnapshotError or UnknownSchemaError."""
    wire = schema.decode(data, _WireObserved, schema=schema.OBSERVED, where=where)
    functions = [
        ObservedFunction(each.tree, each.file, FunctionName.parse(each.id), each.line, each.kind)
        for each in wire.functions
    ]
    for edge in wire.edges:
        if not 0 <= min(edge.caller, edge.callee) <= max(edge.caller, edge.callee) < len(functions):
            raise schema.NotASnapshotError(where, f"it has no function {max(edge.caller, edge.callee)}")
    edges = tuple(
        ObservedEdge(functions[edge.caller], functions[edge.callee], tuple(edge.kinds)) for edge in wire.edges
    )
    return Observed(wire.program, tuple(wire.pythons), wire.processes, wire.packages, edges)
