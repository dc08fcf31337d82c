"""Models of the builtin functions (library reference, Built-in Functions)."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.models.text import formatted
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Class,
    Constant,
    Function,
    Instance,
    Module,
    PointsTo,
    Tuple,
    Value,
)

table("str", "input")
table("int", "id ord")
table("bool", "isinstance issubclass callable hasattr")
table("None", "print breakpoint help")


def texts(values: PointsTo | None) -> list[str] | None:
    """The strings of a set of constants; None when one of its values is something else."""
    result: list[str] = []
    for value in values.items if values is not None else ():
        if not isinstance(value, Constant) or not isinstance(value.value, str):
            return None
        result.append(value.value)
    return result


@model("builtins.getattr")
def get_attribute(call: NativeCall) -> PointsTo:
    """`getattr(owner, name, default)`: the names come from constants."""
    machine, space = call.machine, call.machine.space
    owners = call.argument(0) or NOTHING
    default = call.argument(2)
    result = NOTHING
    if _are_too_many(call, owners):
        return space.join(default or NOTHING, space.unknown(Reason.OVERFULL.value))
    for name in (call.argument(1) or NOTHING).items:
        if not isinstance(name, Constant) or not isinstance(name.value, str):
            result = space.join(result, space.unknown(Reason.UNKNOWN_VALUE.value))
            continue
        for owner in owners.items:
            try:
                found = machine.find_attribute(call.frame, owner, name.value, call.site)
            except DivergedError:
                # What `__getattr__` raises, where it gives nothing, is an AttributeError as far as anybody knows.
                result = space.join(result, default or NOTHING)
                continue
            if found is not None:
                machine.mark_found(found, name.value)
                result = space.join(result, found)
            if (found is None or not found.items) and isinstance(owner, Module) and default is None:
                missed = f"{owner.name}.{name.value}"
                if missed in machine.named_in_settings and owner.state == "done":
                    machine.gap(call.frame, call.site, Reason.ATTRIBUTE_MISSING.value, missed)
            if default is not None and (found is None or _may_lack(call, owner, name.value)):
                result = space.join(result, default)
    if not result.items and owners.items and default is None and call.arguments.positional[1:]:
        raise DivergedError
    return result


def _are_too_many(call: NativeCall, owners: PointsTo) -> bool:
    """Whether there are more names for more objects than are looked up one by one."""
    machine = call.machine
    names = call.argument(1) or NOTHING
    if len(owners.items) * len(names.items) <= machine.bounds.attribute_pairs:
        return False
    machine.hit("attribute_pairs", call.frame.block.function)
    return True


def _may_lack(call: NativeCall, owner: Value, name: str) -> bool:
    """Whether an object may not have an attribute that some object of its site has."""
    if isinstance(owner, Instance):
        return call.machine.lookup(call.frame, owner.cls, name) is None
    if isinstance(owner, Module):
        return owner.may_lack(name)
    return not isinstance(owner, (Class, Function))


@model("builtins.setattr")
def set_attribute(call: NativeCall) -> PointsTo:
    machine = call.machine
    value = call.argument(2) or NOTHING
    owners = call.argument(0) or NOTHING
    for name in (call.argument(1) or NOTHING).items if not _are_too_many(call, owners) else ():
        text = name.value if isinstance(name, Constant) and isinstance(name.value, str) else "*"
        for owner in owners.items:
            machine.set_attribute(call.frame, owner, text, value, call.site)
    return machine.space.constant(None)


@model("builtins.delattr")
def delete_attribute(call: NativeCall) -> PointsTo:
    machine = call.machine
    for name in texts(call.argument(1)) or ():
        for owner in (call.argument(0) or NOTHING).items:
            machine.delete_attribute(call.frame, owner, name, call.site)
    return machine.space.constant(None)


@model("builtins.len")
def length(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    values = (call.argument(0) or NOTHING).items
    call.is_sure(found=bool(values) and all(isinstance(value, Tuple) for value in values))
    for value in values:
        found = machine.lookup(call.frame, value.cls, "__len__") if isinstance(value, Instance) else None
        if found is not None and not found[0].is_native:
            made = machine.call_special(call.frame, value, "__len__", Arguments(), call.site, "operator")
            result = machine.space.join(result, made or NOTHING)
            continue
        if isinstance(value, Constant) and isinstance(value.value, (str, bytes)):
            result = machine.space.join(result, machine.space.constant(len(value.value)))
            continue
        items = machine.items_of(call.frame, value, call.site) if not isinstance(value, Class) else None
        fixed = items is not None and not (isinstance(value, Instance) and not value.single)
        made = machine.space.constant(len(items)) if items is not None and fixed else machine.any_of("int")
        result = machine.space.join(result, made)
    return result


@model("builtins.repr", "builtins.format")
def represent(call: NativeCall) -> PointsTo:
    conversion = "r" if call.name.qualname == "repr" else "s"
    if conversion == "s":
        return formatted(call, call.argument(0) or NOTHING, call.argument(1) or call.machine.space.constant(""))
    return call.machine.text_of(call.frame, call.argument(0) or NOTHING, call.site, conversion)


@model("builtins.vars")
def variables(call: NativeCall) -> PointsTo:
    machine = call.machine
    if not call.arguments.positional:
        return local_names(call)
    return machine.get_attributes(call.frame, call.arguments.positional[0], "__dict__", call.site)


@model("builtins.globals")
def global_names(call: NativeCall) -> PointsTo:
    return call.machine.namespace("dict", call.frame.module)


@model("builtins.locals")
def local_names(call: NativeCall) -> PointsTo:
    machine, frame = call.machine, call.frame
    if frame.block.code.kind == "module":
        return global_names(call)
    pairs = [(machine.space.constant(name), value) for name, value in (frame.state or {}).items()]
    return machine.make_dict(frame, pairs, ("locals", call.site))


@model("builtins.dir")
def directory(call: NativeCall) -> PointsTo:
    """`dir(x)`: the sorted names of a module's, a class's or an object's attributes."""
    machine, space = call.machine, call.machine.space
    names: dict[str, None] = {}
    for value in (call.argument(0) or NOTHING).items:
        if isinstance(value, Instance):
            found = machine.lookup(call.frame, value.cls, "__dir__")
            if found is not None and not found[0].is_native:
                made = machine.call_special(call.frame, value, "__dir__", Arguments(), call.site, "callback")
                return made or NOTHING
        cls = value if isinstance(value, Class) else machine.class_of(value)
        for each in (*(cls.mro if cls is not None and not isinstance(value, Module) else ()), value):
            cells = machine.cells_of(each)
            if cells is not None and not (isinstance(each, Class) and each.is_native):
                names.update(dict.fromkeys(name for name, cell in cells.items() if cell.value.items))
    elements = [space.constant(name) for name in sorted(names)]
    return machine.make_list(call.frame, elements, NOTHING, (call.site, tuple(elements)))


