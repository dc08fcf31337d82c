"""Models of asyncio and _contextvars: coroutines that are handed over run, and their results come out of `await`."""

from __future__ import annotations

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import bind_native
from flowmap.analysis.models.registry import declare, library, model, opaque, table
from flowmap.analysis.values import NOTHING, Arguments, Cell, Constant, PointsTo

declare("asyncio.Future", "asyncio.futures", "object", "__await__ __iter__ result set_result set_exception exception "
        "add_done_callback remove_done_callback cancel cancelled done get_loop")  # fmt: skip
declare("Task", "asyncio.tasks", "asyncio.Future", "get_coro get_name set_name cancelling uncancel")
declare("TaskGroup", "asyncio.taskgroups", "object", "__aenter__ __aexit__ create_task")
declare("asyncio.Queue", "asyncio.queues", "object", "put put_nowait get get_nowait join task_done qsize empty full")
declare("BaseEventLoop", "asyncio.base_events", "object", "run_until_complete run_forever create_task create_future "
        "run_in_executor call_soon call_later call_at call_soon_threadsafe add_signal_handler add_reader add_writer "
        "remove_reader remove_writer remove_signal_handler close stop is_running is_closed time create_server "
        "create_connection shutdown_asyncgens shutdown_default_executor set_debug get_debug set_exception_handler "
        "set_task_factory default_exception_handler call_exception_handler set_default_executor")  # fmt: skip
opaque("""
asyncio.locks.Lock as asyncio.Lock | bool: locked | None: release | asyncio.Future: acquire __aenter__ __aexit__
asyncio.locks.Event as asyncio.Event | bool: is_set | None: set clear | asyncio.Future: wait
asyncio.locks.Semaphore as asyncio.Semaphore | bool: locked | None: release
    | asyncio.Future: acquire __aenter__ __aexit__
asyncio.locks.Condition as asyncio.Condition | bool: locked | None: release notify notify_all
    | asyncio.Future: acquire wait __aenter__ __aexit__
asyncio.timeouts.Timeout | float: when | None: reschedule | bool: expired | asyncio.Future: __aenter__ __aexit__
asyncio.streams.StreamReader | bool: at_eof | asyncio.Future: read readline readexactly readuntil
asyncio.streams.StreamWriter | None: write writelines close | ?: get_extra_info | asyncio.Future: drain wait_closed
asyncio.events.TimerHandle | None: cancel | bool: cancelled
""")
declare("Context", "_contextvars", "object", "run copy get items keys values __getitem__ __iter__ __contains__")
declare("ContextVar", "_contextvars", "object", "__init__ get set reset .name")
declare("Token", "_contextvars", "object", ".var .old_value")
table("bool", "Future.cancel Future.cancelled Future.done", "asyncio.futures")
table("BaseEventLoop", "Future.get_loop", "asyncio.futures")
table("None", "Future.exception Future.set_exception", "asyncio.futures")
table("str", "Task.get_name", "asyncio.tasks")
table("None", "Task.set_name", "asyncio.tasks")
table("int", "Task.cancelling Task.uncancel", "asyncio.tasks")
table("int", "Queue.qsize", "asyncio.queues")
table("bool", "Queue.empty Queue.full", "asyncio.queues")
table("None", "Queue.task_done", "asyncio.queues")
table("None", "BaseEventLoop.run_forever BaseEventLoop.close BaseEventLoop.stop BaseEventLoop.remove_reader "
      "BaseEventLoop.remove_writer BaseEventLoop.set_debug BaseEventLoop.remove_signal_handler "
      "BaseEventLoop.set_task_factory BaseEventLoop.default_exception_handler BaseEventLoop.call_exception_handler "
      "BaseEventLoop.set_default_executor", "asyncio.base_events")  # fmt: skip
