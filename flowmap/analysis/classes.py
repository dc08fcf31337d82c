"""Classes: creation, method resolution order, attribute tables, and what a value's class is."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Machine
from flowmap.analysis.values import (
    NOTHING,
    Activation,
    Arguments,
    BoundMethod,
    Cell,
    Class,
    CodeBlock,
    Constant,
    Content,
    External,
    Function,
    Generator,
    Instance,
    ItemIterator,
    Keywords,
    LazyIterator,
    Lookup,
    Module,
    Namespace,
    Native,
    Partial,
    PointsTo,
    SliceValue,
    Super,
    Tuple,
    Unknown,
    Value,
)

_T = TypeVar("_T")
_NOT_LOOKED_UP: Lookup = (None, None)


class Classes(Machine):
    """The object model's classes (data model 3.3.2, 3.3.3)."""

    # --- attribute tables ---

    def lookup(self, frame: Frame, cls: Class, name: str) -> tuple[Class, Cell] | None:
        try:
            found, waiting = cls.lookups[name]
        except KeyError:
            found, waiting = cls.lookups[name] = self._search(cls, name)
        if waiting is not None:
            activation = frame.activation
            waiting[activation] = activation.runs
        return found

    def _search(self, cls: Class, name: str) -> Lookup:
        found = None
        for each in cls.mro:
            cell = each.attributes.get(name)
            if cell is not None:
                found = (each, cell)
                break
        # What a class binds itself nothing can come before, and what is written in C does not change.
        is_settled = cls.is_native or (found is not None and found[0] is cls)
        return found, None if is_settled else {}

    def hooks_of(self, cls: Class) -> tuple[Cell | None, Cell | None]:
        """The `__getattribute__` and `__getattr__` that a class has from Python source."""
        found: list[Cell | None] = []
        for name in ("__getattribute__", "__getattr__"):
            owner = next((each for each in cls.mro if name in each.attributes), None)
            found.append(
                owner.attributes[name] if owner is not None and (name == "__getattr__" or not owner.is_native) else None
            )
        cls.hooks = (found[0], found[1])
        return cls.hooks

    def define(self, cls: Class, name: str, value: PointsTo) -> None:
        cell = cls.attributes.get(name)
        if cell is None:
            cell = cls.attributes[name] = Cell()
            cell.value = value
            self._announce(cls, name)
        else:
            self.write(cell, value)

    def _announce(self, cls: Class, name: str) -> None:
        """A class has a new attribute: what was looked up in it and below may be found elsewhere now."""
        pending = [cls]
        seen: dict[Class, None] = {}
        while pending:
            each = pending.pop()
            if each in seen:
                continue
            seen[each] = None
            changed = [each.lookups.pop(name, _NOT_LOOKED_UP)]
            if name in {"__getattr__", "__getattribute__"}:
                # Whatever was read of such a class is read in another way now.
                each.hooks = None
                changed.extend(each.lookups.values())
            for _, readers in changed:
                for reader, run in (readers or {}).items():
                    if run == reader.runs:
                        self.enqueue(reader)
            pending.extend(each.subclasses)

    # --- creation ---

    def make_class(
        self, frame: Frame, key: object, name: str, bases: Sequence[PointsTo], namespace: Mapping[str, PointsTo],
        block: CodeBlock | None, site: int, metaclass: Class | None = None,
        keywords: tuple[tuple[str, PointsTo], ...] = (),
    ) -> Class:  # fmt: skip
        """`type.__new__`: the class of this key, made now or grown (data model 3.3.3.6)."""
        parents, is_open = self._parents(bases)
        outside = [
            v.name for base in bases for v in base.items if isinstance(v, External) and not self.is_platform(v.name)
        ]
        source = block if block is not None else key
        for parent in parents:
            chain = [each for each in parent.mro if each.source == source]
            if len(chain) >= self.bounds.class_chain:
                self.hit("class_chain", chain[0])
                return chain[0]
        full_key = ("class", key, name, parents, metaclass)
        qualname = block.code.qualname if block else name
        module = block.module.name if block else frame.module.name
        cls = self.space.intern(full_key, lambda: Class(name, module, qualname, block))
        assert isinstance(cls, Class)
        cls.source = source
        if not cls.bases:
            cls.bases = parents or (self.native_class("object"),)
            cls.open = is_open or any(isinstance(p, Class) and p.open for p in parents)
            cls.outside = tuple(dict.fromkeys((*outside, *(name for p in parents for name in p.outside))))
            cls.is_partial = any(isinstance(p, Class) and p.is_partial for p in parents)
            cls.derive(self._linearize(cls))
            cls.metaclass = metaclass or self.derived_metaclass(cls.bases)
            fresh = True
        else:
            fresh = False
        for attribute, value in namespace.items():
            self.define(cls, attribute, value)
        if fresh or block is not None:
            self._announce_names(frame, cls, namespace, site, keywords)
        return cls

    def _parents(self, bases: Sequence[PointsTo]) -> tuple[tuple[Class, ...], bool]:
        """The base classes; where a base may be one of several, all of them stand in a row."""
        parents: dict[Class, None] = {}
        is_open = False
        for base in bases:
            for value in base.items:
                if isinstance(value, Class):
                    parents[value] = None
                elif isinstance(value, (Unknown, External)):
                    is_open = True
                elif isinstance(value, Instance) and "__origin__" in value.attributes:
                    for origin in value.attributes["__origin__"].value.items:
                        if isinstance(origin, Class):
                            parents[origin] = None
        object_class = self.native_class("object")
        if len(parents) > 1:
            parents.pop(object_class, None)
        return tuple(parents), is_open

    def derived_metaclass(self, bases: Sequence[Value]) -> Class:
        """The most derived metaclass of the bases (data model 3.3.3.3)."""
        winner = self.native_class("type")
        for base in bases:
            if isinstance(base, Class) and base.metaclass is not None and winner in base.metaclass.mro:
                winner = base.metaclass
        return winner

    def _announce_names(
        self,
        frame: Frame,
        cls: Class,
        namespace: Mapping[str, PointsTo],
        site: int,
        keywords: tuple[tuple[str, PointsTo], ...],
    ) -> None:
        """Calls `__set_name__` of the attributes and `__init_subclass__` of the parents (3.3.3.1, 3.3.3.6)."""
        for attribute, value in namespace.items():
            for each in value.items:
                if isinstance(each, Instance):
                    arguments = Arguments((self.space.one(cls), self.space.constant(attribute)))
                    self.call_special(frame, each, "__set_name__", arguments, site, "class-body")
        for parent in cls.mro[1:]:
            cell = parent.attributes.get("__init_subclass__")
            if cell is not None:
                for hook in self._unwrapped(self.read(cell, frame)).items:
                    if isinstance(hook, Function):
                        self.call_value(frame, hook, Arguments((self.space.one(cls),), keywords), site, "class-body")
                break

    def _unwrapped(self, values: PointsTo) -> PointsTo:
        result = NOTHING
        for value in values.items:
            inner = value.attributes.get("__func__") if isinstance(value, Instance) else None
            result = self.space.join(result, inner.value if inner is not None else self.space.one(value))
        return result

    def _linearize(self, cls: Class) -> tuple[Class, ...]:
        """C3 (Python 2.3 MRO); where it fails, which only merged bases can bring about, depth first."""
        parents = [b for b in cls.bases if isinstance(b, Class)]
        sequences = [list(p.mro) for p in parents] + [list(parents)]
        result = [cls]
        while any(sequences):
            for sequence in sequences:
                if sequence and not any(sequence[0] in other[1:] for other in sequences):
                    head = sequence[0]
                    break
            else:
                rest = dict.fromkeys(each for sequence in sequences for each in sequence)
                return (*result, *(each for each in rest if each not in result))
            result.append(head)
            for sequence in sequences:
                if sequence and sequence[0] is head:
                    del sequence[0]
        return tuple(result)

    # --- instances ---

    def allocate(self, frame: Frame, cls: Class, site: object, *, exact: bool = True) -> Instance:
        """The object that stands for all made of a class at one site (in one metaclass activation).

        The containers that a method makes are its object's own (object sensitivity; Milanova et al., TOSEM 2005), and
        so is all that the constructor of an object of a module makes.
        """
        activation = frame.activation
        heap: object = activation.heap
        owner = _owner(activation)
        if owner is not None:
            if heap is None and cls.is_native and activation.block.is_method:
                heap = owner
            elif (heap is not None or activation.block.code.name == "__init__") and self._is_one(frame, owner):
                heap = heap, owner
        key = ("instance", cls, frame.block, site, heap)
        single = frame.block.code.kind == "module" and not frame.loops
        value = self.space.intern(key, lambda: Instance(cls, key, exact=exact, single=single))
        assert isinstance(value, Instance)
        if value.content is None and not cls.is_native and any(c.name in _CONTAINERS and c.is_native for c in cls.mro):
            value.content = Content()
        return value

    def _is_one(self, frame: Frame, value: Instance) -> bool:
        """Whether an object is made once: by a module's body, or by the constructor of such an object, and so on."""
        for _ in range(self.bounds.owners):
            heap = value.key[-1] if isinstance(value.key, tuple) else None
            if value.single or not isinstance(heap, tuple) or not isinstance(heap[-1], Instance):
                return value.single
            value = heap[-1]
        self.hit("owners", frame.block.function)
        return False

    def class_of(self, value: Value) -> Class | None:
        if isinstance(value, Instance):
            return value.cls
        if isinstance(value, Class):
            return value.metaclass or self.native_class("type")
        if isinstance(value, Constant):
            return self.native_class("NoneType" if value.value is None else type(value.value).__name__)
        name = _TYPES.get(type(value))
        if name is None:
            return None
        if isinstance(value, BoundMethod) and isinstance(value.function, Native):
            name = "builtin_function_or_method"
        if isinstance(value, Generator):
            code = value.activation.block.code
            name = "generator" if not code.is_async else "async_generator" if code.is_generator else "coroutine"
        return self.native_class(name)

    def is_instance(self, frame: Frame, value: Value, cls: Value) -> bool | None:
        if isinstance(cls, Tuple):
            options = [c for e in cls.elements for c in e.items]
            return self._any(lambda c: self.is_instance(frame, value, c), options)
        if not isinstance(cls, Class):
            return None
        kind = self.class_of(value)
        if kind is None:
            return None
        if cls in kind.mro:
            return True
        if kind.open:
            return None
        if isinstance(value, Instance) and not value.exact and kind in cls.mro:
            return None
        if cls.metaclass is not None and not cls.metaclass.is_native and cls.metaclass.name != "ABCMeta":
            hook = self.lookup(frame, cls.metaclass, "__instancecheck__")
            if hook is not None and not hook[0].is_native:
                return None
        return self._protocol(frame, kind, cls)

    def _protocol(self, frame: Frame, kind: Class, cls: Class) -> bool | None:
        """The one-method abstract classes of collections.abc, which look at methods (PEP 3119)."""
        methods = _ONE_METHOD.get(cls.name) if cls.module in {"collections.abc", "_collections_abc", "typing"} else None
        if methods is not None:
            return all(self.lookup(frame, kind, method) is not None for method in methods)
        return any(self._is_registered(frame, kind, each) for each in (cls, *cls.subclasses))

    def _is_registered(self, frame: Frame, kind: Class, cls: Class) -> bool:
        found = cls.attributes.get("_abc_registered")
        if found is None and cls.metaclass is not None and not cls.metaclass.is_native:
            # It may be registered yet.
            found = cls.attributes["_abc_registered"] = Cell()
        return found is not None and any(value in kind.mro for value in self.read(found, frame).items)

    def derives(self, frame: Frame, kind: Class, cls: Class) -> bool | None:
        """Whether a class derives from another one, also virtually; None when that is not known."""
        if cls in kind.mro:
            return True
        return None if kind.open else self._protocol(frame, kind, cls)

    @staticmethod
    def _any(ask: Callable[[_T], bool | None], each: Iterable[_T]) -> bool | None:
        """Whether the answer is yes for any; none is asked after that."""
        result: bool | None = False
        for answer in map(ask, each):
            if answer:
                return True
            if answer is None:
                result = None
        return result

    def native_class(self, name: str) -> Class:
        return self.natives[name]


