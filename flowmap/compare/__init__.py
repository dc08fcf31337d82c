"""Two flows, compared: pure functions from two snapshots to the changes between them."""

from flowmap.compare.changes import Change, FlowDiff, Kind
from flowmap.compare.comparing import compare

__all__ = ["Change", "FlowDiff", "Kind", "compare"]
