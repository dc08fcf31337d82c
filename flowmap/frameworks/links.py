"""Public addresses of source lines that belong to no framework: the standard library's."""

from __future__ import annotations

from flowmap.callgraph.model import Function
from flowmap.flow.model import Subject


def standard_library_link(function: Function, subject: Subject) -> str | None:
    """The line in CPython's repository, on the branch of the version whose library was read."""
    if not function.file or not subject.python:
        return None
    return f"https://github.com/python/cpython/blob/{subject.python}/Lib/{function.file}#L{function.line}"
