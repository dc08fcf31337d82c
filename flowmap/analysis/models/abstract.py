"""Models of _abc, the C part of abc: virtual subclasses."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.values import NOTHING, Class, PointsTo

table("int", "get_cache_token", "_abc")
table("None", "_abc_init _reset_registry _reset_caches", "_abc")


@model("_abc._abc_register")
def register(call: NativeCall) -> PointsTo:
    """`cls.register(subclass)`: a virtual subclass; gives it back."""
    machine = call.machine
    subclasses = call.argument(1) or NOTHING
    for cls in (call.argument(0) or NOTHING).items:
        if isinstance(cls, Class):
            machine.define(cls, "_abc_registered", subclasses)
    return subclasses


@model("_abc._abc_instancecheck", "_abc._abc_subclasscheck")
def check(call: NativeCall) -> PointsTo:
    """Whether a class, or that of an object, derives from another one, is registered, or has its one method."""
    machine, space = call.machine, call.machine.space
    result = NOTHING
    for cls in (call.argument(0) or NOTHING).items:
        for value in (call.argument(1) or NOTHING).items:
            kind = (
                value
                if call.name.qualname == "_abc_subclasscheck" and isinstance(value, Class)
                else machine.class_of(value)
            )
            answer = machine.derives(call.frame, kind, cls) if kind is not None and isinstance(cls, Class) else None
            made = machine.any_of("bool") if answer is None else space.constant(answer)
            result = space.join(result, made)
    return result
