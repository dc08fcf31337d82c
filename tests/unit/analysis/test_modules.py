"""Module bodies: where one does not come to its end, and what a program names that is not there."""

from __future__ import annotations

from flowmap.analysis.result import Reason
from tests.unit.analysis.programs import calls, mapped


def named(source: str, **others: str) -> set[tuple[str, int, str, str]]:
    return {(gap.caller.module, gap.line, gap.reason, gap.name) for gap in mapped(source, **others).gaps}


def test_an_endless_loop_ends_a_module_and_is_reported() -> None:
    helper = "def f(): pass\nwhile True:\n    pass\nf()\n"

    assert ("helper", 2, Reason.UNFINISHED, "") in named("import helper\n", helper=helper)
    assert calls("import helper\n", helper=helper) == {"<module> -> helper:<module>"}


def test_a_raise_ends_a_module_and_is_reported() -> None:
    assert ("helper", 1, Reason.UNFINISHED, "") in named("import helper\n", helper="raise ValueError\n")


def test_a_body_goes_on_after_a_name_that_no_call_gives() -> None:
    helper = "def get():\n    raise LookupError\nmodel = get()\ndef f(): pass\nf()\n"

    assert ("helper", 3, Reason.NO_RETURN, "") in named("import helper\n", helper=helper)
    assert "helper:<module> -> helper:f" in calls("import helper\n", helper=helper)


def test_the_entry_may_run_for_ever() -> None:
    assert not named("while True:\n    pass\n")


def test_the_entry_is_the_module_main() -> None:
    source = """
        def f(): pass
        def g():
            import __main__
            __main__.f()
        g()
    """

    assert calls(source) >= {"g -> f"}
    assert not named(source)


def test_a_missing_module_is_named() -> None:
    assert named("import nosuch.part\n") == {("main", 1, Reason.MODULE_MISSING, "nosuch.part")}
    source = "import importlib\nimportlib.import_module('nosuch.part')\n"
    assert named(source) == {("main", 2, Reason.MODULE_MISSING, "nosuch.part")}


def test_what_is_no_name_is_no_module() -> None:
    assert not named("import importlib\ntry:\n    importlib.import_module('/')\nexcept ImportError:\n    pass\n")
