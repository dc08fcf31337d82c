"""Models of sys, os, os.path, time and other modules whose answers come from outside the program."""

from __future__ import annotations

import posixpath

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.frame import DivergedError
from flowmap.analysis.machine import Machine
from flowmap.analysis.models.layout import bind_native
from flowmap.analysis.models.registry import model, table
from flowmap.analysis.values import NOTHING, Constant, Content, Instance, PointsTo

table("str", "getcwd strerror uname ttyname getlogin", "os")
table("int", "getpid getppid getuid geteuid open umask cpu_count system dup fork", "os")
table("bool", "isatty access", "os")
table("bytes", "urandom read", "os")
table(
    "None",
    "chmod close mkdir makedirs remove rename replace unlink kill write dup2 utime putenv chdir fsync symlink",
    "os",
)
table("float", "time monotonic perf_counter process_time mktime", "time")
table("None", "sleep tzset", "time")
table("str", "strftime ctime asctime", "time")
table("str", "getdefaultencoding getfilesystemencoding", "sys")
table("int", "getrefcount getrecursionlimit getsizeof", "sys")
table("None", "setrecursionlimit setprofile settrace exc_clear setswitchinterval", "sys")
table("str", "code.co_name code.co_qualname code.co_filename", "types")
table(
    "int", "code.co_flags code.co_argcount code.co_kwonlyargcount code.co_posonlyargcount code.co_firstlineno", "types"
)
table("[str]", "code.co_varnames code.co_names code.co_freevars", "types")
table("[?]", "code.co_consts", "types")
table("bytes", "code.co_code", "types")
table("code", "frame.f_code code.replace", "types")
# Not new dictionaries: `f_locals is f_globals` in a module body.
table("?", "frame.f_globals frame.f_locals frame.f_builtins", "types")
table("frame None", "frame.f_back", "types")
table("frame", "traceback.tb_frame", "types")
table("traceback None", "traceback.tb_next", "types")
table("int", "frame.f_lineno traceback.tb_lineno", "types")
table("?", "cell.cell_contents", "types")
table("None", "frame.clear", "types")
table("bool", "islink ismount samefile lexists", "posixpath")
table("float", "getmtime getatime getctime", "posixpath")
table("int", "getsize", "posixpath")


@model("sys.exit", "os._exit", "os.abort", "os.execv", "os.execve", "builtins.exit", "builtins.quit")
def leave(_call: NativeCall) -> PointsTo:
    """Never returns."""
    raise DivergedError


@model("sys.exc_info")
def current_exception(call: NativeCall) -> PointsTo:
    machine = call.machine
    unknown = machine.space.unknown("the value comes from outside Python source")
    return machine.make_tuple([unknown, unknown, unknown])


@model("sys.getframe", "sys._getframe")
def current_frame(call: NativeCall) -> PointsTo:
    return call.machine.any_of("frame")


def _folding(name: str, open_where: str = "") -> None:
    function = getattr(posixpath, name)

    @model(f"posixpath.{name}")
    def run(call: NativeCall) -> PointsTo:
        """Paths are folded; the tree's own are virtual. What this machine's user and environment fill in stays open."""
        machine = call.machine
        columns = [machine.text_of(call.frame, values, call.site) for values in call.arguments.positional]
        if call.arguments.star is not None:
            return machine.any_of("str")
        return machine.combine(columns, lambda row: None if _is_open(open_where, row) else function(*row))


def _is_open(sign: str, row: tuple[object, ...]) -> bool:
    return bool(sign) and any(isinstance(part, str) and sign in part for part in row)


for _name in ("join", "dirname", "basename", "normpath", "normcase"):
    _folding(_name)
_folding("expanduser", "~")
_folding("expandvars", "$")


@model("posixpath.abspath", "posixpath.realpath", "os.fspath", "os.fsdecode", "posixpath.relpath")
def same_path(call: NativeCall) -> PointsTo:
    """The tree's paths are absolute and hold no links; what they are relative to is not known."""
    machine = call.machine
    if call.name.qualname == "relpath":
        return machine.any_of("str")
    values = call.argument(0) or NOTHING
    return machine.combine([values], lambda row: posixpath.normpath(row[0]) if isinstance(row[0], str) else None)


@model("posixpath.split", "posixpath.splitext", "posixpath.splitdrive")
def split(call: NativeCall) -> PointsTo:
    machine = call.machine
    function = getattr(posixpath, call.name.qualname)
    result = NOTHING
    for value in (call.argument(0) or NOTHING).items:
        if isinstance(value, Constant) and isinstance(value.value, str):
            made = machine.make_tuple([machine.space.constant(part) for part in function(value.value)])
        else:
            made = machine.make_tuple([machine.any_of("str")] * 2)
        result = machine.space.join(result, made)
    return result


