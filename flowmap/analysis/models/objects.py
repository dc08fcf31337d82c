"""Models of `object`, `type`, `super`, descriptors and exceptions."""

from __future__ import annotations

from functools import partial

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError, UnfitReceiverError
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    BoundMethod,
    Cell,
    Class,
    Constant,
    Instance,
    Module,
    PointsTo,
    Super,
    Tuple,
    Value,
)
from flowmap.names import FunctionName, Origin

table("str", "object.__repr__ object.__str__ object.__format__")
table("int", "object.__hash__ object.__sizeof__")
table("bool", "object.__eq__ object.__ne__ object.__lt__ object.__le__ object.__gt__ object.__ge__")
table("None", "object.__delattr__ object.__init_subclass__")


@model("builtins.object.__new__")
def new_object(call: NativeCall) -> PointsTo:
    """`object.__new__(cls)`: an object of this site."""
    machine = call.machine
    classes = call.argument(0) or NOTHING
    made = [machine.allocate(call.frame, c, _site(call, c)) for c in classes.items if isinstance(c, Class)]
    if any(not isinstance(c, Class) for c in classes.items):
        return machine.space.unknown(Reason.UNKNOWN_VALUE.value)
    return machine.space.of(made) if made else NOTHING


def _site(call: NativeCall, cls: Class) -> object:
    """Objects that are called in the place of functions are told apart by the functions that they are made of."""
    machine = call.machine
    if machine.lookup(call.frame, cls, "__call__") is None:
        return call.site
    arguments = (*call.arguments.positional[1:], *(value for _, value in call.arguments.keywords))
    handed = [values for values in arguments if not any(isinstance(v, Class) for v in values.items)]
    return machine.site_for(call.frame, handed, call.site)


@model("builtins.object.__init__")
def init_object(call: NativeCall) -> PointsTo:
    return call.machine.space.constant(None)


