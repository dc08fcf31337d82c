"""The table of models: by dotted name, what a builtin or C function returns and whom it calls back."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Machine
from flowmap.analysis.values import Activation, CodeBlock, Module, PointsTo, Scope
from flowmap.names import FunctionName, Origin
from flowmap.syntax import ir

Model: TypeAlias = Callable[[NativeCall], PointsTo]

MODELS: dict[str, Model] = {}
"""By `module.function` or `module.Class.method`."""


class NativeClass(NamedTuple):
    """A class implemented in C, as data. `*` before a method marks one that does not bind, `.` a property."""

    module: str
    bases: str
    methods: str
    metaclass: str = "type"


CLASSES: dict[str, NativeClass] = {}
"""By the name a machine knows it by: the class's own, or a dotted one where that is taken."""


def declare(name: str, module: str, bases: str, methods: str, metaclass: str = "type") -> None:
    """Adds a class; its bases and metaclass were declared before."""
    CLASSES[name] = NativeClass(module, bases, methods, metaclass)


def model(*names: str) -> Callable[[Model], Model]:
    """Registers a function as the model of these names."""

    def register(function: Model) -> Model:
        for name in names:
            MODELS[name] = function
        return function

    return register


def library(*names: str) -> Callable[[Model], Model]:
    """As `model`, for functions that are Python in the library: they, not their callers, call what they call back."""

    def register(function: Model) -> Model:
        def run(call: NativeCall) -> PointsTo:
            return function(inside(call))

        for name in names:
            MODELS[name] = run
        return function

    return register


def inside(call: NativeCall) -> NativeCall:
    """The call as the callee's own frame sees it."""
    caller = call.frame
    frame = Frame(_activation(call.machine, caller.activation, call.site, call.name))
    caller.activation.calls[(caller.lines[call.site], "call", frame.activation)] = None
    return NativeCall(call.machine, frame, call.name, call.arguments, call.site)


class _Nowhere(tuple[int, ...]):
    """The lines of a body that is not read."""

    __slots__ = ()

    def __getitem__(self, _index: object) -> int:  # type: ignore[override]  # no slices are asked for
        return 0


def _activation(machine: Machine, caller: Activation, site: int, name: FunctionName) -> Activation:
    key = (caller, site, name)
    found = machine.modelled.get(key)
    if found is None:
        block = machine.modelled_blocks.get((caller.block, site, name))
        if block is None:
            code = ir.Code(
                name.qualname.rpartition(".")[2], name.qualname, "external", (), (), (), (), (), (),
                is_generator=False, is_async=False, line=0, end_line=0, doc=None, signature="", body_print="",
            )  # fmt: skip
            block = CodeBlock(code, Module(name.module, Origin.STDLIB), _Nowhere())
            machine.modelled_blocks[(caller.block, site, name)] = block
        found = machine.modelled[key] = Activation(len(machine.activations), block, None, (), Scope(None))
        machine.activations.append(found)
        found.owner = caller.owner or caller
        found.heap = caller.heap
        found.started = found.is_running = True
    return found


def returning(*types: str) -> Model:
    """The model of a function that calls nothing back and returns some object of one of these builtin types."""

    def run(call: NativeCall) -> PointsTo:
        machine = call.machine
        return machine.space.join_all(
            [machine.space.constant(None) if name == "None" else machine.any_of(name) for name in types]
        )

    return run


def table(types: str, names: str, prefix: str = "builtins") -> None:
    """Registers `returning` for many names: `table("str None", "a b", "os")`."""
    for name in names.split():
        MODELS.setdefault(f"{prefix}.{name}", returning(*types.split()))
