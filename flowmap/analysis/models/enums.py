"""Models of enum: members are objects of their class, calling the class looks one up."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import bind_native, native_function, partial, shared
from flowmap.analysis.models.objects import make_type
from flowmap.analysis.models.registry import declare, library, model, table
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    BoundMethod,
    Cell,
    Class,
    Constant,
    Content,
    Function,
    Instance,
    Native,
    PointsTo,
    Tuple,
    Value,
)

declare(
    "EnumType",
    "enum",
    "type",
    "*__new__ __call__ __iter__ __reversed__ __len__ __getitem__ __contains__ .__members__ __prepare__",
)
declare("_EnumDict", "enum", "dict", "._member_names")
declare("enum.property", "enum", "property", "")
declare("enum.auto", "enum", "object", "")
declare("enum.member", "enum", "object", "__init__")
declare("enum.nonmember", "enum", "object", "__init__")
_OPERATORS = "__or__ __and__ __xor__ __invert__ __contains__ __bool__"
declare("Enum", "enum", "object", "*__new__ .name .value __str__ __repr__ __hash__ __format__", "EnumType")
declare("Flag", "enum", "Enum", _OPERATORS, "EnumType")
declare("IntEnum", "enum", "int Enum", "*__new__", "EnumType")
declare("StrEnum", "enum", "str Enum", "*__new__", "EnumType")
declare("IntFlag", "enum", "int Flag", "*__new__ " + _OPERATORS, "EnumType")
table("str", "Enum.__str__ Enum.__repr__ Enum.__format__", "enum")
table("int", "Enum.__hash__ EnumType.__len__", "enum")
table("bool", "EnumType.__contains__ Flag.__contains__ Flag.__bool__", "enum")


@library("enum.EnumType.__new__")
def new_enum(call: NativeCall) -> PointsTo:
    """`EnumType.__new__(metaclass, name, bases, namespace)`: the class, with its members made."""
    machine, space = call.machine, call.machine.space
    positional = call.arguments.positional
    if len(positional) < 4:
        return NOTHING
    result = NOTHING
    for meta in positional[0].items:
        for name in positional[1].items:
            for bases in positional[2].items:
                text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else "?"
                parents = list(bases.elements) if isinstance(bases, Tuple) else []
                for namespace in positional[3].items:
                    exact = dict(machine.mapping_items(call.frame, space.one(namespace), call.site)[0])
                    members = {key: exact.pop(key) for key in _member_names(call, exact)}
                    rest = machine.make_dict(
                        call.frame, [(space.constant(k), v) for k, v in exact.items()], (call.site, namespace)
                    )
                    body = machine.class_bodies.get(namespace)
                    if body is not None and rest.items:
                        machine.class_bodies[rest.items[0]] = body
                    cls = make_type(call, meta if isinstance(meta, Class) else None, text, parents, rest)
                    _make_members(call, cls, members)
                    result = space.join(result, space.one(cls))
    return result


def _member_names(call: NativeCall, namespace: dict[str, PointsTo]) -> list[str]:
    """The names of a class body that become members: no `_sunder_` names, no descriptors."""
    ignored = {
        v.value for t in namespace.get("_ignore_", NOTHING).items
        for e in call.machine.elements_of(call.frame, call.machine.space.one(t), call.site).items
        for v in [e] if isinstance(v, Constant)
    }  # fmt: skip
    return [
        name for name, values in namespace.items()
        if not (name.startswith("_") and name.endswith("_")) and name not in ignored
        and values.items and not any(_is_descriptor(call, value) for value in values.items)
    ]  # fmt: skip


def _is_descriptor(call: NativeCall, value: Value) -> bool:
    if isinstance(value, (Function, Native, BoundMethod)):
        return True
    if not isinstance(value, Instance):
        return False
    if value.cls is call.machine.native_class("enum.nonmember"):
        return True
    return call.machine.lookup(call.frame, value.cls, "__get__") is not None


def _make_members(call: NativeCall, cls: Class, members: dict[str, PointsTo]) -> None:
    machine, space = call.machine, call.machine.space
    made: list[PointsTo] = []
    for name, values in members.items():
        key = ("member", cls, name)
        member = shared(machine, cls, key)
        if member.content is None and any(c.name in {"tuple", "dict", "list"} and c.is_native for c in cls.mro):
            member.content = Content()
        machine.write(member.attributes.setdefault("_name_", Cell()), space.constant(name))
        for value in values.items:
            _initialise(call, cls, member, name, value)
        machine.define(cls, name, space.one(member))
        made.append(space.one(member))
    table = machine.make_dict(
        call.frame, [(space.constant(n), m) for n, m in zip(members, made, strict=True)], ("members", cls)
    )
    machine.define(cls, "_member_map_", table)


def _initialise(call: NativeCall, cls: Class, member: Instance, name: str, value: Value) -> None:
    """Calls the `__new__` and `__init__` of the program with the parts of the value."""
    machine, space = call.machine, call.machine.space
    plain = space.one(value)
    if isinstance(value, Instance) and value.cls is machine.native_class("enum.auto"):
        plain = _automatic(call, cls, name)
    elif isinstance(value, Instance) and value.cls is machine.native_class("enum.member"):
        plain = machine.read(value.attributes.setdefault("value", Cell()), call.frame)
    only = plain.items[0] if len(plain.items) == 1 else None
    arguments = only.elements if isinstance(only, Tuple) else (plain,)
    target = member.attributes.setdefault("_value_", Cell())
    new = machine.lookup(call.frame, cls, "__new__")
    own_new = False
    if new is not None and not new[0].is_native:
        makers = machine.unwrap_static(call.frame, machine.read(new[1], call.frame))
        for made in call.invoke(makers, space.one(cls), *arguments, evidence="class-body").items:
            for attribute, cell in (
                list(made.attributes.items()) if isinstance(made, Instance) and made is not member else ()
            ):
                own_new = own_new or (attribute == "_value_" and bool(cell.value.items))
                machine.write(member.attributes.setdefault(attribute, Cell()), machine.read(cell, call.frame))
    if not own_new:
        machine.write(target, plain)
    init = machine.lookup(call.frame, cls, "__init__")
    if init is not None and not init[0].is_native:
        machine.call_special(call.frame, member, "__init__", Arguments(tuple(arguments)), call.site, "class-body")


def _automatic(call: NativeCall, cls: Class, name: str) -> PointsTo:
    machine = call.machine
    found = machine.lookup(call.frame, cls, "_generate_next_value_")
    if found is not None:
        made = machine.unwrap_static(call.frame, machine.read(found[1], call.frame))
        some = machine.any_of("int")
        return call.invoke(
            made, machine.space.constant(name), some, some, machine.make_tuple([]), evidence="class-body"
        )
    if machine.native_class("str") in cls.mro:
        return machine.space.constant(name.lower())
    return machine.any_of("int")


@model("enum.EnumType.__prepare__")
def prepare(call: NativeCall) -> PointsTo:
    return call.machine.space.one(call.machine.container(call.frame, "_EnumDict", call.site))


@model("enum._EnumDict._member_names")
def names_so_far(call: NativeCall) -> PointsTo:
    machine = call.machine
    exact = dict(machine.mapping_items(call.frame, machine.space.one(call.receiver), call.site)[0])
    names = [machine.space.constant(name) for name in _member_names(call, exact)]
    return machine.make_list(call.frame, names, NOTHING, (call.site, tuple(names)))


def _members(call: NativeCall, cls: Value) -> list[PointsTo]:
    """The members of a class, in order."""
    found = call.machine.lookup(call.frame, cls, "_member_map_") if isinstance(cls, Class) else None
    if found is None:
        return []
    tables = call.machine.read(found[1], call.frame)
    return [value for t in tables.items for _, value in call.machine.pairs_of(call.frame, t, call.site)]


@model("enum.EnumType.__iter__", "enum.EnumType.__reversed__")
def iterate(call: NativeCall) -> PointsTo:
    members = _members(call, call.receiver)
    step = -1 if call.name.qualname.endswith("__reversed__") else 1
    return call.machine.make_iterator("members", members[::step], NOTHING)


@model("enum.EnumType.__members__")
def member_table(call: NativeCall) -> PointsTo:
    found = call.machine.lookup(call.frame, call.receiver, "_member_map_") if isinstance(call.receiver, Class) else None
    return call.machine.read(found[1], call.frame) if found is not None else NOTHING


@model("enum.EnumType.__getitem__")
def by_name(call: NativeCall) -> PointsTo:
    machine = call.machine
    tables = member_table(call)
    index = call.argument(1) or NOTHING
    return machine.space.join_all([machine.get_item(call.frame, t, index, call.site) for t in tables.items])


@library("enum.EnumType.__call__")
def call_enum(call: NativeCall) -> PointsTo:
    """`Color(value)` looks a member up; of a class without members, `Enum(name, names)` makes a class."""
    machine, space = call.machine, call.machine.space
    result = NOTHING
    for cls in (call.argument(0) or NOTHING).items:
        members = _members(call, cls)
        if members or len(call.arguments.positional) < 3:
            rest = call.arguments.positional[1:]
            result = space.join(
                result, _looked_up(call, cls, members, rest[0] if len(rest) == 1 else machine.make_tuple(rest))
            )
        elif isinstance(cls, Class):
            result = space.join(result, _functional(call, cls))
    if not result.items:
        raise DivergedError
    return result


def _looked_up(call: NativeCall, cls: Value, members: list[PointsTo], value: PointsTo) -> PointsTo:
    machine, space = call.machine, call.machine.space
    result = NOTHING
    sure = bool(value.items)
    for member in members:
        for each in member.items:
            values = (
                machine.read(each.attributes.setdefault("_value_", Cell()), call.frame)
                if isinstance(each, Instance)
                else NOTHING
            )
            if each in value.items or _may_be(values, value):
                result = space.join(result, member)
    known = all(isinstance(v, Constant) or (isinstance(v, Instance) and v.cls is cls) for v in value.items)
    if isinstance(cls, Class) and not (sure and known and result.items):
        missing = machine.lookup(call.frame, cls, "_missing_")
        if missing is not None:
            hook = machine.get_attribute(call.frame, cls, "_missing_", call.site)
            made = call.invoke(hook, value, evidence="call")
            result = space.join_all([result, *(space.one(v) for v in made.items if not isinstance(v, Constant))])
    return result


def _may_be(own: PointsTo, wanted: PointsTo) -> bool:
    """Whether a member's value may be the one that is looked for."""
    exact = all(isinstance(v, Constant) for v in (*own.items, *wanted.items))
    return not exact or any(v in own.items for v in wanted.items)


