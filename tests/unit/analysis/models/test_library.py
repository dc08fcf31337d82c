"""What the library does with functions that the program hands over."""

from __future__ import annotations

import pytest

from tests.unit.analysis.programs import callees, calls, gaps

_FUNCTIONS = """
def f(*args): ...
def g(*args): ...
"""


def test_library_functions_call_back_themselves() -> None:
    source = (
        _FUNCTIONS
        + """
import copy, re
class A:
    def __deepcopy__(self, memo):
        f()
copy.deepcopy(A())
re.sub("a", g, "banana")
"""
    )
    assert callees(source) == {"copy:<module>", "A", "copy:deepcopy", "re:sub"}
    assert calls(source) == {"<module> -> A", "A.__deepcopy__ -> f"}


def test_matches_of_known_texts_are_decided() -> None:
    source = (
        _FUNCTIONS
        + r"""
import re
match = re.compile(r"(?P<word>\w+)-(\d+)").match("abc-12")
if match:
    {"abc": f, "12": g}[match.group("word")]()
else:
    g()
"""
    )
    assert callees(source) >= {"f"}
    assert "g" not in callees(source)


def test_groups_of_unknown_texts_have_the_patterns_names() -> None:
    source = (
        _FUNCTIONS
        + r"""
import re
def use(word):
    f()
for match in re.compile(r"(?P<word>\w+)").finditer(input()):
    use(**match.groupdict())
"""
    )
    assert calls(source) == {"<module> -> use", "use -> f"}


def test_context_managers_of_one_decorator_are_told_apart() -> None:
    source = (
        _FUNCTIONS
        + """
from contextlib import contextmanager
@contextmanager
def first():
    yield f
@contextmanager
def second():
    yield g
def use():
    with first() as call:
        call()
use()
with second() as call:
    call()
"""
    )
    assert "use -> f" in calls(source)
    assert "use -> g" not in calls(source)


def test_options_hold_what_their_declaration_allows() -> None:
    source = (
        _FUNCTIONS
        + """
import argparse
class Parser(argparse.ArgumentParser):
    def error(self, message):
        f()
        super().error(message)
parser = Parser()
parser.add_argument("--go", action="store_true")
parser.add_argument("--mode", choices=["x", "y"])
commands = parser.add_subparsers()
commands.add_parser("run").set_defaults(run=g)
options = parser.parse_args([])
if options.go:
    one = f
else:
    one = g
{"x": one, "y": one}[options.mode]()
options.run()
"""
    )
    assert calls(source) >= {"<module> -> f", "<module> -> g", "Parser.error -> f"}


def test_actions_of_the_program_are_called() -> None:
    source = (
        _FUNCTIONS
        + """
import argparse
class Action(argparse.Action):
    def __call__(self, parser, namespace, values, option_string=None):
        setattr(namespace, self.dest, f)
parser = argparse.ArgumentParser()
parser.add_argument("--call", action=Action)
parser.parse_args([]).call()
"""
    )
    assert "f" in callees(source)


def test_coroutines_run_and_their_results_come_out() -> None:
    source = (
        _FUNCTIONS
        + """
import asyncio
async def work(call):
    call()
    return g
async def main():
    async with asyncio.TaskGroup() as group:
        task = group.create_task(work(f))
    task.result()()
    first, = await asyncio.gather(work(f))
    first()
asyncio.run(main())
"""
    )
    assert calls(source) == {"<module> -> main", "main -> work", "main -> g", "work -> f"}


def test_context_variables_give_back_what_was_set() -> None:
    source = (
        _FUNCTIONS
        + """
import contextvars
variable = contextvars.ContextVar("variable", default=f)
variable.set(g)
variable.get()()
contextvars.copy_context().run(g)
"""
    )
    assert callees(source) >= {"f", "g"}


def test_virtual_subclasses_are_instances() -> None:
    source = (
        _FUNCTIONS
        + """
from abc import ABC
from collections.abc import Mapping
class Base(ABC): ...
class Other: ...
Base.register(Other)
for answer in [isinstance(Other(), Base), isinstance({}, Mapping), issubclass(Other, Base)]:
    if answer: f()
    else: g()
if isinstance([], Mapping): g()
"""
    )
    assert "f" in callees(source)
    assert "g" not in callees(source)