table("bool", "BaseEventLoop.is_running BaseEventLoop.is_closed BaseEventLoop.get_debug", "asyncio.base_events")
table("float", "BaseEventLoop.time", "asyncio.base_events")
table("BaseEventLoop", "get_running_loop get_event_loop new_event_loop", "asyncio.events")
table("BaseEventLoop None", "_get_running_loop", "asyncio.events")
table("None", "set_event_loop _set_running_loop set_event_loop_policy", "asyncio.events")
table("?", "get_event_loop_policy", "asyncio.events")
table("Task", "current_task", "asyncio.tasks")
table("[Task]", "all_tasks", "asyncio.tasks")
table("bool", "iscoroutine", "asyncio.coroutines")
table("bool", "isfuture", "asyncio.futures")
table("Context", "copy_context Context.copy", "_contextvars")
table("?", "Context.get Context.__getitem__", "_contextvars")
table("bool", "Context.__contains__", "_contextvars")
table("str", "ContextVar.name", "_contextvars")
_RESULT = "<result>"
_MODULES = (
    "runners",
    "tasks",
    "futures",
    "events",
    "threads",
    "taskgroups",
    "queues",
    "locks",
    "streams",
    "timeouts",
    "coroutines",
    "base_events",
)


def fill(machine: Machine) -> None:
    """What the modules of asyncio define, asyncio gives on; its exceptions."""
    for name in _MODULES:
        module = machine.modules.get(f"asyncio.{name}")
        for member, cell in list(module.cells.items()) if module is not None else ():
            bind_native(machine, "asyncio", member, cell.value)
    for name, cls in (
        ("TimeoutError", "TimeoutError"),
        ("CancelledError", "Exception"),
        ("InvalidStateError", "Exception"),
        ("QueueEmpty", "Exception"),
    ):
        bind_native(machine, "asyncio", name, machine.space.one(machine.native_class(cls)))
        bind_native(machine, "asyncio.exceptions", name, machine.space.one(machine.native_class(cls)))
    bind_native(machine, "asyncio", "AbstractEventLoop", machine.space.one(machine.native_class("BaseEventLoop")))


def future(call: NativeCall, result: PointsTo, kind: str = "asyncio.Future") -> PointsTo:
    """A future that has this result in the end: one for each result and site."""
    machine = call.machine
    made = machine.allocate(call.frame, machine.native_class(kind), (call.site, kind, result))
    machine.write(made.attributes.setdefault(_RESULT, Cell()), result)
    return machine.space.one(made)


def _awaited(call: NativeCall, values: PointsTo | None) -> PointsTo:
    return call.machine.await_values(call.frame, values or NOTHING, call.site)


@model("asyncio.futures.Future.__await__", "asyncio.futures.Future.__iter__", "asyncio.futures.Future.result")
def result_of(call: NativeCall) -> PointsTo:
    return call.machine.read(call.instance.attributes.setdefault(_RESULT, Cell()), call.frame)


@model("asyncio.futures.Future.set_result")
def set_result(call: NativeCall) -> PointsTo:
    call.machine.write(call.instance.attributes.setdefault(_RESULT, Cell()), call.argument(1, "result") or NOTHING)
    return call.machine.space.constant(None)


@model("asyncio.futures.Future.add_done_callback")
def when_done(call: NativeCall) -> PointsTo:
    call.invoke(call.argument(1, "fn") or NOTHING, call.machine.space.one(call.receiver))
    return call.machine.space.constant(None)


@model("asyncio.futures.Future.remove_done_callback")
def forget(call: NativeCall) -> PointsTo:
    return call.machine.any_of("int")


@model("asyncio.tasks.Task.get_coro")
def coroutine_of(call: NativeCall) -> PointsTo:
    return call.machine.space.unknown("the coroutine of a task is not kept")


# --- running ---


@library("asyncio.runners.run", "asyncio.base_events.BaseEventLoop.run_until_complete")
def run(call: NativeCall) -> PointsTo:
    return _awaited(call, call.argument(1 if "." in call.name.qualname else 0))


@library("asyncio.tasks.create_task", "asyncio.tasks.ensure_future", "asyncio.tasks.shield", "asyncio.tasks.wait_for",
         "asyncio.tasks.run_coroutine_threadsafe", "asyncio.base_events.BaseEventLoop.create_task",
         "asyncio.taskgroups.TaskGroup.create_task")  # fmt: skip
def create_task(call: NativeCall) -> PointsTo:
    return future(call, _awaited(call, call.argument(1 if "." in call.name.qualname else 0)), "Task")


@library("asyncio.tasks.gather")
def gather(call: NativeCall) -> PointsTo:
    """A future of the list of results, in order."""
    machine = call.machine
    results = [_awaited(call, values) for values in call.arguments.positional]
    rest = _awaited(call, call.arguments.star) if call.arguments.star is not None else None
    made = machine.make_list(
        call.frame, results if rest is None else None, rest or NOTHING, (call.site, tuple(results))
    )
    return future(call, made)


