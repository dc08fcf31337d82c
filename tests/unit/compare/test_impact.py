"""What of a comparison is tied to the project, and by what words."""

from __future__ import annotations

from dataclasses import replace

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite
from flowmap.compare import FlowDiff, Snapshot, compare, impact_on_project
from flowmap.flow.model import Flow, Step
from flowmap.names import FunctionName, Origin
from tests.unit.render.flows import flow_of, step


def _flow(*steps: Step, body: str = "", **settings: object) -> Flow:
    """A flow in which `shop` is the project, and every other function has the body."""
    flow = flow_of(*steps)
    functions = {
        name: replace(each, origin=Origin.PROJECT) if name.module.startswith("shop") else replace(each, body=body)
        for name, each in flow.functions.items()
    }
    return replace(flow, functions=functions, subject=replace(flow.subject, settings=settings))


def _impact(old: Flow, new: Flow, *edges: CallEdge) -> FlowDiff:
    sides = [Snapshot(flow, CallGraph(flow.functions, edges, (), ()) if edges else None) for flow in (old, new)]
    return impact_on_project(compare(*sides), *sides)


def _sentences(diff: FlowDiff) -> list[str]:
    return [tale.sentence for tale in diff.tales]


def test_a_function_of_the_project_that_another_one_calls_now() -> None:
    old = _flow(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "shop:Audit.hook"))
    new = _flow(step(1, "one", "a:f", "a:g"), step(2, "one", "a:f", "shop:Audit.hook"))

    found = _impact(old, new)

    assert _sentences(found) == ["shop:Audit.hook is now called from a:f instead of a:g"]
    assert len(found.changes) == 2


def test_what_the_project_calls_and_is_called_by_and_names_is_tied_and_the_rest_is_counted() -> None:
    steps = [
        step(1, "one", "a:main", "a:chain"),
        step(2, "one", "a:chain", "shop:view"),
        step(3, "one", "shop:view", "a:render"),
        step(4, "one", "a:main", "a:Layer.enter"),
        step(5, "one", "a:main", "a:far"),
    ]
    settings = {"LAYERS": ["a.Layer"]}

    found = _impact(_flow(*steps, body="1", **settings), _flow(*steps, body="2", **settings))

    assert _sentences(found) == [
        "the body of a:Layer.enter changed (the setting LAYERS names it)",
        "the body of a:chain changed (it calls shop:view)",
        "the body of a:render changed (shop:view calls it)",
    ]
    assert "2 more changes touch nothing of the project" in found.notes


def test_an_import_alone_ties_nothing() -> None:
    steps = [step(1, "one", "a:main", "a:far"), step(2, "one", "a:main", "shop:view")]
    site = (CallSite(1, Evidence.IMPORT),)
    edge = CallEdge(FunctionName.parse("shop:view"), FunctionName.parse("a:far"), site)
    old, new = (_flow(*steps, body=body) for body in "12")

    assert [each for each in _impact(old, new, edge).changes if each.new == "a:far"] == []
    call = replace(edge, sites=(*site, CallSite(2, Evidence.CALL)))
    assert [each.sentence for each in _impact(old, new, call).changes if each.new == "a:far"] == [
        "the body of a:far changed (shop:view calls it)"
    ]


def test_every_change_that_is_left_is_told_once() -> None:
    old = _flow(step(1, "one", "a:f", "shop:g"), step(2, "one", "a:f", "a:gone"), SHOP=1)
    new = _flow(step(1, "one", "a:f", "a:new"), step(2, "one", "a:new", "shop:g"), SHOP=2)

    found = _impact(old, new)

    told = [change.fingerprint for tale in found.tales for change in tale.changes]
    assert sorted(told) == sorted(change.fingerprint for change in found.changes)
    assert len(set(told)) == len(told)


def test_what_changed_in_one_function_is_one_sentence() -> None:
    steps = [step(1, "one", "shop:view", "a:render"), step(2, "one", "a:render", "a:load")]
    old, new = _flow(*steps, body="1"), _flow(*steps, step(3, "one", "a:render", "a:new"), body="2")

    found = _impact(old, new)

    (tale,) = found.tales
    assert tale.sentence == "a:render changed (shop:view calls it): call added, body changed"
    assert len(tale.changes) == 2


def test_the_calls_of_one_function_of_the_project_are_one_sentence() -> None:
    kept = step(1, "one", "a:main", "shop:view")
    old = _flow(kept, *(step(number, "one", "shop:view", f"a:f{number}") for number in (2, 3)))
    new = _flow(kept, *(step(number, "one", f"a:g{number}", "shop:view") for number in (2, 3)))

    assert "shop:view does not call a:f2 and a:f3 any more" in _sentences(_impact(old, new))
    assert "shop:view is called by a:g2 and a:g3 now" in _sentences(_impact(old, new))