def _functional(call: NativeCall, base: Class) -> PointsTo:
    machine, space = call.machine, call.machine.space
    pairs: list[tuple[PointsTo, PointsTo]] = []
    for source in call.arguments.positional[2].items:
        if isinstance(source, Constant) and isinstance(source.value, str):
            names = [space.constant(name) for name in source.value.replace(",", " ").split()]
            pairs += [(name, machine.any_of("int")) for name in names]
            continue
        mapping = isinstance(source, Instance) and machine.is_mapping(source)
        rows = machine.pairs_of(call.frame, source, call.site)
        pairs += (
            rows
            if mapping or rows
            else [(i, machine.any_of("int")) for i in machine.items_of(call.frame, source, call.site) or ()]
        )
    namespace = machine.make_dict(call.frame, pairs, (call.site, "names"))
    meta = base.metaclass or machine.native_class("EnumType")
    arguments = Arguments((call.arguments.positional[1], machine.make_tuple([space.one(base)]), namespace))
    return machine.instantiate(call.frame, meta, arguments, call.site, "call")


@model("enum.Enum.name", "enum.Enum.value")
def part(call: NativeCall) -> PointsTo:
    name = f"_{call.name.qualname.rpartition('.')[2]}_"
    return call.machine.get_attribute(call.frame, call.instance, name, call.site)


