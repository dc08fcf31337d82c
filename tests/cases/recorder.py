"""Runs one program under `sys.setprofile` and writes, as JSON, the calls between Python functions that happened.

Run as a script in a process of its own: `python recorder.py ROOT ENTRY OUT`. It imports nothing of flowmap. Names are
flowmap's ids. What is folded: frames of comprehensions and generator expressions into the function that holds them;
frames of importlib, and code compiled from strings, into whoever called them.
"""

from __future__ import annotations

import inspect
import json
import opcode
import os
import re
import sys
import sysconfig
import threading
import types

_COMPREHENSION = re.compile(r"\.?<(?:listcomp|setcomp|dictcomp|genexpr)>(?:\.<locals>)?")
_GENERATOR = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_RESUME = opcode.opmap["RESUME"]
_STDLIB = sysconfig.get_path("stdlib") + os.sep


class Recorder:
    """Collects calls as (caller id, callee id); `entered` are generators and coroutines that ran, `bodies` modules.

    `defined` is the kind of every function and class in the files that ran.
    """

    def __init__(self, root: str, entry: str) -> None:
        self.root = os.path.realpath(root) + os.sep
        self.entry = os.path.realpath(entry)
        self.edges: set[tuple[str, str]] = set()
        self.entered: set[str] = set()
        self.bodies: set[str] = set()
        self.defined: dict[str, str] = {}
        # By identity: code objects compare by value, and two lambdas may be equal. The objects are kept alive.
        self.names: dict[int, tuple[str, str]] = {}
        self.kept: list[types.CodeType] = []

    def profile(self, frame: types.FrameType, event: str, _: object) -> None:
        if event != "call":
            return
        callee = self.name(frame.f_code)
        if callee is None or callee[1] in {"folded", "class"}:
            return
        name, kind = callee
        if kind == "module":
            self.bodies.add(name)
        if kind == "generator":
            if frame.f_code.co_code[frame.f_lasti] != _RESUME:
                return  # It is closed, or something is thrown into it.
            self.entered.add(name)
        caller = self.caller(frame.f_back)
        if caller is not None:
            self.edges.add((caller, name))

    def caller(self, frame: types.FrameType | None) -> str | None:
        """The id of the nearest function that is not folded away; None above the program."""
        while frame is not None:
            named = self.name(frame.f_code)
            if named is None:
                return None
            if named[1] != "folded" or named[0]:
                return named[0]
            frame = frame.f_back
        return None

    def name(self, code: types.CodeType) -> tuple[str, str] | None:
        """(id, kind) of a code object; a comprehension is ("its function's id", "folded"); None for this file."""
        known = self.names.get(id(code))
        if known is not None:
            return known
        file = code.co_filename
        if file == __file__:
            return None
        if code.co_name == "<module>" and file.startswith(self.root):
            self.number(code, module_of(file[len(self.root) :]))
            return self.names[id(code)]
        named = self.foreign(code, file)
        self.kept.append(code)
        self.names[id(code)] = named
        return named

    def foreign(self, code: types.CodeType, file: str) -> tuple[str, str]:
        """The name of a function outside the program's own files."""
        if file.startswith(("<frozen importlib", "<frozen zipimport", _STDLIB + "importlib" + os.sep)):
            return "", "folded"
        if file.startswith("<frozen "):
            module = file[len("<frozen ") : -1]
        elif file.startswith(_STDLIB):
            module = module_of(file[len(_STDLIB) :])
        else:
            return "", "folded"
        qualname = _COMPREHENSION.sub("", code.co_qualname).removesuffix(".<locals>") or "<module>"
        if code.co_name == "<module>":
            return f"{module}:{qualname}", "module"
        if _COMPREHENSION.search(code.co_name):
            return f"{module}:{qualname}", "folded"
        return f"{module}:{qualname}", kind_of(code)

    def number(self, code: types.CodeType, module: str, taken: dict[str, int] | None = None, parent: str = "") -> None:
        """Give `code` and all code inside it ids; names taken more than once are numbered in source order."""
        self.kept.append(code)
        if code.co_name == "<module>":
            self.names[id(code)] = f"{module}:<module>", "module"
            qualname, taken = "", {}
        elif _COMPREHENSION.fullmatch(code.co_name):
            self.names[id(code)] = f"{module}:{parent.removesuffix('.<locals>') or '<module>'}", "folded"
            qualname = parent
            assert taken is not None
        else:
            assert taken is not None
            # A name declared global belongs to the module, whatever encloses it (PEP 3155).
            own = code.co_name if "." not in code.co_qualname or not parent else f"{parent}.{code.co_name}"
            taken[own] = taken.get(own, 0) + 1
            if taken[own] > 1:
                number = f"#{taken[own]}"
                own = f"{own[:-1]}{number}>" if own.endswith(">") else own + number
            kind = kind_of(code)
            if code.co_name.startswith("<generic parameters"):  # PEP 695 scopes are no function of the program
                self.names[id(code)] = "", "folded"
                qualname = parent
            else:
                self.names[id(code)] = f"{module}:{own}", kind
                self.defined[f"{module}:{own}"] = kind
                qualname = own if kind == "class" else f"{own}.<locals>"
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                self.number(constant, module, taken, qualname)

    def classes(self) -> list[str]:
        """The classes that define neither `__init__` nor `__new__` themselves: their own node stands for a call."""
        return [
            name
            for name, kind in self.defined.items()
            if kind == "class" and not {f"{name}.__init__", f"{name}.__new__"} & self.defined.keys()
        ]


def kind_of(code: types.CodeType) -> str:
    """`generator` for whatever is only created when called; a class body is code without fresh, fast locals."""
    if code.co_flags & _GENERATOR:
        return "generator"
    return "function" if code.co_flags & inspect.CO_OPTIMIZED else "class"


def module_of(path: str) -> str:
    return path.removesuffix(".py").removesuffix(os.sep + "__init__").replace(os.sep, ".")


def record(root: str, entry: str, out: str) -> None:
    recorder = Recorder(root, entry)
    sys.path[0] = recorder.root
    sys.argv = [recorder.entry]
    main = types.ModuleType("__main__")
    main.__file__ = recorder.entry
    sys.modules["__main__"] = main
    with open(entry, encoding="utf-8") as source:  # noqa: PTH123 - pathlib stays out of the recorded process
        code = compile(source.read(), recorder.entry, "exec")
    recorder.number(code, module_of(recorder.entry[len(recorder.root) :]))
    threading.setprofile(recorder.profile)
    sys.setprofile(recorder.profile)
    try:
        exec(code, main.__dict__)
    finally:
        sys.setprofile(None)
    found = {
        "edges": sorted(recorder.edges),
        "entered": sorted(recorder.entered),
        "bodies": sorted(recorder.bodies),
        "classes": sorted(recorder.classes()),
    }
    with open(out, "w", encoding="utf-8") as target:  # noqa: PTH123 - as above
        json.dump(found, target)


if __name__ == "__main__":
    record(*sys.argv[1:])
