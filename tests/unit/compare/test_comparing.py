"""What is a change between two flows, and what is none."""

from __future__ import annotations

from dataclasses import replace

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function
from flowmap.compare import FlowDiff, Kind, Snapshot, compare
from flowmap.flow.model import Flow
from flowmap.names import FunctionName, Origin
from flowmap.render.comparison import comparison_text
from flowmap.syntax.fingerprint import fingerprints_of, with_definitions
from tests.unit.render.flows import flow_of, function, step


def _compare(old: Flow, new: Flow) -> FlowDiff:
    return compare(Snapshot(old), Snapshot(new))


def _kinds(old: Flow, new: Flow) -> list[Kind]:
    return [change.kind for change in _compare(old, new).changes]


def _with(flow: Flow, text: str, **fields: str) -> Flow:
    name = FunctionName.parse(text)
    function: Function = replace(flow.functions[name], **fields)
    return replace(flow, functions={**flow.functions, name: function})


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


def test_a_condition_on_a_variable_of_another_name_did_not_change() -> None:
    def under(condition: str, *words: str) -> Flow:
        flow = flow_of(step(1, "one", "a:f", "a:g", condition=condition))
        return _with(flow, "a:f", signature="(self, debug)", body=fingerprints_of([["if", ".DEBUG", *words]])[0])

    old = under("not first and settings.DEBUG", "settings")
    assert _kinds(old, under("not second and settings.DEBUG", "settings")) == []
    # A variable may be called as what a text in the same body says is.
    named = under("first", "'first")
    assert _kinds(named, under("second", "'first")) == []
    assert Kind.CONDITION_CHANGED in _kinds(named, under("first and not first", "'first"))
    assert Kind.CONDITION_CHANGED in _kinds(old, under("not first and settings.OTHER", "settings", ".OTHER"))
    assert Kind.CONDITION_CHANGED in _kinds(old, under("not debug and settings.DEBUG", "settings", "other"))
    assert Kind.CONDITION_CHANGED in _kinds(old, under("not first and options.DEBUG", "options"))


def test_a_body_that_calls_what_was_renamed_by_its_new_name_did_not_change() -> None:
    words = [["one", "two", "three"], ["four", "five", "six"]]

    def named(name: str, *more: str) -> Flow:
        flow = flow_of(step(1, "one", "a:f", "a:f"), step(2, "one", "a:f", f"a:{name}"))
        bodies = fingerprints_of([[*words[0], name, *more], words[1]])
        return _with(_with(flow, "a:f", body=bodies[0]), f"a:{name}", body=bodies[1])

    assert _kinds(named("g"), named("h")) == [Kind.FUNCTION_RENAMED]
    assert _kinds(named("g"), named("h", "other")) == [Kind.FUNCTION_RENAMED, Kind.BODY_CHANGED]


def test_what_no_call_meets_may_be_renamed_too() -> None:
    words = ["raise", "one", "two", "three"]

    def named(name: str) -> Flow:
        flow = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "a"))
        flow = _with(flow, "a", body=with_definitions(fingerprints_of([["module"]])[0], ["f", "g", name]))
        return _with(flow, "a:g", body=fingerprints_of([[*words, name]])[0])

    assert _kinds(named("Error"), named("Failure")) == []


def test_a_setting_that_names_what_was_renamed_did_not_change() -> None:
    body = fingerprints_of([["one", "two", "three"]])[0]

    def named(name: str) -> Flow:
        flow = flow_of(step(1, "one", "a:f", "a:f"), step(2, "one", "a:f", f"a:{name}.m"))
        flow = replace(flow, subject=replace(flow.subject, settings={"LAYERS": [f"a.{name}"]}))
        return _with(flow, f"a:{name}.m", body=body)

    assert _kinds(named("Old"), named("New")) == [Kind.FUNCTION_RENAMED]


def test_a_body_without_a_fingerprint_is_no_change_but_a_note() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    found = _compare(old, _with(old, "a:g", body="0" * 16))

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
    assert "2 functions moved from urlresolvers to urls\n" in comparison_text(_compare(old, new))


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

    assert [each.sentence for each in _compare(old, new).changes] == [
        "the setting MIDDLEWARE changed: in another order"
    ]


def _snapshot(flow: Flow, *pairs: tuple[str, str]) -> Snapshot:
    """The flow, and a call graph that has its calls and these."""
    calls = [(step.caller, step.callee) for stage in flow.stages for step in stage.steps]
    calls += [(FunctionName.parse(caller), FunctionName.parse(callee)) for caller, callee in pairs]
    edges = sorted(CallEdge(*pair, (CallSite(1, Evidence.CALL),)) for pair in set(calls))
    functions = {name: function(str(name)) for pair in sorted(calls) for name in pair}
    return Snapshot(flow, CallGraph({**functions, **flow.functions}, tuple(edges), (), ()))


def test_what_only_the_call_graphs_tell_comes_last_and_is_off_the_flow() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:h"))
    found = compare(_snapshot(old, ("a:g", "b:x")), _snapshot(new, ("a:g", "b:y")))

    assert [(each.kind, each.distance) for each in found.changes] == [
        (Kind.FUNCTION_ADDED, 1),
        (Kind.CALL_ADDED, 0),
        (Kind.FUNCTION_ADDED, None),
        (Kind.FUNCTION_REMOVED, None),
        (Kind.CALL_RETARGETED, 0),
    ]


def test_a_call_that_both_graphs_have_and_one_flow_shows_is_no_change_and_is_counted() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:h"))

    found = compare(_snapshot(old, ("a:g", "a:h")), _snapshot(new))
    assert not found.changes
    assert found.notes == ("1 call is on both sides, and shown on one: the other leaves it out at this detail",)


def test_a_call_that_is_made_once_more_is_a_step() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "a:g"))

    changes = compare(_snapshot(old), _snapshot(new)).changes
    assert [(each.kind, each.was, each.became) for each in changes] == [(Kind.STEP_GAINED, "1", "2")]


def test_a_call_graph_on_one_side_is_not_compared_and_a_note_says_so() -> None:
    flow = flow_of(step(1, "one", "a:f", "a:g"))
    found = compare(Snapshot(flow), _snapshot(flow, ("a:g", "b:x")))

    assert found.changes == ()
    assert "there is no call graph" in found.notes[0]


def test_another_standard_library_is_said_and_not_looked_into() -> None:
    def read(python: str, signature: str) -> Snapshot:
        flow = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "lib:serve"))
        flow = replace(flow, subject=replace(flow.subject, python=python))
        made = _snapshot(flow, ("lib:serve", f"lib:inner{python}"))
        assert made.graph is not None
        known = {
            name: replace(each, origin=Origin.STDLIB, signature=signature) if name.module == "lib" else each
            for name, each in made.graph.functions.items()
        }
        flow = replace(flow, functions={name: known[name] for name in flow.functions})
        return Snapshot(flow, replace(made.graph, functions=known))

    found = compare(read("3.11", "(port)"), read("3.12", "(port, host)"))
    assert found.changes == ()
    assert found.notes == ("the standard libraries differ (3.11 and 3.12): what is inside them is not compared",)
    changes = compare(read("3.11", "(port)"), read("3.11", "(port, host)")).changes
    assert {each.kind for each in changes} == {Kind.SIGNATURE_CHANGED}


def test_names_do_not_steer_the_terminal() -> None:
    old = flow_of(step(1, "one", "a:f", "a:g"))
    new = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "a:\x1b[2J"))

    assert "\x1b" not in comparison_text(_compare(old, new))
