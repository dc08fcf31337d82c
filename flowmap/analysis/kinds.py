"""What values have in common: a set of unrelated ones says nothing about what is done with it."""

from __future__ import annotations

from collections.abc import Collection

from flowmap.analysis.values import (
    BoundMethod,
    Class,
    Constant,
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
    SliceValue,
    Super,
    Tuple,
    Value,
)


def are_unrelated(values: Collection[Value], bound: int) -> bool:
    """Whether values are of more kinds than the bound, among them scalars beside containers or functions: objects of
    unrelated classes alone may well share a protocol."""
    kinds = {_kind_of(value) for value in values}
    kinds.discard(None)
    return len(kinds) > bound and sum(isinstance(kind, str) for kind in kinds) > 1


def most_of(values: Collection[Value]) -> Collection[Value]:
    """The objects of related classes that make up more than half of the values; nothing where no such are."""
    groups: dict[object, list[Value]] = {}
    for value in values:
        kind = _kind_of(value)
        if isinstance(kind, Class):
            groups.setdefault(kind, []).append(value)
    return next((group for group in groups.values() if 2 * len(group) > len(values)), ())


def _kind_of(value: Value) -> object:
    """What a value has in common with others: the class below `object` that its class derives from, or that it is a
    scalar, a container or something to call; None: nothing is known of it."""
    if isinstance(value, Instance):
        root = value.cls.mro[-2] if len(value.cls.mro) > 1 else value.cls
        return _KINDS.get(root.name, root) if root.is_native else root
    return _KINDS_OF_VALUES.get(type(value))


_KINDS = {
    **dict.fromkeys(("str", "bytes", "bytearray", "int", "float", "complex", "bool", "NoneType"), "scalar"),
    **dict.fromkeys(("list", "tuple", "dict", "set", "frozenset", "deque"), "container"),
}
_KINDS_OF_VALUES: dict[type, str] = {
    Constant: "scalar",
    **dict.fromkeys((Tuple, ItemIterator, LazyIterator, Generator, Keywords, Namespace, SliceValue), "container"),
    **dict.fromkeys((Function, BoundMethod, Native, Partial, Class, Super), "callable"),
    Module: "module",
}