@library("asyncio.tasks.wait", "asyncio.tasks.as_completed")
def wait(call: NativeCall) -> PointsTo:
    machine = call.machine
    tasks = machine.elements_of(call.frame, call.argument(0, "fs") or NOTHING, call.site)
    _awaited(call, tasks)
    if call.name.qualname == "as_completed":
        return machine.make_iterator("futures", None, tasks)
    done = machine.make_list(call.frame, None, tasks, (call.site, "done"), "set")
    return future(call, machine.make_tuple([done, done]))


@library("asyncio.tasks.sleep")
def sleep(call: NativeCall) -> PointsTo:
    return future(call, call.argument(1, "result") or call.machine.space.constant(None))


@library("asyncio.threads.to_thread", "asyncio.base_events.BaseEventLoop.run_in_executor")
def to_thread(call: NativeCall) -> PointsTo:
    """Calls the function on another thread; its result comes out of `await`."""
    first = 2 if "." in call.name.qualname else 0
    return future(call, _call(call, first, "thread"))


@library(*(f"asyncio.base_events.BaseEventLoop.{name}" for name in (
    "call_soon", "call_soon_threadsafe", "call_later", "call_at", "add_signal_handler", "add_reader",
    "add_writer")))  # fmt: skip
def call_back(call: NativeCall) -> PointsTo:
    _call(call, 1 if "soon" in call.name.qualname else 2, "callback")
    return call.machine.any_of("TimerHandle")


def _call(call: NativeCall, first: int, evidence: str) -> PointsTo:
    machine = call.machine
    keywords = tuple(item for item in call.arguments.keywords if item[0] != "context")
    arguments = Arguments(
        call.arguments.positional[first + 1 :],
        keywords,
        call.arguments.soft,
        call.arguments.star,
        call.arguments.double_star,
    )
    try:
        return machine.call(call.frame, call.argument(first) or NOTHING, arguments, call.site, evidence)
    except DivergedError:
        return NOTHING


@model("asyncio.base_events.BaseEventLoop.create_future", "asyncio.base_events.BaseEventLoop.shutdown_asyncgens",
       "asyncio.base_events.BaseEventLoop.shutdown_default_executor")  # fmt: skip
def create_future(call: NativeCall) -> PointsTo:
    return future(call, NOTHING if call.name.qualname.endswith("_future") else call.machine.space.constant(None))


@library("asyncio.base_events.BaseEventLoop.create_server", "asyncio.base_events.BaseEventLoop.create_connection")
def serve(call: NativeCall) -> PointsTo:
    """Makes protocols and tells them what arrives."""
    machine = call.machine
    protocols = call.invoke(call.argument(1, "protocol_factory") or NOTHING)
    transport = machine.any_of("StreamWriter")
    for protocol in protocols.items:
        for name, given in (
            ("connection_made", transport),
            ("data_received", machine.any_of("bytes")),
            ("connection_lost", machine.space.constant(None)),
        ):
            machine.call_special(call.frame, protocol, name, Arguments((given,)), call.site, "callback")
    return future(call, machine.make_tuple([transport, protocols]))


@library("asyncio.streams.start_server", "asyncio.streams.open_connection")
def start_server(call: NativeCall) -> PointsTo:
    machine = call.machine
    pair = (machine.any_of("StreamReader"), machine.any_of("StreamWriter"))
    if call.name.qualname == "start_server":
        _awaited(call, call.invoke(call.argument(0, "client_connected_cb") or NOTHING, *pair))
    return future(call, machine.make_tuple(pair))


@model("asyncio.base_events.BaseEventLoop.set_exception_handler")
def handle_exceptions(call: NativeCall) -> PointsTo:
    handler = call.argument(1, "handler") or NOTHING
    if any(not isinstance(v, Constant) for v in handler.items):
        call.invoke(
            handler,
            call.machine.space.one(call.receiver),
            call.machine.make_dict(call.frame, [], (call.site, "context")),
        )
    return call.machine.space.constant(None)


@model("asyncio.taskgroups.TaskGroup.__aenter__")
def enter(call: NativeCall) -> PointsTo:
    return future(call, call.machine.space.one(call.receiver))


