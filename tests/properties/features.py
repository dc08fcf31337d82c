"""Random whole programs out of most of the language: they end, raise nothing, and call functions in odd ways.

A template has holes: `{e}` an expression that is a function without parameters, `{f}` the name of one, `{S}` a block
of statements, `{n}` a number of its own, `{c}` a test that may go either way. What stands in a hole has holes itself,
until it is deep enough.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from hypothesis import strategies as st

_COUNT = 5
_DEPTH = 3

EXPRESSIONS: Sequence[str] = (
    "{f}",
    "identity({e})",
    "({e} if {c} else {e})",
    "({c} and {e} or {e})",
    "[{e}, {e}][-1]",
    "({e}, *[{e}])[1]",
    "{{'a': {e}, **{{'b': {e}}}}}['b']",
    "[*{{'a': {e}}}.values()][0]",
    "(lambda: {e})()",
    "(lambda x={e}: x)()",
    "(lambda *args, **names: args[0])({e}, last={e})",
    "(lambda *, key: key)(**{{'key': {e}}})",
    "(w{n} := {e})",
    "[each for each in [{e}]][0]",
    "[inner for outer in [[{e}]] for inner in outer if inner][0]",
    "next(each for each in ({e},))",
    "{{key: value for key, value in [('a', {e})]}}['a']",
    "next(iter({{{e}}}))",
    "functools.partial(identity, {e})()",
    "functools.partial(call_it, {e})",
    "functools.reduce(lambda first, second: second, [{e}, {e}])",
    "getattr(Holder({e}), 'call' + 'back')",
    "Holder({e}).callback",
    "Holder({e}).run",
    "Holder.made({e}).also",
    "Holder({e}).lazy",
    "Holder({e}).nothing_of_the_kind",
    "Described({e}).value",
    "Callable({e})()",
    "Sequence({e})[0]",
    "list(Sequence({e}))[0]",
    "(Number({e}) + 1)",
    "(1 + Number({e}))",
    "(-Number({e}))",
    "Number({e}).__add__(1)",
    "type('Made{n}', (Holder,), {{'more': lambda self: self.callback}})({e}).more()",
    "max([{e}], key=identity_of)",
    "other.passed({e})",
    "other.Other({e}).get()",
    "memory({e})",
    "dict(zip('ab', [{e}, {e}]))['a']",
    "vars(Holder({e}))['callback']",
    "operator.attrgetter('callback')(Holder({e}))",
    "collections.namedtuple('Pair{n}', 'a b')({e}, None).a",
    "Color.RED.with_({e})",
    "Record({e}).callback",
    "Child({e}).run",
)

STATEMENTS: Sequence[str] = tuple(
    """\
{e}()

call_it({e})

v{n} = u{n} = {e}
v{n}()

a{n}, (b{n}, *c{n}) = {e}, ({e}, {e})
c{n}[0]()
a{n}()

v{n}: object = {e}
v{n}()
del v{n}

v{n} = [{e}]
v{n} += [{e}]
v{n}[-1]()
del v{n}[0]

v{n} = {{}}
v{n}['a'] = v{n}.setdefault('b', {e})
v{n}['a']()

h{n} = Holder(None)
h{n}.callback = {e}
h{n}.run()

h{n} = Holder({e})
setattr(h{n}, 'late', {e})
h{n}.late()
del h{n}.late

d{n} = Described(None)
d{n}.value = {e}
d{n}.value()

if {c}:
    {S}
elif {c}:
    {S}
else:
    {S}

for v{n} in each({e}, {e}):
    v{n}()
    {S}
else:
    {S}

for v{n}, w{n} in enumerate([{e}]):
    if {c}:
        continue
    w{n}()
    break

v{n} = [{e}]
while v{n}:
    v{n}.pop()()
    {S}

with Holder({e}) as v{n}, Holder({e}):
    v{n}()
    {S}

with managed({e}) as v{n}:
    v{n}()
    {S}

try:
    raise Problem({e})
except (KeyError, Problem) as p{n}:
    p{n}.callback()
    {S}
finally:
    {S}

try:
    {S}
except Exception:
    {f}()
else:
    {S}

match [1, Holder({e}), {{'a': {e}}}]:
    case [0, *_]:
        {S}
    case [1, Holder(callback=m{n}), {{'a': o{n}, **r{n}}}] if {c}:
        m{n}()
        o{n}()
    case [_, *_] as whole{n}:
        whole{n}[1].callback()

match {e}:
    case None | False:
        {S}
    case v{n}:
        v{n}()

def g{n}(first, /, second=None, *rest, key={e}, **names):
    {S}
    first()
    return key
