"""A program and its entry, analysed: from a source tree to activations at their fixpoint."""

from __future__ import annotations

import enum
from collections.abc import Mapping

from flowmap.analysis.applications import call_application
from flowmap.analysis.bounds import Bounds
from flowmap.analysis.entry import Entry
from flowmap.analysis.heap import Heap
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.library import TreeLibrary
from flowmap.analysis.machine import Outside
from flowmap.analysis.platform import CLOSED_LIBRARY
from flowmap.analysis.result import Bound
from flowmap.analysis.stack import on_deep_stack
from flowmap.analysis.values import (
    Activation,
    Constant,
    Instance,
    PointsTo,
    Tuple,
    Unknown,
    Value,
)
from flowmap.names import FunctionName
from flowmap.sources.tree import SourceTree
from flowmap.syntax.frontend import Frontend


class Analysis:
    """What a run found. `entry` is the activation of whoever starts the program."""

    def __init__(self, machine: Interpreter, library: TreeLibrary, entry: Activation, *, entered: bool) -> None:
        self._machine = machine
        self.library = library
        self.entry = entry
        # Whether the entry's module was there and could be read.
        self.entered = entered

    @property
    def machine(self) -> Interpreter:
        """What ran it, at its fixpoint."""
        return self._machine

    def reachable(self) -> list[Activation]:
        """The activations that calls lead to from the entry, in call order (depth first)."""
        order: dict[Activation, None] = {}
        pending = [self.entry]
        while pending:
            activation = pending.pop()
            if activation in order:
                continue
            order[activation] = None
            callees = [callee for _, _, callee in activation.calls if isinstance(callee, Activation)]
            pending.extend(reversed(callees))
        return list(order)

    @property
    def activations(self) -> list[Activation]:
        """All activations, in the order they were first met."""
        return self._machine.activations

    @property
    def heap(self) -> Heap:
        """What the program made."""
        machine = self._machine
        return Heap(machine.modules, machine.files, machine.called_at)

    @property
    def files(self) -> Mapping[str, str]:
        """The path of every module that was read, relative to the root of its origin."""
        return self._machine.files

    @property
    def unreadable(self) -> Mapping[str, str]:
        """The modules that could not be read, and why."""
        return self._machine.unreadable

    def classes(self) -> Mapping[FunctionName, Activation]:
        """Class bodies by the name of their class."""
        return {key: body for key, body in self._machine.class_bodies.items() if isinstance(key, FunctionName)}

    def bounds(self) -> tuple[Bound, ...]:
        """The bounds that were hit, sorted."""
        limits = self._machine.bounds
        hits = [Bound(name, getattr(limits, name), where, n) for (name, where), n in self._machine.bound_hits.items()]
        overfull = self._machine.space.overfull
        hits.extend(Bound(name, getattr(limits, name), "all", count) for name, count in overfull.items())
        return tuple(sorted(hits))

    def frontier(self) -> tuple[str, ...]:
        """The modules that were met and, being behind the frontier, not entered."""
        return tuple(sorted(self._machine.frontier_hits))

    def body_of(self, module: str) -> Activation | None:
        """The activation of a module's body; None where it was not run."""
        found = self._machine.modules.get(module)
        return found.activation if found is not None else None

    def openness(self, module: str) -> Mapping[str, Openness]:
        """The names of a module that may hold one of several values, and how."""
        found = self._machine.modules.get(module)
        result: dict[str, Openness] = {}
        for name, cell in sorted((found.cells if found is not None else {}).items()):
            if _is_open(cell.value, _DEEP):
                result[name] = _openness(cell.value)
        return result

    def module_values(self, module: str) -> Mapping[str, object]:
        """The names of a module whose value is one constant or a list or tuple of them; where it may be one of several
        constants a frozenset, of several lists all that is in one of them. What the outside may make of it besides is
        left out.
        """
        found = self._machine.modules.get(module)
        result: dict[str, object] = {}
        for name, cell in sorted((found.cells if found is not None else {}).items()):
            value = _plain(cell.value)
            if value is not _OPAQUE:
                result[name] = value
        return result


