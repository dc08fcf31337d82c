"""Models of descriptors: properties, static and class methods, functions (data model 3.3.2.2)."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import UnfitReceiverError
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.objects import attribute_cell
from flowmap.analysis.models.registry import model
from flowmap.analysis.result import Reason
from flowmap.analysis.values import NOTHING, Arguments, BoundMethod, Class, Constant, Instance, PointsTo, Value


@model("builtins.property.__init__")
def init_property(call: NativeCall) -> PointsTo:
    for i, name in enumerate(("fget", "fset", "fdel")):
        value = call.argument(i + 1, name)
        if value is not None:
            call.machine.write(attribute_cell(call.receiver, name), value)
    return call.machine.space.constant(None)


@model("builtins.property.__new__", "builtins.staticmethod.__new__", "builtins.classmethod.__new__")
def new_descriptor(call: NativeCall) -> PointsTo:
    """A descriptor object: one for each set of functions it is made of, so that no two properties are merged."""
    machine = call.machine
    positional = call.arguments.positional
    classes = positional[0] if positional else NOTHING
    key = ("descriptor", positional[1:], call.arguments.keywords, call.site)
    made = [machine.allocate(call.frame, c, key) for c in classes.items if isinstance(c, Class)]
    return machine.space.of(made) if made else NOTHING


@model("builtins.property.__get__")
def get_property(call: NativeCall) -> PointsTo:
    machine = call.machine
    prop, receiver = call.receiver, call.argument(1) or NOTHING
    bound = [v for v in receiver.items if not (isinstance(v, Constant) and v.value is None)]
    if not bound:
        return machine.space.one(prop)
    getter = machine.read(attribute_cell(prop, "fget"), call.frame)
    return machine.call(call.frame, getter, Arguments((machine.space.of(bound),)), call.site, "property")


@model("builtins.property.__set__")
def set_property(call: NativeCall) -> PointsTo:
    machine = call.machine
    setter = machine.read(attribute_cell(call.receiver, "fset"), call.frame)
    if setter.items:
        call.invoke(setter, call.argument(1) or NOTHING, call.argument(2) or NOTHING, evidence="property")
    return machine.space.constant(None)


@model("builtins.property.__delete__")
def delete_property(call: NativeCall) -> PointsTo:
    machine = call.machine
    deleter = machine.read(attribute_cell(call.receiver, "fdel"), call.frame)
    if deleter.items:
        call.invoke(deleter, call.argument(1) or NOTHING, evidence="property")
    return machine.space.constant(None)


def _derived(call: NativeCall, changed: str) -> PointsTo:
    """`prop.setter(f)`: a new property with one function replaced."""
    machine = call.machine
    old = call.receiver
    if not isinstance(old, Instance):
        raise UnfitReceiverError
    new = machine.allocate(call.frame, old.cls, ("derived", old, call.arguments.positional[1:], changed))
    for name in ("fget", "fset", "fdel"):
        value = call.argument(1) if name == changed else machine.read(attribute_cell(old, name), call.frame)
        if value is not None:
            machine.write(attribute_cell(new, name), value)
    return machine.space.one(new)


@model("builtins.property.getter")
def getter(call: NativeCall) -> PointsTo:
    return _derived(call, "fget")


@model("builtins.property.setter")
def setter(call: NativeCall) -> PointsTo:
    return _derived(call, "fset")


@model("builtins.property.deleter")
def deleter(call: NativeCall) -> PointsTo:
    return _derived(call, "fdel")


@model("builtins.staticmethod.__init__", "builtins.classmethod.__init__")
def init_wrapper(call: NativeCall) -> PointsTo:
    for name in ("__func__", "__wrapped__"):
        call.machine.write(attribute_cell(call.receiver, name), call.argument(1) or NOTHING)
    return call.machine.space.constant(None)


@model("builtins.staticmethod.__get__")
def get_static(call: NativeCall) -> PointsTo:
    return call.machine.read(attribute_cell(call.receiver, "__func__"), call.frame)


@model("builtins.staticmethod.__call__")
def call_static(call: NativeCall) -> PointsTo:
    machine = call.machine
    rest = Arguments(call.arguments.positional[1:], call.arguments.keywords, call.arguments.soft)
    return machine.call(
        call.frame, machine.read(attribute_cell(call.receiver, "__func__"), call.frame), rest, call.site
    )


@model("builtins.classmethod.__get__")
def get_class_method(call: NativeCall) -> PointsTo:
    machine = call.machine
    functions = machine.read(attribute_cell(call.receiver, "__func__"), call.frame)
    owners = call.argument(2)
    receiver = call.argument(1) or NOTHING
    result = NOTHING
    for who in receiver.items:
        if isinstance(who, Constant) and who.value is None:
            classes = owners or NOTHING
        else:
            kind = who if isinstance(who, Class) and _is_metaclass_free(owners, who) else machine.class_of(who)
            classes = machine.space.one(kind) if kind is not None else NOTHING
        for cls in classes.items:
            for function in functions.items:
                result = machine.space.join(result, _bind_to_class(machine, function, cls))
    return result


def _is_metaclass_free(owners: PointsTo | None, cls: Class) -> bool:
    return owners is None or any(isinstance(o, Class) and o in cls.mro for o in owners.items)


def _bind_to_class(machine: Machine, function: Value, cls: Value) -> PointsTo:
    key = ("bound", function, cls)
    return machine.space.one(machine.space.intern(key, lambda: BoundMethod(function, cls)))


@model("types.function.__get__", "types.method.__get__")
def get_function(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    for function in (call.argument(0) or NOTHING).items:
        for receiver in (call.argument(1) or NOTHING).items:
            if isinstance(function, BoundMethod) or (isinstance(receiver, Constant) and receiver.value is None):
                result = machine.space.join(result, machine.space.one(function))
            else:
                result = machine.space.join(result, _bind_to_class(machine, function, receiver))
    return result


@model("types.function.__call__", "types.method.__call__", "types.builtin_function_or_method.__call__")
def call_function(call: NativeCall) -> PointsTo:
    """Calls the function; some function of which nothing is known is a gap."""
    machine = call.machine
    rest = Arguments(call.arguments.positional[1:], call.arguments.keywords, call.arguments.soft)
    callees = call.arguments.positional[0].items
    functions = [value for value in callees if not isinstance(value, Instance)]
    if len(functions) < len(callees):
        machine.gap(call.frame, call.site, Reason.UNKNOWN_VALUE.value)
    if not functions:
        return machine.space.unknown(Reason.UNKNOWN_VALUE.value)
    return machine.call(call.frame, machine.space.of(functions), rest, call.site)
