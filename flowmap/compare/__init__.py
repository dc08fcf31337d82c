"""Two flows, compared: pure functions from two snapshots to the changes between them."""

from flowmap.compare.changes import Change, FlowDiff, Kind, Tale
from flowmap.compare.comparing import compare

__all__ = ["Change", "FlowDiff", "Kind", "Tale", "compare"]