g{n}({e})()
g{n}(*[{e}, None], **{{'key': {e}, 'more': {e}}})()

def g{n}():
    v = {e}
    def inner():
        nonlocal v
        {S}
        v, old = {e}, v
        return old
    inner()()
    return v
g{n}()()

def g{n}():
    global shared{n}
    shared{n} = {e}
    {S}
g{n}()
shared{n}()

@decorated
@with_options({e})
def g{n}():
    {S}
g{n}()

def g{n}():
    got = yield {e}
    got()
    yield from each({e})
    return {e}
i{n} = g{n}()
next(i{n})()
i{n}.send({e})()
for rest{n} in i{n}:
    rest{n}()

def g{n}():
    v = yield from returning({e})
    v()
    {S}
list(g{n}())

async def g{n}():
    {S}
    return {e}
drive(g{n}())()

async def g{n}():
    async with Asynchronous({e}) as v:
        v()
    async for v in Asynchronous({e}):
        v()
    await Awaitable({e})
    [v() async for v in asynchronous({e})]
drive(g{n}())

class C{n}(Holder):
    more = {e}
    def run(self):
        {S}
        return super().run()
C{n}({e}).run()
C{n}.more()

class C{n}(Child, Mixed):
    @property
    def it(self):
        return self.callback
    @it.setter
    def it(self, value):
        {S}
        self.callback = value
c{n} = C{n}({e})
c{n}.it = {e}
c{n}.it()
c{n}.step()

class C{n}(metaclass=Meta, option={e}):
    {S}
    def __call__(self):
        {f}()
C{n}()()

class C{n}(Registered, callback={e}):
    described = Described({e})
    __slots__ = ('slot',)
    def m(self):
        self.slot = {e}
        self.slot()
C{n}().m()

class C{n}:
    class D:
        @staticmethod
        def m(callback):
            callback()
            {S}
        @classmethod
        def k(cls):
            return cls.m
C{n}.D.k()({e})

import other as o{n}
o{n}.passed({e})()

from other import passed as p{n}, Other
p{n}({e})()

assert identity({e}), {e}

(lambda: (yield {e}))().__next__()()

sorted([1, 2], key=lambda x: {e}() or x)

list(map(lambda x: x(), filter(None, [{e}])))

print(f'{{Shown({e})!r:>{{1}}}}{{Shown({e})}}', file=io.StringIO())

any(x() for x in [{e}])

if Sequence({e}) == 1 or {e} in Sequence({e}):
    {S}

len(Sequence({e})), bool(Sequence({e})), Sequence({e}) < Sequence({e})

globals()['g{n}'] = {e}
g{n}()
""".rstrip("\n").split("\n\n")
)

PRELUDE = """\
import collections
import contextlib
import dataclasses
import enum
import functools
import io
import operator
import sys

import other


def identity(x):
    return x


def identity_of(x):
    return 0


def call_it(callback):
    return callback()


def each(*functions):
    yield from functions


def returning(value):
    yield None
    return value


def decorated(function):
    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    return wrapper


def with_options(callback):
    def decorate(function):
        def wrapper():
            callback()
            return function()

        return wrapper

    return decorate


@functools.lru_cache(maxsize=None)
def memory(callback):
    return callback


@contextlib.contextmanager
def managed(callback):
    try:
        yield callback
    finally:
        callback()


def drive(coroutine):
    try:
        while True:
            coroutine.send(None)
    except StopIteration as stop:
        return stop.value


class Holder:
    def __init__(self, callback):
        self.callback = callback

    @classmethod
    def made(cls, callback):
        return cls(callback)

    @property
    def also(self):
        return self.callback

    @functools.cached_property
    def lazy(self):
        return self.callback

    def run(self):
        return self.callback()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return self.callback

    def __enter__(self):
        return self.callback

    def __exit__(self, *error):
        return None


class Child(Holder):
    def run(self):
        return super().run()


class Mixed:
    def step(self):
        return self.run()


class Problem(Exception):
    def __init__(self, callback):
        super().__init__("problem")
        self.callback = callback


class Descriptor:
    def __set_name__(self, owner, name):
        self.name = "_" + name

    def __get__(self, instance, owner):
        return self if instance is None else getattr(instance, self.name)

    def __set__(self, instance, value):
        setattr(instance, self.name, value)


class Described:
    value = Descriptor()

    def __init__(self, value):
        self.value = value


class Callable:
    def __init__(self, value):
        self.value = value

    def __call__(self):
        return self.value


class Sequence:
    def __init__(self, *items):
        self.items = items

    def __getitem__(self, index):
        return self.items[index]

    def __len__(self):
        return len(self.items)

    def __eq__(self, other):
        return False

    def __lt__(self, other):
        return self.items[0] is other.items[0]

    def __hash__(self):
        return 1

    def __contains__(self, item):
        return item is self.items[0]


