"""The table of models: by dotted name, what a builtin or C function returns and whom it calls back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeAlias

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Machine
from flowmap.analysis.result import Reason
from flowmap.analysis.values import Activation, Class, CodeBlock, LazyIterator, Module, PointsTo, Scope
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
    is_partial: bool = False


CLASSES: dict[str, NativeClass] = {}
"""By the name a machine knows it by: the class's own, or a dotted one where that is taken."""


def declare(name: str, module: str, bases: str, methods: str, metaclass: str = "type") -> None:
    """Adds a class; its bases and metaclass were declared before. Raises ValueError for a name that is taken."""
    _add(name, NativeClass(module, bases, methods, metaclass))


def _add(name: str, native: NativeClass) -> None:
    if name in CLASSES:
        raise ValueError(f"there are two classes called {name}")
    CLASSES[name] = native


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


class _Nowhere(Sequence[int]):
    """The lines of a body that is not read."""

    def __getitem__(self, _index: object) -> int:  # type: ignore[override]  # no slices are asked for
        return 0

    def __len__(self) -> int:
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
    """The model of a function that calls nothing back and returns an object of one of these types.

    A type is the name of a native class, `None`, `self` for the receiver, `?` for what cannot be known, `[x]` for a
    list, `(x,y)` for a tuple and `{x}` for a dict from texts.
    """

    def run(call: NativeCall) -> PointsTo:
        for values in call.arguments.positional:
            if any(isinstance(value, LazyIterator) for value in values.items):
                call.machine.elements_of(call.frame, values, call.site)
        return call.machine.space.join_all([_some(call, name) for name in types])

    return run


def _some(call: NativeCall, name: str) -> PointsTo:
    machine = call.machine
    if name == "None":
        return machine.space.constant(None)
    if name == "self":
        return machine.space.one(call.receiver)
    if name == "?":
        return machine.space.unknown(Reason.EXTERNAL.value)
    if name.startswith("["):
        return machine.make_list(call.frame, None, _some(call, name[1:-1]), (call.site, "some"))
    if name.startswith("("):
        return machine.make_tuple([_some(call, part) for part in name[1:-1].split(",")])
    if name.startswith("{"):
        return machine.make_dict(call.frame, [(machine.any_of("str"), _some(call, name[1:-1]))], (call.site, "some"))
    return _opened(call, name) or machine.any_of(name)


def _opened(call: NativeCall, name: str) -> PointsTo | None:
    """Of streams, which may be given attributes, a call makes one of its own."""
    machine = call.machine
    cls = machine.native_class(name)
    if machine.native_class("IOBase") not in cls.mro:
        return None
    return machine.space.one(machine.allocate(call.frame, cls, call.site))


def table(types: str, names: str, prefix: str = "builtins") -> None:
    """Registers `returning` for many names: `table("str None", "a b", "os")`."""
    for name in names.split():
        MODELS.setdefault(f"{prefix}.{name}", returning(*types.split()))


def opaque(text: str) -> None:
    """Declares classes of which only the results' types are known, one a line, each after its bases.

    `module.Class [as key] < base base | types: method *static .property | types: ...`. Making one gives some object of
    it. A line that is indented goes on with the one above.
    """
    for line in text.strip().replace("\n    ", " ").splitlines():
        head, *groups = line.split(" | ")
        path, _, bases = head.partition(" < ")
        path, _, key = path.partition(" as ")
        module, _, name = path.strip().rpartition(".")
        methods = ["*__new__"]
        for group in groups:
            types, _, names = group.partition(": ")
            methods += names.split()
            for method in names.split():
                MODELS.setdefault(f"{module}.{name}.{method.lstrip('*.')}", returning(*types.split()))
        _add(
            key.strip() or name,
            NativeClass(module, bases.strip() or "object", " ".join(methods), is_partial=True),
        )
        MODELS.setdefault(f"{module}.{name}.__new__", _maker(key.strip() or name))


def _maker(key: str) -> Model:
    def make(call: NativeCall) -> PointsTo:
        machine = call.machine
        made = [
            machine.any_of(key)
            if c is machine.native_class(key)
            else machine.space.one(machine.allocate(call.frame, c, call.site))
            for c in (call.argument(0) or machine.space.one(machine.native_class(key))).items
            if isinstance(c, Class)
        ]
        return machine.space.join_all(made)

    return make
