"""From a result to all that the viewer shows of it."""

from __future__ import annotations

from collections.abc import Container

from flowmap.flow.model import Detail, Subject
from flowmap.flow.sightings import Sightings
from flowmap.frameworks import Framework
from flowmap.frameworks.notices import standard_library_notice
from flowmap.names import Origin
from flowmap.pipeline.quoting import quoted
from flowmap.pipeline.results import Result, flow_in
from flowmap.render.viewer.model import Notice, Viewed
from flowmap.snapshot import read_callgraph
from flowmap.sources.tree import SourceTree


def viewed_of(
    result: Result, detail: Detail, framework: Framework, tree: SourceTree | None, sightings: Sightings | None
) -> Viewed:
    """The flows of a result at every detail, opened at one, with the source that is in the tree."""
    flows = {each: flow_in(result, each) for each in Detail if each in result.flows}
    graph = read_callgraph(result.callgraph, where="the result").graph
    sources = {} if tree is None else quoted(tuple(flows.values()), graph, tree)
    origins = {flow.functions[name].origin for flow in flows.values() for name in sources.keys() & flow.functions}
    notices = _notices(origins, flows[detail].subject, framework)
    return Viewed(flows, detail, graph, sources, notices, framework.once, sightings)


def _notices(origins: Container[Origin], subject: Subject, framework: Framework) -> tuple[Notice, ...]:
    """The licences of what is quoted."""
    found: list[Notice] = []
    if Origin.DISTRIBUTION in origins:
        found.append(Notice(f"{subject.distribution} {subject.version}", framework.notice()))
    if Origin.STDLIB in origins:
        found.append(Notice(f"Python {subject.python}, its standard library", standard_library_notice()))
    return tuple(found)
