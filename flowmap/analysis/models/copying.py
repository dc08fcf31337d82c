"""Models of copy.deepcopy and of what copy.copy asks of `object`: copies stand for what they are copies of."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.registry import library, model
from flowmap.analysis.values import NOTHING, Arguments, Instance, PointsTo


@model("builtins.object.__reduce_ex__")
def reduce(call: NativeCall) -> PointsTo:
    """Calls a `__reduce__` of the program; of every other object, a text: what is copied is the object itself."""
    machine = call.machine
    found = machine.lookup(call.frame, call.receiver.cls, "__reduce__") if isinstance(call.receiver, Instance) else None
    if found is not None and not found[0].is_native:
        made = machine.call_special(call.frame, call.receiver, "__reduce__", Arguments(), call.site, "callback")
        return made or NOTHING
    return machine.any_of("str")


@library("copy.deepcopy")
def deep_copy(call: NativeCall) -> PointsTo:
    """Asks the object; the memo table of the source would join all that is ever copied."""
    machine = call.machine
    memo = call.argument(1, "memo") or machine.make_dict(call.frame, [], ("memo", call.site))
    result = NOTHING
    for value in (call.argument(0, "x") or NOTHING).items:
        found = machine.lookup(call.frame, value.cls, "__deepcopy__") if isinstance(value, Instance) else None
        made = None
        if found is not None and not found[0].is_native:
            made = machine.call_special(call.frame, value, "__deepcopy__", Arguments((memo,)), call.site, "call")
        result = machine.space.join(result, made if made is not None else machine.space.one(value))
    return result
