"""Two flows as one: nothing of either is lost, and what is on both sides is there once."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from flowmap.analysis.result import Evidence
from flowmap.compare import Snapshot, compare
from flowmap.flow.model import Flow
from flowmap.names import FunctionName
from flowmap.render.difference.states import States, states_of
from flowmap.render.difference.union import Union, union_of
from flowmap.render.palette import State
from flowmap.render.picture import Entered
from tests.unit.render.flows import flow_of, flows, step


def _union(old: Flow, new: Flow) -> tuple[Union, States]:
    diff = compare(Snapshot(old), Snapshot(new))
    union = union_of(old, new, diff)
    return union, states_of(union, diff)


def _key(text: str, layer: int = 0) -> Entered:
    return Entered(FunctionName.parse(text), layer)


@given(flows(), flows())
def test_every_step_of_either_side_is_there_once(old: Flow, new: Flow) -> None:
    union, _ = _union(old, new)

    for flow, side in ((old, "old"), (new, "new")):
        kept = [getattr(each, side) for each in union.pairings.values() if getattr(each, side) is not None]
        assert sorted(each.number for each in kept) == sorted(s.number for stage in flow.stages for s in stage.steps)
    steps = [each for stage in union.flow.stages for each in stage.steps]
    assert sorted(each.number for each in steps) == list(union.pairings)
    order = [each.new.number for each in union.pairings.values() if each.new]
    assert order == sorted(order)


@given(flows())
def test_a_flow_and_itself_are_that_flow_unchanged(flow: Flow) -> None:
    union, states = _union(flow, flow)

    assert {*states.boxes.values(), *states.arrows.values()} == {State.UNCHANGED}
    assert len(union.pairings) == sum(len(stage.steps) for stage in flow.stages)


def test_what_came_and_went_is_told_from_what_stayed() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:old"))
    new = flow_of(
        step(1, "one", "a:f", "a:g", evidence=Evidence.CALLBACK),
        step(2, "one", "a:f", "a:new"),
        step(3, "one", "a:f", "a:g"),
    )

    _, states = _union(old, new)

    assert [states.boxes[_key(name)] for name in ("a:f", "a:g", "a:old", "a:new")] == [
        State.UNCHANGED,
        State.UNCHANGED,
        State.REMOVED,
        State.ADDED,
    ]
    assert list(states.arrows.values()) == [State.CHANGED, State.REMOVED, State.ADDED, State.ADDED]


def _named(flow: Flow, *classes: str) -> Flow:
    return replace(flow, subject=replace(flow.subject, settings={"LAYERS": list(classes)}))


def test_a_layer_is_known_by_its_class_where_one_came_before_it() -> None:
    calls = [("w:call", "m:A.enter"), ("w:call", "m:B.enter")]
    old = _named(
        flow_of(*(step(n, "one", f"{caller}@{n}", callee) for n, (caller, callee) in enumerate(calls, 1))), "m.A", "m.B"
    )
    calls.insert(1, ("w:call", "m:New.enter"))
    new = _named(
        flow_of(*(step(n, "one", f"{caller}@{n}", callee) for n, (caller, callee) in enumerate(calls, 1))),
        *("m.A", "m.New", "m.B"),
    )

    union, states = _union(old, new)

    assert [states.boxes[_key("w:call", layer)] for layer in (1, 2, 3)] == [
        State.UNCHANGED,
        State.ADDED,
        State.UNCHANGED,
    ]
    assert union.flow.subject.settings["LAYERS"] == ["m.A", "m.New", "m.B"]
    back, states = _union(new, old)
    assert states.boxes[_key("w:call", 2)] is State.REMOVED
    assert back.flow.subject.settings["LAYERS"] == ["m.A", "m.New", "m.B"]
