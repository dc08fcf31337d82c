"""Models of dict, its C subclasses and os.environ."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.models.sequences import mark_copy, root_of
from flowmap.analysis.values import NOTHING, Arguments, Cell, Class, Constant, Instance, Namespace, PointsTo, Value

table("int", "dict.__len__")
table("bool", "dict.__contains__")
table("None", "dict.clear dict.__delitem__")
table("None", "OrderedDict.move_to_end", "collections")


@model("builtins.dict.__init__")
def init_dict(call: NativeCall) -> PointsTo:
    """`dict(mapping or pairs, **more)`."""
    machine = call.machine
    target = call.receiver
    for values in call.arguments.positional[1:2]:
        machine.update_mapping(call.frame, target, values, call.site)
    if isinstance(target, Instance) and target.content is not None:
        for name, value in (*call.arguments.keywords, *call.arguments.soft):
            machine.put(target, machine.space.constant(name), value)
        if call.arguments.double_star is not None:
            machine.put(target, machine.any_of("str"), call.arguments.double_star)
    return machine.space.constant(None)


@model("collections.defaultdict.__init__")
def init_defaultdict(call: NativeCall) -> PointsTo:
    target = call.receiver
    factory = call.argument(1)
    if isinstance(target, Instance) and factory is not None:
        call.machine.write(target.attributes.setdefault("default_factory", Cell()), factory)
        call.machine.update_mapping(call.frame, target, call.argument(2) or NOTHING, call.site)
    return call.machine.space.constant(None)


@model("collections.defaultdict.__missing__")
def missing(call: NativeCall) -> PointsTo:
    """Calls the default factory and stores what it makes."""
    machine = call.machine
    target = call.receiver
    if not isinstance(target, Instance) or target.content is None:
        return NOTHING
    factory = machine.read(target.attributes.setdefault("default_factory", Cell()), call.frame)
    if not factory.items:
        return NOTHING
    made = call.invoke(factory)
    machine.put(target, call.argument(1) or NOTHING, made)
    return made


@model("builtins.dict.update", "builtins.dict.__ior__")
def update(call: NativeCall) -> PointsTo:
    init_dict(call)
    if call.name.qualname.endswith("__ior__"):
        return call.machine.space.one(call.receiver)
    return call.machine.space.constant(None)


def _looked_up(call: NativeCall, default: PointsTo) -> PointsTo:
    machine = call.machine
    target = call.receiver
    if not isinstance(target, Instance) or target.content is None:
        return machine.space.join(machine.get_item(call.frame, target, call.argument(1) or NOTHING, call.site), default)
    keys = call.argument(1) or NOTHING
    found = machine.mapping_item(call.frame, target, keys, call.site, missing=False)
    sure = all(key in target.content.known for key in keys.items) and keys.items and target.single
    return found if sure else machine.space.join(found, default)


@model("builtins.dict.get")
def get(call: NativeCall) -> PointsTo:
    return _looked_up(call, call.argument(2) or call.machine.space.constant(None))


@model("builtins.dict.pop")
def pop(call: NativeCall) -> PointsTo:
    return _looked_up(call, call.argument(2) or NOTHING)


@model("builtins.dict.setdefault")
def set_default(call: NativeCall) -> PointsTo:
    machine = call.machine
    default = call.argument(2) or machine.space.constant(None)
    if isinstance(call.receiver, Instance) and call.receiver.content is not None:
        machine.put(call.receiver, call.argument(1) or NOTHING, default)
    elif isinstance(call.receiver, Namespace):
        machine.set_item(call.frame, call.receiver, call.argument(1) or NOTHING, default, call.site)
    return _looked_up(call, default)


@model("builtins.dict.__getitem__")
def get_item(call: NativeCall) -> PointsTo:
    return call.machine.plain_item(call.frame, call.receiver, call.argument(1) or NOTHING, call.site)


@model("builtins.dict.__setitem__")
def set_item(call: NativeCall) -> PointsTo:
    machine = call.machine
    if isinstance(call.receiver, Instance):
        machine.plain_set_item(
            call.frame, call.receiver, call.argument(1) or NOTHING, call.argument(2) or NOTHING, call.site
        )
    return machine.space.constant(None)


@model("builtins.dict.keys", "builtins.dict.__iter__", "builtins.dict.__reversed__")
def keys(call: NativeCall) -> PointsTo:
    pairs = call.machine.pairs_of(call.frame, call.receiver, call.site)
    return _view(call, [key for key, _ in pairs], call.receiver)


@model("builtins.dict.values")
def values(call: NativeCall) -> PointsTo:
    pairs = call.machine.pairs_of(call.frame, call.receiver, call.site)
    return _view(call, [value for _, value in pairs], call.receiver)


@model("builtins.dict.items")
def items(call: NativeCall) -> PointsTo:
    machine = call.machine
    pairs = machine.pairs_of(call.frame, call.receiver, call.site)
    return _view(call, [machine.make_tuple([key, value]) for key, value in pairs], call.receiver)


def _view(call: NativeCall, elements: list[PointsTo], owner: Value) -> PointsTo:
    """In order while every key is a constant; else the union."""
    machine = call.machine
    exact = not (
        isinstance(owner, Instance) and owner.content is not None and machine.read(owner.content.keys, call.frame).items
    )
    if exact:
        return machine.make_iterator("view", elements, NOTHING)
    return machine.make_iterator("view", None, machine.space.join_all(elements))


@model("builtins.dict.popitem")
def pop_item(call: NativeCall) -> PointsTo:
    return call.machine.elements_of(call.frame, items(call), call.site)


@model("builtins.dict.copy", "builtins.dict.__or__")
def copy(call: NativeCall) -> PointsTo:
    machine = call.machine
    pairs = machine.pairs_of(call.frame, call.receiver, call.site)
    for other in call.arguments.positional[1:]:
        for value in other.items:
            pairs = [*pairs, *machine.pairs_of(call.frame, value, call.site)]
    made = machine.make_dict(call.frame, pairs, (call.site, "copy", root_of(call.receiver)))
    return mark_copy(made, call.receiver)


@model("builtins.dict.fromkeys")
def from_keys(call: NativeCall) -> PointsTo:
    machine = call.machine
    start = (
        1 if call.arguments.positional and any(isinstance(v, Class) for v in call.arguments.positional[0].items) else 0
    )
    names = machine.elements_of(call.frame, call.argument(start) or NOTHING, call.site)
    value = call.argument(start + 1) or machine.space.constant(None)
    return machine.make_dict(call.frame, [(names, value)], (call.site, "fromkeys"))


# --- os.environ: a variable may hold any text, or be unset, unless the outside or the program gives it a value ---


def _stored(machine: Machine, name: Constant) -> tuple[Cell, Cell]:
    """What the program gives a variable, as far as it is known, and whether it gives it anything."""
    target = machine.modules["os"].cells["environ"].value.items[0]
    assert isinstance(target, Instance)
    # No attribute has such a name.
    texts, is_set = f"{name.value}=", f"{name.value}=?"
    return target.attributes.setdefault(texts, Cell()), target.attributes.setdefault(is_set, Cell())


def environment(machine: Machine, frame: Frame, name: Value) -> tuple[PointsTo, bool]:
    """What a variable may hold, and whether it may be unset.

    Some text would swallow the texts that are known: where the program gives a variable a known one, that is its value.
    """
    given = machine.outside.environment
    if not isinstance(name, Constant):
        return machine.any_of("str"), True
    texts, flag = _stored(machine, name)
    stored = machine.read(texts, frame)
    if name.value in given and given[str(name.value)] is not None:
        return machine.space.join(stored, machine.space.constant(given[str(name.value)])), False
    if stored.items:
        return stored, False
    is_set = machine.read(flag, frame).items
    if name.value in given and not is_set:
        return NOTHING, True
    return machine.any_of("str"), not is_set


def _note(call: NativeCall, name: Value, values: PointsTo) -> None:
    """Remembers who reads a variable that may hold anything."""
    if isinstance(name, Constant) and call.machine.any_of("str").items[0] in values.items:
        reader = call.frame.activation
        read = call.machine.open_variables.setdefault(reader.owner or reader, {})
        read[call.frame.lines[call.site], str(name.value)] = None


def _environ(call: NativeCall, default: PointsTo | None) -> PointsTo:
    result = NOTHING
    for name in (call.argument(1) or NOTHING).items:
        value, may_lack = environment(call.machine, call.frame, name)
        _note(call, name, value)
        result = call.machine.space.join(result, value)
        if default is not None and may_lack:
            result = call.machine.space.join(result, default)
    return result


@model("os._Environ.__getitem__")
def environ_item(call: NativeCall) -> PointsTo:
    machine, names = call.machine, (call.argument(1) or NOTHING).items
    call.is_sure(found=bool(names) and not any(environment(machine, call.frame, name)[1] for name in names))
    return _environ(call, None)


@model("os._Environ.get", "os._Environ.pop", "os.getenv")
def environ_get(call: NativeCall) -> PointsTo:
    if call.name.qualname == "getenv":
        call.arguments = call.arguments.prepend(call.machine.modules["os"].cells["environ"].value)
    return _environ(call, call.argument(2, "default") or call.machine.space.constant(None))


@model("os._Environ.__contains__")
def environ_contains(call: NativeCall) -> PointsTo:
    """True of what the outside or the program sets, False of what is known to be unset."""
    machine = call.machine
    result = NOTHING
    for name in (call.argument(1) or NOTHING).items:
        value, may_lack = environment(machine, call.frame, name)
        _note(call, name, value)
        for answer, may_be in ((True, bool(value.items)), (False, may_lack)):
            if may_be:
                result = machine.space.join(result, machine.space.constant(answer))
    return result


@model("os._Environ.setdefault")
def environ_default(call: NativeCall) -> PointsTo:
    environ_set(call)
    return _environ(call, None)


@model("os._Environ.__setitem__")
def environ_set(call: NativeCall) -> PointsTo:
    machine = call.machine
    for name in (call.argument(1) or NOTHING).items:
        if isinstance(name, Constant):
            texts, is_set = _stored(machine, name)
            known = [v for v in (call.argument(2) or NOTHING).items if v is not machine.any_of("str").items[0]]
            machine.write(texts, machine.space.of(known) if known else NOTHING)
            machine.write(is_set, machine.space.constant(value=True))
    return machine.space.constant(None)


@model("os._Environ.update")
def environ_update(call: NativeCall) -> PointsTo:
    """As many assignments; keyword arguments too."""
    machine = call.machine
    target = call.arguments.positional[:1]
    pairs = [(machine.space.constant(name), value) for name, value in call.arguments.keywords]
    for other in (call.argument(1) or NOTHING).items:
        pairs += machine.pairs_of(call.frame, other, call.site)
    for names, value in pairs:
        environ_set(NativeCall(machine, call.frame, call.name, Arguments((*target, names, value)), call.site))
    return machine.space.constant(None)


@model("os._Environ.copy")
def environ_copy(call: NativeCall) -> PointsTo:
    machine = call.machine
    return machine.make_dict(call.frame, [(machine.any_of("str"), machine.any_of("str"))], (call.site, "environ"))


# Which variables there are nobody knows.
table("[str]", "_Environ.__iter__ _Environ.keys _Environ.values", "os")
table("[(str,str)]", "_Environ.items", "os")
table("None", "_Environ.__delitem__", "os")
table("int", "_Environ.__len__", "os")
