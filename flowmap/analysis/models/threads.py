"""Models of _thread and weakref: calls that pass through C."""

from __future__ import annotations

from contextlib import suppress

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError, UnfitReceiverError
from flowmap.analysis.models.objects import new_object
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.values import NOTHING, Arguments, Cell, Class, Instance, PointsTo, Value


@model("_thread.start_new_thread", "_thread.start_new", "_thread.start_joinable_thread")
def start_thread(call: NativeCall) -> PointsTo:
    """Calls the function on a new stack."""
    machine = call.machine
    arguments = Arguments()
    for values in call.arguments.positional[1:2]:
        for value in values.items:
            arguments = Arguments(machine.items_of(call.frame, value, call.site) or ())
    with suppress(DivergedError):
        machine.call(call.frame, call.argument(0, "function") or NOTHING, arguments, call.site, "thread")
    return machine.any_of("int")


@model("_thread.allocate_lock", "_thread.RLock")
def allocate_lock(call: NativeCall) -> PointsTo:
    return call.machine.any_of("lock")


table("bool", "lock.acquire lock.locked", "_thread")
table("None", "lock.release lock.__exit__ interrupt_main exit", "_thread")
table("int", "get_ident get_native_id stack_size _count", "_thread")


@model("_thread.lock.__enter__")
def enter_lock(call: NativeCall) -> PointsTo:
    return call.machine.any_of("bool")


# --- weakref ---


@model("weakref.ref.__new__", "weakref.WeakMethod.__new__")
def new_reference(call: NativeCall) -> PointsTo:
    """A reference: one for each referent, so that references are not merged."""
    machine = call.machine
    made: list[Value] = []
    for cls in (call.argument(0) or NOTHING).items:
        if isinstance(cls, Class) and not cls.is_native:
            made.extend(new_object(call).items)
        elif isinstance(cls, Class):
            for referent in (call.argument(1) or NOTHING).items:
                made.append(machine.allocate(call.frame, cls, ("reference", referent)))
                machine.write(_referent(made[-1]), machine.space.one(referent))
    return machine.space.of(made) if made else NOTHING


@model("weakref.ref.__init__", "weakref.WeakMethod.__init__")
def init_reference(call: NativeCall) -> PointsTo:
    target = call.receiver
    if isinstance(target, Instance) and not target.cls.is_native:
        call.machine.write(_referent(target), call.argument(1) or NOTHING)
    return call.machine.space.constant(None)


def _referent(value: Value) -> Cell:
    if not isinstance(value, Instance):
        raise UnfitReceiverError
    return value.attributes.setdefault("<referent>", Cell())


@model("weakref.ref.__call__", "weakref.WeakMethod.__call__")
def dereference(call: NativeCall) -> PointsTo:
    """The referent, or None once it is gone."""
    machine = call.machine
    return machine.space.join(machine.read(_referent(call.receiver), call.frame), machine.space.constant(None))


@model("weakref.proxy")
def proxy(call: NativeCall) -> PointsTo:
    return call.argument(0) or NOTHING


@model("weakref.finalize.__new__")
def finalize(call: NativeCall) -> PointsTo:
    """Calls the function once the object is gone."""
    positional = call.arguments.positional
    if len(positional) > 2:
        call.invoke(positional[2], *positional[3:])
    return new_object(call)


# --- what the interpreter calls by itself ---


@model("atexit.register")
def register(call: NativeCall) -> PointsTo:
    """Calls the function at the end of the program; gives it back."""
    call.invoke(call.argument(0) or NOTHING, *call.arguments.positional[1:])
    return call.argument(0) or NOTHING


@model("signal.signal")
def handle_signal(call: NativeCall) -> PointsTo:
    """Calls the handler with the signal's number and a frame; gives back the one before, as far as that is known."""
    machine = call.machine
    handlers = [v for v in (call.argument(1, "handler") or NOTHING).items if machine.is_callable(call.frame, v)]
    if handlers:
        call.invoke(machine.space.of(handlers), machine.any_of("int"), machine.any_of("frame"))
    return machine.space.unknown("which signal handler was there before is not known")


table("None", "unregister", "atexit")
table("None", "alarm set_wakeup_fd siginterrupt pause raise_signal pthread_kill", "signal")
