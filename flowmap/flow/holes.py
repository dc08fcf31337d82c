"""Where a flow is broken: what the settings name and is not there, and project modules that cannot be imported."""

from __future__ import annotations

from flowmap.analysis.result import Reason
from flowmap.callgraph.model import CallGraph, Gap
from flowmap.flow.model import Subject
from flowmap.names import Origin, with_parents


def holes(graph: CallGraph, subject: Subject, *, is_broken: bool) -> tuple[Gap, ...]:
    """The gaps through which a flow breaks off. `is_broken`: a stage was not reached, and any gap may be why."""
    named = set(with_parents(subject.texts()))
    return tuple(gap for gap in graph.gaps if _breaks(gap, graph, named, is_broken=is_broken))


def _breaks(gap: Gap, graph: CallGraph, named: set[str], *, is_broken: bool) -> bool:
    if gap.reason == Reason.UNFINISHED or (is_broken and gap.reason == Reason.NO_RETURN):
        return graph.functions[gap.caller].origin is Origin.PROJECT
    if gap.reason == Reason.UNREADABLE:
        return gap.name in named or graph.functions[gap.caller].origin is Origin.PROJECT
    if gap.reason not in {Reason.MODULE_MISSING, Reason.ATTRIBUTE_MISSING} or not gap.name:
        return False
    return gap.name in named or (is_broken and gap.reason == Reason.MODULE_MISSING)
