"""A part of a flow shows what is asked for, counts what is left out, and keeps the ways through it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.analysis.result import Evidence
from flowmap.errors import (
    FlowmapError,
    NoStepsBetweenError,
    NothingHiddenError,
    NothingShownError,
    NotShownError,
    UnknownChoiceError,
)
from flowmap.flow.grouping import Group
from flowmap.flow.model import Detail, Flow, Step
from flowmap.flow.narrowing import WHOLE, Narrowing, narrowed
from flowmap.render.labels import subtitle
from flowmap.render.mermaid import render_mermaid, render_sequence
from flowmap.render.picture import picture_of
from flowmap.render.text import render_text
from tests.browser.releases import RELEASES, kept_flow
from tests.unit.render.flows import flow_of, flows, step

FLOW = flow_of(
    step(1, "start", "m:main", "m:run", line=11),
    step(2, "start", "m:run", "lib:Loop.enter", line=12, condition="loop"),
    step(3, "serve", "lib:Loop.enter", "lib:Loop.turn", line=13, evidence=Evidence.THREAD),
    step(4, "serve", "lib:Loop.turn", "n:App.__call__", line=14, condition="ready"),
    step(5, "serve", "n:App.__call__", "n:view", line=15),
    step(6, "close", "n:App.__call__", "n:App.close", line=16, returning=True),
    hidden={"serve": 1},
)


def calls(flow: Flow) -> list[str]:
    """`number caller > callee`, and what the step goes through."""
    return [_told(each) for stage in flow.stages for each in stage.steps]


def _told(step: Step) -> str:
    through = f" through {' '.join(name.qualname for name in step.through)}" if step.through else ""
    return f"{step.number} {step.caller.qualname} > {step.callee.qualname}{through}"


def test_a_way_through_what_is_hidden_is_one_step() -> None:
    flow = narrowed(FLOW, Narrowing(hide=("lib",)))

    assert calls(flow) == ["1 main > run", "4 run > App.__call__ through Loop.enter Loop.turn", "5 App.__call__ > view",
                           "6 App.__call__ > App.close"]  # fmt: skip
    long = flow.stages[1].steps[0]
    assert (long.line, long.evidence, long.condition) == (12, Evidence.THREAD, "loop and ready")
    assert flow.hidden == {"start": 1, "serve": 2}
    assert all(name.module != "lib" for name in flow.functions)


def test_ways_that_come_together_in_what_is_hidden_all_go_on() -> None:
    flow = flow_of(
        step(1, "start", "m:run", "m:reload"),
        step(2, "start", "m:reload", "m:inner"),
        step(3, "start", "m:run", "m:inner", condition="not reload"),
        step(4, "start", "m:inner", "m:make"),
        step(5, "start", "m:inner", "m:serve"),
        step(6, "start", "m:serve", "m:inner"),
    )

    found = narrowed(flow, Narrowing(hide=("inner",)))

    assert calls(found) == [
        "1 run > reload",
        "3 run > make through inner",
        "4 reload > make through inner",
        "5 reload > serve through inner",
        "6 serve > make through inner",
    ]
    assert found.stages[0].steps[1].condition == "not reload"


def test_focus_is_a_function_with_its_callers_and_callees() -> None:
    flow = narrowed(FLOW, Narrowing(focus="App.__call__"))

    assert calls(flow) == ["4 Loop.turn > App.__call__", "5 App.__call__ > view", "6 App.__call__ > App.close"]
    assert flow.hidden == {"start": 2, "serve": 2}
    assert flow.hidden_elsewhere == 2


def test_from_and_to_are_the_steps_between() -> None:
    assert calls(narrowed(FLOW, Narrowing(start="Loop.enter", end="view"))) == [
        "3 Loop.enter > Loop.turn", "4 Loop.turn > App.__call__", "5 App.__call__ > view",
    ]  # fmt: skip
    assert calls(narrowed(FLOW, Narrowing(end="lib:Loop.enter"))) == ["1 main > run", "2 run > Loop.enter"]
    assert len(calls(narrowed(FLOW, Narrowing(start="App.__call__")))) == 2


def test_only_is_a_stage_by_id_or_title() -> None:
    for name in ("close", "Close"):
        assert calls(narrowed(FLOW, Narrowing(only=(name,)))) == ["6 App.__call__ > App.close"]


@pytest.mark.parametrize(
    ("group", "expected"),
    [
        (Group.MODULE, ["2 <module> > <module>", "4 <module> > <module>"]),
        (Group.CLASS, ["1 main > run", "2 run > Loop", "4 Loop > App", "5 App > view"]),
        # Each stage is the function that opens it.
        (Group.STAGE, ["3 run > Loop.turn", "6 Loop.turn > App.close"]),
    ],
)
def test_groups_are_one_box_each(group: Group, expected: list[str]) -> None:
    flow = narrowed(FLOW, Narrowing(group=group))

    assert calls(flow) == expected
    assert sum(flow.hidden.values()) == 1 + 6 - len(expected)


@pytest.mark.parametrize(
    ("narrowing", "error", "words"),
    [
        (Narrowing(focus="App.clos"), NotShownError, "n:App.close"),
        (Narrowing(start="view", end="main"), NoStepsBetweenError, "path view main"),
        (Narrowing(hide=("nothing.*",)), NothingHiddenError, "pattern"),
        (Narrowing(hide=("*",)), NothingShownError, "hide less"),
        (Narrowing(only=("middle",)), UnknownChoiceError, "serve"),
    ],
)
def test_what_cannot_be_shown_is_said(narrowing: Narrowing, error: type[FlowmapError], words: str) -> None:
    with pytest.raises(error) as raised:
        narrowed(FLOW, narrowing)
    assert words in raised.value.hint


def test_every_drawing_counts_the_stages_that_are_gone() -> None:
    flow = narrowed(FLOW, Narrowing(only=("serve",)))

    assert "(+3 calls of other stages not shown)" in render_text(flow)
    assert "(+3 calls of other stages not shown)" in render_mermaid(flow)
    assert "(+3 calls of other stages not shown)" in render_sequence(flow)
    assert "4 calls not shown" in subtitle(picture_of(flow))


def test_mermaid_marks_what_goes_through_others() -> None:
    flow = narrowed(FLOW, Narrowing(hide=("lib",)))

    assert "App.__call__ [thread] (through 2 not shown)" in render_sequence(flow)
    assert '|"4 thread if loop and ready (through 2 not shown)"|' in render_mermaid(flow)


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("detail", Detail)
def test_mermaid_is_within_the_limits_of_github(release: str, detail: Detail) -> None:
    flow = kept_flow(release, detail)

    # maxTextSize and maxEdges of Mermaid, which GitHub leaves as they are.
    assert max(len(render_mermaid(flow)), len(render_sequence(flow))) < 50_000
    assert sum(len(stage.steps) for stage in flow.stages) < 500


@pytest.mark.parametrize("release", RELEASES)
def test_whole_is_the_flow_itself(release: str) -> None:
    flow = kept_flow(release, Detail.FLOW)

    assert narrowed(flow, WHOLE) is flow


@given(flows(), st.sampled_from(["*.m1", "pkg.m2", "C3.*", "*"]), st.none() | st.sampled_from(Group))
def test_nothing_is_lost_uncounted(flow: Flow, pattern: str, group: Group | None) -> None:
    try:
        part = narrowed(flow, Narrowing(hide=(pattern,), group=group))
    except FlowmapError:
        return

    whole, left = (sum(len(stage.steps) for stage in each.stages) for each in (flow, part))
    assert sum(part.hidden.values()) - sum(flow.hidden.values()) == whole - left
    numbers = [each.number for stage in part.stages for each in stage.steps]
    assert len(numbers) == len(set(numbers))
    assert all(name in part.functions for stage in part.stages for each in stage.steps
               for name in (each.caller, each.callee))  # fmt: skip
