"""Explanations as text."""

from __future__ import annotations

from flowmap.analysis.provenance.explanation import Chain, Explanation, Origin, Step, StepKind
from flowmap.names import FunctionName
from flowmap.render.explanation import ModuleText, render_explanation

_F = FunctionName("a", "f")


def _step(kind: StepKind, line: int, value: str = "function a:g", module: str = "a") -> Step:
    return Step(kind, FunctionName(module, "f"), line, line, value)


def _lines(*steps: Step, source: str = "", found_by: tuple[Chain, ...] = ()) -> list[str]:
    explanation = Explanation(_F, FunctionName("a", "g"), Chain(steps), found_by)
    return render_explanation(explanation, {"a": ModuleText("a.py", source.splitlines())}).splitlines()


def test_what_is_followed_is_said_when_it_changes() -> None:
    lines = _lines(_step(StepKind.CALL, 1), _step(StepKind.RETURN, 2), _step(StepKind.OBJECT, 3, "an A object"))

    assert [line for line in lines if line.endswith(":")] == ["function a:g:", "an A object:"]


def test_a_line_that_ends_in_brackets_goes_on() -> None:
    source = "run(\n    one,\n    two,\n)\nother()"

    assert "run(one, two,)" in _lines(_step(StepKind.CALL, 1), source=source)[-1]


def test_what_has_no_room_is_left_out() -> None:
    source = "run(\n" + "".join(f"    argument_number_{i},\n" for i in range(9)) + ")"

    lines = _lines(_step(StepKind.CALL, 1), source=source)

    assert lines[-1].endswith(" ...")
    assert max(map(len, lines)) <= 100


def test_what_is_lost_and_what_is_not_read_are_said() -> None:
    lines = _lines(_step(StepKind.CALL, 1, module="closed"), _step(StepKind.LOST, 1))

    assert lines[-2:] == [
        "  call        closed:f, whose source is not read",
        "  lost        how it came here could not be followed",
    ]


def test_names_have_their_own_paragraph() -> None:
    name = Chain((_step(StepKind.SETTING, 1, "'a.g'"),), Origin.NAME)

    lines = _lines(_step(StepKind.CALL, 1), source="G = 'a.g'", found_by=(name,))

    assert lines[-5:] == [
        "The name by which it was found:",
        "",
        "'a.g':",
        "  setting     a.py:1",
        "                G = 'a.g'",
    ]
