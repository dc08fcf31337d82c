"""From a result to all that the viewer shows of it."""

from __future__ import annotations

from flowmap.flow.model import Detail, Flow
from flowmap.flow.sightings import Sightings
from flowmap.frameworks import Framework
from flowmap.frameworks.notices import standard_library_notice
from flowmap.pipeline.quoting import Quoted, quoted
from flowmap.pipeline.results import Result, flow_in
from flowmap.render.viewer.model import Viewed
from flowmap.snapshot import read_callgraph
from flowmap.sources.licences import Licence
from flowmap.sources.tree import SourceTree


def viewed_of(
    result: Result,
    detail: Detail,
    framework: Framework,
    tree: SourceTree | None,
    sightings: Sightings | None,
    narrowed: Flow | None = None,
) -> Viewed:
    """The flows of a result at every detail, opened at one, with the source that is in the tree; or a part of one."""
    flows = {each: flow_in(result, each) for each in Detail if each in result.flows}
    if narrowed is not None:
        flows = {detail: narrowed}
    graph = read_callgraph(result.callgraph, where="the result").graph
    library = Licence(f"Python {flows[detail].subject.python}, its standard library", standard_library_notice())
    found = Quoted({}, ()) if tree is None else quoted(tuple(flows.values()), graph, tree, library)
    return Viewed(flows, detail, graph, found.sources, found.licences, framework.once, sightings)
