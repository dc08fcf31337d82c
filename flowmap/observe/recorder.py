"""Writes down who calls whom in the process that imports it, while the user's program runs as if nobody looked on.

`flowmap observe` copies this file as `sitecustomize.py` into a folder of its own and puts that on PYTHONPATH: the
interpreter imports it before the program, in the first process and in every one that this starts. It imports nothing
of flowmap and runs on Python 2.7 and on 3.6 to the newest: hence its plain style.

Every new pair of caller and callee is one line, appended at once to a file of the process: whoever is killed, forks or
ends by `os._exit` has lost nothing, and neither a signal handler nor an exit hook is needed. Nothing is kept open, for
programs close what they do not know.
"""

import atexit
import os
import sys

FOLDER = "FLOWMAP_OBSERVE_FOLDER"
# Ids of `sys.monitoring` that no kind of tool claims for itself.
TOOLS = (4, 3)
# CO_OPTIMIZED: a body without it has no fast locals and is that of a class (or a module).
OPTIMIZED = 0x1
# CO_GENERATOR, CO_COROUTINE, CO_ASYNC_GENERATOR: what is only made when it is called.
SUSPENDABLE = 0x20 | 0x80 | 0x200
# The instruction a generator goes on at, on the one version that has it and no `sys.monitoring`.
RESUME = 151 if sys.version_info[:2] == (3, 11) and hasattr(sys, "_getframe") else None

# Of the import system; what it calls is called by whoever imports.
MACHINERY = ("<frozen importlib._bootstrap", "<frozen zipimport")
LOCALS = ".<locals>."
COMPREHENSIONS = ("<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>")

