"""The ids that the recorder gives to code objects, and that every expected graph names code that exists."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.case import Case, ExpectedEdge, load_cases, module_name
from tests.cases.reality import disagreements, record
from tests.cases.recorder import Recorder

SOURCE = """
class C:
    @property
    def x(self): ...
    @x.setter
    def x(self, value): ...
    y = [lambda: 1 for _ in ()]

def f():
    global g
    def g(): ...
    async def h():
        yield lambda: (lambda: 2)
    (lambda: 3 for _ in ())
    return lambda: 4

def f(): ...
"""

CASE = Case(
    category="some",
    title="Case",
    prose="",
    files=(("main.py", "def f(): return [list(g(x)) for x in [1]]\n\ndef g(x): yield 1\n\ndef h(): ...\n\nf()\n"),),
    edges=(ExpectedEdge("main:<module>", "main:h"),),
    gaps=None,
    ignores_stdlib=False,
)


def names_in(text: str, module: str) -> dict[str, str]:
    """The id and kind of everything a program defines."""
    recorder = Recorder("/", "/main.py")
    recorder.number(compile(text, "main.py", "exec"), module)
    return recorder.defined


def test_ids_are_numbered_and_comprehensions_belong_to_their_function() -> None:
    assert names_in(SOURCE, "m") == {
        "m:C": "class",
        "m:C.x": "function",
        "m:C.x#2": "function",
        "m:C.<lambda>": "function",
        "m:f": "function",
        "m:g": "function",
        "m:f.<locals>.h": "generator",
        "m:f.<locals>.h.<locals>.<lambda>": "function",
        "m:f.<locals>.h.<locals>.<lambda>.<locals>.<lambda>": "function",
        "m:f.<locals>.<lambda>": "function",
        "m:f.<locals>.<lambda#2>": "function",
        "m:f#2": "function",
    }


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.id)
def test_expected_graphs_name_code_that_exists(case: Case) -> None:
    known = {f"{module}:<module>" for module in case.modules}
    for path, text in case.files:
        known |= names_in(text, module_name(path)).keys()

    assert {name for edge in case.edges for name in edge.pair} - known == set()


def test_what_happens_and_what_does_not_is_told(tmp_path: Path) -> None:
    recording = record(CASE, tmp_path)

    assert list(disagreements(CASE, recording)) == [
        "happened, not expected: main:<module> -> main:f",
        "happened, not expected: main:f -> main:g",
        "ran, but nobody is expected to create it: main:g",
        "expected, did not happen: main:<module> -> main:h",
    ]
