"""Two snapshots, compared: pure functions from two snapshots to the changes between them."""

from flowmap.compare.changes import Change, FlowDiff, Kind, Tale
from flowmap.compare.comparing import compare
from flowmap.compare.sides import Snapshot

__all__ = ["Change", "FlowDiff", "Kind", "Snapshot", "Tale", "compare"]