class Number:
    def __init__(self, value):
        self.value = value

    def __add__(self, other):
        return self.value

    __radd__ = __add__

    def __neg__(self):
        return self.value


class Shown:
    def __init__(self, callback):
        self.callback = callback

    def __str__(self):
        self.callback()
        return ""

    def __repr__(self):
        return self.__str__()

    def __format__(self, spec):
        return str(self)


class Meta(type):
    def __new__(mcs, name, bases, namespace, option=None):
        if option is not None:
            option()
        return super().__new__(mcs, name, bases, namespace)

    def __init__(cls, name, bases, namespace, option=None):
        super().__init__(name, bases, namespace)

    def __call__(cls, *args):
        return super().__call__(*args)


class Registered:
    def __init_subclass__(cls, callback=None, **kwargs):
        super().__init_subclass__(**kwargs)
        cls.callback = callback
        callback()


class Color(enum.Enum):
    RED = 1

    def with_(self, value):
        return value


@dataclasses.dataclass
class Record:
    callback: object
    others: list = dataclasses.field(default_factory=list)

    def __post_init__(self):
        self.callback()


class Awaitable:
    def __init__(self, callback):
        self.callback = callback

    def __await__(self):
        self.callback()
        yield


class Asynchronous:
    def __init__(self, callback):
        self.callbacks = [callback]

    async def __aenter__(self):
        return self.callbacks[0]

    async def __aexit__(self, *error):
        return None

    def __aiter__(self):
        return self

    async def __anext__(self):
        if not self.callbacks:
            raise StopAsyncIteration
        return self.callbacks.pop()


async def asynchronous(*values):
    for value in values:
        yield value
"""

OTHER = """\
class Other:
    def __init__(self, value):
        self.value = value

    def get(self):
        return self.value


def passed(value):
    return value
"""

_HOLE = re.compile(r"(?P<indent>[ ]*)\{S\}|\{(?P<kind>[efcn])\}|(?P<brace>\{\{|\}\})")
# Undecided for the analysis, decided when the program runs.
_TESTS = ("len(sys.argv) > 9", "len(sys.argv) < 9", "not sys.argv[9:]", "sys.argv and True")
_LEAVES = EXPRESSIONS[:1]


@dataclass(frozen=True, slots=True)
class WholeProgram:
    """The text of main.py; other.py is always the same."""

    text: str

    @property
    def files(self) -> tuple[tuple[str, str], ...]:
        return ("main.py", self.text), ("other.py", OTHER)


class _Writer:
    """Fills templates; functions from number `first` on may be called, so that every program ends."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw
        self._number = 0
        self.first = 0

    def block(self, depth: int) -> str:
        if depth >= _DEPTH:
            return "pass"
        templates = self._draw(st.lists(st.sampled_from(STATEMENTS), min_size=1, max_size=3 - depth))
        return "\n".join(self.filled(template, depth) for template in templates)

    def expression(self, depth: int) -> str:
        template = self._draw(st.sampled_from(EXPRESSIONS if depth < _DEPTH else _LEAVES))
        return self.filled(template, depth)

    def filled(self, template: str, depth: int) -> str:
        self._number += 1
        number = self._number

        def fill(match: re.Match[str]) -> str:
            if match["brace"]:
                return match["brace"][0]
            if match["kind"] == "n":
                return str(number)
            if match["kind"] == "c":
                return self._draw(st.sampled_from(_TESTS))
            if match["kind"] == "f":
                return f"f{self._draw(st.integers(self.first, _COUNT))}"
            if match["kind"] == "e":
                return self.expression(depth + 1)
            lines = self.block(depth + 1).splitlines()
            return "\n".join(match["indent"] + line for line in lines)

        return _HOLE.sub(fill, template)


@st.composite
def _programs(draw: st.DrawFn) -> WholeProgram:
    writer = _Writer(draw)
    functions = []
    for number in range(_COUNT):
        writer.first = number + 1
        body = writer.block(1).splitlines()
        functions.append("\n".join([f"def f{number}():", *("    " + line for line in body)]))
    functions.append(f"def f{_COUNT}():\n    return None")
    writer.first = 0
    return WholeProgram("\n\n\n".join([PRELUDE.rstrip(), *functions, writer.block(0)]) + "\n")


def _compiles(program: WholeProgram) -> bool:
    """Some nestings are no Python: an assignment expression in a class body's comprehension, say."""
    try:
        compile(program.text, "main.py", "exec")
    except SyntaxError:
        return False
    return True


whole_programs = _programs().filter(_compiles)
