"""From the bytes of a file to its IR; a file that cannot be read is a value with its reason, not an exception."""

from __future__ import annotations

import gc
import io
import re
import threading
import tokenize
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.lean import StandInError, parse_lean
from flowmap.syntax.limits import TOO_DEEP, beyond_limits
from flowmap.syntax.lowering import MisalignedError, lower
from flowmap.syntax.python2 import describe, python2_in, suspicious
from flowmap.syntax.rendered import rendered_tokens
from flowmap.syntax.tokens import TokenMap
from flowmap.syntax.unreadable import Unreadable
from flowmap.syntax.walk import NestedTooDeeplyError

# libcst's native parser takes stack in proportion to how deep the syntax nests, and where it finds none, it crashes.
_STACK_BYTES = 512 * 1024 * 1024
_PLACE = re.compile(r"parser error: error at (\d+):\d+: |tokenizer error: ")
_THREAD_STARTS = threading.Lock()


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
    try:
        # The stack size belongs to the process.
        with _THREAD_STARTS:
            stack = threading.stack_size(_STACK_BYTES)
            try:
                thread.start()
            finally:
                threading.stack_size(stack)
    except RuntimeError:
        # The system grants no such stack: what can be read with the one there is, is read the same.
        work()
    else:
        thread.join()
    if errors:
        raise errors[0]
    return readings[0]


def _read(text: str) -> Reading:
    tokens = TokenMap(text)
    if refused := beyond_limits(text, tokens.count):
        return Reading(refused)
    try:
        tree = parse_lean(text)
    except cst.ParserSyntaxError as error:
        if construct := python2_in(text):
            return Reading(Unreadable(f"Python 2 syntax: {describe(construct)}", construct.line))
        return Reading(_syntax_error(error, text))
    try:
        try:
            try:
                return Reading(lower(tree, tokens))
            except StandInError:
                tree = cst.parse_module(text)
                return Reading(lower(tree, tokens))
        except MisalignedError:
            tree = cst.parse_module(text)
            tokens = rendered_tokens(tree)
            return Reading(lower(tree, tokens), aligned=False)
    except RecursionError:
        # MAX_DEPTH keeps the walk within Python's own default; this one was set lower.
        return Reading(Unreadable(TOO_DEEP, 1))
    except NestedTooDeeplyError as error:
        return Reading(Unreadable(TOO_DEEP, tokens.line(min(error.token, tokens.count - 1))))


def _syntax_error(error: cst.ParserSyntaxError, text: str) -> Unreadable:
    # A parser error names its place in the message; the place of the exception itself is one off.
    found = _PLACE.search(error.message)
    line = int(found.group(1)) if found and found.group(1) else max(error.raw_line, 1)
    # What is missing at the end is missing after the last line.
    line = min(line, max(text.rstrip("\n").count("\n") + 1, 1))
    reason = _PLACE.sub("", error.message.partition("\n")[0])
    return Unreadable(f"syntax error: {reason}", line)
