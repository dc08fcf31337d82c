"""Models of dataclasses: fields in order, and the `__init__` that the library makes out of text."""

from __future__ import annotations

from dataclasses import dataclass

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import native_function
from flowmap.analysis.models.namedtuples import keyword
from flowmap.analysis.models.registry import declare, library, model
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Cell,
    Class,
    Constant,
    Instance,
    Native,
    Partial,
    PointsTo,
    Tuple,
    Value,
)
from flowmap.names import FunctionName

declare("Field", "dataclasses", "object", "__get__")
declare("InitVar", "dataclasses", "object", "")
declare("KW_ONLY", "dataclasses", "object", "")
declare("ClassVar", "typing", "object", "")


@dataclass(frozen=True, slots=True)
class _Field:
    name: str
    default: PointsTo | None
    factory: PointsTo | None
    keyword_only: bool = False
    init: bool = True
    # A parameter of `__init__` that is handed on to `__post_init__` and not stored.
    passing: bool = False


@model("dataclasses.dataclass")
def decorate(call: NativeCall) -> PointsTo:
    """`@dataclass` and `@dataclass(...)`."""
    machine = call.machine
    classes = call.argument(0, "cls")
    if classes is None or all(isinstance(c, Constant) for c in classes.items):
        function = native_function(machine, "dataclasses", "dataclass").items[0]
        given = Arguments((), call.arguments.keywords, call.arguments.soft)
        key = ("partial", function, given.key, False)
        return machine.space.one(machine.space.intern(key, lambda: Partial(function, given, 1, is_method=False)))
    for cls in classes.items:
        if isinstance(cls, Class) and not _is(call, "init", answer=False):
            _give_init(machine, cls, keyword_only=_is(call, "kw_only", answer=True))
    return classes


def _is(call: NativeCall, name: str, *, answer: bool) -> bool:
    """Whether an option surely has a value."""
    values = (keyword(call, name) or NOTHING).items
    return len(values) == 1 and isinstance(values[0], Constant) and values[0].value is answer


def _give_init(machine: Machine, cls: Class, *, keyword_only: bool) -> None:
    def run(call: NativeCall) -> PointsTo:
        return _initialise(call, cls)

    maker = machine.space.intern(
        ("dataclass", cls),
        lambda: Native(FunctionName(cls.module, f"{cls.qualname}.__init__"), run, is_method=True, is_generated=True),
    )
    marker = machine.space.constant(keyword_only)
    machine.define(cls, "__dataclass_fields__", marker)
    if "__init__" not in cls.attributes or maker in cls.attributes["__init__"].value.items:
        machine.define(cls, "__init__", machine.space.one(maker))


def _fields(machine: Machine, frame: Frame, cls: Class) -> list[_Field]:
    """Those of the bases first; a field of the same name takes the place of the base's."""
    found: dict[str, _Field] = {}
    for each in reversed(cls.mro):
        marker = each.attributes.get("__dataclass_fields__")
        if marker is None or each.is_native:
            continue
        keyword_only = any(isinstance(v, Constant) and v.value is True for v in marker.value.items)
        annotations = each.attributes.get("__annotations__")
        for table in machine.read(annotations, frame).items if annotations is not None else ():
            for pairs in table.elements if isinstance(table, Tuple) else ():
                for pair in pairs.items:
                    if not isinstance(pair, Tuple):
                        continue
                    kind = _kind(pair.elements[1])
                    keyword_only = keyword_only or kind == "KW_ONLY"
                    name = pair.elements[0].items[0]
                    if kind in {"", "InitVar"} and isinstance(name, Constant):
                        found[str(name.value)] = _field(machine, frame, each, str(name.value), kind, keyword_only)
    return list(found.values())


def _kind(annotation: PointsTo) -> str:
    for value in annotation.items:
        if isinstance(value, Class) and value.is_native and value.name in {"ClassVar", "InitVar", "KW_ONLY"}:
            return value.name
        if isinstance(value, Constant) and isinstance(value.value, str):
            for name in ("ClassVar", "InitVar", "KW_ONLY"):
                if value.value.startswith((name, f"typing.{name}", f"dataclasses.{name}")):
                    return name
    return ""


def _field(
    machine: Machine, frame: Frame, cls: Class, name: str, kind: str, keyword_only: bool
) -> _Field:  # one of a row of facts
    cell = cls.attributes.get(name)
    values = machine.read(cell, frame) if cell is not None else NOTHING
    default = NOTHING
    factory = NOTHING
    init = True
    for value in values.items:
        if isinstance(value, Instance) and value.cls is machine.native_class("Field"):
            default = machine.space.join(default, _of(machine, frame, value, "default"))
            factory = machine.space.join(factory, _of(machine, frame, value, "default_factory"))
            init = init and not _says(_of(machine, frame, value, "init"), answer=False)
            keyword_only = keyword_only or _says(_of(machine, frame, value, "kw_only"), answer=True)
        else:
            default = machine.space.join(default, machine.space.one(value))
    return _Field(
        name,
        default if default.items else None,
        factory if factory.items else None,
        keyword_only,
        init,
        kind == "InitVar",
    )