_open, _write, _close, _pid = os.open, os.write, os.close, os.getpid
_APPEND = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class Recorder(object):
    """The pairs that were seen, and the names of the code objects in them."""

    def __init__(self, folder, own):
        self.folder = folder
        self.own = own
        self.library = os.path.dirname(os.__file__)
        self.importing = os.path.join(self.library, "importlib", "__init__.py")
        self.cwd = os.getcwd()
        self.seen = set()
        # By identity, for code objects compare by value and hash slowly. `kept` holds on to them: ids are used again.
        self.names = {}
        self.texts = {}
        self.kept = []
        self.pid = None
        self.paths = None

    def called(self, code, back, frame=None):
        """A call of `code` from the frame `back` that was not seen before; None is the root of a thread.

        `frame`, where a generator may be entered only to be closed, is that of the callee.
        """
        caller = back
        while caller is not None and self.imports(caller.f_code.co_filename):
            caller = caller.f_back
        outer = None if caller is None else caller.f_code
        if code.co_filename.startswith(MACHINERY) or self.own in (code.co_filename, outer and outer.co_filename):
            self.remember(code, None if back is None else back.f_code)
            return
        if frame is not None and code.co_flags & SUSPENDABLE and is_thrown_into(frame):
            return
        if (id(code), id(outer)) not in self.seen:
            self.remember(code, outer)
            self.put("finalizer" if is_finalizer(code, frame) else "call", outer, code)

    def made(self, code, outer):
        """A generator or coroutine that `outer` makes and that does not run yet."""
        key = (id(code), id(outer), "made")
        if key not in self.seen:
            self.seen.add(key)
            self.kept += [code, outer]
            if not self.imports(outer.co_filename):
                self.put("create", outer, code)

    def remember(self, code, outer):
        self.seen.add((id(code), id(outer)))
        self.kept += [code, outer]

    def imports(self, file):
        """Whether a file stands between who imports and what is imported."""
        return file.startswith(MACHINERY) or file == self.importing

    def put(self, kind, outer, code):
        """Append a line: the kind, then caller and callee with file, line, name and what they are."""
        caller = "\t0\t\t" if outer is None else self.texts.get(id(outer)) or self.described(outer)
        text = "\t".join((kind, caller, self.texts.get(id(code)) or self.described(code))) + "\n"
        pid = _pid()
        if pid != self.pid:
            self.pid, self.paths = pid, None
        if code.co_name == "<module>" or self.paths is None:
            text = self.head() + text
        self.append("%d.part" % pid, text)

    def head(self):
        """Where files are, if that has changed."""
        paths = list(sys.path)
        if paths == self.paths:
            return ""
        self.paths = paths
        lines = [("python", "%d.%d.%d" % sys.version_info[:3]), ("cwd", self.cwd), ("library", self.library)]
        lines += [("path", each) for each in paths if isinstance(each, str)]
        return "".join("@%s\t%s\n" % (key, escaped(value)) for key, value in lines)

    def append(self, name, text):
        if not isinstance(text, bytes):
            text = text.encode("utf-8", "backslashreplace")
        try:
            descriptor = _open(os.path.join(self.folder, name), _APPEND, 0o666)
            try:
                _write(descriptor, text)
            finally:
                _close(descriptor)
        except (OSError, IOError):
            # The program goes on, whatever becomes of its recording.
            pass

    def described(self, code):
        name = self.names.get(id(code))
        if name is None:
            if code.co_name == "<module>":
                self.number(code)
                name = "<module>"
            else:
                # Imported before the recording began: from 3.11 on it says its name itself.
                name = getattr(code, "co_qualname", "?" + code.co_name)
        fields = escaped(code.co_filename), str(code.co_firstlineno), escaped(name), kind_of(code)
        text = self.texts[id(code)] = "\t".join(fields)
        return text

    def number(self, module):
        """Name all code in that of a module."""
        self.kept.append(module)
        self.names[id(module)] = "<module>"
        self.number_in(module, "", {})

    def number_in(self, code, prefix, taken):
        """Name the code right inside `code`; what bears a name that was there before gets a number, in source order."""
        for each in code.co_consts:
            if not isinstance(each, type(code)):
                continue
            if each.co_name in COMPREHENSIONS:
                holder = prefix[: -len(LOCALS)] if prefix.endswith(LOCALS) else prefix.rstrip(".")
                self.names[id(each)] = holder or "<module>"
                self.number_in(each, prefix, taken)
            elif each.co_name.startswith("<generic parameters"):
                # A scope of PEP 695: no function of the program, and in no name.
                self.number_in(each, prefix, taken)
            else:
                # Declared global, it belongs to the module, whatever encloses it (PEP 3155).
                is_global = getattr(each, "co_qualname", None) == each.co_name
                name = each.co_name if is_global else prefix + each.co_name
                taken[name] = taken.get(name, 0) + 1
                if taken[name] > 1:
                    mark = "#%d" % taken[name]
                    name = name[:-1] + mark + ">" if name.endswith(">") else name + mark
                self.names[id(each)] = name
                self.number_in(each, name + (LOCALS if each.co_flags & OPTIMIZED else "."), taken)


def is_thrown_into(frame):
    """Whether a generator is entered to be closed, or to have an exception thrown into it; known on 3.11 only."""
    return RESUME is not None and bytearray(frame.f_code.co_code)[frame.f_lasti] != RESUME


def is_finalizer(code, frame):
    """Whether the callee runs because something died: its caller is whoever happened to run."""
    if code.co_name == "__del__":
        return True
    if frame is None:
        frame = sys._getframe(3)
    reference = getattr(sys.modules.get("_weakref"), "ReferenceType", None)
    if reference is None or not code.co_flags & OPTIMIZED:
        return False
    values = [frame.f_locals.get(name) for name in code.co_varnames[: min(code.co_argcount, 2)]]
    return any(issubclass(type(value), reference) and reference.__call__(value) is None for value in values)


def kind_of(code):
    if code.co_name == "<module>":
        return "module"
    if code.co_name in COMPREHENSIONS:
        return "comprehension"
    if code.co_flags & SUSPENDABLE:
        return "generator"
    return "function" if code.co_flags & OPTIMIZED else "class"


def escaped(text):
    return text.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r")


def hide(own):
    """An interrupt may reach the program while we look on: what is printed then ends where the program was.

    From 3.7 on, where a traceback may be cut. Whoever sets a hook of its own has it.
    """
    if sys.version_info < (3, 7):
        return

    def excepthook(kind, value, trace):
        here = trace
        while here is not None:
            if here.tb_next is not None and here.tb_next.tb_frame.f_code.co_filename == own:
                here.tb_next = None
            here = here.tb_next
        sys.__excepthook__(kind, value, trace)

    if sys.excepthook is sys.__excepthook__:
        sys.excepthook = excepthook


