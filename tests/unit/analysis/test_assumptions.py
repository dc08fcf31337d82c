"""Literals that the outside is sure of: a module's variable holds them, whatever the module says."""

from __future__ import annotations

from flowmap.analysis.entry import Entry
from flowmap.analysis.program import Openness
from flowmap.analysis.provenance.tracing import TracingInterpreter
from tests.unit.analysis.programs import analysed

CONF = """
    import os
    DEBUG = os.environ.get("DEBUG") == "1"
    APPS = ["a", "b"]
    def late():
        global DEBUG
        DEBUG = 3
    late()
    globals()["DEBUG"] = 4
    SEEN = "no"
    if DEBUG:
        SEEN = "yes"
        APPS += ["c"]
        APPS.insert(0, "d")
"""


def _values(assumed: dict[str, object], main: str = "from conf import *", **others: str) -> dict[str, object]:
    analysis = analysed(main, entry=Entry("main", assumed={"conf": assumed}), **{"conf": CONF, **others})
    return dict(analysis.module_values("main"))


def test_without_any_both_ways_are_followed() -> None:
    analysis = analysed("from conf import *", conf=CONF)

    assert analysis.module_values("main")["SEEN"] == {"no", "yes"}
    assert analysis.openness("conf")["SEEN"] is Openness.VALUE


def test_a_test_is_decided() -> None:
    assert _values({"DEBUG": True})["SEEN"] == "yes"
    assert _values({"DEBUG": False})["SEEN"] == "no"


def test_what_a_module_does_to_it_does_not_count() -> None:
    assert _values({"DEBUG": True})["DEBUG"] is True
    assert _values({"DEBUG": True, "APPS": ["x", "y"]})["APPS"] == ["x", "y"]


def test_a_name_that_the_module_does_not_bind() -> None:
    assert _values({"MORE": "text"}, "import conf\nMORE = conf.MORE")["MORE"] == "text"


def test_every_kind_of_literal() -> None:
    value = {"a": [1, ("x", None)], "b": {True}, 2: b"z"}
    main = "import conf\nV = conf.V\nA = V['a'][1][0]\nB = V['a'][1][1]\nC = V[2]"

    found = _values({"V": value}, main)
    assert (found["A"], found["B"], found["C"]) == ("x", None, b"z")


def test_of_another_module_nothing_is_assumed() -> None:
    assert _values({"DEBUG": True}, "import other\nD = other.DEBUG", other="DEBUG = 5")["D"] == 5


def test_an_interpreter_that_traces_finds_the_same() -> None:
    entry = Entry("main", assumed={"conf": {"DEBUG": True}})

    assert analysed("from conf import *", TracingInterpreter, entry, conf=CONF).module_values("main")["SEEN"] == "yes"
