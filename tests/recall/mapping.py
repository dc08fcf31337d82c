"""The one place where the recall tools call flowmap."""

from __future__ import annotations

from flowmap.pipeline import map_graph
from tests.recall.measure import StaticGraph, static_graph
from tests.recall.trace import Trace


def map_trace(trace: Trace) -> StaticGraph:
    """The call graph of the release and the project that were recorded."""
    return static_graph(map_graph(f"django=={trace.version}", trace.project))