def _of(machine: Machine, frame: Frame, value: Instance, name: str) -> PointsTo:
    return machine.read(value.attributes.setdefault(name, Cell()), frame)


def _says(values: PointsTo, *, answer: bool) -> bool:
    return len(values.items) == 1 and isinstance(values.items[0], Constant) and values.items[0].value is answer


@library("dataclasses.field")
def field(call: NativeCall) -> PointsTo:
    """`field(default=..., default_factory=..., init=..., kw_only=...)`."""
    machine = call.machine
    options = call.arguments.keywords
    made = machine.allocate(call.frame, machine.native_class("Field"), (call.site, options))
    for name, value in options:
        machine.write(made.attributes.setdefault(name, Cell()), value)
    return machine.space.one(made)


@model("dataclasses.Field.__get__")
def get_default(call: NativeCall) -> PointsTo:
    """What is left in the class's place: the default, if there is one."""
    return call.machine.read(call.instance.attributes.setdefault("default", Cell()), call.frame)


def _initialise(call: NativeCall, cls: Class) -> PointsTo:
    """The generated `__init__`: binds the fields, calls the factories and `__post_init__`."""
    machine, space = call.machine, call.machine.space
    position = 1
    passed: list[PointsTo] = []
    for each in _fields(machine, call.frame, cls):
        value = None
        if each.init:
            value = call.argument(10**6 if each.keyword_only else position, each.name)
            position += not each.keyword_only
            if value is None:
                value = call.arguments.double_star
        if value is None and each.factory is not None:
            value = call.invoke(each.factory)
        if value is None:
            value = each.default
        if value is None:
            if each.init:
                raise DivergedError
            continue
        if each.passing:
            passed.append(value)
        else:
            machine.set_attribute(call.frame, call.receiver, each.name, value, call.site)
    after = (
        machine.lookup(call.frame, call.receiver.cls, "__post_init__") if isinstance(call.receiver, Instance) else None
    )
    if after is not None:
        machine.call_special(call.frame, call.receiver, "__post_init__", Arguments(tuple(passed)), call.site, "call")
    return space.constant(None)


@library("dataclasses.replace")
def replace(call: NativeCall) -> PointsTo:
    """A new object of the same class, made of the old one's fields and what is given."""
    machine = call.machine
    given = dict((*call.arguments.keywords, *call.arguments.soft))
    result = NOTHING
    for old in (call.argument(0, "obj") or NOTHING).items:
        if isinstance(old, Instance):
            row = {
                each.name: given.get(each.name) or machine.get_attribute(call.frame, old, each.name, call.site)
                for each in _fields(machine, call.frame, old.cls)
                if each.init and not (each.passing and each.name not in given)
            }  # fmt: skip
            arguments = Arguments((), tuple((name, value) for name, value in row.items() if value.items))
            result = machine.space.join(
                result, machine.call(call.frame, machine.space.one(old.cls), arguments, call.site)
            )
    return result


@library("dataclasses.fields")
def fields(call: NativeCall) -> PointsTo:
    """A Field with its name for each field."""
    machine = call.machine
    rows: list[PointsTo] = []
    for owner in (call.argument(0) or NOTHING).items:
        cls = owner if isinstance(owner, Class) else machine.class_of(owner)
        for each in _fields(machine, call.frame, cls) if cls is not None else ():
            made = machine.allocate(call.frame, machine.native_class("Field"), ("fields", cls, each.name))
            for name, value in (
                ("name", machine.space.constant(each.name)),
                ("default", each.default),
                ("default_factory", each.factory),
            ):
                machine.write(made.attributes.setdefault(name, Cell()), value or NOTHING)
            rows.append(machine.space.one(made))
    return machine.make_tuple(rows)


@library("dataclasses.asdict", "dataclasses.astuple")
def as_dict(call: NativeCall) -> PointsTo:
    """The fields by name, or in order; what is in them is not turned itself."""
    machine = call.machine
    pairs: list[tuple[PointsTo, PointsTo]] = []
    for owner in (call.argument(0, "obj") or NOTHING).items:
        if isinstance(owner, Instance):
            for each in _fields(machine, call.frame, owner.cls):
                value = machine.get_attribute(call.frame, owner, each.name, call.site)
                pairs.append((machine.space.constant(each.name), value))
    if call.name.qualname == "astuple":
        return machine.make_tuple([value for _, value in pairs])
    return machine.make_dict(call.frame, pairs, (call.site, "asdict"))


@model("dataclasses.is_dataclass")
def is_dataclass(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    for value in (call.argument(0, "obj") or NOTHING).items:
        cls: Value | None = value if isinstance(value, Class) else machine.class_of(value)
        answer = isinstance(cls, Class) and machine.lookup(call.frame, cls, "__dataclass_fields__") is not None
        result = machine.space.join(result, machine.space.constant(answer))
    return result
