"""Subscription: reading and writing the items of containers (language reference 6.3.2)."""

from __future__ import annotations

from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.iteration import Iteration
from flowmap.analysis.platform import EXTENSION_MODULES
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Cell,
    Class,
    Constant,
    External,
    Instance,
    Module,
    Namespace,
    PointsTo,
    SliceValue,
    Tuple,
    Unknown,
    Value,
)


class Items(Iteration):
    """`x[i]` and `x[i] = v`."""

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
            self._set_namespace(frame, value, index, item)
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

    def _set_namespace(self, frame: Frame, value: Namespace, index: PointsTo, item: PointsTo) -> None:
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
                    cell = cells.setdefault(key.value, Cell())
                    if len(index.items) == 1 and frame.block.code.name == "__init__":
                        cell.is_sure = True
                    self.write(cell, item)
