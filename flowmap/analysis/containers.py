"""Containers and iteration: lists, dicts, sets and tuples by item while their items are known."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.conditions import Conditions
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.platform import EXTENSION_MODULES
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    BoundMethod,
    Cell,
    Class,
    Constant,
    Content,
    External,
    Function,
    Generator,
    Instance,
    ItemIterator,
    Keywords,
    Module,
    Namespace,
    PointsTo,
    SliceValue,
    Tuple,
    Unknown,
    Value,
)


class Containers(Conditions):
    """What is in a container, and what iterating and subscribing give."""

    # --- making ---

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
            if isinstance(key, (Constant, Class, Function, Module)) or (isinstance(key, Instance) and key.single):
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
                    self._set_namespace(target, key, item)
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
        return any(c.name == "dict" and c.is_native for c in value.cls.mro)

    # --- iterating ---

    def items_of(self, frame: Frame, value: Value, site: int) -> tuple[PointsTo, ...] | None:
        if isinstance(value, Tuple):
            return value.elements
        if isinstance(value, ItemIterator):
            return value.elements
        if isinstance(value, Constant):
            return self._items_of_constant(value)
        if isinstance(value, Namespace):
            cells = self.cells_of(value.owner) if value.owner is not None else None
            names = [k for k, c in (cells or {}).items() if c.value.items]
            return tuple(self.space.constant(name) for name in names)
        if isinstance(value, Instance) and value.content is not None and not self._iterates_itself(frame, value):
            return self._items_of_content(frame, value)
        return None

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
        result = NOTHING
        for value in values.items:
            result = self.space.join_content(result, self._elements(frame, value, site))
        return result

    def _elements(self, frame: Frame, value: Value, site: int) -> PointsTo:
        items = self.items_of(frame, value, site)
        if items is not None:
            result = NOTHING
            for item in items:
                result = self.space.join_content(result, item)
            return result
        if isinstance(value, Instance):
            return self._elements_of_instance(frame, value, site)
        if isinstance(value, ItemIterator):
            return value.rest
        if isinstance(value, Generator):
            self.ensure(frame, value.activation)
            return self.read(value.activation.yields, frame)
        if isinstance(value, (Unknown, External)):
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        if isinstance(value, Constant):
            return self.any_of(type(value.value).__name__) if isinstance(value.value, str) else NOTHING
        if isinstance(value, (Class, BoundMethod, Keywords)):
            made = self.call_special(frame, value, "__iter__", Arguments(), site, "iteration")
            return self.elements_of(frame, made, site) if made is not None else NOTHING
        return NOTHING

    def _elements_of_instance(self, frame: Frame, value: Instance, site: int) -> PointsTo:
        if value.content is not None and not self._iterates_itself(frame, value):
            content = value.content
            self.read(content.version, frame)
            if self.is_mapping(value):
                result = self.read(content.keys, frame)
                if content.known:
                    result = self.space.join_content(result, self.space.of(tuple(content.known)))
                return result
            result = self.read(content.rest, frame)
            for cell in content.fixed or ():
                result = self.space.join_content(result, self.read(cell, frame))
            return result
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
                result = self.space.join(result, self._elements(frame, value, site))
                continue
            made = self.call_special(frame, value, "__aiter__", Arguments(), site, "iteration")
            for iterator in made.items if made is not None else ():
                if isinstance(iterator, Generator):
                    result = self.space.join(result, self._elements(frame, iterator, site))
                    continue
                step = self.call_special(frame, iterator, "__anext__", Arguments(), site, "iteration")
                if step is not None:
                    result = self.space.join(result, self.await_values(frame, step, site))
        return result

    # --- subscription ---

    def _modelled_item(
        self, frame: Frame, value: Value, special: str, arguments: Arguments, site: int
    ) -> PointsTo | None:
        """Subscription of an object of a library class that a model stands for."""
        if (
            not isinstance(value, Instance)
            or not value.cls.is_native
            or value.cls.module in {"builtins", "collections"}
        ):
            return None
        found = self.lookup(frame, value.cls, special)
        if found is None or found[0].module in {"builtins", "collections"}:
            return None
        return self.call_special(frame, value, special, arguments, site, "operator")

    def get_item(self, frame: Frame, value: Value, index: PointsTo, site: int) -> PointsTo:
        if isinstance(value, (Unknown, External)):
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        if isinstance(value, Class):
            return self._class_item(frame, value, index, site)
        if isinstance(value, Namespace):
            return self._namespace_item(frame, value, index)
        if isinstance(value, Instance) and not value.cls.is_native:
            found = self.lookup(frame, value.cls, "__getitem__")
            if found is None:
                return self.space.unknown(Reason.EXTERNAL.value) if value.cls.open else NOTHING
            if not found[0].is_native:
                made = self.call_special(frame, value, "__getitem__", Arguments((index,)), site, "operator")
                return made or NOTHING
        modelled = self._modelled_item(frame, value, "__getitem__", Arguments((index,)), site)
        return self.plain_item(frame, value, index, site) if modelled is None else modelled

    def plain_item(self, frame: Frame, value: Value, index: PointsTo, site: int) -> PointsTo:
        """Subscription of a builtin sequence or mapping."""
        if isinstance(value, Instance) and value.content is not None and self.is_mapping(value):
            return self.mapping_item(frame, value, index, site, missing=True)
        if isinstance(value, Instance) and value.content is None:
            if value.cls.name in {"str", "bytes"}:
                return self.any_of(value.cls.name)
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        items = self.items_of(frame, value, site)
        fixed = None
        if items is None and isinstance(value, Instance) and value.content is not None and value.content.fixed:
            fixed = value.content.fixed
        result = NOTHING
        for each in index.items:
            if isinstance(each, SliceValue):
                result = self.space.join(result, self._sliced(frame, value, items, each, site))
            elif isinstance(each, Constant) and isinstance(each.value, int) and items is not None:
                if -len(items) <= each.value < len(items):
                    result = self.space.join(result, items[each.value])
            elif isinstance(each, Constant) and isinstance(each.value, int) and fixed and 0 <= each.value < len(fixed):
                result = self.space.join(result, self.read(fixed[each.value], frame))
            elif isinstance(value, Constant) and isinstance(value.value, str):
                result = self.space.join(result, self.any_of("str"))
            else:
                result = self.space.join(result, self._elements(frame, value, site))
        return result

    def _sliced(
        self, frame: Frame, value: Value, items: tuple[PointsTo, ...] | None, each: SliceValue, site: int
    ) -> PointsTo:
        parts: list[int | None] = []
        for part in (each.lower, each.upper, each.step):
            only = part.items[0] if len(part.items) == 1 else None
            if not isinstance(only, Constant) or not (only.value is None or isinstance(only.value, int)):
                break
            parts.append(only.value)
        is_text = isinstance(value, Constant) and isinstance(value.value, (str, bytes))
        if len(parts) == 3 and parts[2] != 0:
            if is_text:
                return self.space.constant(value.value[slice(*parts)])  # type: ignore[attr-defined]  # a Constant
            if items is not None:
                chosen = items[slice(*parts)]
                if isinstance(value, Tuple):
                    return self.make_tuple(chosen)
                return self.make_list(frame, chosen, NOTHING, ("slice", site))
        if is_text:
            return self.any_of("str")
        elements = self._elements(frame, value, site)
        is_tuple = isinstance(value, Tuple) or (isinstance(value, Instance) and value.cls.name == "tuple")
        return self.any_tuple(elements) if is_tuple else self.make_list(frame, None, elements, ("slice", site))

    def mapping_item(self, frame: Frame, value: Instance, index: PointsTo, site: int, *, missing: bool) -> PointsTo:
        """`mapping[index]`; with `missing`, `__missing__` or the default factory of one without the key."""
        content = value.content
        assert content is not None
        result = NOTHING
        absent = False
        for key in index.items:
            cell = content.known.get(key)
            if cell is not None:
                result = self.space.join(result, self.read(cell, frame))
                absent = absent or bool(self.read(content.keys, frame).items)
            elif isinstance(key, Constant):
                self.read(content.version, frame)
                result = self.space.join(result, self.read(content.rest, frame))
                absent = True
            else:
                result = self.space.join(result, self.read(content.values, frame))
                absent = True
        if missing and (absent or not index.items):
            found = self.lookup(frame, value.cls, "__missing__")
            if found is not None:
                made = self.call_special(frame, value, "__missing__", Arguments((index,)), site, "operator")
                if made is not None:
                    result = self.space.join(result, made)
        return result

    def _namespace_item(self, frame: Frame, value: Namespace, index: PointsTo) -> PointsTo:
        result = NOTHING
        for key in index.items:
            if not isinstance(key, Constant) or not isinstance(key.value, str):
                if value.kind == "dict":
                    result = self.space.join(result, self.space.unknown(Reason.UNKNOWN_VALUE.value))
                continue
            if value.kind == "modules":
                module = self.modules.get(key.value) or self.module_objects.get(key.value)
                if module is not None:
                    result = self.space.join(result, self.space.one(module))
                elif self.is_closed(key.value) or key.value in EXTENSION_MODULES:
                    result = self.space.join(result, self.space.external(key.value))
            elif value.owner is not None:
                cells = self.cells_of(value.owner)
                if cells is not None:
                    result = self.space.join(result, self.read(cells.setdefault(key.value, Cell()), frame))
        return result

    def _class_item(self, frame: Frame, cls: Class, index: PointsTo, site: int) -> PointsTo:
        """`C[x]`: the metaclass's `__getitem__`, else `__class_getitem__`, else an alias of the class."""
        meta = cls.metaclass
        found = self.lookup(frame, meta, "__getitem__") if meta is not None else None
        if found is not None:
            return self.call_special(frame, cls, "__getitem__", Arguments((index,)), site, "operator") or NOTHING
        hook = self.lookup(frame, cls, "__class_getitem__")
        if hook is not None and not hook[0].is_native:
            result = NOTHING
            for value in self._unwrapped(self.read(hook[1], frame)).items:
                try:
                    arguments = Arguments((self.space.one(cls), index))
                    result = self.space.join(result, self.call_value(frame, value, arguments, site, "operator"))
                except DivergedError:
                    continue
            return result
        return self.space.one(cls)

    def set_item(self, frame: Frame, value: Value, index: PointsTo, item: PointsTo, site: int) -> None:
        if isinstance(value, Namespace):
            self._set_namespace(value, index, item)
            return
        if not isinstance(value, Instance):
            return
        if not value.cls.is_native:
            found = self.lookup(frame, value.cls, "__setitem__")
            if found is None or not found[0].is_native:
                self.call_special(frame, value, "__setitem__", Arguments((index, item)), site, "operator")
                return
        if self._modelled_item(frame, value, "__setitem__", Arguments((index, item)), site) is None:
            self.plain_set_item(frame, value, index, item, site)

    def plain_set_item(self, frame: Frame, value: Instance, index: PointsTo, item: PointsTo, site: int) -> None:
        """Item assignment of a builtin list or dict."""
        content = value.content
        if content is None:
            return
        if self.is_mapping(value):
            self._hash_keys(frame, index, site)
            self.put(value, index, item)
            return
        for each in index.items:
            position = each.value if isinstance(each, Constant) and isinstance(each.value, int) else None
            if position is not None and content.fixed is not None and 0 <= position < len(content.fixed):
                self.write(content.fixed[position], item)
            elif isinstance(each, SliceValue):
                self.write_content(content.rest, self.elements_of(frame, item, site))
            else:
                self.write_content(content.rest, item)

    def _set_namespace(self, value: Namespace, index: PointsTo, item: PointsTo) -> None:
        for key in index.items:
            if not isinstance(key, Constant) or not isinstance(key.value, str):
                continue
            if value.kind == "modules":
                for module in item.items:
                    if isinstance(module, Module):
                        self.modules.setdefault(key.value, module)
                    elif isinstance(module, Instance) and self.native_class("module") in module.cls.mro:
                        self.module_objects.setdefault(key.value, module)
            elif isinstance(value.owner, Module):
                self.set_global(value.owner, key.value, item)
            elif isinstance(value.owner, Class):
                self.define(value.owner, key.value, item)
            elif value.owner is not None:
                cells = self.cells_of(value.owner)
                if cells is not None:
                    self.write(cells.setdefault(key.value, Cell()), item)
