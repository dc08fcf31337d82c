"""Which source is Python 2's, and which only looks like it."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from flowmap.syntax.python2 import looks_like_python2, suspicious

STDLIB = Path(sysconfig.get_path("stdlib"))


@pytest.mark.parametrize(
    ("line", "construct"),
    [
        ("except ValueError, e: pass", "`except X, e:`"),
        ("except (A, B), e:", "`except X, e:`"),
        ("except socket.error, (code, message):", "`except X, e:`"),
        ("except A, E:", "`except X, e:`"),
        ("print 'a'", "print statement"),
        ("print x", "print statement"),
        ("    print 1, 2", "print statement"),
        ("if x: print y", "print statement"),
        ("x = 1; print y", "print statement"),
        ("print -1", "print statement"),
        ("exec 'x'", "exec statement"),
        ("exec code in ns", "exec statement"),
        ("exec(code) in ns", "exec statement"),
        ("raise E, 'm'", '`raise E, "message"`'),
        ("raise a.E, 'm', tb", '`raise E, "message"`'),
        ("x = `y`", "backticks"),
        ("if a <> b: pass", "the operator `<>`"),
        ("os.chmod(p, 0777)", "octal number `0777`"),
        ("x = 10L", "long integer `1L`"),
        ("x = 0xffL", "long integer `1L`"),
        ("x = ur'a'", "string prefix `ur`"),
        ("def f(a, (b, c)): pass", "tuple parameter"),
        ("x = lambda (a, b): a", "tuple parameter"),
    ],
)
def test_python_2_is_recognised(line: str, construct: str) -> None:
    source = f"# print 'x'\nx = 'print y'\n{line}\n"

    assert looks_like_python2(source.encode()) == f"{construct} in line 3"


@pytest.mark.parametrize(
    "line",
    [
        "except (A, B) as e: pass",
        "except ValueError, TypeError: pass",
        "except ValueError: x, y",
        "'''\nexcept A, e:\nprint x\n'''",
        "# except A, e:",
        "x = 'it''s', \"`\", '<>', r'\\\\', '0777'",
        "print(x), y",
        "print = 1",
        "print in x",
        "print if print else print",
        "print",
        "obj.print",
        "exec(code, ns)",
        "raise E('a', 'm')",
        "raise E from f(a, b)",
        "x = 0, 00, 0.1, 1e-05, 0o17, 0x1f, 1E05, 0_0",
        "x = 1if l else 2",
        "f(a, (b, c))",
        "def f(a=(b, c), d: (e) = 1): pass",
        "def f(a: list[list[g('C')]]): pass",
        "lambda: (a, b)",
        "lambda a=(b): c",
        "f'{a!r:<>}`'",
        "print >> sys.stderr, x",
        "x = u'a' ; y = Ru",
        "d = {print: x}",
    ],
)
def test_python_3_is_not(line: str) -> None:
    assert looks_like_python2(f"{line}\n".encode()) is None


def test_the_standard_library_is_python_3() -> None:
    modules = sorted(STDLIB.glob("*.py")) + sorted(STDLIB.glob("asyncio/*.py")) + sorted(STDLIB.glob("email/*.py"))
    assert len(modules) > 100

    # Only what is suspicious is looked at by the parser, so only that could be refused.
    texts = [(path.name, path.read_bytes()) for path in modules]
    chosen = [(name, source) for name, source in texts if suspicious(source.decode("utf-8"))]
    assert chosen
    assert {name: looks_like_python2(source) for name, source in chosen + texts[:20]} == dict.fromkeys(
        [name for name, _ in chosen + texts[:20]]
    )


def test_an_encoding_that_cannot_be_read_does_not_hide_it() -> None:
    assert looks_like_python2(b"# coding: nonsense\nprint '\xff'\n") == "print statement in line 2"
