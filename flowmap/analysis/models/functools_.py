"""Models of functools, operator and copy: functions that make functions."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.layout import native_function, shared
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    BoundMethod,
    Cell,
    Class,
    Constant,
    Function,
    Partial,
    PointsTo,
    Value,
)


@model("functools.partial.__new__", "functools.partialmethod.__new__")
def new_partial(call: NativeCall) -> PointsTo:
    """`partial(f, ...)`; partials of partials are flattened past a depth."""
    machine = call.machine
    positional = call.arguments.positional[1:]
    if not positional:
        return NOTHING
    rest = Arguments(
        positional[1:], call.arguments.keywords, call.arguments.soft, call.arguments.star, call.arguments.double_star
    )
    is_method = call.name.qualname.startswith("partialmethod")
    made: list[Value] = []
    for function in positional[0].items:
        depth = function.depth + 1 if isinstance(function, Partial) else 1
        if depth > machine.bounds.partial_depth:
            machine.hit("partial_depth", call.frame.block.function)
            made.append(function)
            continue
        key = ("partial", function, rest.key, is_method)

        def make(function: Value = function, depth: int = depth) -> Value:
            return Partial(function, rest, depth, is_method=is_method)

        made.append(machine.space.intern(key, make))
    return machine.space.of(made) if made else NOTHING


def copy_names(call: NativeCall, wrapper: PointsTo, wrapped: PointsTo) -> PointsTo:
    """`update_wrapper`: copies the names and `__dict__`, sets `__wrapped__`."""
    machine = call.machine
    for target in wrapper.items:
        cells = machine.cells_of(target)
        if cells is None or isinstance(target, Class):
            continue
        machine.write(cells.setdefault("__wrapped__", Cell()), wrapped)
        for source in wrapped.items:
            own = machine.cells_of(source)
            if own is None or isinstance(source, Class):
                continue
            for name, cell in list(own.items()):
                value = machine.read(cell, call.frame)
                if value.items and name != "__wrapped__":
                    machine.write(cells.setdefault(name, Cell()), value)
            if isinstance(source, (Function, BoundMethod)):
                for name in ("__name__", "__qualname__", "__module__"):
                    found = machine.find_attribute(call.frame, source, name, call.site)
                    machine.write(cells.setdefault(name, Cell()), found or NOTHING)
    return wrapper


@model("functools.update_wrapper")
def update_wrapper(call: NativeCall) -> PointsTo:
    return copy_names(call, call.argument(0, "wrapper") or NOTHING, call.argument(1, "wrapped") or NOTHING)


@model("functools.wraps")
def wraps(call: NativeCall) -> PointsTo:
    """`wraps(f)`: a partial of update_wrapper."""
    machine = call.machine
    updater = native_function(machine, "functools", "update_wrapper").items[0]
    given = Arguments((), (("wrapped", call.argument(0, "wrapped") or NOTHING),))
    key = ("partial", updater, given.key, False)
    return machine.space.one(machine.space.intern(key, lambda: Partial(updater, given, 1, is_method=False)))


@model("functools._lru_cache_wrapper")
def cached(call: NativeCall) -> PointsTo:
    """The object that stands for a cached function."""
    machine = call.machine
    cls = machine.native_class("lru_cache_wrapper")
    made: list[Value] = []
    for function in (call.argument(0) or NOTHING).items:
        key = ("cached", function)
        value = shared(machine, cls, key)
        machine.write(value.attributes.setdefault("__wrapped__", Cell()), machine.space.one(function))
        made.append(value)
    return machine.space.of(made) if made else NOTHING


@model("functools.lru_cache_wrapper.__call__")
def call_cached(call: NativeCall) -> PointsTo:
    machine = call.machine
    rest = Arguments(
        call.arguments.positional[1:], call.arguments.keywords, call.arguments.soft, call.arguments.star,
        call.arguments.double_star,
    )  # fmt: skip
    function = machine.read(call.instance.attributes.setdefault("__wrapped__", Cell()), call.frame)
    return machine.call(call.frame, function, rest, call.site, "call")


@model("functools.lru_cache_wrapper.__get__")
def bind_cached(call: NativeCall) -> PointsTo:
    machine = call.machine
    made: list[Value] = []
    for who in (call.argument(1) or NOTHING).items:
        if isinstance(who, Constant) and who.value is None:
            made.append(call.receiver)
        else:
            key = ("bound", call.receiver, who)
            made.append(machine.space.intern(key, lambda w=who: BoundMethod(call.receiver, w)))  # type: ignore[misc]  # the default binds the loop variable
    return machine.space.of(made) if made else NOTHING


table("None", "lru_cache_wrapper.cache_clear lru_cache_wrapper.cache_info", "functools")


@model("functools.reduce")
def reduce(call: NativeCall) -> PointsTo:
    machine = call.machine
    source = call.argument(1) or NOTHING
    items = machine.items_of(call.frame, source.items[0], call.site) if len(source.items) == 1 else None
    if items is not None and len(items) <= machine.bounds.unrolled_items:
        first = call.argument(2)
        result, rest = (items[0], items[1:]) if first is None and items else (first or NOTHING, items)
        for each in rest:
            result = call.invoke(call.argument(0) or NOTHING, result, each)
        return result
    elements = machine.elements_of(call.frame, source, call.site)
    value = machine.space.join(call.argument(2) or NOTHING, elements)
    for _ in range(4):
        made = machine.space.join(value, call.invoke(call.argument(0) or NOTHING, value, elements))
        if made is value:
            break
        value = made
    return value


@model("functools.cmp_to_key")
def compare_key(call: NativeCall) -> PointsTo:
    return call.argument(0) or NOTHING


@model("typing.final", "typing.overload", "typing.runtime_checkable", "typing.no_type_check", "typing.override",
       "types.coroutine", "sys.intern")  # fmt: skip
def same(call: NativeCall) -> PointsTo:
    """Gives back what it is given: a class or function it only marks."""
    return call.argument(0) or NOTHING


# --- operator ---


@model("operator.attrgetter", "operator.itemgetter", "operator.methodcaller")
def getter(call: NativeCall) -> PointsTo:
    """A function object that remembers the names: a partial of the operation itself."""
    machine = call.machine
    worker = native_function(machine, "operator", f"_{call.name.qualname}").items[0]
    key = ("partial", worker, call.arguments.key, False)
    return machine.space.one(machine.space.intern(key, lambda: Partial(worker, call.arguments, 1, is_method=False)))


def _names(call: NativeCall) -> list[PointsTo]:
    return list(call.arguments.positional[:-1])


@model("operator._attrgetter")
def get_attributes(call: NativeCall) -> PointsTo:
    machine = call.machine
    owner = call.arguments.positional[-1]
    found: list[PointsTo] = []
    for names in _names(call):
        values = NOTHING
        for name in names.items:
            if isinstance(name, Constant) and isinstance(name.value, str):
                current = owner
                for part in name.value.split("."):
                    current = machine.get_attributes(call.frame, current, part, call.site)
                values = machine.space.join(values, current)
        found.append(values)
    return found[0] if len(found) == 1 else machine.make_tuple(found)


@model("operator._itemgetter")
def get_items(call: NativeCall) -> PointsTo:
    machine = call.machine
    owner = call.arguments.positional[-1]
    found: list[PointsTo] = []
    for index in _names(call):
        values = NOTHING
        for value in owner.items:
            values = machine.space.join(values, machine.get_item(call.frame, value, index, call.site))
        found.append(values)
    return found[0] if len(found) == 1 else machine.make_tuple(found)


@model("operator._methodcaller")
def call_method(call: NativeCall) -> PointsTo:
    machine = call.machine
    positional = call.arguments.positional
    owner = positional[-1]
    result = NOTHING
    for name in positional[0].items:
        if isinstance(name, Constant) and isinstance(name.value, str):
            method = machine.get_attributes(call.frame, owner, name.value, call.site)
            rest = Arguments(positional[1:-1], call.arguments.keywords)
            result = machine.space.join(result, machine.call(call.frame, method, rest, call.site, "callback"))
    return result


_BINARY = {
    "add": "+", "sub": "-", "mul": "*", "truediv": "/", "floordiv": "//", "mod": "%", "or_": "|", "and_": "&",
    "xor": "^", "iadd": "+", "concat": "+", "matmul": "@", "lshift": "<<", "rshift": ">>",
}  # fmt: skip


@model(*(f"operator.{name}" for name in _BINARY))
def arithmetic(call: NativeCall) -> PointsTo:
    op = _BINARY[call.name.qualname]
    return call.machine.binary(call.frame, op, call.argument(0) or NOTHING, call.argument(1) or NOTHING, call.site)


_COMPARE = {"eq": "==", "ne": "!=", "lt": "<", "gt": ">", "le": "<=", "ge": ">=", "is_": "is", "is_not": "is not"}


@model(*(f"operator.{name}" for name in (*_COMPARE, "contains", "not_", "truth")))
def compare(call: NativeCall) -> PointsTo:
    machine = call.machine
    name = call.name.qualname
    result = NOTHING
    for left in (call.argument(0) or NOTHING).items:
        if name in {"not_", "truth"}:
            answers = [machine.truth(call.frame, left, call.site)]
        elif name == "contains":
            answers = [
                machine.compare(call.frame, "in", item, left, call.site) for item in (call.argument(1) or NOTHING).items
            ]
        else:
            op = _COMPARE[name]
            answers = [
                machine.compare(call.frame, op, left, right, call.site) for right in (call.argument(1) or NOTHING).items
            ]
        for holds, fails in answers:
            for answer, may in ((name != "not_", holds), (name == "not_", fails)):
                if may:
                    result = machine.space.join(result, machine.space.constant(answer))
    return result


@model("operator.getitem", "operator.setitem", "operator.index", "operator.neg")
def item(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    for value in (call.argument(0) or NOTHING).items:
        if call.name.qualname == "setitem":
            machine.set_item(call.frame, value, call.argument(1) or NOTHING, call.argument(2) or NOTHING, call.site)
        elif call.name.qualname == "getitem":
            result = machine.space.join(
                result, machine.get_item(call.frame, value, call.argument(1) or NOTHING, call.site)
            )
        else:
            result = machine.space.join(result, machine.any_of("int"))
    return result