@model("enum.Enum.__new__", "enum.IntEnum.__new__", "enum.StrEnum.__new__", "enum.IntFlag.__new__")
def new_member(call: NativeCall) -> PointsTo:
    """`super().__new__(cls, ...)` in a class of the program: its object."""
    machine = call.machine
    made = [
        machine.allocate(call.frame, c, call.site) for c in (call.argument(0) or NOTHING).items if isinstance(c, Class)
    ]
    return machine.space.of(made) if made else NOTHING


@library("enum.Flag.__or__", "enum.Flag.__and__", "enum.Flag.__xor__", "enum.Flag.__invert__")
def combine(call: NativeCall) -> PointsTo:
    """Some flags of the class: none that a name was not given to."""
    cls = call.machine.class_of(call.receiver)
    return call.machine.space.join_all(
        [call.machine.space.one(call.receiver), *(_members(call, cls) if cls is not None else ())]
    )


@model("enum.member.__init__", "enum.nonmember.__init__")
def wrap(call: NativeCall) -> PointsTo:
    call.machine.write(call.instance.attributes.setdefault("value", Cell()), call.argument(1) or NOTHING)
    return call.machine.space.constant(None)


@model("enum.unique", "enum.global_enum")
def mark(call: NativeCall) -> PointsTo:
    return call.argument(0) or NOTHING


@model("enum._simple_enum", "enum.verify")
def simple(call: NativeCall) -> PointsTo:
    """`@_simple_enum(IntEnum)`: a decorator that makes an enumeration of a plain class."""
    machine = call.machine
    if call.name.qualname == "verify":
        return native_function(machine, "enum", "unique")
    return partial(machine, native_function(machine, "enum", "_converted"), call.arguments)


@library("enum._converted")
def convert(call: NativeCall) -> PointsTo:
    machine, space = call.machine, call.machine.space
    result = NOTHING
    for base in (call.argument(0, "etype") or NOTHING).items:
        for cls in call.arguments.positional[-1].items:
            if not isinstance(base, Class) or not isinstance(cls, Class):
                continue
            pairs = [(space.constant(name), cell.value) for name, cell in cls.attributes.items()]
            namespace = machine.make_dict(call.frame, pairs, (call.site, "simple", cls))
            meta = base.metaclass or machine.native_class("EnumType")
            arguments = Arguments((space.constant(cls.name), machine.make_tuple([space.one(base)]), namespace))
            result = space.join(result, machine.instantiate(call.frame, meta, arguments, call.site, "decorator"))
    return result


def fill(machine: Machine) -> None:
    """Binds the other names of the classes."""
    one = machine.space.one
    bind_native(machine, "enum", "EnumMeta", one(machine.native_class("EnumType")))
    bind_native(machine, "enum", "EnumDict", one(machine.native_class("_EnumDict")))
    bind_native(machine, "enum", "ReprEnum", one(machine.native_class("Enum")))