def test_mixin_methods_of_abstract_classes_are_read() -> None:
    source = (
        _FUNCTIONS
        + """
from collections.abc import MutableMapping
class Table(MutableMapping):
    def __init__(self): self.data = {}
    def __getitem__(self, key): return self.data[key]
    def __setitem__(self, key, value): self.data[key] = value
    def __delitem__(self, key): ...
    def __iter__(self): return iter(self.data)
    def __len__(self): return 1
table = Table()
table.update(a=f)
table.get("a")()
"""
    )
    assert "f" in callees(source)


def test_opaque_results_have_their_type() -> None:
    source = """
import datetime, hashlib, io, pathlib
class Day(datetime.date):
    def text(self): return self.replace(day=1).isoformat().upper()
Day(2020, 1, 1).text()
hashlib.sha256(b"").hexdigest().upper()
(pathlib.Path("x").resolve().parent / "y").name.upper()
io.BytesIO().getvalue().decode().upper()
(datetime.datetime.now() - datetime.datetime.now()).total_seconds().hex()
for line in open("x"):
    line.strip()
"""
    assert not gaps(source)
    assert calls(source) == {"<module> -> Day", "<module> -> Day.text"}


def test_json_asks_the_programs_default() -> None:
    source = (
        _FUNCTIONS
        + """
import json
class Thing: ...
class Encoder(json.JSONEncoder):
    def default(self, value):
        f()
        return "text"
json.dumps({"a": [Thing()]}, cls=Encoder)
json.loads("{}", object_hook=lambda found: g())
"""
    )
    assert calls(source) == {"<module> -> Thing", "Encoder.default -> f", "<lambda> -> g"}


def test_handlers_that_the_interpreter_calls() -> None:
    source = (
        _FUNCTIONS
        + """
import atexit, signal
atexit.register(f)
signal.signal(signal.SIGTERM, g)
"""
    )
    assert calls(source) == {"<module> -> f", "<module> -> g"}


def test_heaps_and_bisections_compare() -> None:
    source = (
        _FUNCTIONS
        + """
import heapq, bisect
class Item:
    def __lt__(self, other): return f()
heap = []
heapq.heappush(heap, Item())
bisect.insort([1], 2, key=g)
"""
    )
    assert calls(source) == {"<module> -> Item", "<module> -> Item.__lt__", "<module> -> g", "Item.__lt__ -> f"}


@pytest.mark.parametrize(
    "pattern",
    [".*" * 6 + "x", "(a|aa)+$", "(a?){30}b", "((a|b)c?)*d", "(?:a+b?)+c", "a?" * 30 + "a" * 30],
)
def test_a_pattern_that_would_take_long_is_left_open(pattern: str) -> None:
    source = f"""
    import re
    def f(): pass
    def g(): pass
    (f if re.match({pattern!r}, {"a" * 60 + "!"!r}) else g)()
    """

    assert {"<module> -> f", "<module> -> g"} <= calls(source)


def test_a_pattern_that_takes_few_steps_is_looked_for() -> None:
    source = """
    import re
    def f(): pass
    def g(): pass
    (f if re.match(r"(?P<name>[a-z]+)/(\\d+)/?$", "abc/12/") else g)()
    """

    assert calls(source) == {"<module> -> f"}


def test_a_method_called_through_its_class_on_something_else_is_no_crash() -> None:
    source = """
    import re
    from nowhere import thing
    def f(): pass
    collected = []
    list.append(collected if thing else thing, f)
    collected[0]()
    re.Pattern.match(thing, "x")
    re.Pattern.match([], "x")
    re.Pattern.__new__(re.Pattern).match("x")
    BaseException.__new__(thing)
    """

    assert "<module> -> f" in calls(source)


def test_a_group_of_options_for_an_unknown_parser() -> None:
    source = """
    from optparse import OptionGroup
    from nowhere import parser
    group = OptionGroup(parser, "title")
    group.add_option("--x")
    """

    assert calls(source) == set()
