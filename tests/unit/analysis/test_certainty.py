"""A lookup that is known to find what it asks for raises nothing: its handler is not entered."""

from __future__ import annotations

import pytest

from flowmap.analysis.entry import Entry
from tests.unit.analysis.programs import analysed

TRY = """
import os
class Env:
    ENVIRON = os.environ
def read(name):
    try:
        {body}
    except {caught}:
        value = "caught"
    return value
X = read("SET")
"""
LOOKUP = "value = Env.ENVIRON[name]"


def _value(body: str, caught: str = "KeyError", more: str = "") -> object:
    entry = Entry("main", environment={"SET": "known"})
    return analysed(TRY.format(body=body, caught=caught) + more, entry=entry).module_values("main")["X"]


@pytest.mark.parametrize("caught", ["KeyError", "LookupError", "(KeyError, TypeError)", "KeyError as error"])
def test_a_variable_that_is_known_is_there(caught: str) -> None:
    assert _value(LOOKUP, caught) == "known"


@pytest.mark.parametrize(
    ("body", "caught"),
    [
        (LOOKUP, "Exception"),
        (LOOKUP, "(KeyError, AttributeError)"),
        ("value = os.environ[name]; int(value)", "(KeyError, ValueError)"),
        ("value = [os.environ, {}][0][name]", "KeyError"),
    ],
)
def test_who_waits_for_more_may_get_it(body: str, caught: str) -> None:
    assert _value(body, caught) != "known"


def test_one_that_is_not_known_may_not_be_there() -> None:
    assert _value(LOOKUP, more='X = "caught" if read("OTHER") == "caught" else "set"') == {"caught", "set"}


def test_the_length_of_a_tuple() -> None:
    source = """
        def pairs(value):
            try:
                result = len(value) == 2
            except TypeError:
                result = "caught"
            return result
        X, Y = pairs((1, 2)), pairs(open("f"))
    """
    found = analysed(source).module_values("main")

    assert found["X"] is True
    assert found["Y"] != found["X"]


def test_a_text_that_is_no_number_is_a_value_error() -> None:
    source = """
        def truth(value):
            try:
                value = int(value) != 0
            except ValueError:
                value = value.lower() in ("on", "true")
            return value
        X, Y = truth("ON"), truth("off")
    """
    found = analysed(source).module_values("main")

    assert (found["X"], found["Y"]) == (True, False)


def test_an_object_of_a_plain_class_equals_no_constant() -> None:
    source = """
        class Plain: pass
        class Equal:
            def __eq__(self, other): return other == "a"
        class Text(str): pass
        P = "yes" if "a" == Plain() else "no"
        E = "yes" if "a" == Equal() else "no"
        T = "yes" if "a" == Text(input()) else "no"
    """
    found = analysed(source).module_values("main")

    assert found["P"] == "no"
    assert "yes" in str(found["E"])
    assert "yes" in str(found["T"])
