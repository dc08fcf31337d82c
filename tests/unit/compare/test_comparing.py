"""What is a change between two flows, and what is none."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given

from flowmap.callgraph.model import Function
from flowmap.compare import Kind, compare
from flowmap.flow.model import Flow
from flowmap.names import FunctionName
from flowmap.render.comparison import comparison_text
from flowmap.syntax.fingerprint import fingerprints_of
from tests.unit.render.flows import flow_of, flows, step

_MIRROR = {
    Kind.FUNCTION_ADDED: Kind.FUNCTION_REMOVED,
    Kind.CALL_ADDED: Kind.CALL_REMOVED,
    Kind.STAGE_ADDED: Kind.STAGE_REMOVED,
}
_MIRROR |= {removed: added for added, removed in _MIRROR.items()}


def _kinds(old: Flow, new: Flow) -> list[Kind]:
    return [change.kind for change in compare(old, new).changes]


def _with(flow: Flow, text: str, **fields: str) -> Flow:
    name = FunctionName.parse(text)
    function: Function = replace(flow.functions[name], **fields)
    return replace(flow, functions={**flow.functions, name: function})


@given(flows())
def test_a_flow_does_not_differ_from_itself(flow: Flow) -> None:
    assert compare(flow, flow).changes == ()


@given(flows(), flows())
def test_a_comparison_the_other_way_round_is_its_mirror(first: Flow, second: Flow) -> None:
    there, back = compare(first, second).changes, compare(second, first).changes

    assert {(_MIRROR.get(each.kind, each.kind), each.new, each.old) for each in there} == {
        (each.kind, each.old, each.new) for each in back
    }


def test_a_call_that_only_moved_is_not_a_change() -> None:
    old, new = (flow_of(step(1, "one", "a:f", "a:g", line=line)) for line in (3, 9))

    assert _kinds(old, new) == []


def test_a_callee_that_took_the_place_of_another_is_one_change_of_a_call() -> None:
    old, new = (flow_of(step(1, "one", "a:f", "a:f"), step(2, "one", "a:f", callee)) for callee in ("a:g", "a:h"))

    assert _kinds(old, new) == [Kind.FUNCTION_ADDED, Kind.FUNCTION_REMOVED, Kind.CALL_RETARGETED]


def test_calls_in_another_order_are_one_change() -> None:
    first, second = step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "a:h")
    old = flow_of(step(0, "one", "a:m", "a:f"), first, second)
    new = flow_of(step(0, "one", "a:m", "a:f"), second, first)

    assert _kinds(old, new) == [Kind.CALLS_REORDERED]


def test_conditions_signatures_and_bodies_are_told() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(step(1, "one", "a:f", "a:g", condition="DEBUG"))

    assert _kinds(old, new) == [Kind.CONDITION_CHANGED]
    assert _kinds(old, _with(old, "a:g", signature="(x)")) == [Kind.SIGNATURE_CHANGED]
    bodies = fingerprints_of([["return", "1"], ["return", "2"]])
    assert _kinds(*(_with(old, "a:g", body=body) for body in bodies)) == [Kind.BODY_CHANGED]


def test_a_body_without_a_fingerprint_is_no_change_but_a_note() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    found = compare(old, _with(old, "a:g", body="0" * 16))

    assert found.changes == ()
    assert "1 functions have a fingerprint" in found.notes[0]


def test_functions_of_a_module_that_moved_are_moved_and_told_as_one() -> None:
    bodies = fingerprints_of([["resolve", "path", "match"], ["compile", "regex", "again"]])

    def under(module: str) -> Flow:
        flow = flow_of(
            step(1, "one", "a:f", f"{module}:R.resolve"), step(2, "one", f"{module}:R.resolve", f"{module}:g")
        )
        return _with(_with(flow, f"{module}:R.resolve", body=bodies[0]), f"{module}:g", body=bodies[1])

    old, new = under("urlresolvers"), under("urls")
    old, new = (
        (replace(flow, stages=(replace(flow.stages[0], landmark=FunctionName("a", "f")),))) for flow in (old, new)
    )

    assert _kinds(old, new) == [Kind.FUNCTION_MOVED, Kind.FUNCTION_MOVED]
    assert "2 functions moved from urlresolvers to urls\n" in comparison_text(compare(old, new))


def test_two_candidates_that_are_as_likely_are_not_guessed_between() -> None:
    body = fingerprints_of([["return", "self"]])[0]
    old = _with(flow_of(step(1, "one", "a:f", "b:g")), "b:g", body=body)
    new = flow_of(step(1, "one", "a:f", "c:g"), step(2, "one", "a:f", "d:g"))
    new = _with(_with(new, "c:g", body=body), "d:g", body=body)

    assert Kind.FUNCTION_MOVED not in _kinds(old, new)


def test_middleware_in_another_order_is_told_of_the_setting() -> None:
    flow = flow_of(step(1, "one", "a:f", "a:g"))
    old, new = (
        replace(flow, subject=replace(flow.subject, settings={"MIDDLEWARE": order}))
        for order in (["x", "y"], ["y", "x"])
    )

    assert [each.sentence for each in compare(old, new).changes] == ["the setting MIDDLEWARE changed: in another order"]


def test_names_do_not_steer_the_terminal() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "a:\x1b[2J"))

    assert "\x1b" not in comparison_text(compare(old, new))
