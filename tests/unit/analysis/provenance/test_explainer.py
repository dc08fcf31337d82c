"""Chains of steps from a call back to where its callee begins: every line of them is in the program."""

from __future__ import annotations

import pytest

from flowmap.analysis.provenance.explanation import Origin
from tests.unit.analysis.programs import explained, steps

_PASSED = """\
def g(): pass
def h(f):
    x = f
    x()
def pick():
    return g
h(pick())
"""
_DISPATCHED = """\
class App:
    def handle(self): pass
class Special(App):
    def handle(self): pass
class Server:
    def __init__(self, app):
        self.app = app
    def run(self):
        self.app.handle()
def make():
    return Special()
server = Server(make())
server.run()
"""
_IMPLICIT = """\
class D:
    def __enter__(self): return 1
    def __exit__(self, *error): pass
    def __add__(self, other): return self
    def __iter__(self): return iter([1])
class C:
    @property
    def p(self): return 1
def f(d, c):
    with d: pass
    d + 1
    for each in d: pass
    c.p
f(D(), C())
"""
_HANDED_OVER = """\
def a(): pass
def b(): pass
def f(first, *rest, key=a, **named):
    first()
    rest[0]()
    key()
    named['x']()
f(b, a, x=b)
"""
_WRAPPED = """\
def deco(f):
    def wrapper():
        return f()
    return wrapper
@deco
def shown(): pass
shown()
"""
_HELD = """\
def f(): pass
def gen():
    yield f
by_key = {'f': f}
by_key['f']()
in_list = []
in_list.append(f)
in_list[0]()
for each in gen():
    each()
pair = (1, f)
one, two = pair
two()
(lambda: f())()
"""
_MAPPED = """\
class Meta(type):
    def __call__(cls): return 1
class Made(metaclass=Meta): pass
Made()
class Base:
    def __init__(self): pass
class Derived(Base): pass
made = Derived
made()
"""


@pytest.mark.parametrize(
    ("source", "caller", "callee", "expected"),
    [
        (_PASSED, "h", "g", ["call 4", "assignment 3", "argument 7", "return 6", "definition 1"]),
        (
            _DISPATCHED, "Server.run", "Special.handle",
            ["call 9", "method 4", "attribute 7", "argument 12", "object 11", "definition 3"],
        ),
        (_IMPLICIT, "f", "D.__enter__", ["call 10", "method 2", "argument 14", "object 14", "definition 1"]),
        (_IMPLICIT, "f", "D.__add__", ["call 11", "method 4", "argument 14", "object 14", "definition 1"]),
        (_IMPLICIT, "f", "D.__iter__", ["call 12", "method 5", "argument 14", "object 14", "definition 1"]),
        (_IMPLICIT, "f", "C.p", ["call 13", "method 8", "argument 14", "object 14", "definition 6"]),
        (_WRAPPED, "<module>", "deco.<locals>.wrapper", ["call 7", "decorated 6", "return 4", "definition 2"]),
        (_WRAPPED, "deco.<locals>.wrapper", "shown", ["call 3", "argument 6", "definition 6"]),
        (_WRAPPED, "<module>", "deco", ["call 6", "definition 1"]),
        (_HELD, "<lambda>", "f", ["call 14", "definition 1"]),
        (_MAPPED, "<module>", "Meta.__call__", ["call 4", "method 2", "definition 3"]),
        (_MAPPED, "<module>", "Base.__init__", ["call 9", "method 6", "assignment 8", "definition 7"]),
    ],
)  # fmt: skip
def test_the_way_of_a_callee(source: str, caller: str, callee: str, expected: list[str]) -> None:
    explanation = explained(source, caller, callee)

    assert steps(explanation.chain) == expected
    assert explanation.chain.is_whole


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("by_key['f']()", ["call 5", "item 4", "definition 1"]),
        ("in_list[0]()", ["call 4", "stored 3", "definition 1"]),
        ("for each in gen():\n    each()", ["call 5", "loop 4", "yield 3", "definition 1"]),
        ("pair = (1, f)\none, two = pair\ntwo()", ["call 4", "assignment 3", "assignment 2", "definition 1"]),
        ("list(map(f, [1]))", ["call 2", "definition 1"]),
        ("(f if input() else print)()", ["call 2", "definition 1"]),
        ("def g(h=f): h()\ng()", ["call 2", "argument 3", "default 2", "definition 1"]),
        ("from functools import partial\np = partial(f)\np()", ["call 4", "assignment 3", "definition 1"]),
        ("f2 = f\ndef g():\n    f2()\ng()", ["call 4", "assignment 2", "definition 1"]),
        ("def outer(h):\n    def inner(): h()\n    inner()\nouter(f)", ["call 3", "argument 5", "definition 1"]),
        ("import main as m\nm.f()", ["call 3", "definition 1"]),
        ("globals()['f']()", ["call 2", "definition 1"]),
    ],
)
def test_the_way_through_containers_and_scopes(call: str, expected: list[str]) -> None:
    before = {
        "by_key['f']()": "x = 0\nby_key = 0\nby_key = {'f': f}\n",
        "in_list[0]()": "in_list = []\nin_list.append(f)\n",
        "for each in gen():\n    each()": "def gen():\n    yield f\n",
    }.get(call, "")
    source = f"def f(*a): pass\n{before}{call}\n"
    caller = next((name for name in ("inner", "g") if f"def {name}():" in source or f"def {name}(h" in source), None)
    name = {"inner": "outer.<locals>.inner", "g": "g"}.get(caller or "", "<module>")

    assert steps(explained(source, name, "f").chain) == expected


