"""Random small programs that end: functions that call later functions, and hand them on in several ways."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

_COUNT = 6

# Each way hands the function {f} on and ends in a call of it. `{n}` makes names unique. A way that depends on a branch
# or on a container is as welcome as a plain call: whatever runs must be in the graph.
WAYS: Sequence[str] = (
    "{f}()",
    "x{n} = {f}\nx{n}()",
    "apply({f})",
    "apply(callback={f})",
    "identity({f})()",
    "Holder({f}).run()",
    "Holder({f}).callback()",
    "Base.make({f}).run()",
    "{{'a': {f}, 'b': None}}['a']()",
    "t{n} = [None, {f}]\nt{n}[-1]()",
    "list(map(lambda x: {f}(), [1]))",
    "[g() for g in ({f},)]",
    "for g{n} in each({f}):\n    g{n}()",
    "with Holder({f}) as h{n}:\n    h{n}()",
    "globals()['{f}']()",
    "try:\n    raise Problem({f})\nexcept Problem as e{n}:\n    e{n}.callback()",
    "decorated({f})()",
    "h{n} = Holder(None)\nh{n}.callback = {f}\ngetattr(h{n}, 'call' + 'back')()",
    "sorted([1], key=lambda x: {f}())",
    "first{n}, *rest{n} = {f}, {f}\nrest{n}[0]()",
    "if len(sys.argv) > {n}:\n    x{n} = apply\nelse:\n    x{n} = identity\nx{n}({f})",
    "match Holder({f}):\n    case Holder(callback=found{n}):\n        found{n}()",
    "(lambda *args, **kwargs: apply(*args, **kwargs))({f})",
    "setattr(Holder, 'late{n}', {f})\nHolder.late{n}()",
)

PRELUDE = """\
import sys


class Base:
    @classmethod
    def make(cls, callback):
        return Holder(callback)


class Holder(Base):
    def __init__(self, callback):
        self.callback = callback

    def run(self):
        return self.callback()

    def __enter__(self):
        return self.callback

    def __exit__(self, *error):
        return None


class Problem(Exception):
    def __init__(self, callback):
        self.callback = callback


def apply(callback):
    return callback()


def identity(x):
    return x


def each(*functions):
    yield from functions


def decorated(f):
    def wrapper(*args):
        return f(*args)

    return wrapper
"""


@dataclass(frozen=True, slots=True)
class Program:
    """`bodies[i]` are the (way, function number) pairs of `f<i>`; `main` those of the module body."""

    bodies: tuple[tuple[tuple[int, int], ...], ...]
    main: tuple[tuple[int, int], ...]

    def text(self) -> str:
        """The source."""
        functions = [f"def f{number}():\n{_block(body, '    ')}" for number, body in enumerate(self.bodies)]
        return "\n\n".join([PRELUDE, *functions, _block(self.main, "")])

    def longer(self, way: int, function: int) -> Program:
        """The same program with one more call at its end."""
        return Program(self.bodies, (*self.main, (way, function)))


def _block(body: Sequence[tuple[int, int]], indent: str) -> str:
    statements = [WAYS[way].format(f=f"f{function}", n=number) for number, (way, function) in enumerate(body)]
    lines = "\n".join(statements or ["pass"]).splitlines()
    return "\n".join(indent + line for line in lines) + "\n"


def _body(first: int) -> st.SearchStrategy[tuple[tuple[int, int], ...]]:
    """Calls of functions from number `first` on, so that every program ends."""
    if first >= _COUNT:
        return st.just(())
    way, function = st.integers(0, len(WAYS) - 1), st.integers(first, _COUNT - 1)
    return st.lists(st.tuples(way, function), max_size=3).map(tuple)


calls = st.tuples(st.integers(0, len(WAYS) - 1), st.integers(0, _COUNT - 1))
programs = st.builds(
    Program,
    st.tuples(*(_body(number + 1) for number in range(_COUNT))),
    st.lists(calls, min_size=1, max_size=4).map(tuple),
)
