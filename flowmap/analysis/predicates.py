"""What tests ask of a value: its truth, its class, whether it can be called, whether it has an attribute."""

from __future__ import annotations

from collections.abc import Callable

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.expressions import Expressions
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.values import (
    Arguments,
    Class,
    Constant,
    External,
    Function,
    Instance,
    Keywords,
    Module,
    Namespace,
    PointsTo,
    Tuple,
    Unknown,
    Value,
)
from flowmap.names import FunctionName

SCALARS = frozenset({"str", "bytes", "int", "float", "bool", "object", "bytearray", "complex"})


# What marks a function as one of coroutines, in the releases of Python.
_MARKS = ("_is_coroutine_mark", "_is_coroutine_marker", "_is_coroutine")


class Predicates(Expressions):
    """Answers True, False or None, where the analysis does not know."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._refiners: dict[FunctionName, Callable[[Frame, Value, PointsTo, int], bool | None]] = {
            FunctionName("builtins", "isinstance"): self._isinstance,
            FunctionName("builtins", "issubclass"): self._issubclass,
            FunctionName("builtins", "callable"): lambda frame, value, _rest, _site: self.is_callable(frame, value),
            FunctionName("builtins", "hasattr"): self._hasattr,
            FunctionName("inspect", "isclass"): _is_kind(Class),
            FunctionName("inspect", "isfunction"): _is_kind(Function),
            FunctionName("inspect", "ismodule"): _is_kind(Module),
            FunctionName("inspect", "iscoroutinefunction"): self._is_coroutine_function,
            FunctionName("asyncio", "iscoroutinefunction"): self._is_coroutine_function,
        }
        # As attributes of their modules: what a test is written with.
        self.refining = frozenset(name.qualname for name in self._refiners)

    @staticmethod
    def _may(values: PointsTo | None) -> tuple[bool, bool]:
        """What `__bool__` or `__len__` gave: a bool or an int, known or not."""
        if values is None or not values.items:
            return True, True
        known = [v.value if isinstance(v, Constant) else None for v in values.items]
        return any(v is None or v for v in known), any(not v for v in known)

    def predicate(self, frame: Frame, name: FunctionName, value: Value, rest: PointsTo, site: int) -> bool | None:
        return self._refiners[name](frame, value, rest, site)

    def _specialise(self, value: Value, answer: bool | None, refiner: object, classes: PointsTo) -> Value:
        """An object of an open class that passed `isinstance` is of that class (or of one derived from it)."""
        if answer is None and refiner == self._isinstance and isinstance(value, Instance) and len(classes.items) == 1:
            cls = classes.items[0]
            if isinstance(cls, Class) and value.cls in cls.mro:
                key = ("narrowed", value.key, cls)
                return self.space.intern(key, lambda: Instance(cls, key, exact=False, single=False))
        return value

    def _isinstance(self, frame: Frame, value: Value, classes: PointsTo, site: int) -> bool | None:
        if isinstance(value, (Unknown, External)) or not classes.items:
            return None
        answers = [self.is_instance(frame, value, cls) for cls in classes.items]
        if False in answers and isinstance(value, Instance) and self._states_class(frame, value.cls):
            stated = self._by_stated_class(frame, value, classes, site)
            answers = [stated if answer is False else answer for answer in answers]
        return answers[0] if all(a == answers[0] for a in answers) else None

    def _states_class(self, frame: Frame, cls: Class) -> bool:
        """Whether objects of a class say themselves what their class is, as those that stand for others do. Asked in
        small programs alone: in large ones what comes behind them is half as much again, most of which never runs.
        """
        if not self.outside.told_apart:
            return False
        found = self.lookup(frame, cls, "__class__")
        return found is not None and not found[0].is_native

    def _by_stated_class(self, frame: Frame, value: Instance, classes: PointsTo, site: int) -> bool | None:
        """What `isinstance` answers by the object's `__class__`, which it asks when its type does not fit."""
        try:
            stated = self.find_attribute(frame, value, "__class__", site)
        except DivergedError:
            return False
        if stated is None or not stated.items:
            return False
        answers = [self._issubclass(frame, each, classes, site) for each in stated.items]
        return answers[0] if all(a == answers[0] for a in answers) else None

    def _issubclass(self, frame: Frame, value: Value, classes: PointsTo, _site: int) -> bool | None:
        if not isinstance(value, Class):
            return None
        answers: list[bool | None] = []
        for cls in classes.items:
            options = [c for e in cls.elements for c in e.items] if isinstance(cls, Tuple) else [cls]
            if any(option in value.mro for option in options):
                answers.append(True)
            elif value.open or not all(isinstance(option, Class) for option in options):
                answers.append(None)
            else:
                answers.append(any(self.derives(frame, value, o) for o in options if isinstance(o, Class)))
        return answers[0] if answers and all(a == answers[0] for a in answers) else None

    def is_callable(self, frame: Frame, value: Value) -> bool | None:
        """`callable(value)`."""
        if isinstance(value, (Unknown, External)):
            return None
        if isinstance(value, Class):
            return True
        cls = self.class_of(value)
        if cls is None:
            return None
        if self.lookup(frame, cls, "__call__") is not None:
            return True
        return None if cls.open else False

    def _is_coroutine_function(self, frame: Frame, value: Value, _rest: PointsTo, _site: int) -> bool | None:
        """Whether a function was defined by `async def`, or marked as one (inspect.markcoroutinefunction).

        A mark that is None is none: so are objects told apart that are one or the other.
        """
        if isinstance(value, (Unknown, External)):
            return None
        function: object = value
        while not isinstance(function, Function) and hasattr(function, "function"):
            function = function.function
        if isinstance(function, Function) and function.block.code.is_async and not function.block.code.is_generator:
            return True
        cells = (self.cells_of(function) if isinstance(function, Value) else None) or {}
        marks = [each for name in _MARKS if name in cells for each in self.read(cells[name], frame).items]
        answers = {not isinstance(each, Constant) or bool(each.value) for each in marks} or {False}
        return None if len(answers) == 2 else answers.pop()

    def _hasattr(self, frame: Frame, value: Value, names: PointsTo, site: int) -> bool | None:
        name = names.items[0] if len(names.items) == 1 else None
        if not isinstance(name, Constant) or not isinstance(name.value, str) or isinstance(value, (Unknown, External)):
            return None
        try:
            found = self.find_attribute(frame, value, name.value, site)
        except DivergedError:
            return False
        if found is None:
            return None if isinstance(value, Instance) and value.cls.open else False
        if not found.items:
            return False if isinstance(value, Module) else None
        if isinstance(value, Module) and value.may_lack(name.value):
            return None
        if isinstance(value, Instance):
            cls_has = self.lookup(frame, value.cls, name.value)
            return True if cls_has is not None else None
        return True

    def truth(self, frame: Frame, value: Value, site: int) -> tuple[bool, bool]:
        if isinstance(value, Constant):
            return (True, False) if value.value else (False, True)
        if isinstance(value, Tuple):
            return (True, False) if value.elements else (False, True)
        if isinstance(value, Instance):
            return self._truth_of_instance(frame, value, site)
        if isinstance(value, (Unknown, External, Namespace, Keywords)):
            return True, True
        if isinstance(value, Class) and value.metaclass is not None and not value.metaclass.is_native:
            for special in ("__bool__", "__len__"):
                found = self.lookup(frame, value.metaclass, special)
                if found is not None and not found[0].is_native:
                    return self._may(self.call_special(frame, value, special, Arguments(), site, "operator"))
        return True, False

    def _truth_of_instance(self, frame: Frame, value: Instance, site: int) -> tuple[bool, bool]:
        cls = value.cls
        for special in ("__bool__", "__nonzero__", "__len__"):
            found = self.lookup(frame, cls, special)
            if found is not None and not found[0].is_native:
                return self._may(self.call_special(frame, value, special, Arguments(), site, "operator"))
        content = value.content
        if content is not None:
            if content.fixed and cls.is_native and value.single:
                return True, False
            filled = content.fixed or content.known or self.read(content.rest, frame).items
            self.read(content.version, frame)
            self.read(content.keys, frame)
            return (True, True) if filled or content.keys.value.items else (False, True)
        if cls.open or (cls.is_native and cls.name in SCALARS) or self._has_native_length(frame, cls):
            return True, True
        return (True, not value.exact)

    def _has_native_length(self, frame: Frame, cls: Class) -> bool:
        return any(self.lookup(frame, cls, special) is not None for special in ("__bool__", "__len__"))


def _is_kind(kind: type[Value]) -> Callable[[Frame, Value, PointsTo, int], bool | None]:
    """Whether a value is of one kind."""
    return lambda _frame, value, _rest, _site: (
        None if isinstance(value, (Unknown, External)) else isinstance(value, kind)
    )
