"""Containers and iteration: lists, dicts, sets and tuples by item while their items are known."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.frame import Frame
from flowmap.analysis.items import Items
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Cell,
    Class,
    Constant,
    Content,
    External,
    Function,
    Instance,
    ItemIterator,
    Module,
    Namespace,
    PointsTo,
    Tuple,
    Unknown,
    Value,
)


class Containers(Items):
    """What is in a container, and what iterating and subscribing give."""

    def make_tuple(self, elements: Sequence[PointsTo]) -> PointsTo:
        items = tuple(elements)
        depth = 1 + max((v.depth for e in items for v in e.items if isinstance(v, Tuple)), default=0)
        if depth > self.bounds.tuple_depth or len(items) > self.bounds.tuple_items:
            name = "tuple_depth" if depth > self.bounds.tuple_depth else "tuple_items"
            self.hit(name, "tuple")
            flat = NOTHING
            for item in items:
                flat = self.space.join_content(flat, item)
            return self.any_tuple(flat)
        key = ("tuple", items)
        return self.space.one(self.space.intern(key, lambda: Tuple(items, depth)))

    def any_tuple(self, rest: PointsTo) -> PointsTo:
        """A tuple of unknown length: one for each set of elements; all that hold such tuples again are one."""
        scalars = [v for v in rest.items if not isinstance(v, Tuple)]
        is_nested = any(isinstance(v, Instance) and v.cls.name == "tuple" and v.cls.is_native for v in scalars)
        kept = self.space.of(scalars) if scalars else NOTHING
        key = ("any tuple", "nested") if is_nested else ("any tuple", kept)

        def make() -> Value:
            value = Instance(self.native_class("tuple"), key, exact=True, single=False)
            value.content = Content()
            return value

        value = self.space.intern(key, make)
        assert isinstance(value, Instance)
        assert value.content is not None
        self.write_content(value.content.rest, kept)
        return self.space.one(value)

    def blurred(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        """The same values, all tuples of known length among them as one of unknown length."""
        tuples = [v for v in values.items if isinstance(v, Tuple)]
        if not tuples:
            return values
        rest = self.elements_of(frame, self.space.of(tuples), site)
        kept = [v for v in values.items if not isinstance(v, Tuple)]
        return self.space.join(self.space.of(kept) if kept else NOTHING, self.any_tuple(rest))

    def make_iterator(self, kind: str, elements: Sequence[PointsTo] | None, rest: PointsTo) -> PointsTo:
        items = None if elements is None or len(elements) > self.bounds.unrolled_items else tuple(elements)
        if items is None and elements is not None:
            rest = self.space.join(rest, self.space.join_all(elements))
        inner = (v for part in (*(items or ()), rest) for v in part.items)
        depth = 1 + max((v.depth for v in inner if isinstance(v, ItemIterator)), default=0)
        if depth > self.bounds.tuple_depth:
            self.hit("tuple_depth", "iterator")
            return self.any_tuple(self.space.join_all((*(items or ()), rest)))
        key = ("iterator", kind, items, rest)
        return self.space.one(self.space.intern(key, lambda: ItemIterator(kind, items, rest, depth)))

    def container(self, frame: Frame, name: str, site: object) -> Instance:
        """An empty container of a builtin class, made at a site."""
        value = self.allocate(frame, self.native_class(name), site)
        if value.content is None:
            value.content = Content()
        return value

    def make_list(
        self, frame: Frame, elements: Sequence[PointsTo] | None, rest: PointsTo, key: object, kind: str = "list"
    ) -> PointsTo:
        value = self.container(frame, kind, (kind, key))
        self.fill_list(value, elements, rest)
        return self.space.one(value)

    def fill_list(self, value: Instance, elements: Sequence[PointsTo] | None, rest: PointsTo) -> None:
        """Adds the items of one display: by position as long as every evaluation had as many."""
        content = value.content
        assert content is not None
        if elements is not None and len(elements) > self.bounds.unrolled_items:
            for element in elements:
                rest = self.space.join_content(rest, element)
            elements = None
        if elements is not None and content.fixed is None and content.version.value is NOTHING:
            content.fixed = [Cell() for _ in elements]
            for cell in content.fixed:
                cell.crowds = content.rest.crowds
            content.version.value = self.space.constant(len(elements))
        if elements is not None and content.fixed is not None and len(content.fixed) == len(elements):
            for cell, element in zip(content.fixed, elements, strict=True):
                self.write(cell, element)
        else:
            for element in elements or ():
                rest = self.space.join_content(rest, element)
            self.blur(value)
        if rest.items:
            self.write_content(content.rest, rest)

    def blur(self, value: Instance) -> None:
        """Forgets the positions of a sequence's items: another evaluation had a different number."""
        content = value.content
        assert content is not None
        if content.fixed is not None:
            for cell in content.fixed:
                self.write_content(content.rest, cell.value)
            content.fixed = None
            self.write(content.version, self.space.constant("blurred"))
        elif content.version.value is NOTHING:
            content.version.value = self.space.constant("blurred")

    def make_dict(self, frame: Frame, known: Sequence[tuple[PointsTo, PointsTo]], key: object) -> PointsTo:
        value = self.container(frame, "dict", ("dict", key))
        for keys, item in known:
            self.put(value, keys, item)
        return self.space.one(value)

    def put(self, value: Instance, keys: PointsTo, item: PointsTo) -> None:
        """`mapping[keys] = item`."""
        content = value.content
        assert content is not None
        for key in keys.items:
            if not content.is_mixed and (
                isinstance(key, (Constant, Class, Function, Module)) or (isinstance(key, Instance) and key.single)
            ):
                cell = content.known.get(key)
                if cell is None:
                    if len(content.known) >= self.bounds.constants_per_content:
                        self.hit("constants_per_content", "dict")
                        self._put_rest(content, key, item)
                        continue
                    cell = content.known[key] = Cell()
                    self.write_content(content.version, self.space.one(key))
                self.write(cell, item)
            else:
                self._put_rest(content, key, item)
        self.write_content(content.values, item)

    def _put_rest(self, content: Content, key: Value, item: PointsTo) -> None:
        self.write_content(content.keys, self.space.one(key))
        self.write_content(content.rest, item)

    def update_mapping(self, frame: Frame, target: Value, other: PointsTo, site: int) -> None:
        if isinstance(target, Namespace):
            for value in other.items:
                for key, item in self.pairs_of(frame, value, site):
                    self._set_namespace(frame, target, key, item)
            return
        if not isinstance(target, Instance) or target.content is None:
            return
        for value in other.items:
            pairs = self.pairs_of(frame, value, site)
            for key, item in pairs:
                self.put(target, key, item)

    def pairs_of(self, frame: Frame, value: Value, site: int) -> list[tuple[PointsTo, PointsTo]]:
        """The keys of a mapping (or of an iterable of pairs) with their values."""
        if isinstance(value, Namespace):
            cells = self.cells_of(value.owner) if value.owner is not None else None
            return [(self.space.constant(k), self.read(c, frame)) for k, c in (cells or {}).items() if c.value.items]
        if isinstance(value, Instance) and value.content is not None and self.is_mapping(value):
            content = value.content
            self.read(content.version, frame)
            pairs = [(self.space.one(k), self.read(c, frame)) for k, c in content.known.items()]
            keys = self.read(content.keys, frame)
            rest = self.read(content.rest, frame)
            return [*pairs, (keys, rest)] if keys.items else pairs
        if isinstance(value, Instance) and self.lookup(frame, value.cls, "keys") is not None:
            keys = self.call_special(frame, value, "keys", Arguments(), site, "callback") or NOTHING
            names = self.elements_of(frame, keys, site)
            return [(names, self.get_item(frame, value, names, site))]
        pairs = []
        for element in self.elements_of(frame, self.space.one(value), site).items:
            parts = self.items_of(frame, element, site)
            if parts is not None and len(parts) == 2:
                pairs.append((parts[0], parts[1]))
        return pairs

    def mapping_items(self, frame: Frame, values: PointsTo, site: int) -> tuple[list[tuple[str, PointsTo]], PointsTo]:
        exact: list[tuple[str, PointsTo]] = []
        rest = NOTHING
        for value in values.items:
            if isinstance(value, (Unknown, External)):
                rest = self.space.join(rest, self.space.unknown(Reason.UNKNOWN_ARGUMENT.value))
                continue
            if isinstance(value, Constant):
                continue
            for keys, item in self.pairs_of(frame, value, site):
                for key in keys.items:
                    if isinstance(key, Constant) and isinstance(key.value, str):
                        exact.append((key.value, item))
                    else:
                        rest = self.space.join(rest, item)
        return exact, rest

    def is_mapping(self, value: Instance) -> bool:
        """Whether an object is a dict."""
        return value.cls.is_mapping
