"""What identifies a function on both sides, recording and call graph: origin, file and qualified name."""

from __future__ import annotations

import re
from typing import NamedTuple

from flowmap.callgraph.model import Function
from flowmap.names import MODULE_BODY, Origin


class Identity(NamedTuple):
    """`file` is relative to the origin's root; `qualname` has no numbers and no comprehensions."""

    origin: str
    file: str
    qualname: str

    def __str__(self) -> str:
        return f"{self.file}:{self.qualname}"


_ORIGINS = {
    "django": Origin.DISTRIBUTION.value,
    "project": Origin.PROJECT.value,
    "stdlib": Origin.STDLIB.value,
    "other": Origin.DEPENDENCY.value,
}
_PYTHON_2_FILES = {"SocketServer.py": "socketserver.py", "BaseHTTPServer.py": "http/server.py"}
_COMPREHENSION = re.compile(r"\.?<(?:listcomp|setcomp|dictcomp|genexpr)>(?:\.<locals>)?")
_NUMBER = re.compile(r"#\d+")


def of_recorded(module: str, qualname: str) -> Identity:
    """`module` is `django:django/core/x.py` and its like, as the recordings have it."""
    origin, _, file = module.partition(":")
    if origin == "stdlib":
        file = _PYTHON_2_FILES.get(file, file)
    return Identity(_ORIGINS[origin], file, without_comprehensions(qualname))


def of_function(function: Function) -> Identity:
    """`C.x#2` and `C.x` are one function here: the recordings do not number."""
    return Identity(function.origin.value, function.file, _NUMBER.sub("", function.name.qualname))


def without_comprehensions(qualname: str) -> str:
    """The function that holds the comprehension: `f.<locals>.<genexpr>` is `f`, `<listcomp>` the module body."""
    holder = _COMPREHENSION.sub("", qualname)
    return holder if holder == qualname else holder.removesuffix(".<locals>") or MODULE_BODY
