"""What the viewer shows: the flow at every level of detail, and what is known of its functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flowmap.callgraph.model import CallGraph
from flowmap.flow.model import Detail, Flow
from flowmap.flow.sightings import Sightings
from flowmap.names import FunctionName
from flowmap.render.excerpts import Excerpt
from flowmap.sources.licences import Licence


@dataclass(frozen=True, slots=True)
class Viewed:
    """All that a page is made of. `opening` is the level it opens with.

    `sources` are those of the functions that are drawn, `licences` go with them. `once` are the ids of the stages that
    happen once, before the first request. `graph` says what else calls the functions and is called by them.
    """

    flows: Mapping[Detail, Flow]
    opening: Detail = Detail.FLOW
    graph: CallGraph | None = None
    sources: Mapping[FunctionName, tuple[Excerpt, ...]] = field(default_factory=dict)
    licences: tuple[Licence, ...] = ()
    once: frozenset[str] = frozenset()
    sightings: Sightings | None = None
