"""Models of collections.namedtuple and typing.NamedTuple: tuples whose fields are properties of their items."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.registry import declare, library, model
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Cell,
    Class,
    Constant,
    Content,
    Instance,
    Native,
    PointsTo,
    Tuple,
    Value,
)
from flowmap.names import FunctionName

declare("<named tuple>", "collections", "tuple", "_asdict _replace _make")
declare("_tuplegetter", "collections", "object", "__get__")
declare("NamedTupleMeta", "typing", "type", "*__new__")
declare("NamedTuple", "typing", "object", "", "NamedTupleMeta")


@library("collections.namedtuple")
def named_tuple(call: NativeCall) -> PointsTo:
    """`namedtuple(typename, field_names, *, defaults=None)`."""
    machine = call.machine
    fields = _field_names(call, call.argument(1, "field_names") or NOTHING)
    defaults: Sequence[PointsTo] = ()
    for value in (keyword(call, "defaults") or NOTHING).items:
        defaults = machine.items_of(call.frame, value, call.site) or ()
    made: list[Value] = []
    for name in (call.argument(0, "typename") or NOTHING).items:
        text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else "?"
        by_name = dict(zip(fields[len(fields) - len(defaults) :], defaults, strict=False)) if defaults else {}
        key = ("namedtuple", call.frame.block, call.site, tuple(fields))
        cls = make_class(call, key, text, fields, by_name, {})
        # As the library does: a named tuple belongs to the module that asks for it.
        cls.module = (call.frame.activation.owner or call.frame.activation).block.module.name
        made.append(cls)
    return machine.space.of(made) if made else NOTHING


def keyword(call: NativeCall, name: str) -> PointsTo | None:
    """An argument that is given by keyword only."""
    return next((value for key, value in (*call.arguments.keywords, *call.arguments.soft) if key == name), None)


def _field_names(call: NativeCall, values: PointsTo) -> list[str]:
    machine = call.machine
    names: dict[str, None] = {}
    for value in values.items:
        if isinstance(value, Constant) and isinstance(value.value, str):
            names.update(dict.fromkeys(value.value.replace(",", " ").split()))
            continue
        for item in machine.items_of(call.frame, value, call.site) or ():
            for each in item.items:
                first = (
                    each.elements[0].items[0]
                    if isinstance(each, Tuple) and each.elements and each.elements[0].items
                    else each
                )
                if isinstance(first, Constant) and isinstance(first.value, str):
                    names[first.value] = None
    return list(names)


def make_class(
    call: NativeCall, key: object, name: str, fields: Sequence[str], defaults: dict[str, PointsTo],
    namespace: dict[str, PointsTo],
) -> Class:  # fmt: skip
    """The class of the tuples with these fields."""
    machine, space = call.machine, call.machine.space
    table = dict(namespace)
    for i, field in enumerate(fields):
        table[field] = _getter(machine, i)
    table["_fields"] = machine.make_tuple([space.constant(field) for field in fields])
    table["__match_args__"] = table["_fields"]
    methods = machine.native_class("<named tuple>").attributes
    table |= {"_asdict": methods["_asdict"].value, "_replace": methods["_replace"].value}
    table["_make"] = class_method(machine, methods["_make"].value)
    cls = machine.make_class(call.frame, key, name, [space.one(machine.native_class("tuple"))], table, None, call.site)
    names = tuple(fields)

    def new(inner: NativeCall) -> PointsTo:
        return _new(inner, names, defaults)

    maker = space.intern(
        ("named tuple", cls),
        lambda: Native(FunctionName(cls.module, f"{cls.qualname}.__new__"), new, is_method=False, is_generated=True),
    )
    machine.define(cls, "__new__", space.one(maker))
    return cls


def class_method(machine: Machine, function: PointsTo) -> PointsTo:
    """`classmethod(function)`."""
    key = ("class method", function)
    made = machine.space.intern(
        key, lambda: Instance(machine.native_class("classmethod"), key, exact=True, single=True)
    )
    assert isinstance(made, Instance)
    made.attributes.setdefault("__func__", Cell()).value = function
    return machine.space.one(made)


def _getter(machine: Machine, index: int) -> PointsTo:
    key = ("tuple getter", index)
    made = machine.space.intern(
        key, lambda: Instance(machine.native_class("_tuplegetter"), key, exact=True, single=True)
    )
    assert isinstance(made, Instance)
    made.attributes.setdefault("index", Cell()).value = machine.space.constant(index)
    return machine.space.one(made)


@model("collections._tuplegetter.__get__")
def get_field(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    index = call.instance.attributes.setdefault("index", Cell()).value
    for owner in (call.argument(1) or NOTHING).items:
        if isinstance(owner, Constant):
            result = machine.space.join(result, machine.space.one(call.instance))
        else:
            result = machine.space.join(result, machine.plain_item(call.frame, owner, index, call.site))
    return result


def _new(call: NativeCall, fields: Sequence[str], defaults: dict[str, PointsTo]) -> PointsTo:
    """The tuple that the generated `__new__` makes: items by position, one object for each set of items."""
    machine = call.machine
    row: list[PointsTo] = []
    for i, field in enumerate(fields, 1):
        value = call.argument(i, field)
        if value is None:
            value = call.arguments.double_star or defaults.get(field)
        if value is None:
            return NOTHING
        row.append(value)
    return machine.space.join_all(
        [_tuple(call, c, row) for c in (call.argument(0) or NOTHING).items if isinstance(c, Class)]
    )


def _tuple(call: NativeCall, cls: Class, row: list[PointsTo]) -> PointsTo:
    machine = call.machine
    nests = any(isinstance(v, Instance) and v.content is not None and not v.cls.is_native for r in row for v in r.items)
    made = machine.allocate(call.frame, cls, (call.site, None if nests else tuple(row)))
    if made.content is None:
        made.content = Content()
    machine.fill_list(made, row, NOTHING)
    return machine.space.one(made)


@model("collections.<named tuple>._asdict")
def as_dict(call: NativeCall) -> PointsTo:
    machine = call.machine
    pairs = [(machine.space.constant(name), value) for name, value in _items(call)]
    return machine.make_dict(call.frame, pairs, (call.site, "_asdict", tuple(pairs)))


def _items(call: NativeCall) -> list[tuple[str, PointsTo]]:
    machine = call.machine
    owner = call.receiver
    names = machine.get_attribute(call.frame, owner, "_fields", call.site)
    result = []
    for i, name in enumerate(_field_names(call, names)):
        result.append((name, machine.plain_item(call.frame, owner, machine.space.constant(i), call.site)))
    return result


@model("collections.<named tuple>._replace")
def replace(call: NativeCall) -> PointsTo:
    """A tuple of the same class, with the fields that are given replaced."""
    given = dict((*call.arguments.keywords, *call.arguments.soft))
    row = [given.get(name, value) for name, value in _items(call)]
    if not isinstance(call.receiver, Instance):
        return NOTHING
    return _tuple(call, call.receiver.cls, row)


@model("collections.<named tuple>._make")
def make(call: NativeCall) -> PointsTo:
    """`cls._make(iterable)`: a class method."""
    machine = call.machine
    result = NOTHING
    for cls in (call.argument(0) or NOTHING).items:
        for source in (call.argument(1) or NOTHING).items:
            items = machine.items_of(call.frame, source, call.site)
            rest = machine.elements_of(call.frame, machine.space.one(source), call.site) if items is None else NOTHING
            owner = cls if isinstance(cls, Class) else machine.class_of(cls)
            if isinstance(owner, Class):
                arguments = Arguments(items) if items is not None else Arguments(star=rest)
                made = machine.instantiate(call.frame, owner, arguments, call.site, "call")
                result = machine.space.join(result, made)
    return result


@model("typing.NamedTupleMeta.__new__")
def new_named_tuple(call: NativeCall) -> PointsTo:
    """A class statement with the base NamedTuple: fields are its annotations, their values the defaults."""
    machine = call.machine
    positional = call.arguments.positional
    if len(positional) < 4:
        return NOTHING
    result = NOTHING
    for table in positional[3].items:
        namespace = dict(machine.mapping_items(call.frame, machine.space.one(table), call.site)[0])
        fields = _field_names(call, _first_of_pairs(machine, namespace.pop("__annotations__", NOTHING)))
        body = machine.class_bodies.get(table)
        for name in positional[1].items:
            text = str(name.value) if isinstance(name, Constant) else "?"
            defaults = {field: namespace.pop(field) for field in fields if field in namespace}
            made = make_class(call, ("NamedTuple", body or call.site), text, fields, defaults, namespace)
            if body is not None:
                made.module, made.qualname, made.block = body.block.module.name, body.block.code.qualname, body.block
            result = machine.space.join(result, machine.space.one(made))
    return result


def _first_of_pairs(machine: Machine, annotations: PointsTo) -> PointsTo:
    """The names of a class's annotations, in order."""
    names = [
        pair.elements[0]
        for t in annotations.items
        if isinstance(t, Tuple)
        for e in t.elements
        for pair in e.items
        if isinstance(pair, Tuple)
    ]
    return machine.make_tuple(names)
