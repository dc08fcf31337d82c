"""Iteration: the items of what is iterated over, in order where they are known."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.conditions import Conditions
from flowmap.analysis.frame import Frame
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    BoundMethod,
    Class,
    Constant,
    External,
    Generator,
    Instance,
    ItemIterator,
    Keywords,
    LazyIterator,
    Namespace,
    PointsTo,
    Tuple,
    Unknown,
    Value,
)


class Iteration(Conditions):
    """`__iter__`, `__next__`, `__getitem__` and what the builtin containers do (data model 3.3.7)."""

    def items_of(self, frame: Frame, value: Value, site: int) -> tuple[PointsTo, ...] | None:
        if isinstance(value, Tuple):
            return value.elements
        if isinstance(value, ItemIterator):
            return value.elements
        if isinstance(value, LazyIterator):
            made = self.iterated(frame, value, site).items
            return self.items_of(frame, made[0], site) if len(made) == 1 else None
        if isinstance(value, Constant):
            return self._items_of_constant(value)
        if isinstance(value, Namespace):
            cells = self.cells_of(value.owner) if value.owner is not None else None
            names = [k for k, c in (cells or {}).items() if c.value.items]
            return tuple(self.space.constant(name) for name in names)
        if isinstance(value, Instance) and value.content is not None and not self._iterates_itself(frame, value):
            return self._items_of_content(frame, value)
        return None

    def iterated(self, frame: Frame, value: LazyIterator, site: int) -> PointsTo:
        """The items that a lazy iterator gives: its function is called here."""
        return value.iterated(NativeCall(self, frame, value.name, value.arguments, site))

    def _items_of_constant(self, value: Constant) -> tuple[PointsTo, ...] | None:
        if isinstance(value.value, (str, bytes)):
            if len(value.value) <= self.bounds.unrolled_items:
                return tuple(self.space.constant(c) for c in value.value)
            return None
        return None

    def _iterates_itself(self, frame: Frame, value: Instance) -> bool:
        if value.cls.is_native:
            return False
        found = self.lookup(frame, value.cls, "__iter__")
        return found is not None and not found[0].is_native

    def _items_of_content(self, frame: Frame, value: Instance) -> tuple[PointsTo, ...] | None:
        content = value.content
        assert content is not None
        self.read(content.version, frame)
        if self.is_mapping(value):
            if self.read(content.keys, frame).items or not content.known:
                return None
            return tuple(self.space.one(key) for key in content.known)
        if content.fixed is None or self.read(content.rest, frame).items:
            return None
        return tuple(self.read(cell, frame) for cell in content.fixed)

    def elements_of(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        if len(values.items) == 1:
            return self._elements(frame, values.items[0], site)
        return self.space.join_contents([self._elements(frame, value, site) for value in values.items])

    def _elements(self, frame: Frame, value: Value, site: int) -> PointsTo:
        if isinstance(value, LazyIterator):
            return self.elements_of(frame, self.iterated(frame, value, site), site)
        items = self.items_of(frame, value, site)
        if items is not None:
            return self.space.join_contents(items)
        if isinstance(value, Instance):
            return self._elements_of_instance(frame, value, site)
        if isinstance(value, ItemIterator):
            return value.rest
        if isinstance(value, Generator):
            # A coroutine, and an asynchronous generator, is a TypeError.
            return NOTHING if value.activation.block.code.is_async else self._yielded(frame, value, site)
        if isinstance(value, (Unknown, External)):
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        if isinstance(value, Constant):
            return self.any_of(type(value.value).__name__) if isinstance(value.value, str) else NOTHING
        if isinstance(value, (Class, BoundMethod, Keywords)):
            made = self.call_special(frame, value, "__iter__", Arguments(), site, "iteration")
            return self.elements_of(frame, made, site) if made is not None else NOTHING
        return NOTHING

    def _yielded(self, frame: Frame, value: Generator, site: int) -> PointsTo:
        """What a generator yields: whoever iterates runs its body (6.2.9.1), wherever it was made."""
        self.activate(frame, value.activation, site, "iteration")
        return self.read(value.activation.yields, frame)

    def _elements_of_instance(self, frame: Frame, value: Instance, site: int) -> PointsTo:
        if value.content is not None and not self._iterates_itself(frame, value):
            content = value.content
            self.read(content.version, frame)
            if self.is_mapping(value):
                result = self.read(content.keys, frame)
                if content.known:
                    result = self.space.join_content(result, self.space.of(tuple(content.known)))
                return result
            cells = (content.rest, *(content.fixed or ()))
            return self.space.join_contents([self.read(cell, frame) for cell in cells])
        made = self.call_special(frame, value, "__iter__", Arguments(), site, "iteration")
        if made is not None:
            result = NOTHING
            for iterator in made.items:
                if isinstance(iterator, Instance) and iterator.content is None:
                    result = self.space.join_content(result, self.next_of(frame, iterator, site))
                elif iterator is not value:
                    result = self.space.join_content(result, self._elements(frame, iterator, site))
            return result
        found = self.lookup(frame, value.cls, "__getitem__")
        if found is not None and not found[0].is_native:
            index = Arguments((self.any_of("int"),))
            return self.call_special(frame, value, "__getitem__", index, site, "iteration") or NOTHING
        if value.cls.open or value.cls.is_native:
            if value.cls.name in {"str", "bytes"}:
                return self.any_of("str" if value.cls.name == "str" else "int")
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        return NOTHING

    def next_of(self, frame: Frame, iterator: Value, site: int) -> PointsTo:
        """`next(iterator)`."""
        if isinstance(iterator, Instance) and iterator.content is None:
            made = self.call_special(frame, iterator, "__next__", Arguments(), site, "iteration")
            if made is None:
                made = self.call_special(frame, iterator, "next", Arguments(), site, "iteration")
            if made is not None:
                return made
            return self.space.unknown(Reason.UNKNOWN_VALUE.value) if iterator.cls.open else NOTHING
        if isinstance(iterator, Generator):
            return self._yielded(frame, iterator, site)
        return self._elements(frame, iterator, site)

    def compare_elements(self, frame: Frame, values: PointsTo, site: int) -> None:
        elements = self.elements_of(frame, values, site)
        for value in elements.items:
            if isinstance(value, Instance) and not value.cls.is_native:
                found = self.lookup(frame, value.cls, "__lt__")
                if found is not None and not found[0].is_native:
                    self.call_special(frame, value, "__lt__", Arguments((elements,)), site, "operator")

    def content_iterator(self, frame: Frame, value: Value) -> PointsTo:
        if not isinstance(value, Instance) or value.content is None:
            return self.make_iterator("iterator", None, NOTHING)
        items = self._items_of_content(frame, value)
        content = value.content
        rest = self.space.join_content(self.read(content.rest, frame), self.read(content.keys, frame))
        for cell in content.fixed or ():
            rest = self.space.join_content(rest, self.read(cell, frame))
        return self.make_iterator("iterator", items, rest if items is None else NOTHING)

    def loops_or_shared(self, frame: Frame, value: Value) -> bool:
        return bool(frame.loops) or not (isinstance(value, Instance) and value.single)

    def async_elements(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        result = NOTHING
        for value in values.items:
            if isinstance(value, Generator):
                result = self.space.join(result, self._yielded(frame, value, site))
                continue
            made = self.call_special(frame, value, "__aiter__", Arguments(), site, "iteration")
            for iterator in made.items if made is not None else ():
                if isinstance(iterator, Generator):
                    result = self.space.join(result, self._yielded(frame, iterator, site))
                    continue
                step = self.call_special(frame, iterator, "__anext__", Arguments(), site, "iteration")
                if step is not None:
                    result = self.space.join(result, self.await_values(frame, step, site))
        return result
