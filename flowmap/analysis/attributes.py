"""Attribute access: instance dictionaries, descriptors, `__getattr__`, super (data model 3.3.2)."""

from __future__ import annotations

from collections.abc import Callable

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.queries import Queries
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    RESULT,
    Arguments,
    BoundMethod,
    Cell,
    Class,
    Crowd,
    External,
    Foreign,
    Function,
    Instance,
    Module,
    Namespace,
    Native,
    Partial,
    PointsTo,
    Super,
    Unknown,
    Value,
)

ANY = "*"
"""The cell for what was set under a name that is not known."""

_CLASS_HOOKS = frozenset({"__init_subclass__", "__class_getitem__"})


class Attributes(Queries):
    """Reads and writes attributes of every kind of value."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._getters: dict[type, Callable[..., PointsTo | None]] = {
            Instance: self._of_instance,
            Crowd: self._of_instance,
            Class: self._of_class,
            Module: self._of_module,
            Function: self._of_function,
            BoundMethod: self._of_bound,
            Super: self._of_super,
            Partial: self._of_partial,
            External: self._of_external,
            Foreign: self._of_foreign,
            Unknown: self._of_unknown,
        }

    # --- reading ---

    def get_attribute(self, frame: Frame, value: Value, name: str, site: int) -> PointsTo:
        found = self.find_attribute(frame, value, name, site)
        return NOTHING if found is None else found

    def find_attribute(self, frame: Frame, value: Value, name: str, site: int) -> PointsTo | None:
        """As get_attribute; None when the value has no such attribute (so far)."""
        frame.steps += 1
        getter = self._getters.get(type(value))
        if getter is not None:
            return getter(frame, value, name, site)
        return self._by_class(frame, value, name, site)

    def _by_class(self, frame: Frame, value: Value, name: str, site: int) -> PointsTo | None:
        cls = self.class_of(value)
        if name == "__class__" and cls is not None:
            return self.space.one(cls)
        if cls is None:
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        found = self.lookup(frame, cls, name)
        if found is None:
            return None
        return self._bind_all(frame, self.read(found[1], frame), value, cls, site)

    def _of_instance(self, frame: Frame, value: Instance, name: str, site: int) -> PointsTo | None:
        cls = value.cls
        custom, fallback = cls.hooks or self.hooks_of(cls)
        if custom is None:
            found = self.generic_attribute(frame, value, name, site)
        else:
            arguments = Arguments((self.space.one(value), self.space.constant(name)))
            try:
                found = self.call(frame, self.read(custom, frame), arguments, site, "attribute")
            except DivergedError:
                found = None
        if fallback is None or (name.startswith("__") and name.endswith("__")):
            if found is None and (cls.open or cls.is_partial):
                return self._from_outside(cls, name)
            return found
        return self._or_fallback(frame, value, name, found, fallback, site)

    def _or_fallback(
        self, frame: Frame, value: Instance, name: str, found: PointsTo | None, fallback: Cell, site: int
    ) -> PointsTo | None:
        """Asks `__getattr__` for an attribute that the object may lack (data model 3.3.2)."""
        if found is not None and self.lookup(frame, value.cls, name) is not None:
            return found
        cell = value.attributes.get(name)
        if cell is not None and cell.is_sure:
            return found
        arguments = Arguments((self.space.one(value), self.space.constant(name)))
        try:
            made = self.call(frame, self.read(fallback, frame), arguments, site, "attribute")
        except DivergedError:
            if found is None:
                raise
            return found
        return made if found is None else self.space.join(found, made)

    def generic_attribute(self, frame: Frame, value: Instance, name: str, site: int) -> PointsTo | None:
        """`object.__getattribute__`; None when the object has no such attribute (so far)."""
        cls = value.cls
        found = self.lookup(frame, cls, name)
        class_value = NOTHING
        if found is not None:
            class_value = self.read(found[1], frame)
            if self._is_data(frame, class_value):
                return self._bind_all(frame, class_value, value, cls, site)
        cell = value.attributes.get(name)
        if cell is None:
            special = self._special(value, name)
            if special is not None:
                return special
            cell = value.attributes[name] = Cell()
        own = self.read(cell, frame)
        wild = value.attributes.get(ANY)
        if wild is not None:
            own = self.space.join(own, self.read(wild, frame))
        if found is None:
            return own if own.items else None
        try:
            return self.space.join(own, self._bind_all(frame, class_value, value, cls, site))
        except DivergedError:
            # The class's attribute does not return; the object's own may still be the one that is read.
            if not own.items:
                raise
            return own

    def _special(self, value: Value, name: str) -> PointsTo | None:
        if name == "__class__":
            cls = self.class_of(value)
            return self.space.one(cls) if cls is not None else None
        if name == "__dict__":
            return self.namespace("dict", value)
        return None

    def namespace(self, kind: str, owner: Value | None) -> PointsTo:
        """The proxy of an attribute table."""
        return self.space.one(self.space.intern(("namespace", kind, owner), lambda: Namespace(kind, owner)))

    def _is_data(self, frame: Frame, values: PointsTo) -> bool:
        """Whether a class attribute goes before the instance's own: a data descriptor."""
        for value in values.items:
            if isinstance(value, Instance) and self.lookup(frame, value.cls, "__set__") is not None:
                return True
        return False

    def _bind_all(self, frame: Frame, values: PointsTo, receiver: Value, owner: Class, site: int) -> PointsTo:
        items = values.items
        if len(items) == 1 and isinstance(items[0], Function):
            return self.space.one(self._method(items[0], receiver))
        result = NOTHING
        for value in items:
            result = self.space.join(result, self.bind_value(frame, value, receiver, owner, site))
        return result

    def _method(self, function: Value, receiver: Value) -> Value:
        return self.space.intern(("bound", function, receiver), lambda: BoundMethod(function, receiver))

    def bind_value(self, frame: Frame, value: Value, receiver: Value | None, owner: Class, site: int) -> PointsTo:
        """What a class attribute becomes when it is read through an instance (or through the class: None)."""
        space = self.space
        if isinstance(value, Function) or (isinstance(value, Native) and value.is_method):
            return space.one(value if receiver is None else self._method(value, receiver))
        if isinstance(value, Partial) and value.is_method and receiver is not None:
            return space.one(self._method(value, receiver))
        if isinstance(value, Instance):
            getter = self.lookup(frame, value.cls, "__get__")
            if getter is not None:
                who = space.constant(None) if receiver is None else space.one(receiver)
                arguments = Arguments((space.one(value), who, space.one(owner)))
                evidence = "property" if getter[0].is_native else "attribute"
                return self.run_getter(frame, self.read(getter[1], frame), arguments, site, evidence)
        return space.one(value)

    def run_getter(self, frame: Frame, getter: PointsTo, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        if evidence == "property":
            result = NOTHING
            for each in getter.items:
                if isinstance(each, Native) and each.model is not None:
                    call = NativeCall(self, frame, each.name, arguments, site)
                    result = self.space.join(result, each.model(call))
            return result
        return self.call(frame, getter, arguments, site, evidence)

    def _of_class(self, frame: Frame, cls: Class, name: str, site: int) -> PointsTo | None:
        meta = cls.metaclass or self.native_class("type")
        from_meta = self.lookup(frame, meta, name)
        if from_meta is not None:
            meta_value = self.read(from_meta[1], frame)
            if self._is_data(frame, meta_value):
                return self._bind_all(frame, meta_value, cls, meta, site)
        found = self.lookup(frame, cls, name)
        special = self._class_special(cls, name)
        if special is not None:
            return special
        if found is not None:
            result = NOTHING
            for value in self.read(found[1], frame).items:
                made = self._implicit_method(value, name, cls) or self.bind_value(frame, value, None, cls, site)
                result = self.space.join(result, made)
            return result
        if from_meta is not None:
            return self._bind_all(frame, self.read(from_meta[1], frame), cls, meta, site)
        fallback = self.lookup(frame, meta, "__getattr__")
        if fallback is not None and not (name.startswith("__") and name.endswith("__")):
            arguments = Arguments((self.space.one(cls), self.space.constant(name)))
            return self.call(frame, self.read(fallback[1], frame), arguments, site, "attribute")
        if cls.open:
            return self._from_outside(cls, name)
        return None

    def _from_outside(self, cls: Class, name: str) -> PointsTo:
        """An attribute that a class has from bases that are not in the source."""
        if not cls.outside:
            return self.space.unknown(Reason.EXTERNAL.value)
        return self.space.join_all([self.space.foreign(f"{base}.{name}") for base in cls.outside])

    def _implicit_method(self, value: Value, name: str, cls: Class) -> PointsTo | None:
        """The hooks that are class methods without being told (3.3.3.1, 3.3.5)."""
        if name in _CLASS_HOOKS and isinstance(value, (Function, Native)):
            return self.space.one(self._method(value, cls))
        return None

    def _class_special(self, cls: Class, name: str) -> PointsTo | None:
        constant = self.space.constant
        if name == "__name__":
            return constant(cls.name)
        if name == "__qualname__":
            return constant(cls.qualname)
        if name == "__module__" and "__module__" not in cls.attributes:
            return constant(cls.module)
        if name == "__mro__":
            return self.make_tuple([self.space.one(c) for c in cls.mro])
        if name in {"__bases__", "__orig_bases__"}:
            return self.make_tuple([self.space.one(b) for b in cls.bases])
        if name == "__base__":
            return self.space.one(cls.bases[0]) if cls.bases else constant(None)
        if name == "__class__":
            return self.space.one(cls.metaclass or self.native_class("type"))
        if name == "__dict__":
            return self.namespace("dict", cls)
        if name == "__doc__" and "__doc__" not in cls.attributes:
            return self.space.join(constant(None), self.any_of("str"))
        return None

    def _of_module(self, frame: Frame, module: Module, name: str, site: int) -> PointsTo | None:
        cell = module.cells.get(name)
        if cell is None:
            if name == "__dict__":
                return self.namespace("dict", module)
            cell = module.cells[name] = Cell()
        value = self.read(cell, frame)
        if value.items:
            return value
        fallback = module.cells.get("__getattr__")
        if fallback is not None and fallback.value.items and not name.startswith("__"):
            arguments = Arguments((self.space.constant(name),))
            return self.call(frame, self.read(fallback, frame), arguments, site, "attribute")
        if module.is_native:
            return self.space.external(f"{module.name}.{name}")
        return self.module_name(frame, module, name) or self.name_from_outside(frame, module, name)

    def name_from_outside(self, frame: Frame, module: Module, name: str) -> PointsTo | None:
        """A name that a module may have by `from m import *`, where m has no source; None where there is no such m."""
        if name.startswith("_") or (module.activation is not None and name in module.activation.block.locals):
            return None
        places = [each.name for each in self.read(module.outside, frame).items if isinstance(each, External)]
        return self.space.join_all([self.space.external(f"{place}.{name}") for place in places]) if places else None

    def module_name(self, frame: Frame, module: Module, name: str) -> PointsTo | None:
        """The names that the import system gives a module (language reference 5.4.5)."""
        if name == "__name__":
            return self.space.constant(module.run_name)
        if name == "__file__":
            return self.space.constant(module.file) if module.file else None
        if name == "__package__":
            return self.space.constant(module.name if module.folder is not None else module.name.rpartition(".")[0])
        if name == "__path__" and module.folder is not None:
            return self.make_list(frame, [self.space.constant(module.folder)], NOTHING, ("__path__", module))
        if name == "__doc__":
            return self.space.join(self.any_of("str"), self.space.constant(None))
        if name in {"__spec__", "__loader__"}:
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        return None

    def _of_function(self, frame: Frame, function: Function, name: str, site: int) -> PointsTo | None:
        cell = function.attributes.get(name)
        if cell is not None:
            value = self.read(cell, frame)
            if value.items:
                return value
        constant = self.space.constant
        block = function.block
        if name == "__name__":
            return constant(block.code.name)
        if name == "__qualname__":
            return constant(block.code.qualname)
        if name == "__module__":
            return constant(block.module.name)
        if name == "__doc__":
            return self.any_of("str") if block.code.doc else constant(None)
        if name == "__dict__":
            return self.namespace("dict", function)
        if name == "__code__":
            return self.any_of("code")
        if name == "__closure__":
            cells = self.any_of("cell")
            return self.make_tuple([cells] * len(block.free)) if block.free else constant(None)
        if name == "__globals__":
            return self.namespace("dict", block.module)
        if name == "__defaults__":
            values = [self.read(cell, frame) for cell in function.defaults if cell is not None]
            return self.make_tuple(values) if values else constant(None)
        found = self._by_class(frame, function, name, site)
        if found is None:
            # Somebody may set it later.
            self.read(function.attributes.setdefault(name, Cell()), frame)
        return found

    def _of_bound(self, frame: Frame, method: BoundMethod, name: str, site: int) -> PointsTo | None:
        if name == "__self__":
            return self.space.one(method.receiver)
        if name == "__func__":
            return self.space.one(method.function)
        if name == "__class__":
            return self._special(method, name)
        return self.find_attribute(frame, method.function, name, site)

    def _of_super(self, frame: Frame, value: Super, name: str, site: int) -> PointsTo | None:
        receiver, kind = value.receiver, value.kind
        through_class = kind is receiver
        for cls in value.after:
            cell = cls.attributes.get(name)
            if cell is None:
                continue
            if kind.outside and not cls.bases and name != "__new__":
                # A base that is not in the source comes before `object`.
                return self._from_outside(kind, name)
            result = NOTHING
            for each in self.read(cell, frame).items:
                made = self._bind_super(frame, each, receiver, kind, site, through_class=through_class, name=name)
                result = self.space.join(result, made)
            return result
        if kind.open:
            return self._from_outside(kind, name)
        return None

    def _bind_super(
        self, frame: Frame, value: Value, receiver: Value, kind: Class, site: int, *, through_class: bool, name: str
    ) -> PointsTo:
        hook = self._implicit_method(value, name, receiver) if isinstance(receiver, Class) else None
        if hook is not None:
            return hook
        if through_class and name == "__new__":
            return self.unwrap_static(frame, self.space.one(value))
        return self.bind_value(frame, value, None if through_class else receiver, kind, site)

    def _of_partial(self, frame: Frame, value: Partial, name: str, site: int) -> PointsTo | None:
        if name == "func":
            return self.space.one(value.function)
        if name == "args":
            return self.make_tuple(value.arguments.positional)
        if name == "keywords":
            pairs = [(self.space.constant(k), v) for k, v in value.arguments.keywords]
            return self.make_dict(frame, pairs, ("keywords", value))
        return self._by_class(frame, value, name, site)

    def _of_external(self, frame: Frame, value: External, name: str, site: int) -> PointsTo:
        if value.name.count(".") > 6:
            return self.space.unknown(Reason.EXTERNAL.value)
        return self.space.external(f"{value.name}.{name}")

    def _of_foreign(self, frame: Frame, value: Foreign, name: str, site: int) -> PointsTo:
        if value.name.endswith(RESULT):
            return self.space.foreign(f"{value.name}.{name}")
        return self.space.unknown(value.reason)

    def _of_unknown(self, frame: Frame, value: Unknown, name: str, site: int) -> PointsTo:
        return self.space.one(value)

    # --- special methods ---

    def call_special(
        self, frame: Frame, value: Value, name: str, arguments: Arguments, site: int, evidence: str
    ) -> PointsTo | None:
        cls = self.class_of(value)
        if cls is None:
            return None
        found = self.lookup(frame, cls, name)
        if found is None:
            return None
        methods = self._bind_all(frame, self.read(found[1], frame), value, cls, site)
        try:
            return self.call(frame, methods, arguments, site, evidence)
        except DivergedError:
            return NOTHING
