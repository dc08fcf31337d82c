"""How changes are told: every one in one sentence, related ones as one."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from flowmap.compare import Kind, Snapshot, compare
from flowmap.flow.model import Flow
from flowmap.names import FunctionName
from flowmap.syntax.fingerprint import fingerprints_of
from tests.unit.render.flows import flow_of, flows, step


def _sentences(old: Flow, new: Flow) -> list[str]:
    return [tale.sentence for tale in compare(Snapshot(old), Snapshot(new)).tales]


def _with_settings(flow: Flow, **settings: object) -> Flow:
    return replace(flow, subject=replace(flow.subject, settings=settings))


@given(flows(), flows())
def test_every_change_is_told_once(old: Flow, new: Flow) -> None:
    found = compare(Snapshot(old), Snapshot(new))
    changes = [each for tale in found.tales for each in tale.changes]

    assert sorted(map(id, changes)) == sorted(map(id, found.changes))


def test_a_list_of_settings_under_another_name() -> None:
    flow = flow_of(step(1, "one", "a:f", "a:g"))
    old = _with_settings(flow, OLD=["x", "y", "z"], MODE=1)
    new = _with_settings(flow, NEW=["x", "y"], MODE=2)

    assert _sentences(old, new) == [
        "the setting OLD became NEW: without 'z'",
        "the setting MODE changed: 1 became 2",
    ]


def test_a_function_between_caller_and_callee_is_told_as_that() -> None:
    start = step(1, "one", "a:f", "a:f")
    old = flow_of(start, step(2, "one", "a:f", "a:h"))
    new = flow_of(start, step(2, "one", "a:f", "b:g"), step(3, "one", "b:g", "a:h"))

    assert _sentences(old, new) == ["b:g is on the way now, between a:f and a:h"]


def test_what_came_to_and_left_a_module_is_one_sentence() -> None:
    start = step(1, "one", "a:f", "a:f")
    old = flow_of(start, step(2, "one", "a:f", "b:x"), step(3, "one", "a:f", "b:y"))
    new = flow_of(start, step(2, "one", "a:f", "b:z"))

    assert _sentences(old, new) == ["in b z is on the way now, and x and y no more"]


def test_a_class_takes_its_methods_along_to_its_new_name() -> None:
    bodies = fingerprints_of([["one", "two", "three", "four"], ["five", "six", "seven", "eight"]])

    def named(name: str) -> Flow:
        flow = flow_of(
            step(1, "one", "a:f", "a:f"),
            step(2, "one", "a:f", f"a:{name}.m"),
            step(3, "one", f"a:{name}.m", f"a:{name}.n"),
        )
        functions = dict(flow.functions)
        for method, body in zip("mn", bodies, strict=True):
            key = FunctionName("a", f"{name}.{method}")
            functions[key] = replace(functions[key], body=body)
        return replace(flow, functions=functions)

    assert _sentences(named("Old"), named("New")) == ["a:Old became a:New: 2 functions were renamed"]


def _opened_by(flow: Flow, landmark: str) -> Flow:
    stages = tuple(replace(stage, landmark=FunctionName.parse(landmark)) for stage in flow.stages)
    return replace(flow, stages=stages)


def test_a_function_that_came_between_several() -> None:
    pairs = [("a:f", "a:g"), ("b:f", "b:g")]
    start = [step(1, "one", "a:m", "a:f"), step(2, "one", "a:m", "b:f")]
    old = flow_of(*start, *(step(3, "one", caller, callee) for caller, callee in pairs))
    wrapped = [step(3, "one", end, "w:w") for end, _ in pairs] + [step(4, "one", "w:w", end) for _, end in pairs]
    old, new = (_opened_by(flow, "a:m") for flow in (old, flow_of(*start, *wrapped)))

    more = "between a:f and a:g, and 1 more pair of functions"
    assert _sentences(old, new) == [f"w:w is on the way now, entered 2 times, {more}"]
    assert _sentences(new, old) == [f"w:w is on the way no more; it stood {more}"]


def test_what_is_called_directly_as_well_now_has_nothing_between() -> None:
    start = step(1, "one", "a:m", "a:f")
    old = _opened_by(flow_of(start, step(2, "one", "a:m", "a:g")), "a:m")
    more = (step(3, "one", "a:f", "w:w"), step(4, "one", "w:w", "a:g"), step(5, "one", "a:f", "a:g"))
    new = _opened_by(flow_of(start, step(2, "one", "a:m", "a:g"), *more), "a:m")

    assert _sentences(old, new) == ["w:w is on the way now, called by a:f", "a:f calls a:g now"]


def test_a_function_is_told_with_its_calls() -> None:
    old = _opened_by(flow_of(step(1, "one", "a:f", "a:g")), "a:f")
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "b:h"), step(3, "one", "b:h", "a:g"))
    new = _opened_by(new, "a:f")

    assert _sentences(old, new) == ["b:h is on the way now, called by a:f"]
    assert _sentences(new, old) == ["b:h is on the way no more; before, called by a:f"]


def test_two_settings_that_may_be_the_one_that_was_renamed_are_not_guessed_between() -> None:
    flow = flow_of(step(1, "one", "a:f", "a:g"))
    old, new = _with_settings(flow, A=["a", "b"]), _with_settings(flow, B=["a", "b"], C=["a", "b"])

    found = compare(Snapshot(old), Snapshot(new))
    assert [change.kind for change in found.changes] == [Kind.SETTING_CHANGED] * 3


def test_what_is_nearer_to_a_landmark_is_told_first() -> None:
    far, near = step(2, "one", "b:g", "y:far"), step(3, "one", "a:f", "z:near")
    start = (step(0, "one", "a:f", "b:f"), step(1, "one", "b:f", "b:g"))
    old, new = (_opened_by(flow_of(*steps), "a:f") for steps in (start, (*start, far, near)))

    assert [sentence.partition(" ")[0] for sentence in _sentences(old, new)] == ["z:near", "y:far"]
