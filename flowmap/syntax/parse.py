"""From the bytes of a file to its IR; a file that cannot be read is a value with its reason, not an exception."""

from __future__ import annotations

import gc
import io
import re
import sys
import threading
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.lowering import MisalignedError, lower
from flowmap.syntax.python2 import describe, python2_in, suspicious
from flowmap.syntax.rendered import rendered_tokens
from flowmap.syntax.tokens import TokenMap

# How deep the syntax may nest is counted in Python frames, from the first frame of a thread, so that it does not depend
# on who asks; libcst's native parser needs stack in proportion.
_FRAMES = 3_000
_STACK_BYTES = 512 * 1024 * 1024
_PLACE = re.compile(r"parser error: error at (\d+):\d+: |tokenizer error: ")
_THREAD_STARTS = threading.Lock()


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A file that cannot be read, why, and the line (from 1) where that shows."""

    reason: str
    line: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What became of a file; `aligned` is False when its lines had to be found the slow way."""

    result: ir.Module | Unreadable
    aligned: bool = True


def parse(source: bytes, module: str) -> ir.Module | Unreadable:
    """Parse the content of a file; `module` names it in the error that says flowmap itself is at fault."""
    try:
        return read(source).result
    except Exception as error:
        error.add_note(f"while parsing {module}")
        raise


def read(source: bytes) -> Reading:
    """Parse the content of a file, and say how its lines were found."""
    try:
        text = _decoded(source)
    except (SyntaxError, UnicodeDecodeError, LookupError) as error:
        return Reading(Unreadable(f"undecodable text: {error}", 1))
    if "\0" in text:
        return Reading(Unreadable("NUL byte in the text", text.count("\n", 0, text.index("\0")) + 1))
    if suspicious(text) and (construct := python2_in(text)):
        return Reading(Unreadable(f"Python 2 syntax: {describe(construct)}", construct.line))
    with _without_collection():
        return _in_deep_thread(text)


def _decoded(source: bytes) -> str:
    encoding, _ = tokenize.detect_encoding(io.BytesIO(source).readline)
    return source.decode(encoding).replace("\r\n", "\n").replace("\r", "\n")


@contextmanager
def _without_collection() -> Iterator[None]:
    # The collector would walk the growing tree again and again, which doubles the time of the parse.
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _in_deep_thread(text: str) -> Reading:
    readings: list[Reading] = []
    errors: list[BaseException] = []

    def work() -> None:
        try:
            readings.append(_read(text))
        except BaseException as error:  # noqa: BLE001  # raised again by the thread that waits
            errors.append(error)

    thread = threading.Thread(target=work, name="flowmap-parse", daemon=True)
    # Both settings belong to the process.
    with _THREAD_STARTS:
        stack, frames = threading.stack_size(_STACK_BYTES), sys.getrecursionlimit()
        sys.setrecursionlimit(max(frames, _FRAMES))
        try:
            thread.start()
            threading.stack_size(stack)
            thread.join()
        finally:
            sys.setrecursionlimit(frames)
    if errors:
        raise errors[0]
    return readings[0]


def _read(text: str) -> Reading:
    try:
        tree = cst.parse_module(text)
    except cst.ParserSyntaxError as error:
        if construct := python2_in(text):
            return Reading(Unreadable(f"Python 2 syntax: {describe(construct)}", construct.line))
        return Reading(_syntax_error(error))
    except RecursionError:
        return Reading(Unreadable("nested too deeply", 1))
    try:
        try:
            return Reading(lower(tree, TokenMap(text)))
        except MisalignedError:
            return Reading(lower(tree, rendered_tokens(tree)), aligned=False)
    except RecursionError:
        return Reading(Unreadable("nested too deeply", 1))


def _syntax_error(error: cst.ParserSyntaxError) -> Unreadable:
    # A parser error names its place in the message; the place of the exception itself is one off.
    found = _PLACE.search(error.message)
    line = int(found.group(1)) if found else max(error.raw_line, 1)
    reason = error.message.partition("\n")[0]
    return Unreadable(f"syntax error: {_PLACE.sub('', reason)}", line)
