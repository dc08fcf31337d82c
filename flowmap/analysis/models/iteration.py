"""Models of what iterates: iter, next, map, filter, zip, sorted ..., itertools and generators."""

from __future__ import annotations

from collections.abc import Callable

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.models.objects import attribute_cell
from flowmap.analysis.models.registry import MODELS, Model, model, table
from flowmap.analysis.models.text import lift
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Constant,
    Generator,
    Instance,
    ItemIterator,
    LazyIterator,
    PointsTo,
    SliceValue,
    Tuple,
    Value,
)


def lazy(*names: str) -> Callable[[Model], Model]:
    """Registers the model of what iterating over the results of these functions calls and gives."""

    def register(iterated: Model) -> Model:
        def make(call: NativeCall) -> PointsTo:
            given = (value for values in call.arguments.positional for value in values.items)
            depth = 1 + max((value.depth for value in given if isinstance(value, LazyIterator)), default=0)
            if depth > call.machine.bounds.tuple_depth:
                call.machine.hit("tuple_depth", "iterator")
                return iterated(call)
            space = call.machine.space
            key = ("lazy", call.name, call.arguments.key)
            return space.one(space.intern(key, lambda: LazyIterator(call.name, iterated, call.arguments, depth)))

        for name in names:
            MODELS[name] = make
        return iterated

    return register


def _columns(call: NativeCall, first: int) -> list[tuple[PointsTo, ...] | None]:
    machine = call.machine
    result = []
    for values in call.arguments.positional[first:]:
        only = values.items[0] if len(values.items) == 1 else None
        result.append(machine.items_of(call.frame, only, call.site) if only is not None else None)
    return result


def _elements(call: NativeCall, index: int) -> PointsTo:
    return call.machine.elements_of(call.frame, call.argument(index) or NOTHING, call.site)


@model("builtins.iter", "builtins.aiter")
def iterate(call: NativeCall) -> PointsTo:
    machine, space = call.machine, call.machine.space
    if len(call.arguments.positional) > 1:
        return machine.make_iterator("callable", None, call.invoke(call.arguments.positional[0]))
    special = "__aiter__" if call.name.qualname == "aiter" else "__iter__"
    result = NOTHING
    for value in (call.argument(0) or NOTHING).items:
        if isinstance(value, (Generator, ItemIterator, LazyIterator)):
            result = space.join(result, space.one(value))
            continue
        if isinstance(value, Instance) and not value.cls.is_native:
            found = machine.lookup(call.frame, value.cls, special)
            if found is not None and not found[0].is_native:
                made = machine.call_special(call.frame, value, special, Arguments(), call.site, "iteration")
                result = space.join(result, made or NOTHING)
                continue
        items = machine.items_of(call.frame, value, call.site)
        rest = NOTHING if items is not None else machine.elements_of(call.frame, space.one(value), call.site)
        result = space.join(result, machine.make_iterator("iterator", items, rest))
    return result