@model("asyncio.taskgroups.TaskGroup.__aexit__")
def leave(call: NativeCall) -> PointsTo:
    return future(call, call.machine.space.constant(None))


# --- locks, streams and queues that are awaited ---


@model(*(f"asyncio.{name}" for name in (
    "locks.Lock.acquire", "locks.Lock.__aenter__", "locks.Lock.__aexit__", "locks.Semaphore.acquire",
    "locks.Semaphore.__aenter__",
    "locks.Semaphore.__aexit__", "locks.Condition.acquire", "locks.Condition.wait", "locks.Condition.__aenter__",
    "locks.Condition.__aexit__",
    "locks.Event.wait", "timeouts.Timeout.__aenter__", "timeouts.Timeout.__aexit__", "streams.StreamWriter.drain",
    "streams.StreamWriter.wait_closed", "queues.Queue.join")))  # fmt: skip
def ready(call: NativeCall) -> PointsTo:
    name = call.name.qualname.rpartition(".")[2]
    return future(call, call.machine.space.constant(None) if name.endswith("__") else call.machine.any_of("bool"))


@model("asyncio.streams.StreamReader.read", "asyncio.streams.StreamReader.readline",
       "asyncio.streams.StreamReader.readexactly",
       "asyncio.streams.StreamReader.readuntil")  # fmt: skip
def read(call: NativeCall) -> PointsTo:
    return future(call, call.machine.any_of("bytes"))


@model("asyncio.queues.Queue.put", "asyncio.queues.Queue.put_nowait")
def put(call: NativeCall) -> PointsTo:
    call.machine.write_content(
        call.instance.attributes.setdefault("<items>", Cell()), call.argument(1, "item") or NOTHING
    )
    none = call.machine.space.constant(None)
    return none if call.name.qualname.endswith("nowait") else future(call, none)


@model("asyncio.queues.Queue.get", "asyncio.queues.Queue.get_nowait")
def get(call: NativeCall) -> PointsTo:
    items = call.machine.read(call.instance.attributes.setdefault("<items>", Cell()), call.frame)
    return items if call.name.qualname.endswith("nowait") else future(call, items)


@library("asyncio.timeouts.timeout", "asyncio.timeouts.timeout_at")
def timeout(call: NativeCall) -> PointsTo:
    return call.machine.any_of("Timeout")


# --- context variables ---


@model("_contextvars.Context.run")
def run_in_context(call: NativeCall) -> PointsTo:
    """`context.run(f, *args, **kwargs)`: calls it."""
    arguments = Arguments(
        call.arguments.positional[2:],
        call.arguments.keywords,
        call.arguments.soft,
        call.arguments.star,
        call.arguments.double_star,
    )
    return call.machine.call(call.frame, call.argument(1) or NOTHING, arguments, call.site, "callback")


@model("_contextvars.ContextVar.__init__")
def init_variable(call: NativeCall) -> PointsTo:
    for name, value in call.arguments.keywords:
        if name == "default":
            call.machine.write(call.instance.attributes.setdefault(_RESULT, Cell()), value)
    return call.machine.space.constant(None)


@model("_contextvars.ContextVar.set")
def set_variable(call: NativeCall) -> PointsTo:
    call.machine.write(call.instance.attributes.setdefault(_RESULT, Cell()), call.argument(1) or NOTHING)
    return call.machine.any_of("Token")


@model("_contextvars.ContextVar.reset")
def reset_variable(call: NativeCall) -> PointsTo:
    return call.machine.space.constant(None)


@model("_contextvars.ContextVar.get")
def get_variable(call: NativeCall) -> PointsTo:
    found = call.machine.read(call.instance.attributes.setdefault(_RESULT, Cell()), call.frame)
    return call.machine.space.join(found, call.argument(1) or NOTHING)


@model(
    "_contextvars.Context.items",
    "_contextvars.Context.keys",
    "_contextvars.Context.values",
    "_contextvars.Context.__iter__",
)
def entries(call: NativeCall) -> PointsTo:
    machine = call.machine
    some = machine.space.unknown("what a context holds is not kept")
    pair = machine.make_tuple([machine.any_of("ContextVar"), some])
    return machine.make_iterator("context", None, pair if call.name.qualname.endswith("items") else some)
