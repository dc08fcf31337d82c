"""A stack deep enough for an analysis, whose recursion follows that of the program."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Callable
from typing import TypeVar

_Result = TypeVar("_Result")

_STACK = 512 * 1024 * 1024
_RECURSION = 60_000
# Just above half of 64 MiB, in words of 8 bytes: a chunk's size is the next power of two.
_FRAME_WORDS = 4 * 1024 * 1024 + 1024


def on_deep_stack(work: Callable[[], _Result]) -> _Result:
    """What `work` returns or raises, done on a thread of its own with a deep stack."""
    results: list[_Result] = []
    errors: list[BaseException] = []

    def attempt() -> None:
        try:
            results.append(work())
        except BaseException as error:  # noqa: BLE001  # handed to the caller's thread below
            errors.append(error)

    limit, size = sys.getrecursionlimit(), threading.stack_size(_STACK)
    sys.setrecursionlimit(_RECURSION)
    # Nearly everything that is made stays: the collector would walk a growing heap for nothing.
    collects = gc.isenabled()
    gc.disable()
    try:
        thread = threading.Thread(target=_in_one_chunk, args=(attempt,))
        thread.start()
        thread.join()
    finally:
        if collects:
            gc.enable()
        threading.stack_size(size)
        sys.setrecursionlimit(limit)
    for error in errors:
        raise error
    return results[0]


def _in_one_chunk(work: Callable[[], None]) -> None:
    work()


# CPython keeps the frames of Python functions in chunks of 16 KiB, each mapped and unmapped as the stack crosses its
# edge: with a recursion this deep that was 5 % of the run. A frame that asks for much gets one large chunk, and those
# above it share what is left of it; pages that are never touched cost nothing.
_in_one_chunk.__code__ = _in_one_chunk.__code__.replace(co_stacksize=_FRAME_WORDS)