@pytest.mark.parametrize(
    ("line", "callee", "expected"),
    [
        (4, "b", ["call 4", "argument 8", "definition 2"]),
        (5, "a", ["call 5", "argument 8", "definition 1"]),
        (6, "a", ["call 6", "argument 8", "default 3", "definition 1"]),
        (7, "b", ["call 7", "argument 8", "definition 2"]),
    ],
)
def test_an_argument_is_that_of_its_parameter(line: int, callee: str, expected: list[str]) -> None:
    others = [each for each in (4, 5, 6, 7) if each != line]
    source = "\n".join("    pass" if n in others else text for n, text in enumerate(_HANDED_OVER.splitlines(), 1))

    assert steps(explained(source, "f", callee).chain) == expected


_LOADER = """\
from importlib import import_module
from settings import APPS

def load(path):
    module_path, name = path.rsplit('.', 1)
    module = import_module(module_path)
    return getattr(module, name)

def other():
    load('apps.Second')

for path in APPS:
    load(path)()
"""
_APPS = "def first(): pass\nclass Second:\n    def __init__(self): pass\n"
_SETTINGS = "APPS = [\n    'apps.first',\n    'apps.Second',\n]\n"


def test_a_name_in_a_string_has_a_chain_of_its_own() -> None:
    explanation = explained(_LOADER, "<module>", "apps:first", apps=_APPS, settings=_SETTINGS)

    assert steps(explanation.chain) == ["call 13", "return 7", "definition apps:1"]
    (name,) = explanation.found_by
    assert name.origin is Origin.NAME
    assert steps(name) == ["assignment 5", "argument 13", "loop 12", "item settings:1", "literal settings:1"]
    assert name.steps[-1].value == "'apps.first'"
    assert name.steps[-1].end_line == 4


def test_a_name_came_through_the_call_that_its_value_came_through() -> None:
    explanation = explained(f"{_LOADER}other()\n", "<module>", "apps:Second.__init__", apps=_APPS, settings=_SETTINGS)

    (name,) = explanation.found_by
    assert "argument 13" in steps(name)
    assert "argument 10" not in steps(name)


def test_a_module_that_is_imported_by_a_string_is_told_by_its_name() -> None:
    source = """\
from importlib import import_module
def load(app, name):
    module = import_module('%s.commands.%s' % (app, name))
    return module.Command()
for app in ['one', 'two']:
    load(app, 'go').handle()
"""
    command = "class Command:\n    def handle(self): pass\n"
    modules = {f"{app}__commands__go": command for app in ("one", "two")}

    imported = explained(source, "load", "two.commands.go:<module>", **modules)
    called = explained(source, "<module>", "two.commands.go:Command.handle", **modules)

    assert steps(imported.chain)[:2] == ["call 3", "argument 6"]
    assert steps(called.chain) == ["call 6", "method two.commands.go:2", "object 4", "definition two.commands.go:1"]
    (module,) = called.found_by
    assert module.origin is Origin.MODULE
    assert steps(module)[:2] == ["assignment 3", "argument 6"]


def test_what_a_test_says_of_an_attribute_was_read_in_the_test() -> None:
    source = """\
from importlib import import_module
class A:
    def __init__(self, name):
        self.name = name
    def load(self):
        if isinstance(self.name, str):
            return import_module(self.name)
        return self.name
A('other' if input() else 3).load()
"""
    chain = explained(source, "A.load", "other:<module>", other="x = 1\n").chain

    assert steps(chain)[:3] == ["call 7", "attribute 4", "argument 9"]
    assert chain.is_whole


def test_an_import_statement_is_the_whole_chain() -> None:
    assert steps(explained("\nimport other\n", "<module>", "other:<module>", other="x = 1\n").chain) == ["import 2"]


def test_a_cycle_ends() -> None:
    source = """\
def f(): pass
def turn(x):
    if input():
        x = turn(x)
    return x
turn(f)()
"""
    assert steps(explained(source, "<module>", "f").chain)[-1] == "definition 1"


def test_the_same_program_is_explained_in_the_same_words() -> None:
    first, second = (explained(_DISPATCHED, "Server.run", "Special.handle") for _ in range(2))

    assert first == second


_GENERATORS = """\
def numbers():
    yield 1
def make():
    return numbers()
class Keeps:
    def __init__(self, made):
        self.made = made
    def run(self):
        return next(self.made)
Keeps(make()).run()
async def answer():
    return 1
async def ask(question):
    await question
def start():
    ask(answer()).send(None)
start()
"""


@pytest.mark.parametrize(
    ("caller", "callee", "expected", "value"),
    [
        (
            "Keeps.run", "numbers", ["call 9", "attribute 7", "argument 10", "object 4", "definition 1"],
            "a generator of main:numbers",
        ),
        (
            "ask", "answer", ["call 14", "argument 16", "object 16", "definition 11"],
            "a coroutine of main:answer",
        ),
    ],
)  # fmt: skip
def test_a_generator_comes_from_where_it_was_made(caller: str, callee: str, expected: list[str], value: str) -> None:
    chain = explained(_GENERATORS, caller, callee).chain

    assert steps(chain) == expected
    assert {step.value for step in chain.steps} == {value}
