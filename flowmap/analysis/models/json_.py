"""Models of _json, the C part of json: the encoder asks `default`, the scanner calls the hooks of its decoder."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.layout import native_function, partial
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.values import NOTHING, Arguments, Constant, Instance, PointsTo, Value

table("str", "encode_basestring encode_basestring_ascii", "_json")
table("(str,int)", "scanstring", "_json")


@model("_json.make_encoder")
def make_encoder(call: NativeCall) -> PointsTo:
    """`make_encoder(markers, default, ...)`: a function of the object and its depth."""
    given = Arguments((call.argument(1, "default") or NOTHING,))
    return partial(call.machine, native_function(call.machine, "_json", "_encode"), given)


@model("_json._encode")
def encode(call: NativeCall) -> PointsTo:
    """Writes an object and all in it; `default` is asked for what JSON has no form for."""
    machine, space = call.machine, call.machine.space
    default = call.argument(0) or NOTHING
    pending = list((call.argument(1) or NOTHING).items)
    seen = set(pending)
    while pending:
        foreign: list[Value] = []
        found: list[PointsTo] = []
        for value in pending:
            inner = _inside(call, value)
            if inner is None:
                foreign.append(value)
            else:
                found.append(inner)
        if foreign:
            found.append(call.invoke(default, space.of(foreign)))
        pending = [value for value in space.join_all(found).items if value not in seen]
        seen.update(pending)
    return machine.make_tuple([machine.any_of("str")])


def _inside(call: NativeCall, value: Value) -> PointsTo | None:
    """What a value holds that is written with it; None: JSON has no form for it."""
    machine, space = call.machine, call.machine.space
    cls = machine.class_of(value)
    natives = {c.name for c in cls.mro if c.is_native} if cls is not None else set()
    if isinstance(value, Instance) and machine.is_mapping(value):
        return space.join_all([item for _, item in machine.pairs_of(call.frame, value, call.site)])
    if natives & {"list", "tuple"}:
        return machine.elements_of(call.frame, space.one(value), call.site)
    return NOTHING if cls is None or natives & {"str", "int", "float", "NoneType"} else None


@model("_json.make_scanner")
def make_scanner(call: NativeCall) -> PointsTo:
    """`make_scanner(decoder)`: a function of the text and a position."""
    return partial(
        call.machine, native_function(call.machine, "_json", "_scan"), Arguments((call.argument(0) or NOTHING,))
    )


@model("_json._scan")
def scan(call: NativeCall) -> PointsTo:
    """(value, position): any JSON value, or what the hooks make of it."""
    machine, space = call.machine, call.machine.space
    text, some = machine.any_of("str"), space.unknown("what a text in JSON holds is not known")
    scalars = [text, machine.any_of("int"), machine.any_of("float"), machine.any_of("bool"), space.constant(None)]
    found = space.join_all([*scalars, some])
    for decoder in (call.argument(0) or NOTHING).items:
        for name in ("object_hook", "object_pairs_hook"):
            hook = machine.find_attribute(call.frame, decoder, name, call.site) or NOTHING
            callables = [v for v in hook.items if not isinstance(v, Constant)]
            if callables:
                table = machine.make_dict(call.frame, [(text, found)], (call.site, "object"))
                found = space.join(found, call.invoke(space.of(callables), table))
    everything = [
        found,
        machine.make_dict(call.frame, [(text, found)], (call.site, "object")),
        machine.make_list(call.frame, None, found, (call.site, "array")),
    ]
    return machine.make_tuple([space.join_all(everything), machine.any_of("int")])
