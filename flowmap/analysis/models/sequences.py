"""Models of list, tuple, set, frozenset and deque."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.objects import new_object
from flowmap.analysis.models.registry import MODELS, model, table
from flowmap.analysis.mutations import index_of
from flowmap.analysis.values import NOTHING, Arguments, Class, Constant, Content, Instance, PointsTo, Tuple, Value

_MUTABLE = ("builtins.list", "builtins.set", "collections.deque")
table("int", "list.__len__ list.count tuple.__len__ tuple.count set.__len__ frozenset.__len__")
table(
    "bool", "list.__contains__ tuple.__contains__ set.__contains__ frozenset.__contains__ set.isdisjoint set.issubset"
)
table("bool", "set.issuperset frozenset.isdisjoint frozenset.issubset frozenset.issuperset")
table("None", "set.clear set.discard set.remove")
table("None", "set.difference_update set.intersection_update set.symmetric_difference_update")
table("int", "deque.__len__ deque.count deque.index", "collections")
table("bool", "deque.__contains__", "collections")
table("None", "deque.clear deque.remove deque.reverse deque.rotate", "collections")


def root_of(value: Value) -> Value:
    """What a container was first copied from."""
    return value.root if isinstance(value, Instance) else value


def mark_copy(values: PointsTo, source: Value) -> PointsTo:
    """Remembers what containers are copies of."""
    for value in values.items:
        if isinstance(value, Instance):
            value.root = root_of(source)
    return values


def content_of(value: object) -> Content | None:
    return value.content if isinstance(value, Instance) else None


def _each(*suffixes: str) -> list[str]:
    return [f"{owner}.{suffix}" for owner in _MUTABLE for suffix in suffixes]


@model("builtins.list.__new__", "builtins.set.__new__", "collections.deque.__new__", "builtins.dict.__new__")
def new_container(call: NativeCall) -> PointsTo:
    """An empty container of this site; for the builtin class itself, one for each set of arguments."""
    machine = call.machine
    classes = call.argument(0) or NOTHING
    if any(isinstance(c, Class) and not c.is_native for c in classes.items):
        made = new_object(call)
    else:
        rest = (call.arguments.positional[1:], call.arguments.keywords, call.arguments.soft)
        key = (call.site, rest if any(p.items for p in rest[0]) and not _mutable(rest[0]) else ())
        values = [machine.allocate(call.frame, c, key) for c in classes.items if isinstance(c, Class)]
        made = machine.space.of(values) if values else NOTHING
    for value in made.items:
        if isinstance(value, Instance) and value.content is None:
            value.content = Content()
    return made


def _mutable(values: tuple[PointsTo, ...]) -> bool:
    return any(not isinstance(v, (Tuple, Constant)) for p in values for v in p.items)


def ask_length(call: NativeCall, source: PointsTo) -> None:
    """What makes a list or tuple of something asks first how long it may become (PEP 424)."""
    machine = call.machine
    for value in source.items:
        for special in ("__len__", "__length_hint__") if isinstance(value, Instance) else ():
            found = machine.lookup(call.frame, value.cls, special) if isinstance(value, Instance) else None
            if found is not None:
                if not found[0].is_native:
                    machine.call_special(call.frame, value, special, Arguments(), call.site, "operator")
                break


@model("builtins.list.__init__", "builtins.set.__init__", "collections.deque.__init__")
def init_sequence(call: NativeCall) -> PointsTo:
    machine = call.machine
    target = call.receiver
    source = call.argument(1)
    if not isinstance(target, Instance) or target.content is None:
        return machine.space.constant(None)
    if source is None:
        machine.fill_list(target, [] if target.cls.name == "list" else None, NOTHING)
        return machine.space.constant(None)
    if target.cls.name == "list":
        ask_length(call, source)
    for value in source.items:
        items = machine.items_of(call.frame, value, call.site) if target.cls.name == "list" else None
        if items is not None:
            machine.fill_list(target, items, NOTHING)
        else:
            machine.fill_list(target, None, machine.elements_of(call.frame, machine.space.one(value), call.site))
    return machine.space.constant(None)


@model("builtins.tuple.__new__")
def new_tuple(call: NativeCall) -> PointsTo:
    machine = call.machine
    source = call.argument(1)
    result = NOTHING
    if source is not None:
        ask_length(call, source)
    for cls in (call.argument(0) or NOTHING).items:
        if isinstance(cls, Class) and not cls.is_native:
            for value in source.items if source is not None else (None,):
                result = machine.space.join(result, machine.space.one(_tuple_of(call, cls, value)))
            continue
        for value in source.items if source is not None else ():
            items = machine.items_of(call.frame, value, call.site)
            made_tuple = (
                machine.make_tuple(items) if items is not None
                else machine.any_tuple(machine.elements_of(call.frame, machine.space.one(value), call.site))
            )  # fmt: skip
            result = machine.space.join(result, made_tuple)
        if source is None:
            result = machine.space.join(result, machine.make_tuple([]))
    return result


def _tuple_of(call: NativeCall, cls: Class, source: Value | None) -> Instance:
    """The object of a subclass of tuple: it never changes, so it is told apart by what it was made of."""
    machine = call.machine
    root = None if source is None else root_of(source)
    made = machine.allocate(call.frame, cls, (call.site, root))
    if made.content is None:
        made.content = Content()
    if source is not None and root is not None:
        made.root = root
        machine.write_content(made.content.rest, machine.elements_of(call.frame, machine.space.one(source), call.site))
    return made


@model("builtins.frozenset.__new__")
def new_frozenset(call: NativeCall) -> PointsTo:
    machine = call.machine
    source = call.argument(1)
    elements = NOTHING if source is None else machine.elements_of(call.frame, source, call.site)
    return machine.make_list(call.frame, None, elements, (call.site, "frozenset"), "frozenset")


@model(*_each("append", "add", "appendleft"))
def add(call: NativeCall) -> PointsTo:
    content = content_of(call.receiver)
    if content is not None:
        call.machine.write_content(content.rest, call.argument(1) or NOTHING)
    return call.machine.space.constant(None)


@model("builtins.list.insert", "collections.deque.insert")
def insert(call: NativeCall) -> PointsTo:
    content = content_of(call.receiver)
    if content is not None:
        call.machine.write_content(content.rest, call.argument(2) or NOTHING)
    return move(call)


@model("builtins.list.clear", "builtins.list.remove", "builtins.list.reverse", "builtins.list.__delitem__")
def move(call: NativeCall) -> PointsTo:
    """The items are no longer where they were, or are fewer."""
    if isinstance(call.receiver, Instance) and call.receiver.content is not None:
        call.machine.blur(call.receiver)
    return call.machine.space.constant(None)


@model(*_each("extend", "extendleft", "update"))
def extend(call: NativeCall) -> PointsTo:
    machine = call.machine
    content = content_of(call.receiver)
    for values in call.arguments.positional[1:]:
        elements = machine.elements_of(call.frame, values, call.site)
        if content is not None:
            machine.write_content(content.rest, elements)
    return machine.space.constant(None)


@model(*_each("pop", "popleft"))
def pop(call: NativeCall) -> PointsTo:
    machine = call.machine
    receiver = machine.space.one(call.receiver)
    position = call.argument(1)
    content = content_of(call.receiver)
    exact = content is not None and content.fixed is not None and not machine.read(content.rest, call.frame).items
    if exact and position is None:
        position = machine.space.constant(-1)
    if exact and position is not None and not machine.loops_or_shared(call.frame, call.receiver):
        result = machine.plain_item(call.frame, call.receiver, position, call.site)
    else:
        result = machine.elements_of(call.frame, receiver, call.site)
    move(call)
    return result


def _copy(call: NativeCall, kind: str) -> PointsTo:
    machine = call.machine
    receiver = call.receiver
    items = machine.items_of(call.frame, receiver, call.site) if kind == "list" else None
    rest = NOTHING if items is not None else machine.elements_of(call.frame, machine.space.one(receiver), call.site)
    made = machine.make_list(call.frame, items, rest, (call.site, "copy", root_of(receiver)), kind)
    return mark_copy(made, receiver)


@model("builtins.list.copy", "builtins.list.__mul__", "collections.deque.copy")
def copy_list(call: NativeCall) -> PointsTo:
    return _copy(call, "list")


@model("builtins.set.copy", "builtins.frozenset.copy")
def copy_set(call: NativeCall) -> PointsTo:
    return _copy(call, "set")


def _union(call: NativeCall) -> PointsTo:
    machine = call.machine
    rest = NOTHING
    for values in call.arguments.positional:
        rest = machine.space.join_content(rest, machine.elements_of(call.frame, values, call.site))
    made = machine.make_list(call.frame, None, rest, (call.site, "union", root_of(call.receiver)), "set")
    return mark_copy(made, call.receiver)


for _owner in ("set", "frozenset"):
    for _name in ("union", "symmetric_difference", "__or__", "__xor__"):
        MODELS[f"builtins.{_owner}.{_name}"] = _union
    for _name in ("difference", "intersection", "__sub__", "__and__"):
        MODELS[f"builtins.{_owner}.{_name}"] = copy_set


@model("builtins.list.index", "builtins.tuple.index")
def index(call: NativeCall) -> PointsTo:
    """A number that is known where all items before it are."""
    machine = call.machine
    items = machine.items_of(call.frame, call.receiver, call.site)
    only = call.argument(1) if len(call.arguments.positional) == 2 else None
    place = index_of(list(items), only) if items is not None and only is not None else None
    return machine.any_of("int") if place is None else machine.space.constant(place)


@model("builtins.list.sort")
def sort(call: NativeCall) -> PointsTo:
    """Calls the key function; the order of the items is lost."""
    machine = call.machine
    key = next((value for name, value in call.arguments.keywords if name == "key"), None)
    if key is not None:
        call.invoke(key, machine.elements_of(call.frame, machine.space.one(call.receiver), call.site))
    else:
        machine.compare_elements(call.frame, machine.space.one(call.receiver), call.site)
    if isinstance(call.receiver, Instance) and call.receiver.content is not None:
        machine.blur(call.receiver)
    return machine.space.constant(None)


@model(
    "builtins.list.__getitem__", "builtins.tuple.__getitem__", "collections.deque.__getitem__",
    "builtins.list.__iter__", "builtins.tuple.__iter__", "builtins.set.__iter__", "builtins.frozenset.__iter__",
    "collections.deque.__iter__", "builtins.list.__reversed__",
)  # fmt: skip
def access(call: NativeCall) -> PointsTo:
    """`super().__getitem__(i)` and `super().__iter__()` of a derived class."""
    machine = call.machine
    if call.name.qualname.endswith("__getitem__"):
        return machine.plain_item(call.frame, call.receiver, call.argument(1) or NOTHING, call.site)
    return machine.content_iterator(call.frame, call.receiver)


@model("builtins.list.__setitem__")
def set_item(call: NativeCall) -> PointsTo:
    machine = call.machine
    if isinstance(call.receiver, Instance):
        machine.plain_set_item(
            call.frame, call.receiver, call.argument(1) or NOTHING, call.argument(2) or NOTHING, call.site
        )
    return machine.space.constant(None)


@model("builtins.list.__add__", "builtins.tuple.__add__", "builtins.list.__iadd__", "builtins.tuple.__mul__")
def concatenate(call: NativeCall) -> PointsTo:
    machine = call.machine
    rest = NOTHING
    for values in call.arguments.positional[:2]:
        rest = machine.space.join_content(rest, machine.elements_of(call.frame, values, call.site))
    if "tuple" in call.name.qualname:
        return machine.any_tuple(rest)
    return machine.make_list(call.frame, None, rest, (call.site, "+"))