@model("builtins.exec", "builtins.eval", "builtins.compile")
def dynamic_code(call: NativeCall) -> PointsTo:
    call.machine.gap(call.frame, call.site, Reason.DYNAMIC_CODE.value)
    return call.machine.space.unknown(Reason.DYNAMIC_CODE.value)


@model("builtins.__import__")
def import_module(call: NativeCall) -> PointsTo:
    """`__import__(name)`: the top package, or with `fromlist` the module itself."""
    machine, space = call.machine, call.machine.space
    fromlist = call.argument(3, "fromlist")
    whole = fromlist is not None and any(machine.truth(call.frame, v, call.site)[0] for v in fromlist.items)
    result = NOTHING
    for name in (call.argument(0, "name") or NOTHING).items:
        if not isinstance(name, Constant) or not isinstance(name.value, str):
            machine.gap(call.frame, call.site, Reason.UNKNOWN_VALUE.value)
            result = space.join(result, space.unknown(Reason.UNKNOWN_VALUE.value))
            continue
        module = machine.import_dotted(call.frame, name.value, call.site, "import-string")
        if not whole:
            top = machine.modules.get(name.value.partition(".")[0])
            module = space.one(top) if top is not None else module
        machine.mark_found(module, name.value)
        result = space.join(result, module)
    return result


@model("builtins.chr")
def character(call: NativeCall) -> PointsTo:
    return call.machine.any_of("str")


_BY_METHOD = {
    "abs": ("__abs__", "int"), "hash": ("__hash__", "int"), "round": ("__round__", "float"), "divmod": ("__divmod__",
    "int"),
    "pow": ("__pow__", "float"), "bin": ("__index__", "str"), "hex": ("__index__", "str"), "oct": ("__index__", "str"),
    "ascii": ("__repr__", "str"),
}  # fmt: skip


@model(*(f"builtins.{name}" for name in _BY_METHOD))
def by_method(call: NativeCall) -> PointsTo:
    """Calls the special method that the program defines; else some number or text."""
    machine = call.machine
    special, kind = _BY_METHOD[call.name.qualname]
    result = NOTHING
    for value in (call.argument(0) or NOTHING).items:
        found = machine.lookup(call.frame, value.cls, special) if isinstance(value, Instance) else None
        made = None
        if found is not None and not found[0].is_native:
            arguments = Arguments(call.arguments.positional[1:])
            made = machine.call_special(call.frame, value, special, arguments, call.site, "operator")
        result = machine.space.join(result, made if made is not None else machine.any_of(kind))
    return result


@model(
    "builtins.isinstance", "builtins.issubclass", "builtins.callable", "builtins.hasattr", "inspect.isclass",
    "inspect.isfunction", "inspect.ismodule", "inspect.iscoroutinefunction", "asyncio.iscoroutinefunction",
)  # fmt: skip
def predicate(call: NativeCall) -> PointsTo:
    """Reached when the answer is used as a value; as a test it refines variables (conditions.py)."""
    machine, space = call.machine, call.machine.space
    answers: dict[bool | None, None] = {}
    rest = call.argument(1) or NOTHING
    for value in (call.argument(0) or NOTHING).items:
        answers[machine.predicate(call.frame, call.name, value, rest, call.site)] = None
    if not answers or None in answers or len(answers) == 2:
        return space.join(space.constant(value=True), space.constant(value=False))
    return space.constant(next(iter(answers)))
