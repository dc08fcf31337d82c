"""Pages to open in a browser: the flows that were kept, with a call graph and source that are made up for them."""

from __future__ import annotations

from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, Gap
from flowmap.flow.model import Detail, Flow
from flowmap.frameworks.django.landmarks import START_UP
from flowmap.frameworks.django.links import source_link
from flowmap.names import FunctionName
from flowmap.render.excerpts import Excerpt
from flowmap.render.sentences import Language
from flowmap.render.viewer.model import Viewed
from flowmap.render.viewer.page import render_html
from flowmap.sources.licences import Licence
from tests.browser.releases import kept_flow


def kept_page(release: str, opening: Detail = Detail.FLOW, language: Language = Language.EN) -> str:
    """flow.html of a release. Every line of source says which it is; edges and gaps are those of the full flow."""
    flows = {detail: kept_flow(release, detail) for detail in Detail}
    subject = flows[opening].subject
    viewed = Viewed(
        flows,
        opening,
        _graph(flows[Detail.FULL]),
        {name: _source(each) for name, each in _functions(flows).items() if each.line},
        (Licence("Django", "The licence."),),
        START_UP,
    )
    return render_html(viewed, links=lambda function: source_link(function, subject), language=language)


def _functions(flows: dict[Detail, Flow]) -> dict[FunctionName, Function]:
    return {name: function for flow in flows.values() for name, function in flow.functions.items()}


def _source(function: Function) -> tuple[Excerpt, ...]:
    # Modules are excerpts; so long ones are not made up either.
    last = min(function.end_line, function.line + 60)
    body = [f"    call({line}, 'string', None)  # line {line}" for line in range(function.line + 1, last + 1)]
    return (Excerpt(function.line, "\n".join((f"def {function.name.qualname}{function.signature or '()'}:", *body))),)


def _graph(flow: Flow) -> CallGraph:
    sites: dict[tuple[FunctionName, FunctionName], set[CallSite]] = {}
    for stage in flow.stages:
        for step in stage.steps:
            sites.setdefault((step.caller, step.callee), set()).add(CallSite(step.line, step.evidence))
    edges = [CallEdge(caller, callee, tuple(sorted(found))) for (caller, callee), found in sorted(sites.items())]
    gaps: tuple[Gap, ...] = flow.gaps
    return CallGraph(flow.functions, tuple(edges), gaps, ())
