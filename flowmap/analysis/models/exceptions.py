"""The builtin exceptions, as data: the language's, not those of the Python that runs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

# Library reference, "Exception hierarchy": indented below its base.
_HIERARCHY = """
BaseException
    BaseExceptionGroup
    GeneratorExit
    KeyboardInterrupt
    SystemExit
    Exception
        ArithmeticError
            FloatingPointError
            OverflowError
            ZeroDivisionError
        AssertionError
        AttributeError
        BufferError
        EOFError
        ImportError
            ModuleNotFoundError
        LookupError
            IndexError
            KeyError
        MemoryError
        NameError
            UnboundLocalError
        OSError
            BlockingIOError
            ChildProcessError
            ConnectionError
                BrokenPipeError
                ConnectionAbortedError
                ConnectionRefusedError
                ConnectionResetError
            FileExistsError
            FileNotFoundError
            InterruptedError
            IsADirectoryError
            NotADirectoryError
            PermissionError
            ProcessLookupError
            TimeoutError
        ReferenceError
        RuntimeError
            NotImplementedError
            PythonFinalizationError
            RecursionError
        StopAsyncIteration
        StopIteration
        SyntaxError
            IndentationError
                TabError
        SystemError
        TypeError
        ValueError
            UnicodeError
                UnicodeDecodeError
                UnicodeEncodeError
                UnicodeTranslateError
        Warning
            BytesWarning
            DeprecationWarning
            EncodingWarning
            FutureWarning
            ImportWarning
            PendingDeprecationWarning
            ResourceWarning
            RuntimeWarning
            SyntaxWarning
            UnicodeWarning
            UserWarning
"""
# The one class with two bases.
_GROUP: Final = ("ExceptionGroup", "BaseExceptionGroup Exception")

ALIASES: Final[Mapping[str, str]] = {"EnvironmentError": "OSError", "IOError": "OSError"}
"""Other names of exceptions."""

SINCE: Final[Mapping[str, tuple[int, int]]] = {
    "RecursionError": (3, 5),
    "StopAsyncIteration": (3, 5),
    "ModuleNotFoundError": (3, 6),
    "EncodingWarning": (3, 10),
    "BaseExceptionGroup": (3, 11),
    "ExceptionGroup": (3, 11),
    "PythonFinalizationError": (3, 13),
}
"""The version whose builtins were the first to have a name, where programs ask for it."""


def exception_bases() -> Mapping[str, str]:
    """The bases of each exception (separated by a space), bases first."""
    found: dict[str, str] = {}
    above: list[str] = ["object"]
    for line in _HIERARCHY.strip().splitlines():
        name = line.strip()
        depth = (len(line) - len(name)) // 4 + 1
        del above[depth:]
        found[name] = above[-1]
        above.append(name)
    return {**found, _GROUP[0]: _GROUP[1]}
