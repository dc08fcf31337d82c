"""What can be read, and what is said about a file that cannot."""

from __future__ import annotations

import gc
import threading

import msgspec
import pytest

from flowmap.syntax import ir
from flowmap.syntax.cache import decoded, encoded
from flowmap.syntax.parse import parse
from flowmap.syntax.unreadable import Unreadable
from flowmap.syntax.walk import MAX_DEPTH


@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        (b"x = 1\ny = = 2\n", 2, "syntax error: expected one of"),
        (b"x = (1\n", 1, "syntax error: "),
        (b"x = 1\n\n\0\n", 3, "NUL byte"),
        (b"x = '\xff'\n", 1, "undecodable text"),
        (b"# coding: nonsense\n", 1, "undecodable text"),
        (b"# coding: rot13\nk = 1\n", 1, "undecodable text"),
        ("x = 1\n".encode("utf-16"), 1, "undecodable text"),
        (b"x = 1\ntry: pass\nexcept A, e: pass\n", 3, "Python 2 syntax: `except X, e:`"),
        (b"x = 1\nprint 'a'\n", 2, "Python 2 syntax: print statement"),
        (b"class A:\n\tx = 1\n        y = 2\n", 1, "syntax error: "),
    ],
)
def test_a_file_that_cannot_be_read_is_a_value(source: bytes, line: int, reason: str) -> None:
    result = parse(source, "m")

    assert isinstance(result, Unreadable)
    assert result.reason.startswith(reason)
    assert "\n" not in result.reason
    assert result.line == line


@pytest.mark.parametrize(
    "source",
    [
        "x = " + " + ".join(["'a'"] * 1500),
        "x = (" + "\n".join(["'a'"] * 1500) + ")",
        "x = [" + ",".join(["f(1)"] * 5000) + "]",
        "x = " + " and ".join(["a"] * 1000),
        "if a: pass\n" + "elif a: pass\n" * 3000 + "else: pass\n",
        "".join(f"x{i} = {i}\n" for i in range(5000)),
    ],
)
def test_what_is_long_is_not_deep(source: str) -> None:
    assert isinstance(parse(source.encode(), "m"), ir.Module)


@pytest.mark.parametrize(
    "source",
    [
        "x = " + "+".join(["a"] * 1500),
        # Python's tokenizer stops at 200 brackets.
        "x = " + "(" * 1000 + "1" + ")" * 1000,
        "x = " + "[" * 300 + "]" * 300,
        "x = " + "-" * 1000 + "1",
        "x = " + "not " * 1000 + "1",
        "x = a" + ".b()" * 300,
        "x = a" + ".b" * 300,
        "x = a" + "[0]" * 300,
        "x = " + "f(" * 300 + ")" * 300,
        "x = " + "{1: " * 250 + "1" + "}" * 250,
        "x = " + "lambda: " * 300 + "1",
        "x = " + "a if b else " * 300 + "1",
        "x = " + "a ** " * 300 + "1",
        "x = " + "(" * 300 + "a" + ",)" * 300,
    ],
)
def test_what_nests_too_deeply_is_refused(source: str) -> None:
    result = parse(source.encode(), "m")

    assert isinstance(result, Unreadable)
    assert result.reason == "nested too deeply"
    assert 1 <= result.line <= source.count("\n") + 1


@pytest.mark.parametrize(
    "source", ["x = " + "-" * (MAX_DEPTH - 2) + "1", "x = " + "[" * (MAX_DEPTH - 2) + "]" * (MAX_DEPTH - 2)]
)
def test_what_is_not_refused_fits_the_cache(source: str) -> None:
    result = parse(source.encode(), "m")

    assert isinstance(result, ir.Module)
    assert decoded(encoded(result)) == result


@pytest.mark.parametrize("enabled", [True, False])
@pytest.mark.parametrize("source", [b"x = 1\n", b"x = = 1\n"])
def test_the_collector_is_left_as_it_was(source: bytes, enabled: bool) -> None:
    before = gc.isenabled()
    try:
        gc.enable() if enabled else gc.disable()
        parse(source, "m")
        assert gc.isenabled() is enabled
    finally:
        gc.enable() if before else gc.disable()


def test_the_stack_size_of_other_threads_is_left_as_it_was() -> None:
    before = threading.stack_size()

    parse(b"x = 1\n", "m")

    assert threading.stack_size() == before


def test_where_no_large_stack_is_to_be_had_the_result_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = parse(b"x = f(1)\n", "m")

    def refuse(_: threading.Thread) -> None:
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    assert parse(b"x = f(1)\n", "m") == expected


def test_the_name_does_not_matter() -> None:
    source = b"def f(): return __name__\n"

    assert parse(source, "a") == parse(source, "b.c")


@pytest.mark.parametrize(
    "source",
    [
        b"\xef\xbb\xbfx = '\xc3\xa9'\n",
        b"# -*- coding: latin-1 -*-\nx = '\xe9'\n",
        b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\xe9'\n",
    ],
)
def test_encodings(source: bytes) -> None:
    result = parse(source, "m")

    assert isinstance(result, ir.Module)
    statement = result.code.body[0]
    assert isinstance(statement, ir.Assign)
    assert statement.value == ir.Constant("é")


def test_the_ir_is_what_msgpack_holds() -> None:
    result = parse(b"class C:\n    def f(self, *a, k=b'x'):\n        return f'{self!r}', [x for x in a]\n", "m")

    assert isinstance(result, ir.Module)
    assert msgspec.msgpack.decode(msgspec.msgpack.encode(result), type=ir.Module) == result


def test_a_defect_of_ours_says_where_it_happened(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ValueError("defect")

    monkeypatch.setattr("flowmap.syntax.parse.lower", fail)
    with pytest.raises(ValueError, match="defect") as caught:
        parse(b"x = 1\n", "a.b")
    assert caught.value.__notes__ == ["while parsing a.b"]
