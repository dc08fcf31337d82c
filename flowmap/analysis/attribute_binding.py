"""Binding attributes (data model 3.3.2): of instances, classes, modules and functions."""

from __future__ import annotations

from typing import Final

from flowmap.analysis.attributes import ANY, Attributes
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.values import (
    Arguments,
    BoundMethod,
    Cell,
    Cells,
    Class,
    Function,
    Instance,
    Module,
    Namespace,
    PointsTo,
    Value,
)

_WITHOUT_DICT: Final = frozenset(
    "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple".split()
)


class AttributeBinding(Attributes):
    """`x.name = value`."""

    def set_attributes(self, frame: Frame, values: PointsTo, name: str, value: PointsTo, site: int) -> None:
        for each in values.items:
            self.set_attribute(frame, each, name, value, site)

    def set_attribute(self, frame: Frame, owner: Value, name: str, value: PointsTo, site: int) -> None:
        """`owner.name = value`, through `__setattr__` and data descriptors."""
        if isinstance(owner, Instance):
            custom = self.lookup(frame, owner.cls, "__setattr__")
            if custom is not None and not custom[0].is_native:
                arguments = Arguments((self.space.one(owner), self.space.constant(name), value))
                self._quietly(frame, self.read(custom[1], frame), arguments, site, "attribute")
                cell = owner.attributes.get(name)
                if cell is not None and frame.block.code.name == "__init__" and value.items:
                    # Whether the class's own way of binding came to bind it.
                    cell.is_sure = cell.is_sure or all(each in cell.value.items for each in value.items)
                return
            self.generic_set(frame, owner, name, value, site)
        elif isinstance(owner, Class):
            if not owner.is_native:
                meta = owner.metaclass
                custom = self.lookup(frame, meta, "__setattr__") if meta is not None else None
                if custom is not None and not custom[0].is_native:
                    arguments = Arguments((self.space.one(owner), self.space.constant(name), value))
                    self._quietly(frame, self.read(custom[1], frame), arguments, site, "attribute")
                else:
                    self.define(owner, name, value)
        elif isinstance(owner, Module):
            self.set_global(owner, name, value)
        else:
            cells = self.cells_of(owner)
            if cells is not None:
                self.write(cells.setdefault(name, Cell()), value)

    def _quietly(self, frame: Frame, callee: PointsTo, arguments: Arguments, site: int, evidence: str) -> None:
        """A call whose not returning does not matter here."""
        try:
            self.call(frame, callee, arguments, site, evidence)
        except DivergedError:
            return

    def generic_set(self, frame: Frame, owner: Instance, name: str, value: PointsTo, site: int) -> None:
        """`object.__setattr__`."""
        found = self.lookup(frame, owner.cls, name)
        if found is not None:
            is_data = False
            for each in self.read(found[1], frame).items:
                setter = self.lookup(frame, each.cls, "__set__") if isinstance(each, Instance) else None
                if setter is not None:
                    is_data = True
                    arguments = Arguments((self.space.one(each), self.space.one(owner), value))
                    evidence = "property" if setter[0].is_native else "attribute"
                    if evidence == "property":
                        self.run_getter(frame, self.read(setter[1], frame), arguments, site, evidence)
                    else:
                        self._quietly(frame, self.read(setter[1], frame), arguments, site, evidence)
            if is_data:
                return
        if name == "__class__" or _has_no_room(owner):
            return
        if name == "__dict__":
            self._take_over(frame, owner, value, site)
        self._put_attribute(frame, owner, name, value)

    def _take_over(self, frame: Frame, owner: Instance, tables: PointsTo, site: int) -> None:
        """`owner.__dict__ = tables`: the items of a dictionary are attributes (data model 3.2, "Custom classes").

        The attributes of another object, or a copy of them, are not followed: what is looked for on the owner then is
        a gap.
        """
        for table in tables.items:
            if isinstance(table, Instance) and _is_plain(table):
                named, rest = self.mapping_items(frame, self.space.one(table), site)
                for name, value in named:
                    self._put_attribute(frame, owner, name, value, is_sure=False)
                if rest.items:
                    self._put_attribute(frame, owner, ANY, rest, is_sure=False)

    def _put_attribute(
        self, frame: Frame, owner: Instance, name: str, value: PointsTo, *, is_sure: bool = True
    ) -> None:
        """Adds to an object's own attribute, and to the dictionaries that it has its attributes from."""
        cell = owner.attributes.get(name)
        if cell is None:
            cell = owner.attributes[name] = Cell()
            if name == ANY:
                for other in owner.attributes.values():
                    self.wake(other)
        if is_sure and frame.block.code.name == "__init__":
            cell.is_sure = True
        self.write(cell, value)
        tables = owner.attributes.get("__dict__")
        if tables is not None and name not in {"__dict__", ANY}:
            for table in tables.value.items:
                if isinstance(table, Instance) and _is_plain(table):
                    self.plain_set_item(frame, table, self.space.constant(name), value, 0)

    def set_global(self, module: Module, name: str, value: PointsTo) -> None:
        """Binds a module's name from outside its body."""
        if name in module.final:
            return
        cell = module.cells.setdefault(name, Cell())
        cell.foreign = self.space.join(cell.foreign, value)
        self.write(cell, value)

    def cells_of(self, owner: Value) -> Cells | None:
        """The attribute table of a value that has one."""
        if isinstance(owner, (Instance, Class, Function)):
            return owner.attributes
        if isinstance(owner, BoundMethod):
            return self.cells_of(owner.function)
        return owner.cells if isinstance(owner, Module) else None


def _has_no_room(owner: Instance) -> bool:
    """Whether it is an object of a builtin type itself, without a `__dict__`: binding an attribute raises."""
    return owner.exact and owner.cls.is_native and owner.cls.module == "builtins" and owner.cls.name in _WITHOUT_DICT


def _is_plain(table: Instance) -> bool:
    """Whether it is a dictionary, and no copy of the attributes of an object."""
    return table.content is not None and table.cls.is_mapping and not isinstance(table.root, Namespace)