@model("posixpath.isabs")
def is_absolute(call: NativeCall) -> PointsTo:
    machine = call.machine
    result = NOTHING
    for value in (call.argument(0) or NOTHING).items:
        if isinstance(value, Constant) and isinstance(value.value, str):
            result = machine.space.join(result, machine.space.constant(value.value.startswith("/")))
        else:
            result = machine.space.join(result, machine.any_of("bool"))
    return result


@model("posixpath.exists", "posixpath.isdir", "posixpath.isfile")
def exists(call: NativeCall) -> PointsTo:
    """The tree answers for its own paths; every other may be there or not."""
    machine = call.machine
    result = NOTHING
    for value in (call.argument(0) or NOTHING).items:
        found = (
            machine.library.is_folder(value.value)
            if isinstance(value, Constant) and isinstance(value.value, str)
            else None
        )
        if found is None:
            result = machine.space.join(result, machine.any_of("bool"))
            continue
        answer = True if call.name.qualname == "exists" else found == (call.name.qualname == "isdir")
        result = machine.space.join(result, machine.space.constant(answer))
    return result


@model("os.listdir")
def list_folder(call: NativeCall) -> PointsTo:
    return call.machine.make_list(call.frame, None, call.machine.any_of("str"), call.site)


@model("os.path.commonprefix", "posixpath.commonprefix")
def common_prefix(call: NativeCall) -> PointsTo:
    return call.machine.any_of("str")


def fill(machine: Machine) -> None:
    """Binds what is no function: sys.argv, sys.path, os.environ and the like."""
    space = machine.space
    outside = machine.outside
    for name, value in (
        ("platform", outside.platform),
        ("maxsize", 2**63 - 1),
        ("byteorder", "little"),
        ("maxunicode", 0x10FFFF),
        ("hexversion", (outside.python[0] << 24) + (outside.python[1] << 16)),
    ):
        bind_native(machine, "sys", name, space.constant(value))
    version = [space.constant(part) for part in (*outside.python, 0, "final", 0)]
    bind_native(machine, "sys", "version_info", machine.make_tuple(version))
    # No arguments given: nothing is known of them.
    argv = _single_list(machine, "argv", [space.constant(a) for a in outside.argv] if outside.argv else None)
    bind_native(machine, "sys", "argv", argv)
    for name in ("path", "meta_path", "path_hooks", "warnoptions"):
        bind_native(machine, "sys", name, _single_list(machine, name, []))
    bind_native(machine, "sys", "modules", machine.namespace("modules", None))
    environ = Instance(machine.native_class("os._Environ"), "environ", exact=True, single=True)
    space.number(environ)
    bind_native(machine, "os", "environ", space.one(environ))
    for name, value in (
        ("name", "posix"),
        ("sep", "/"),
        ("linesep", "\n"),
        ("pathsep", ":"),
        ("curdir", "."),
        ("pardir", ".."),
    ):
        bind_native(machine, "os", name, space.constant(value))
    path = machine.modules["posixpath"]
    machine.modules["os.path"] = path
    bind_native(machine, "os", "path", space.one(path))
    bind_native(machine, "os", "PathLike", space.external("os.PathLike"))
    for name, value in (("sep", "/"), ("pardir", ".."), ("curdir", ".")):
        bind_native(machine, "posixpath", name, space.constant(value))
    bind_native(machine, "typing", "TYPE_CHECKING", space.constant(value=False))
    bind_native(machine, "inspect", "_empty", space.external("inspect._empty"))
    bind_types(machine)


def _single_list(machine: Machine, name: str, items: list[PointsTo] | None) -> PointsTo:
    value = Instance(machine.native_class("list"), ("sys", name), exact=True, single=True)
    value.content = Content()
    machine.space.number(value)
    machine.fill_list(value, items, NOTHING if items is not None else machine.any_of("str"))
    return machine.space.one(value)


def bind_types(machine: Machine) -> None:
    """The classes of module types that its source does not reach."""
    for name, cls in (
        ("MappingProxyType", "mappingproxy"),
        ("SimpleNamespace", "SimpleNamespace"),
        ("ModuleType", "module"),
        ("MethodType", "method"),
        ("FrameType", "frame"),
        ("TracebackType", "traceback"),
        ("CodeType", "code"),
    ):
        bind_native(machine, "types", name, machine.space.one(machine.native_class(cls)))
    bind_native(machine, "_thread", "_local", machine.space.one(machine.native_class("local")))
    bind_native(machine, "weakref", "ReferenceType", machine.space.one(machine.native_class("ref")))