@model("builtins.next", "builtins.anext")
def next_(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = call.argument(1) or NOTHING
    for value in (call.argument(0) or NOTHING).items:
        result = machine.space.join(result, _advanced(call, value))
    return result


@model(
    "types.generator.__iter__",
    "types.async_generator.__aiter__",
    "builtins.iterator.__iter__",
    "types.coroutine.__await__",
)
def itself(call: NativeCall) -> PointsTo:
    return call.machine.space.one(call.receiver)


@model("types.generator.__next__", "types.generator.send", "types.generator.throw", "builtins.iterator.__next__",
       "types.coroutine.send", "types.async_generator.__anext__", "types.async_generator.asend")  # fmt: skip
def step(call: NativeCall) -> PointsTo:
    machine = call.machine
    value = call.receiver
    if isinstance(value, Generator) and call.name.qualname.endswith("send"):
        machine.write(value.activation.sent, call.argument(1) or NOTHING)
    return _advanced(call, value)


def _advanced(call: NativeCall, value: Value) -> PointsTo:
    """The next item; what a generator returns is the value of the StopIteration that ends it (data model 3.3.1)."""
    machine = call.machine
    item = machine.next_of(call.frame, value, call.site)
    if isinstance(value, Generator):
        machine.write(machine.stopped, machine.read(value.activation.returns, call.frame))
    return item


@model("builtins.StopIteration.value")
def value_of_stop(call: NativeCall) -> PointsTo:
    """Which generator has ended is not told apart."""
    machine = call.machine
    result = machine.read(machine.stopped, call.frame)
    for arguments in machine.read(attribute_cell(call.receiver, "args"), call.frame).items:
        if isinstance(arguments, Tuple) and arguments.elements:
            result = machine.space.join(result, arguments.elements[0])
    return result if result.items else machine.space.constant(None)


table("None", "generator.close coroutine.close async_generator.aclose", "types")


@lazy("builtins.map", "itertools.starmap")
def map_(call: NativeCall) -> PointsTo:
    """Calls the function item by item where the items are known."""
    machine = call.machine
    function = call.argument(0) or NOTHING
    if call.name.qualname == "starmap":
        made = NOTHING
        for row in _elements(call, 1).items:
            items = machine.items_of(call.frame, row, call.site)
            made = machine.space.join(made, call.invoke(function, *(items or ())))
        return machine.make_iterator("map", None, made)
    columns = _columns(call, 1)
    if columns and all(c is not None for c in columns):
        rows = list(zip(*(c or () for c in columns), strict=False))
        if len(rows) <= machine.bounds.unrolled_items:
            return machine.make_iterator("map", [call.invoke(function, *row) for row in rows], NOTHING)
    elements = [_elements(call, i) for i in range(1, len(call.arguments.positional))]
    if not all(e.items for e in elements):
        return machine.make_iterator("map", None, NOTHING)
    return machine.make_iterator("map", None, call.invoke(function, *elements))


@lazy("builtins.filter", "itertools.filterfalse", "itertools.takewhile", "itertools.dropwhile")
def filter_(call: NativeCall) -> PointsTo:
    machine, space = call.machine, call.machine.space
    function = call.argument(0) or NOTHING
    elements = _elements(call, 1)
    kept = NOTHING
    wanted = call.name.qualname != "filterfalse"
    for value in elements.items:
        if all(isinstance(f, Constant) for f in function.items):
            answers = space.one(value)
        else:
            answers = call.invoke(function, space.one(value))
        truths = [machine.truth(call.frame, answer, call.site)[0 if wanted else 1] for answer in answers.items]
        if not truths or any(truths):
            kept = space.join_content(kept, space.one(value))
    return machine.make_iterator("filter", None, kept)


@model("builtins.zip", "itertools.zip_longest", "itertools.product")
def zip_(call: NativeCall) -> PointsTo:
    machine = call.machine
    columns = _columns(call, 0)
    if call.name.qualname == "zip" and columns and all(c is not None for c in columns):
        rows = [machine.make_tuple(row) for row in zip(*(c or () for c in columns), strict=False)]
        return machine.make_iterator("zip", rows, NOTHING)
    elements = [_elements(call, i) for i in range(len(call.arguments.positional))]
    return machine.make_iterator("zip", None, machine.make_tuple(elements))


@model("builtins.enumerate")
def enumerate_(call: NativeCall) -> PointsTo:
    machine = call.machine
    start = call.argument(1, "start")
    columns = _columns(call, 0)
    if columns and columns[0] is not None and start is None:
        rows = [machine.make_tuple([machine.space.constant(i), item]) for i, item in enumerate(columns[0])]
        return machine.make_iterator("enumerate", rows, NOTHING)
    pair = machine.make_tuple([machine.any_of("int"), _elements(call, 0)])
    return machine.make_iterator("enumerate", None, pair)


@model("builtins.reversed")
def reversed_(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    for value in (call.argument(0) or NOTHING).items:
        if isinstance(value, Instance) and not value.cls.is_native:
            found = machine.lookup(call.frame, value.cls, "__reversed__")
            if found is not None and not found[0].is_native:
                made = machine.call_special(call.frame, value, "__reversed__", Arguments(), call.site, "iteration")
                result = machine.space.join(result, made or NOTHING)
                continue
        items = machine.items_of(call.frame, value, call.site)
        if items is not None:
            result = machine.space.join(result, machine.make_iterator("reversed", items[::-1], NOTHING))
        else:
            rest = machine.elements_of(call.frame, machine.space.one(value), call.site)
            result = machine.space.join(result, machine.make_iterator("reversed", None, rest))
    return result


@model("builtins.sorted")
def sorted_(call: NativeCall) -> PointsTo:
    """Calls the key function, else the items' `__lt__`; constants keep their order."""
    machine = call.machine
    elements = _elements(call, 0)
    key = next((value for name, value in call.arguments.keywords if name == "key"), None)
    if key is not None and not all(isinstance(k, Constant) for k in key.items):
        if elements.items:
            call.invoke(key, elements)
    else:
        machine.compare_elements(call.frame, call.argument(0) or NOTHING, call.site)
        columns = _columns(call, 0)
        plain = _constants(columns[0]) if columns and columns[0] is not None else None
        if plain is not None and not call.arguments.keywords:
            items = [lift(call, value) for value in plain]
            return machine.make_list(call.frame, items, NOTHING, (call.site, tuple(items)))
    return machine.make_list(call.frame, None, elements, (call.site, "sorted"))


def _constants(items: tuple[PointsTo, ...]) -> list[object] | None:
    values = []
    for item in items:
        only = item.items[0] if len(item.items) == 1 else None
        if not isinstance(only, Constant):
            return None
        values.append(only.value)
    try:
        return sorted(values)  # type: ignore[type-var]  # a TypeError is an answer
    except TypeError:
        return None


@model("builtins.min", "builtins.max")
def extreme(call: NativeCall) -> PointsTo:
    machine = call.machine
    positional = call.arguments.positional
    elements = _elements(call, 0) if len(positional) == 1 else machine.space.join_all(positional)
    for name, value in call.arguments.keywords:
        if name == "key" and elements.items:
            call.invoke(value, elements)
        elif name == "default":
            elements = machine.space.join(elements, value)
    return elements


@model("builtins.any", "builtins.all")
def quantify(call: NativeCall) -> PointsTo:
    """Decided where it is: nothing that may be true makes `any` true, nothing that may be false makes `all` false."""
    machine, space = call.machine, call.machine.space
    columns = _columns(call, 0)
    items = columns[0] if columns else None
    # One that stands for every other way, where the number of items is not known: perhaps there is none.
    rows = [_elements(call, 0)] if items is None else list(items)
    truths = [[machine.truth(call.frame, value, call.site) for value in row.items] for row in rows]
    is_any = call.name.qualname == "any"
    may_decide = any(answer[0 if is_any else 1] for answers in truths for answer in answers)
    may_not = items is None or all(any(answer[1 if is_any else 0] for answer in answers) for answers in truths)
    result = space.constant(value=is_any) if may_decide else NOTHING
    return space.join(result, space.constant(value=not is_any)) if may_not or not result.items else result


@model("builtins.sum")
def sum_(call: NativeCall) -> PointsTo:
    machine = call.machine
    elements = _elements(call, 0)
    start = call.argument(1, "start") or machine.any_of("int")
    if all(
        isinstance(v, Constant) or (isinstance(v, Instance) and v.cls.is_native and v.content is None)
        for v in elements.items
    ):
        return start
    return machine.binary(call.frame, "+", start, elements, call.site)


@model("builtins.range.__new__", "builtins.range")
def range_(call: NativeCall) -> PointsTo:
    machine = call.machine
    numbers = []
    for values in call.arguments.positional[1:]:
        only = values.items[0] if len(values.items) == 1 else None
        if not isinstance(only, Constant) or not isinstance(only.value, int):
            return machine.make_iterator("range", None, machine.any_of("int"))
        numbers.append(only.value)
    try:
        found = range(*numbers)
    except (TypeError, ValueError):
        return NOTHING
    if len(found) > machine.bounds.unrolled_items:
        return machine.make_iterator("range", None, machine.any_of("int"))
    return machine.make_iterator("range", [machine.space.constant(i) for i in found], NOTHING)


@model("builtins.slice.__new__")
def slice_(call: NativeCall) -> PointsTo:
    machine = call.machine
    none = machine.space.constant(None)
    given = list(call.arguments.positional[1:])
    lower, upper, stride = (none, given[0], none) if len(given) == 1 else (*given, none, none, none)[:3]

    def make() -> Value:
        return SliceValue(lower, upper, stride)

    return machine.space.one(machine.space.intern(("slice", lower, upper, stride), make))


@model("itertools.chain")
def chain(call: NativeCall) -> PointsTo:
    machine = call.machine
    columns = _columns(call, 0)
    if all(c is not None for c in columns) and call.arguments.star is None:
        return machine.make_iterator("chain", [item for c in columns for item in c or ()], NOTHING)
    rest = NOTHING
    for i in range(len(call.arguments.positional)):
        rest = machine.space.join_content(rest, _elements(call, i))
    if call.arguments.star is not None:
        rest = machine.space.join_content(rest, machine.elements_of(call.frame, call.arguments.star, call.site))
    return machine.make_iterator("chain", None, rest)


@model("itertools.islice", "itertools.cycle", "itertools.tee", "itertools.repeat", "itertools.accumulate")
def passing(call: NativeCall) -> PointsTo:
    machine = call.machine
    kind = call.name.qualname
    elements = call.argument(0) or NOTHING if kind == "repeat" else _elements(call, 0)
    made = machine.make_iterator(kind, None, elements)
    return machine.make_tuple([made, made]) if kind == "tee" else made


@model("itertools.count")
def count(call: NativeCall) -> PointsTo:
    return call.machine.make_iterator("count", None, call.machine.any_of("int"))


@model("itertools.groupby")
def group_by(call: NativeCall) -> PointsTo:
    machine = call.machine
    elements = _elements(call, 0)
    key = call.argument(1, "key")
    names = call.invoke(key, elements) if key is not None and elements.items else elements
    group = machine.make_iterator("group", None, elements)
    return machine.make_iterator("groupby", None, machine.make_tuple([names, group]))


@model("itertools.permutations", "itertools.combinations")
def arrange(call: NativeCall) -> PointsTo:
    return call.machine.make_iterator("tuples", None, call.machine.any_tuple(_elements(call, 0)))


table("int", "iterator.__len__ range.__len__")
