"""Calling abstract values (language reference 6.3.4; data model 3.3.6 for `__call__`)."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from flowmap.analysis.activations import Activations
from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import DivergedError, Frame, UnfitReceiverError
from flowmap.analysis.machine import Library, Machine, Outside
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
    Native,
    Partial,
    PointsTo,
    Unknown,
    Value,
)
from flowmap.names import FunctionName


class NativeCall:
    """A call of a builtin or C function, as its model sees it. `receiver` is the first argument of a method."""

    __slots__ = ("arguments", "frame", "machine", "name", "site")

    def __init__(self, machine: Machine, frame: Frame, name: FunctionName, arguments: Arguments, site: int) -> None:
        self.machine = machine
        self.frame = frame
        self.name = name
        self.arguments = arguments
        self.site = site

    def argument(self, index: int, name: str | None = None) -> PointsTo | None:
        """An argument by position or keyword; None when it is not given."""
        if index < len(self.arguments.positional):
            return self.arguments.positional[index]
        if name is not None:
            for key, value in (*self.arguments.keywords, *self.arguments.soft):
                if key == name:
                    return value
        return self.arguments.star

    def is_sure(self, *, found: bool) -> None:
        """Says whether the call surely raises nothing."""
        if found:
            self.frame.sure.add(self.site)
        else:
            self.frame.sure.discard(self.site)

    @property
    def receiver(self) -> Value:
        """The single object a method is called on."""
        return self.arguments.positional[0].items[0]

    @property
    def instance(self) -> Instance:
        """The receiver of a method that only objects have. Raises UnfitReceiverError."""
        receiver = self.receiver
        if not isinstance(receiver, Instance):
            raise UnfitReceiverError
        return receiver

    def invoke(self, callee: PointsTo, *positional: PointsTo, evidence: str = "callback") -> PointsTo:
        """Calls back into the program; NOTHING when that never returns."""
        try:
            return self.machine.call(self.frame, callee, Arguments(positional), self.site, evidence)
        except DivergedError:
            return NOTHING


class Calls(Activations):
    """Dispatches a call over the kinds of callees."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._callers: dict[type, Callable[..., PointsTo]] = {
            Function: self.call_function,
            BoundMethod: self._call_bound,
            Native: self._call_native,
            Class: self.call_class,
            Partial: self._call_partial,
            Instance: self._call_instance,
            Crowd: self._call_instance,
            External: self._call_external,
            Foreign: self._call_foreign,
            Unknown: self._call_unknown,
        }

    def call(self, frame: Frame, callee: PointsTo, arguments: Arguments, site: int, evidence: str = "call") -> PointsTo:
        items = callee.items
        if len(items) == 1:
            return self.call_value(frame, items[0], arguments, site, evidence)
        if not items:
            self.gap(frame, site, Reason.ATTRIBUTE_MISSING.value)
            return NOTHING
        results: list[PointsTo] = []
        for value, given in self._at_once(callee, arguments):
            try:
                results.append(self.call_value(frame, value, given, site, evidence))
            except DivergedError:
                continue
        if not results:
            raise DivergedError
        return self.space.join_all(results)

    def _at_once(self, callee: PointsTo, arguments: Arguments) -> Iterable[tuple[Value, Arguments]]:
        """The calls of a call site: one for a method that is bound to more objects than contexts tell apart."""
        items = callee.items
        if len(items) <= self.bounds.product:
            return [(value, arguments) for value in items]
        receivers: dict[Value, list[Value]] = {}
        for value in items:
            if isinstance(value, BoundMethod) and isinstance(value.function, Function):
                receivers.setdefault(value.function, []).append(value.receiver)
        crowded = {function: bound for function, bound in receivers.items() if len(bound) > self.bounds.product}
        calls: list[tuple[Value, Arguments]] = []
        for value in items:
            if isinstance(value, BoundMethod) and value.function in crowded:
                many = crowded[value.function]
                if value.receiver is many[0]:
                    calls.append((value.function, arguments.prepend(self.space.of(many))))
            else:
                calls.append((value, arguments))
        return calls

    def call_value(self, frame: Frame, callee: Value, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        frame.steps += 1
        frame.stored = None
        caller = self._callers.get(type(callee))
        if caller is None:
            # Not callable: a TypeError at run time.
            if self.is_excused(frame, site, Reason.NOT_CALLABLE):
                return NOTHING
            raise DivergedError
        if frame.call_chain >= self.bounds.call_chain:
            # An object whose `__call__` is an object whose `__call__` ...: a RecursionError at run time.
            self.hit("call_chain", frame.block.function)
            raise DivergedError
        frame.call_chain += 1
        try:
            return caller(frame, callee, arguments, site, evidence)
        finally:
            frame.call_chain -= 1

    def _call_bound(
        self, frame: Frame, callee: BoundMethod, arguments: Arguments, site: int, evidence: str
    ) -> PointsTo:
        receiver = self.space.one(callee.receiver)
        if isinstance(callee.function, Function):
            return self.call_function(frame, callee.function, arguments.prepend(receiver), site, evidence)
        return self.call_value(frame, callee.function, arguments.prepend(receiver), site, evidence)

    def _call_native(self, frame: Frame, callee: Native, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        if not callee.is_generated:
            self.record(frame, site, evidence, callee)
        if callee.model is None:
            return self.space.unknown(Reason.NO_MODEL.value)
        if not callee.is_method:
            return callee.model(NativeCall(self, frame, callee.name, arguments, site))
        result = NOTHING
        receivers = arguments.positional[0].items if arguments.positional else ()
        for receiver in receivers:
            given = arguments
            if len(receivers) > 1:
                # Called through its class, not bound to one object.
                rest = arguments.positional[1:]
                given = Arguments(
                    (self.space.one(receiver), *rest), arguments.keywords, arguments.soft, arguments.star,
                    arguments.double_star,
                )  # fmt: skip
            try:
                made = callee.model(NativeCall(self, frame, callee.name, given, site))
            except UnfitReceiverError:
                # A TypeError, unless nobody knows what it is.
                if not isinstance(receiver, (Unknown, External)):
                    continue
                self.gap(frame, site, Reason.UNKNOWN_ARGUMENT.value)
                made = self.space.unknown(Reason.UNKNOWN_ARGUMENT.value)
            result = self.space.join(result, made)
        return result

    def _call_partial(self, frame: Frame, callee: Partial, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        first = callee.arguments
        given = {name for name, _ in arguments.keywords}
        merged = Arguments(
            (*first.positional, *arguments.positional),
            (*(item for item in first.keywords if item[0] not in given), *arguments.keywords),
            (*first.soft, *arguments.soft),
            arguments.star if first.star is None else first.star,
            arguments.double_star if first.double_star is None else first.double_star,
        )
        return self.call_value(frame, callee.function, merged, site, evidence)

    def _call_instance(
        self, frame: Frame, callee: Instance, arguments: Arguments, site: int, evidence: str
    ) -> PointsTo:
        result = self.call_special(frame, callee, "__call__", arguments, site, evidence)
        if result is None:
            if callee.cls.open:
                self.gap(frame, site, Reason.EXTERNAL.value)
                return self.space.unknown(Reason.EXTERNAL.value)
            if self.is_excused(frame, site, Reason.NOT_CALLABLE):
                return NOTHING
            raise DivergedError
        return result

    def _call_external(
        self, frame: Frame, callee: External, arguments: Arguments, site: int, evidence: str
    ) -> PointsTo:
        self.record(frame, site, evidence, callee)
        if self.is_platform(callee.name):
            return self.space.unknown(Reason.EXTERNAL.value)
        return self.space.foreign(f"{callee.name}{RESULT}")

    def _call_foreign(self, frame: Frame, callee: Foreign, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        if callee.name.endswith(RESULT):
            return self._call_unknown(frame, callee, arguments, site, evidence)
        self.record(frame, site, evidence, self.space.outsider(callee.name))
        return self.space.unknown(Reason.EXTERNAL.value)

    def _call_unknown(self, frame: Frame, callee: Unknown, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        self.gap(frame, site, callee.reason)
        return self.space.unknown(callee.reason)

    def call_class(self, frame: Frame, cls: Class, arguments: Arguments, site: int, evidence: str) -> PointsTo:
        """Calls a class: its metaclass's `__call__`, by default `__new__` and `__init__` (data model 3.3.1)."""
        if cls.metaclass is not None:
            found = self.lookup(frame, cls.metaclass, "__call__")
            if found is not None and not (found[0].is_native and found[0].name == "type"):
                bound = arguments.prepend(self.space.one(cls))
                return self.call(frame, self.read(found[1], frame), bound, site, evidence)
        return self.instantiate(frame, cls, arguments, site, evidence)

    def instantiate(
        self, frame: Frame, cls: Class, arguments: Arguments, site: int, evidence: str, *, is_written: bool = True
    ) -> PointsTo:
        """What `type.__call__` makes. `is_written`: whether somebody wrote a call, to show where no method runs."""
        in_source = False
        new = self.lookup(frame, cls, "__new__")
        if new is None:
            made = self.space.one(self.allocate(frame, cls, site))
        else:
            makers = self.unwrap_static(frame, self.read(new[1], frame))
            in_source = not new[0].is_native and not _are_native(makers)
            made = self._make(frame, cls, makers, arguments, site, evidence if in_source else None)
        result = NOTHING
        for value in made.items:
            kind = self.class_of(value)
            if kind is None or cls not in kind.mro:
                result = self.space.join(result, self.space.one(value))
                continue
            init = self.lookup(frame, kind, "__init__")
            if init is not None:
                native = init[0].is_native or _are_native(self.read(init[1], frame))
                in_source = in_source or not native
                if not self._initialise(frame, init[1], value, arguments, site, evidence, native=native):
                    continue
            result = self.space.join(result, self.space.one(value))
        # What a class statement makes through a metaclass without code of its own is no call anybody wrote.
        if not in_source and is_written and evidence != "class-body":
            self._record_made(frame, cls, site, evidence)
        if made.items and not result.items:
            raise DivergedError
        return result

    def _record_made(self, frame: Frame, cls: Class, site: int, evidence: str) -> None:
        """The call of a class without `__init__` in the source: of that of the bases that are not in it, if any."""
        for base in cls.outside:
            self.record(frame, site, evidence, self.space.outsider(f"{base}.__init__"))
        if not cls.outside:
            self.record(frame, site, evidence, cls)

    def _make(
        self, frame: Frame, cls: Class, makers: PointsTo, arguments: Arguments, site: int, evidence: str | None
    ) -> PointsTo:
        with_class = arguments.prepend(self.space.one(cls))
        if evidence is not None:
            return self.call(frame, makers, with_class, site, evidence)
        result = NOTHING
        for maker in makers.items:
            if isinstance(maker, Native) and maker.model is not None:
                call = NativeCall(self, frame, maker.name, with_class, site)
                result = self.space.join(result, maker.model(call))
        return result

    def _initialise(
        self, frame: Frame, init: Cell, value: Value, arguments: Arguments, site: int, evidence: str, *, native: bool
    ) -> bool:
        """Calls `__init__`; False when it never returns."""
        with_self = arguments.prepend(self.space.one(value))
        methods = self.read(init, frame)
        try:
            if native:
                for method in methods.items:
                    if isinstance(method, Native) and method.model is not None:
                        method.model(NativeCall(self, frame, method.name, with_self, site))
            else:
                self.call(frame, methods, with_self, site, evidence)
        except DivergedError:
            return False
        return True

    def unwrap_static(self, frame: Frame, values: PointsTo) -> PointsTo:
        """The functions behind `staticmethod` objects: `__new__` is one without being told."""
        result = NOTHING
        for value in values.items:
            if isinstance(value, Instance) and "__func__" in value.attributes:
                inner = self.read(value.attributes["__func__"], frame)
                result = self.space.join(result, inner)
            else:
                result = self.space.join(result, self.space.one(value))
        return result


def _are_native(values: PointsTo) -> bool:
    return bool(values.items) and all(isinstance(value, Native) for value in values.items)
