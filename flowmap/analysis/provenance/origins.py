"""What the parts of an event say of its value: which of them it may come from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.analysis.provenance.trace import STATEMENTS, Event, Read
from flowmap.analysis.values import (
    Activation,
    Arguments,
    BoundMethod,
    Callee,
    Class,
    Constant,
    External,
    Function,
    Generator,
    Instance,
    ItemIterator,
    Keywords,
    LazyIterator,
    Module,
    Namespace,
    Native,
    Partial,
    PointsTo,
    Super,
    Tuple,
    Value,
)
from flowmap.syntax import ir

_DEEP: Final = 3
# A shorter text is in too many others to say anything.
_TELLING: Final = 3


def holds(values: PointsTo | None, value: Value) -> bool:
    """Whether a value is in a set."""
    return values is not None and value in values.members


def sources_of(event: Event, before: float) -> Iterator[Event | Read]:
    """The expressions inside a node, and the cells that it read itself, up to a moment."""
    for child in event.children:
        if child.time < before and child.value is not None and not isinstance(child.node, STATEMENTS):
            yield child
    for read in event.reads:
        if read.time < before:
            yield read


def gives(event: Event, part: Event | Read, *, is_argument: bool) -> bool:
    """Whether an expression's value may be that of a part as it is, and not made of it.

    Not that of a test, of an object whose attribute is read, of an index, of what is called, or of the object an
    attribute is set on. `is_argument`: what is handed over, rather than the value of the call.
    """
    node = event.node
    if isinstance(part, Read):
        return True
    if isinstance(node, ir.Call):
        return part.node is not node.func
    if isinstance(node, ir.Attribute):
        return is_argument
    if isinstance(node, ir.Conditional):
        return part.node is not node.test
    if isinstance(node, ir.Subscript):
        return is_argument
    if isinstance(node, (ir.Assign, ir.AnnAssign)):
        return part.node is node.value
    return True


def may_bind(event: Event, part: Event | Read, callee: Activation, index: int) -> bool:
    """Whether a part of a call may come in through a parameter of what it calls (language reference 6.3.4).

    Only where the source calls it itself, be it as a method or class, whose first argument is not among those written.
    """
    node = event.node
    if not isinstance(node, ir.Call) or not event.children:
        return True
    if not any(_is_direct(value, callee) for value in event.children[0].value or ()):
        return True
    parameter = callee.block.parameters[index]
    if isinstance(part, Read):
        default = callee.function.defaults[index] if callee.function is not None else None
        return part.cell is default or any(each.stars for each in node.arguments)
    for position, argument in enumerate(node.arguments):
        if argument.value is not part.node:
            continue
        if argument.keyword is not None:
            named = any(each.name == argument.keyword for each in callee.block.parameters)
            return parameter.name == argument.keyword or (parameter.kind == 4 and not named)
        if argument.stars or any(each.stars for each in node.arguments[:position]):
            return True
        return position + 1 >= index if parameter.kind == 2 else parameter.kind <= 1 and index - position in {0, 1}
    return True


def _is_direct(value: Value, callee: Activation) -> bool:
    if isinstance(value, BoundMethod):
        return value.function is callee.function
    return value is callee.function or (isinstance(value, Class) and method_of(value, callee) is not None)


def is_made_by(value: Value, node: object) -> bool:
    """Whether a node is the definition, the literal or the import that a value is from."""
    if isinstance(node, (ir.FunctionDef, ir.Lambda)):
        return isinstance(value, Function) and value.block.code is node.code
    if isinstance(node, ir.ClassDef):
        return isinstance(value, Class) and value.block is not None and value.block.code is node.code
    if isinstance(node, ir.Constant):
        return isinstance(value, Constant)
    return isinstance(node, (ir.Import, ir.ImportFrom)) and isinstance(value, (Module, External))


def makes_generator(event: Event, value: Value) -> bool:
    """Whether an event is the call of the function whose body a generator or coroutine runs."""
    if not isinstance(value, Generator) or not isinstance(event.node, ir.Call) or not event.children:
        return False
    return any(leads_to(each, value.activation) for each in event.children[0].value or ())


def is_native(value: Value) -> bool:
    """Whether a value is a builtin, or of a module that is written in C: it has no definition to go back to."""
    return isinstance(value, (Native, External)) or (isinstance(value, (Class, Module)) and value.is_native)


def calls_a_metaclass(event: Event) -> bool:
    """Whether an event is a call of `type` or of a class derived from it, which makes classes."""
    if not isinstance(event.node, ir.Call) or not event.children:
        return False
    return any(
        isinstance(value, Class) and any(each.is_native and each.name == "type" for each in value.mro)
        for value in event.children[0].value or ()
    )


def parts_of(value: Value) -> Iterator[Value]:
    """What an immutable value is made of, outermost first."""
    if isinstance(value, Tuple):
        yield from (each for element in value.elements for each in element)
    elif isinstance(value, ItemIterator):
        yield from (each for element in value.elements or () for each in element)
        yield from value.rest
    elif isinstance(value, BoundMethod):
        yield from (value.receiver, value.function)
    elif isinstance(value, Super):
        yield value.receiver
    elif isinstance(value, Partial):
        yield value.function
        yield from _of_arguments(value.arguments)
    elif isinstance(value, LazyIterator):
        yield from _of_arguments(value.arguments)
    elif isinstance(value, Keywords):
        yield from (each for _, values in value.items for each in values)
        yield from value.rest
    elif isinstance(value, Namespace) and value.owner is not None:
        yield value.owner


def _of_arguments(arguments: Arguments) -> Iterator[Value]:
    yield from (each for values in arguments.positional for each in values)
    yield from (each for _, values in (*arguments.keywords, *arguments.soft) for each in values)


def way_into(outer: Value, value: Value, depth: int = _DEEP) -> tuple[Value, ...] | None:
    """The values one in the other from `outer` to `value`, without the latter; None when it is not in there."""
    for part in parts_of(outer):
        if part is value:
            return (outer,)
        inner = way_into(part, value, depth - 1) if depth else None
        if inner is not None:
            return (outer, *inner)
    return None


def related_texts(text: str, values: PointsTo | None) -> Iterator[tuple[Value, ...]]:
    """The texts of a set that a text is cut out of, and the way to each; else the longest that is a part of it."""
    found = [(*way, each) for value in values or () for way, each in _texts(value)]
    wholes = [way for way in found if text in _text(way[-1])]
    parts = [way for way in found if len(_text(way[-1])) >= _TELLING and _text(way[-1]) in text]
    longest = max((len(_text(way[-1])) for way in parts), default=0)
    yield from wholes or (way for way in parts if len(_text(way[-1])) == longest)


def _text(value: Value) -> str:
    assert isinstance(value, Constant)
    return str(value.value)


def _texts(value: Value, depth: int = _DEEP) -> Iterator[tuple[tuple[Value, ...], Constant]]:
    if isinstance(value, Constant):
        if isinstance(value.value, str):
            yield (), value
    elif depth:
        for part in parts_of(value):
            for way, text in _texts(part, depth - 1):
                yield (value, *way), text


def leads_to(value: Value, callee: Callee) -> bool:
    """Whether calling a value may call that."""
    if value is callee or (isinstance(value, Generator) and value.activation is callee):
        return True
    if isinstance(value, BoundMethod):
        return leads_to(value.function, callee) and (
            not isinstance(callee, Activation) or _may_be_first(value.receiver, callee)
        )
    if isinstance(value, (Partial, LazyIterator)):
        return called_by(value, callee) is not None
    if not isinstance(callee, Activation):
        return False
    return value is callee.function or (method_of(value, callee) is not None and _is_called_on(value, callee))


def called_by(value: Partial | LazyIterator, callee: Callee) -> Value | None:
    """What a partial calls, or what iterating over the result of `map` does."""
    functions = (value.function,) if isinstance(value, Partial) else _of_arguments(value.arguments)
    return next((each for each in functions if leads_to(each, callee)), None)


def _may_be_first(receiver: Value, callee: Activation) -> bool:
    first = callee.context[0] if callee.context else None
    return first is None or receiver in first.members


def _is_called_on(value: Value, callee: Activation) -> bool:
    first = callee.context[0] if callee.context else None
    if first is None or isinstance(value, Instance):
        return first is None or value in first.members
    return any(each is value or (isinstance(each, Instance) and value in each.cls.mro) for each in first)


def method_of(value: Value, callee: Activation) -> str | None:
    """The special method by which calling an object or a class calls a function."""
    if isinstance(value, Instance):
        return _defining(value.cls, callee.function, ("__call__",))
    if isinstance(value, Class):
        made = _defining(value, callee.function, ("__init__", "__new__"))
        if made is None and value.metaclass is not None:
            return _defining(value.metaclass, callee.function, ("__call__",))
        return made
    return None


def _defining(cls: Class, function: Function | None, names: tuple[str, ...]) -> str | None:
    for name in names:
        cell = next((each.attributes[name] for each in cls.mro if name in each.attributes), None)
        if cell is not None and function is not None:
            for value in cell.value:
                inner = value.attributes.get("__func__") if isinstance(value, Instance) else None
                if value is function or (inner is not None and function in inner.value.members):
                    return name
    return None