@model("builtins.object.__getattribute__")
def get_attribute(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    lacks = False
    for owner in (call.argument(0) or NOTHING).items:
        for name in (call.argument(1) or NOTHING).items:
            if isinstance(name, Constant) and isinstance(name.value, str) and isinstance(owner, Instance):
                found = machine.generic_attribute(call.frame, owner, name.value, call.site)
                lacks = lacks or found is None
                result = machine.space.join(result, found or NOTHING)
    if lacks and not result.items:
        raise DivergedError
    return result


@model("builtins.object.__setattr__")
def set_attribute(call: NativeCall) -> PointsTo:
    machine = call.machine
    value = call.argument(2) or NOTHING
    for owner in (call.argument(0) or NOTHING).items:
        for name in (call.argument(1) or NOTHING).items:
            if isinstance(name, Constant) and isinstance(name.value, str) and isinstance(owner, Instance):
                machine.generic_set(call.frame, owner, name.value, value, call.site)
    return machine.space.constant(None)


# --- type ---


@model("builtins.type.__new__")
def new_type(call: NativeCall) -> PointsTo:
    """`type(x)`, and `type.__new__(metaclass, name, bases, namespace)`."""
    machine = call.machine
    space = machine.space
    positional = call.arguments.positional
    if len(positional) == 2:
        return type_of(call, positional[1])
    if len(positional) < 4:
        return NOTHING
    result = NOTHING
    for meta in positional[0].items:
        for name in positional[1].items:
            for bases in positional[2].items:
                elements = (
                    bases.elements
                    if isinstance(bases, Tuple)
                    else (machine.elements_of(call.frame, space.one(bases), call.site),)
                )
                text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else "?"
                metaclass = meta if isinstance(meta, Class) else None
                made = make_type(call, metaclass, text, list(elements), positional[3])
                result = space.join(result, space.one(made))
    return result


def make_type(call: NativeCall, metaclass: Class | None, name: str, bases: list[PointsTo], tables: PointsTo) -> Class:
    """The class that a metaclass's `__new__` makes: that of the class statement the namespace comes from."""
    machine = call.machine
    namespace: dict[str, PointsTo] = {}
    body = None
    for each in tables.items:
        if isinstance(each, Instance):
            body = machine.class_bodies.get(each, body)
        exact, _ = machine.mapping_items(call.frame, machine.space.one(each), call.site)
        for key, value in exact:
            namespace[key] = machine.space.join(namespace.get(key, NOTHING), value)
    if body is None:
        body = machine.class_bodies.get(_named(namespace))
    if body is not None and body.block.code.name == name:
        return machine.make_class(
            call.frame, body, name, bases, namespace, body.block, call.site, metaclass, call.arguments.keywords
        )
    here = (call.frame.block, call.site, call.frame.activation.heap)
    return machine.make_class(
        call.frame, here, name, bases, namespace, None, call.site, metaclass, call.arguments.keywords
    )


def _named(namespace: dict[str, PointsTo]) -> FunctionName:
    """The class statement that a namespace says it comes from."""
    parts: list[str] = []
    for key in ("__module__", "__qualname__"):
        values = namespace.get(key, NOTHING).items
        only = values[0] if len(values) == 1 else None
        parts.append(only.value if isinstance(only, Constant) and isinstance(only.value, str) else "")
    return FunctionName(parts[0], parts[1])


def type_of(call: NativeCall, values: PointsTo) -> PointsTo:
    """`type(value)`."""
    machine = call.machine
    result = NOTHING
    for value in values.items:
        cls = machine.class_of(value)
        made = machine.space.one(cls) if cls is not None else machine.space.unknown(Reason.UNKNOWN_VALUE.value)
        result = machine.space.join(result, made)
    return result


@model("builtins.type.__init__")
def init_type(call: NativeCall) -> PointsTo:
    return call.machine.space.constant(None)


@model("builtins.type.__call__")
def call_type(call: NativeCall) -> PointsTo:
    """`super().__call__(...)` of a metaclass: makes an instance."""
    machine = call.machine
    rest = Arguments(
        call.arguments.positional[1:], call.arguments.keywords, call.arguments.soft, call.arguments.star,
        call.arguments.double_star,
    )  # fmt: skip
    result = NOTHING
    for cls in (call.argument(0) or NOTHING).items:
        if isinstance(cls, Class):
            result = machine.space.join(result, machine.instantiate(call.frame, cls, rest, call.site, "call"))
    return result


@model("builtins.type.mro")
def mro(call: NativeCall) -> PointsTo:
    machine = call.machine
    elements = [machine.space.one(c) for c in call.receiver.mro] if isinstance(call.receiver, Class) else []
    return machine.make_list(call.frame, elements, NOTHING, call.site)


@model("builtins.type.__subclasses__")
def subclasses(call: NativeCall) -> PointsTo:
    machine = call.machine
    cls = call.receiver
    direct = [c for c in cls.subclasses if cls in c.bases] if isinstance(cls, Class) else []
    return machine.make_list(call.frame, None, machine.space.of(direct) if direct else NOTHING, call.site)


@model("builtins.type.__prepare__")
def prepare(call: NativeCall) -> PointsTo:
    return call.machine.make_dict(call.frame, [], call.site)


table("bool", "type.__instancecheck__ type.__subclasscheck__")


# --- super ---


@model("builtins.super.__new__")
def new_super(call: NativeCall) -> PointsTo:
    """`super()` and `super(cls, self)`; without arguments from the `__class__` cell (3.3.3.6)."""
    machine = call.machine
    frame = call.frame
    positional = call.arguments.positional[1:]
    if positional:
        starts = positional[0]
        receivers = positional[1] if len(positional) > 1 else NOTHING
    else:
        starts = machine.read_free(frame, "__class__")
        parameters = frame.block.parameters
        state = frame.state or {}
        receivers = state.get(parameters[0].name, NOTHING) if parameters else NOTHING
        if parameters and parameters[0].kind == 2:
            receivers = machine.space.join_all(
                [e.elements[0] for e in receivers.items if isinstance(e, Tuple) and e.elements]
            )
    sure: list[Value] = []
    may_be: list[Value] = []
    for start in starts.items:
        for receiver in receivers.items:
            if not isinstance(start, Class):
                continue
            kinds = [each for each in (receiver, machine.class_of(receiver)) if isinstance(each, Class)]
            kind = next((each for each in kinds if start in each.mro), None)
            if kind is not None:
                sure.append(machine.space.intern(("super", start, receiver), partial(Super, start, receiver, kind)))
            elif isinstance(receiver, Class) and receiver.open:
                key = ("super", start, receiver)
                may_be.append(machine.space.intern(key, partial(Super, start, receiver, receiver)))
    # That a class derives from the start through a base that is not known is believed where nothing else fits.
    return machine.space.of(sure or may_be) if sure or may_be else NOTHING


def attribute_cell(value: Value, name: str) -> Cell:
    """An attribute of an object. Raises UnfitReceiverError for what is none."""
    if not isinstance(value, Instance):
        raise UnfitReceiverError
    return value.attributes.setdefault(name, Cell())


# --- exceptions and modules ---


@model("builtins.BaseException.__new__")
def new_exception(call: NativeCall) -> PointsTo:
    """Keeps the arguments, whether or not a derived class hands them on to `__init__`."""
    made = new_object(call)
    for error in made.items:
        if isinstance(error, Instance):
            call.machine.write(attribute_cell(error, "args"), call.machine.make_tuple(call.arguments.positional[1:]))
    return made


@model("builtins.BaseException.__init__")
def init_exception(call: NativeCall) -> PointsTo:
    machine = call.machine
    machine.write(attribute_cell(call.receiver, "args"), machine.make_tuple(call.arguments.positional[1:]))
    return machine.space.constant(None)


@model("builtins.BaseException.__str__", "builtins.BaseException.__repr__")
def text_of_exception(call: NativeCall) -> PointsTo:
    conversion = "r" if call.name.qualname.endswith("__repr__") else "s"
    call.machine.text_of_parts(call.frame, call.receiver, conversion, call.site, set())
    return call.machine.any_of("str")


@model("builtins.BaseException.with_traceback")
def with_traceback(call: NativeCall) -> PointsTo:
    return call.machine.space.one(call.receiver)


table("None", "BaseException.add_note")


@model("types.module.__new__")
def new_module(call: NativeCall) -> PointsTo:
    """`types.ModuleType(name)`; of a class derived from it, an object."""
    machine = call.machine
    made: list[Value] = []
    classes = [c for c in (call.argument(0) or NOTHING).items if isinstance(c, Class) and not c.is_native]
    if classes:
        return machine.space.of([machine.allocate(call.frame, c, call.site) for c in classes])
    for name in (call.argument(1, "name") or NOTHING).items:
        text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else "?"
        made.append(blank_module(call, text))
    return machine.space.of(made) if made else NOTHING


def blank_module(call: NativeCall, name: str) -> Module:
    """The module of that name that is made at this site."""

    def make() -> Value:
        module = Module(name, Origin.PROJECT)
        module.state = "done"
        module.cells["__name__"] = Cell()
        module.cells["__name__"].value = call.machine.space.constant(name)
        return module

    value = call.machine.space.intern(("module", name, call.frame.block, call.site), make)
    assert isinstance(value, Module)
    return value


@model("types.method.__new__")
def new_method(call: NativeCall) -> PointsTo:
    """`types.MethodType(function, receiver)`."""
    machine = call.machine
    made = [
        machine.space.intern(("bound", f, r), partial(BoundMethod, f, r))
        for f in (call.argument(1) or NOTHING).items
        for r in (call.argument(2) or NOTHING).items
    ]
    return machine.space.of(made) if made else NOTHING


@model("types.SimpleNamespace.__init__")
def init_namespace(call: NativeCall) -> PointsTo:
    for name, value in (*call.arguments.keywords, *call.arguments.soft):
        call.machine.write(attribute_cell(call.receiver, name), value)
    return call.machine.space.constant(None)