def monitor(recorder, monitoring):
    """Python 3.12 and later. One tool for all threads; it is nobody's profiler or debugger.

    A start tells the callee, and the frame below it the caller. That one location is never disabled: the next caller
    may be another. Calls are watched to see who makes a generator; one look at each place is enough.
    """
    tool = next((each for each in TOOLS if monitoring.get_tool(each) is None), None)
    if tool is None:
        return None
    monitoring.use_tool_id(tool, "flowmap")
    events = monitoring.events

    def started(code, _, frame_at=sys._getframe, seen=recorder.seen, identity=id, called=recorder.called):
        try:
            back = frame_at(2)
        except ValueError:
            back = None
        if back is None:
            if (identity(code), identity(None)) not in seen:
                called(code, None)
        elif (identity(code), identity(back.f_code)) not in seen:
            called(code, back)

    function, method = type(monitor), type(recorder.put)

    def calls(code, _, callee, first, made=recorder.made, disable=monitoring.DISABLE):
        # Asked by type: to ask the object itself could run the program's code.
        if type(callee) is method:
            callee = callee.__func__
        if type(callee) is function and callee.__code__.co_flags & SUSPENDABLE:
            made(callee.__code__, code)
        return disable

    monitoring.register_callback(tool, events.PY_START, started)
    monitoring.register_callback(tool, events.PY_RESUME, started)
    monitoring.register_callback(tool, events.CALL, calls)
    monitoring.set_events(tool, events.PY_START | events.PY_RESUME | events.CALL)
    return lambda: monitoring.set_events(tool, 0)


def profile(recorder):
    """Python before 3.12. A program that sets a profile function of its own has it, and is not recorded meanwhile."""

    def entered(frame, event, _, seen=recorder.seen, identity=id, called=recorder.called):
        if event != "call":
            return
        code, back = frame.f_code, frame.f_back
        if back is None:
            if (identity(code), identity(None)) not in seen:
                called(code, None, frame)
        elif (identity(code), identity(back.f_code)) not in seen:
            called(code, back, frame)

    def begins(frame, event, argument):
        """The first event of a thread: what was entered on the way here saw no profile function yet."""
        sys.setprofile(entered)
        outer = frame.f_back
        while outer is not None:
            if (id(outer.f_code), id(outer.f_back and outer.f_back.f_code)) not in recorder.seen:
                recorder.called(outer.f_code, outer.f_back)
            outer = outer.f_back
        entered(frame, event, argument)

    import threading  # not before: programs of later versions may never need it

    threading.setprofile(begins)
    sys.setprofile(entered)
    return lambda: sys.setprofile(None) if sys.getprofile() is entered else None


def start(folder, own):
    recorder = Recorder(folder, own)
    monitoring = getattr(sys, "monitoring", None)
    stop = profile(recorder) if monitoring is None else monitor(recorder, monitoring)
    if stop is not None:
        # Registered first, so called last: the interpreter takes modules apart after it, ours among them.
        atexit.register(stop)
        hide(own)


def give_way(own):
    """Import the `sitecustomize` that would have been imported without us; whatever it raises is raised."""
    here = os.path.dirname(os.path.abspath(own))
    sys.path[:] = [each for each in sys.path if os.path.abspath(each or ".") != here]
    sys.path_importer_cache.pop(here, None)
    ours = sys.modules.pop("sitecustomize")
    try:
        import sitecustomize  # noqa: F401
    finally:
        # The import system takes back what it finds there.
        sys.modules.setdefault("sitecustomize", ours)


if __name__ == "sitecustomize":
    # Python 2 empties a module that nobody holds when its import fails.
    ours = sys.modules[__name__]
    try:
        # Where there is none, what is raised is what the interpreter expects then.
        give_way(__file__)
    finally:
        if os.environ.get(FOLDER):
            start(os.environ[FOLDER], start.__code__.co_filename)
