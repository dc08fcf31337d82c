"""Made-up snapshots, two by two: the second often is the first under other names, with less in it and more."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from hypothesis import strategies as st

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, NodeKind
from flowmap.compare import Snapshot
from flowmap.flow.model import Flow, Stage, Step
from flowmap.names import FunctionName, Origin
from flowmap.syntax.fingerprint import fingerprints_of, with_definitions
from tests.unit.render.flows import flows

_WORDS = ("return", "self", "one", "two", ".three", "four", "f", "C1", "method_", "'text'")
# What has no source here has none on the other side.
_FOREIGN = "d"
_NAMES = tuple(
    FunctionName.parse(text)
    for text in (
        *("a", "a:f", "a:g", "a:C", "a:C.f", "a:C.g", "a:f.<locals>.inner", "a:f.<locals>.<lambda#2>"),
        *("b", "b:f", "b:h", "b:D", "b:D.f", "b:D.g", "b:D.h", "c.a", "c.a:f", "c.a:C.f", "c.a:C.g", "d:f", "d:C.g"),
    )
)


@st.composite
def _bodies(draw: st.DrawFn) -> str:
    words = draw(st.lists(st.sampled_from(_WORDS), max_size=8))
    if not words:
        return ""
    (body,) = fingerprints_of([words])
    defined = draw(st.lists(st.sampled_from(("f", "g", "C")), max_size=2))
    return with_definitions(body, defined) if defined else body


def _function(draw: st.DrawFn, name: FunctionName) -> Function:
    if name.module == _FOREIGN:
        return Function(name, NodeKind.EXTERNAL, Origin.DEPENDENCY)
    return Function(
        name,
        draw(st.sampled_from((NodeKind.FUNCTION, NodeKind.CLASS))),
        Origin.STDLIB if name.module == "b" else Origin.DISTRIBUTION,
        signature=draw(st.sampled_from(("", "(self)", "(x)"))),
        body=draw(_bodies()),
    )


@st.composite
def snapshots(draw: st.DrawFn) -> Snapshot:
    """A flow and its call graph, which has its calls and others, of functions with bodies and signatures."""
    flow = draw(flows(most_steps=8))
    pairs = [(step.caller, step.callee) for stage in flow.stages for step in stage.steps]
    pairs += draw(st.lists(st.tuples(st.sampled_from(_NAMES), st.sampled_from(_NAMES)), max_size=12))
    met = sorted({name for pair in pairs for name in pair} | {stage.landmark for stage in flow.stages})
    functions = {name: _function(draw, name) for name in met}
    edges = tuple(
        CallEdge(*pair, (CallSite(draw(st.integers(1, 3)), draw(st.sampled_from(Evidence))),))
        for pair in sorted(set(pairs))
    )
    subject = replace(flow.subject, python=draw(st.sampled_from(("3.11", "3.11", "3.12"))))
    flow = replace(flow, subject=subject, functions={name: functions[name] for name in flow.functions})
    return Snapshot(flow, CallGraph(functions, edges, (), ()))


@st.composite
def pairs_of_snapshots(draw: st.DrawFn) -> tuple[Snapshot, Snapshot]:
    """Any two, or one and what became of it."""
    old = draw(snapshots())
    if draw(st.booleans()):
        return old, draw(snapshots())
    assert old.graph is not None
    met = sorted(old.graph.functions)
    fresh = FunctionName("z", "fresh"), FunctionName("z", "E.fresh"), FunctionName("z.y", "C.f")
    whose = draw(st.lists(st.sampled_from(met), max_size=len(fresh), unique=True))
    new = _renamed(old, dict(zip(whose, draw(st.permutations(fresh)), strict=False)))
    assert new.graph is not None
    edges = tuple(edge for edge in new.graph.edges if draw(st.integers(0, 5)))
    return old, replace(new, graph=replace(new.graph, edges=edges))


def _renamed(snapshot: Snapshot, now: Mapping[FunctionName, FunctionName]) -> Snapshot:
    flow, graph = snapshot.flow, snapshot.graph
    assert graph is not None

    def of(name: FunctionName) -> FunctionName:
        return now.get(name, name)

    def functions(known: Mapping[FunctionName, Function]) -> dict[FunctionName, Function]:
        return dict(sorted((of(was), replace(it, name=of(was))) for was, it in known.items()))

    def step(each: Step) -> Step:
        return replace(each, caller=of(each.caller), callee=of(each.callee))

    def stage(each: Stage) -> Stage:
        return replace(each, landmark=of(each.landmark), steps=tuple(map(step, each.steps)))

    renamed: Flow = replace(flow, stages=tuple(map(stage, flow.stages)), functions=functions(flow.functions))
    edges = sorted(CallEdge(of(each.caller), of(each.callee), each.sites) for each in graph.edges)
    return Snapshot(renamed, replace(graph, functions=functions(graph.functions), edges=tuple(edges)))
