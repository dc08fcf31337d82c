"""What identifies a function on both sides, recording and call graph: origin, file and qualified name."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from flowmap.callgraph.model import Function
from flowmap.names import MODULE_BODY, Origin
from flowmap.snapshot.observed import ObservedFunction, Tree


class Identity(NamedTuple):
    """`file` is relative to the origin's root; `qualname` has no numbers and no comprehensions."""

    origin: str
    file: str
    qualname: str

    def __str__(self) -> str:
        return f"{self.file}:{self.qualname}"


# Modules that Python 3 has elsewhere.
_PYTHON_2_FILES: Final = {"SocketServer.py": "socketserver.py", "BaseHTTPServer.py": "http/server.py"}
_COMPREHENSION: Final = re.compile(r"\.?<(?:listcomp|setcomp|dictcomp|genexpr)>(?:\.<locals>)?")
_NUMBER: Final = re.compile(r"#\d+")
_ORIGINS: Final = {
    Tree.PROJECT: (Origin.PROJECT,),
    Tree.STDLIB: (Origin.STDLIB,),
    # The recording does not know which of them is under study.
    Tree.INSTALLED: (Origin.DISTRIBUTION, Origin.DEPENDENCY),
    Tree.ELSEWHERE: (),
}


def of_function(function: Function) -> Identity:
    """`C.x#2` and `C.x` are one function here: not every recording numbers."""
    return Identity(function.origin.value, function.file, _NUMBER.sub("", function.name.qualname))


def of_observed(function: ObservedFunction) -> tuple[Identity, ...]:
    """What a function that ran may be in a call graph; nothing for text that was compiled."""
    file = library_file(function.file) if function.tree is Tree.STDLIB else function.file
    qualname = _NUMBER.sub("", function.name.qualname)
    return tuple(Identity(origin.value, file, qualname) for origin in _ORIGINS[function.tree])


def library_file(file: str) -> str:
    """A file of the standard library, where Python 3 has it."""
    return _PYTHON_2_FILES.get(file, file)


def without_comprehensions(qualname: str) -> str:
    """The function that holds the comprehension: `f.<locals>.<genexpr>` is `f`, `<listcomp>` the module body."""
    holder = _COMPREHENSION.sub("", qualname)
    return holder if holder == qualname else holder.removesuffix(".<locals>") or MODULE_BODY