_CONTAINERS = frozenset({"list", "dict", "set", "frozenset", "deque", "tuple", "OrderedDict", "defaultdict"})
_TYPES: dict[type, str] = {
    Function: "function",
    BoundMethod: "method",
    Native: "builtin_function_or_method",
    Tuple: "tuple",
    ItemIterator: "iterator",
    LazyIterator: "iterator",
    Generator: "generator",
    Partial: "partial",
    Super: "super",
    Namespace: "dict",
    SliceValue: "slice",
    Module: "module",
    Keywords: "dict",
}
_ONE_METHOD = {
    "Hashable": ("__hash__",),
    "Iterable": ("__iter__",),
    "Iterator": ("__iter__", "__next__"),
    "Sized": ("__len__",),
    "Callable": ("__call__",),
    "Container": ("__contains__",),
    "Awaitable": ("__await__",),
    "Collection": ("__len__", "__iter__", "__contains__"),
}


def _owner(activation: Activation) -> Instance | None:
    """The object whose method runs, or that a wrapper passes on as the first of its arguments."""
    receiver = activation.context[0] if activation.context else None
    only = receiver.items[0] if receiver is not None and len(receiver.items) == 1 else None
    if isinstance(only, Tuple) and activation.block.parameters[0].kind == 2 and only.elements:
        first = only.elements[0]
        only = first.items[0] if len(first.items) == 1 else None
    return only if isinstance(only, Instance) else None
