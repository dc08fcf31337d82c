"""Models of _json, the C part of json: the encoder asks `default`, the scanner calls the hooks of its decoder."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.layout import native_function, partial
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.values import NOTHING, Arguments, Constant, Instance, PointsTo

table("str", "encode_basestring encode_basestring_ascii", "_json")
table("(str,int)", "scanstring", "_json")
_DEPTH = 4


@model("_json.make_encoder")
def make_encoder(call: NativeCall) -> PointsTo:
    """`make_encoder(markers, default, ...)`: a function of the object and its depth."""
    given = Arguments((call.argument(1, "default") or NOTHING,))
    return partial(call.machine, native_function(call.machine, "_json", "_encode"), given)


@model("_json._encode")
def encode(call: NativeCall) -> PointsTo:
    _ask(call, call.argument(1) or NOTHING, call.argument(0) or NOTHING, 0)
    return call.machine.make_tuple([call.machine.any_of("str")])


def _ask(call: NativeCall, values: PointsTo, default: PointsTo, depth: int) -> None:
    """Calls `default` with what JSON has no form for, and goes on with what that gives."""
    machine, space = call.machine, call.machine.space
    for value in values.items:
        if depth > _DEPTH or isinstance(value, Constant):
            continue
        cls = machine.class_of(value)
        if cls is None or any(c.is_native and c.name in {"str", "int", "float", "NoneType"} for c in cls.mro):
            continue
        if isinstance(value, Instance) and machine.is_mapping(value):
            inner = space.join_all([item for _, item in machine.pairs_of(call.frame, value, call.site)])
        elif any(c.is_native and c.name in {"list", "tuple"} for c in cls.mro):
            inner = machine.elements_of(call.frame, space.one(value), call.site)
        else:
            inner = call.invoke(default, space.one(value))
        _ask(call, inner, default, depth + 1)


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
