"""Contracts: what a name means, which chains break one, and how the layers of middleware are told apart."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowmap.callgraph.model import CallEdge, CallGraph
from flowmap.compare import Contract, Demand, Snapshot, broken
from flowmap.compare.meaning import functions_meant
from flowmap.errors import AmbiguousFunctionError
from flowmap.flow.model import OpenSetting
from flowmap.names import FunctionName
from tests.unit.render.flows import flow_of, function, step
from tests.unit.render.sample import SUBJECT

# Two layers of one wrapper; the first calls the hook of Audit before it goes on, the second that of Late afterwards.
LAYERS = Snapshot(
    flow_of(
        step(1, "handler", "serve:run", "h:Handler.__call__"),
        step(2, "middleware", "h:Handler.__call__", "m:wrap@1"),
        step(3, "middleware", "m:wrap@1", "shop.audit:Audit.before"),
        step(4, "middleware", "m:wrap@1", "m:wrap@2"),
        step(5, "view", "m:wrap@2", "shop.views:cart"),
        step(6, "view", "shop.views:cart", "shop.views:price"),
        step(7, "middleware", "m:wrap@2", "shop.late:Late.after", returning=True),
        step(8, "middleware", "m:wrap@2", "shop.log:write"),
    )
)


def passing(through: str, snapshot: Snapshot = LAYERS, end: str = "stage:view") -> list[str] | None:
    """The chain that goes past `through`, None where there is none."""
    found = broken([Contract(Demand.PASS, "stage:handler", end, through)], snapshot)
    return [str(hop.function) for hop in found[0].chain] if found else None


@pytest.mark.parametrize("through", ["Audit", "Late", "shop.audit", "Audit.before", "m:*", "shop.views.cart"])
def test_what_every_request_passes(through: str) -> None:
    assert passing(through) is None


@pytest.mark.parametrize("through", ["shop.log", "shop.views.price", "Nothing"])
def test_what_is_called_too_late_or_never_is_not_passed(through: str) -> None:
    assert passing(through) == ["h:Handler.__call__", "m:wrap", "m:wrap", "shop.views:cart"]


def test_a_second_way_breaks_it_and_is_told() -> None:
    steps = [each for stage in LAYERS.flow.stages for each in stage.steps]
    shortcut = Snapshot(flow_of(*steps, step(9, "handler", "h:Handler.__call__", "shop.views:cart")))

    assert passing("Audit", shortcut) == ["h:Handler.__call__", "shop.views:cart"]


def test_a_layer_that_a_setting_may_leave_out_is_no_layer_to_rely_on() -> None:
    settings = {"MIDDLEWARE": ["shop.audit.Audit"], "OTHER": ["shop.late.Late"]}
    subject = replace(SUBJECT, settings=settings, open=(OpenSetting("MIDDLEWARE", "site/settings.py:3", ("LANG",)),))
    snapshot = Snapshot(replace(LAYERS.flow, subject=subject))

    (breach,) = broken([Contract(Demand.PASS, "stage:handler", "stage:view", "Audit")], snapshot)
    assert breach.why.startswith("it is passed by MIDDLEWARE, which is open (site/settings.py:3, from LANG)")
    assert not broken([Contract(Demand.PASS, "stage:handler", "stage:view", "Late")], snapshot)


def test_off_the_flow_the_call_graph_leads_on() -> None:
    flow = LAYERS.flow
    pairs = [(step.caller, step.callee) for stage in flow.stages for step in stage.steps]
    far = [("shop.views:price", "db:query"), ("h:Handler.__call__", "db:connect"), ("db:connect", "db:query")]
    edges = [*pairs, *((FunctionName.parse(one), FunctionName.parse(other)) for one, other in far)]
    known = {FunctionName.parse(name): function(name) for name in ("db:query", "db:connect")}
    graph = CallGraph({**flow.functions, **known}, tuple(CallEdge(*pair) for pair in edges), (), ())

    assert passing("Audit", Snapshot(flow, graph), "db:query") == ["h:Handler.__call__", "db:connect", "db:query"]
    assert passing("db:connect", Snapshot(flow, graph), "db:query") is not None
    assert passing("h:*", Snapshot(flow, graph), "db:query") is None


def test_what_must_and_must_not_be_reached() -> None:
    def holds(demand: Demand, start: str, end: str) -> bool:
        return not broken([Contract(demand, start, end)], LAYERS)

    assert holds(Demand.REACH, "serve:run", "price")
    assert not holds(Demand.REACH, "price", "serve:run")
    assert not holds(Demand.REACH, "shop.views", "shop.log")
    assert holds(Demand.NOT_REACH, "price", "serve:run")
    assert not holds(Demand.NOT_REACH, "serve:run", "price")


def test_a_name_that_nothing_has_breaks_all_but_what_must_not_be_reached() -> None:
    def holds(demand: Demand, start: str, end: str) -> bool:
        return not broken([Contract(demand, start, end, "Audit")], LAYERS)

    assert not any(holds(demand, "nothing", "price") for demand in Demand)
    assert not holds(Demand.REACH, "price", "nothing")
    assert not holds(Demand.PASS, "price", "nothing")
    assert holds(Demand.NOT_REACH, "price", "nothing")


def test_what_names_mean() -> None:
    steps = (
        step(1, "one", "a.b:C.f", "a.b:C.g"),
        step(2, "one", "a.b:C.g", "a.b:<module>"),
        step(3, "one", "a.b:h", "x:C.f"),
        step(4, "one", "x:C.f", "y:<module>"),
    )
    snapshot = Snapshot(flow_of(*steps))

    def meant(text: str) -> list[str]:
        return sorted(map(str, functions_meant(text, snapshot)))

    assert meant("b.C") == ["a.b:C.f", "a.b:C.g"]
    assert meant("C.g") == ["a.b:C.g"]
    assert meant("a.b") == ["a.b:C.f", "a.b:C.g", "a.b:h"]
    assert meant("y") == ["y:<module>"]
    assert meant("*.f") == ["a.b:C.f", "x:C.f"]
    assert meant("stage:one") == ["a.b:C.g"]
    assert meant("stage:two") == meant("z") == []
    for text in ("C", "C.f"):
        with pytest.raises(AmbiguousFunctionError):
            meant(text)
