"""Calls that nothing takes: a gap, and what comes after them is not lost."""

from __future__ import annotations

import pytest

from flowmap.analysis.result import Reason
from tests.unit.analysis.programs import calls, gaps, mapped


@pytest.mark.parametrize(
    "call",
    ["f()", "f(1, 2)", "f(x=1)", "f(1, a=1)", "f(*(), **{})"],
    ids=["one is missing", "one too many", "no such name", "given twice", "none unpacked"],
)
def test_arguments_that_fit_nothing_are_a_gap_and_the_call_is_followed(call: str) -> None:
    source = f"def f(a): g()\ndef g(): pass\ndef h(): pass\n{call}\nh()\n"

    assert calls(source) == {"<module> -> f", "f -> g", "<module> -> h"}
    assert gaps(source) == [4]


def test_a_name_that_can_only_be_given_by_position_is_missing() -> None:
    assert calls("def f(a, /): return g\ndef g(): pass\nf()()\n") == {"<module> -> f", "<module> -> g"}
    assert calls("def f(a, /, *, b): return g\ndef g(): pass\nf()\ng()\n") == {"<module> -> f", "<module> -> g"}


def test_what_cannot_be_called_is_a_gap_and_what_comes_after_it_is_reached() -> None:
    source = "def g(): pass\nnothing = None\nnothing()\ng()\nclass C: pass\nC()()\ng()\n"

    assert {gap.line: gap.reason for gap in mapped(source).gaps} == {3: Reason.NOT_CALLABLE, 6: Reason.NOT_CALLABLE}
    assert calls(source) == {"<module> -> g", "<module> -> C"}


def test_a_callee_that_does_not_fit_is_ruled_out_by_one_that_does() -> None:
    source = """
        from sys import argv
        def none(): pass
        def one(a): pass
        def some(*a): pass
        def run(f): f(1)
        for each in (none, some, None):
            if argv[1:]: each(1)
        if argv[1:]: run(none)
        if argv[2:]: run(one)
    """

    assert calls(source) == {"<module> -> some", "<module> -> run", "run -> one"}
    assert gaps(source) == []


def test_what_fits_may_be_found_last() -> None:
    source = """
        from sys import argv
        def none(): pass
        def one(a): pass
        class Box: f = None
        box = Box()
        def run():
            if argv[1:]: box.f(1)
        box.f = none
        run()
        def late(): box.f = one
        late()
    """

    assert calls(source) == {"<module> -> Box", "<module> -> run", "<module> -> late", "run -> one"}
    assert gaps(source) == []


def test_a_class_whose_arguments_do_not_fit() -> None:
    assert calls("class C:\n def __init__(self, a): g()\ndef g(): pass\nC()\ng()\n") == {
        "<module> -> C.__init__",
        "C.__init__ -> g",
        "<module> -> g",
    }