class Openness(enum.Enum):
    """How a name may hold one of several values: either truth value, any of several, or one with such parts."""

    SWITCH = enum.auto()
    VALUE = enum.auto()
    PART = enum.auto()


_OPAQUE = object()
# How far into containers somebody looks for what is not known.
_DEEP = 4


def _openness(values: PointsTo) -> Openness:
    kinds = {type(v.value) if isinstance(v, Constant) else None for v in values.items}
    wide = {v.cls.name for v in values.items if isinstance(v, Instance) and v.cls.is_native and v.content is None}
    if kinds == {bool} or (wide == {"bool"} and kinds <= {bool, None}):
        return Openness.SWITCH
    return Openness.VALUE if _is_open(values, 0) else Openness.PART


def _is_open(values: PointsTo, depth: int) -> bool:
    if len(values.items) != 1:
        return bool(values.items)
    only = values.items[0]
    if isinstance(only, Tuple):
        return depth > 0 and any(_is_open(each, depth - 1) for each in only.elements)
    if not isinstance(only, Instance):
        return isinstance(only, Unknown)
    content = only.content
    if content is None:
        # Any text, any number.
        return only.cls.is_native and only.cls.name in {"str", "int", "float", "bool", "bytes"}
    cells = [*content.known.values(), *(content.fixed or ())]
    return bool(content.rest.value.items) or (depth > 0 and any(_is_open(cell.value, depth - 1) for cell in cells))


def _plain(values: PointsTo) -> object:
    only = values.items[0] if len(values.items) == 1 else None
    if isinstance(only, Constant):
        return only.value
    if only is None:
        sequences = [_sequence(value) for value in values.items]
        if sequences and all(isinstance(each, list) for each in sequences):
            return _merged([each for each in sequences if isinstance(each, list)])
        texts = {v.value for v in values.items if isinstance(v, Constant) and isinstance(v.value, str)}
        return (frozenset(texts) if len(texts) > 1 else texts.pop()) if texts else _OPAQUE
    return _sequence(only)


def _sequence(value: Value) -> object:
    elements = None
    if isinstance(value, Tuple):
        elements = [_plain(element) for element in value.elements]
    elif isinstance(value, Instance) and value.content is not None and value.content.fixed is not None:
        if value.content.rest.value.items:
            return _OPAQUE
        elements = [_plain(cell.value) for cell in value.content.fixed]
    if elements is None or any(element is _OPAQUE for element in elements):
        return _OPAQUE
    return elements


def _merged(sequences: list[list[object]]) -> list[object]:
    """One list of all that is in some of several, each item after the one that it stands behind in its own list."""
    result = sequences[0]
    for each in sequences[1:]:
        place = 0
        for item in each:
            if item not in result:
                result.insert(place, item)
            place = result.index(item) + 1
    return result


def analyse(
    tree: SourceTree,
    frontend: Frontend,
    entry: Entry,
    bounds: Bounds | None = None,
    interpreter: type[Interpreter] = Interpreter,
) -> Analysis:
    """Runs the program abstractly, on a stack that is deep enough for the recursion of the program."""
    return on_deep_stack(lambda: _analyse(tree, frontend, entry, interpreter, bounds or Bounds()))


def _analyse(
    tree: SourceTree, frontend: Frontend, entry: Entry, interpreter: type[Interpreter], bounds: Bounds
) -> Analysis:
    library = TreeLibrary(tree, frontend, CLOSED_LIBRARY | frozenset(entry.frontier))
    outside = Outside(
        entry.argv, entry.environment, entry.platform, entry.python, entry.frontier, entry.setting_strings,
        entry.assumed, entry.told_apart, entry.held, entry.only, entry.lifting,
    )  # fmt: skip
    machine = interpreter(library, outside, bounds)
    root = machine.root()
    module = machine.run_module(root, entry.module, as_main=entry.application is None)
    if module is not None and entry.application is not None:
        call_application(machine, root, module, entry.application)
    return Analysis(machine, library, root.activation, entered=module is not None)
