"""A comparison of two flows as JSON, in the schema `flowmap-diff/1`."""

from __future__ import annotations

import msgspec

from flowmap.compare import Change, FlowDiff, Kind
from flowmap.snapshot import schema
from flowmap.snapshot.wire import WireSubject, wire_subject


class _WireTale(msgspec.Struct):
    sentence: str
    changes: list[str]


class _WireChange(msgspec.Struct):
    fingerprint: str
    kind: Kind
    stage: str
    distance: int | None
    old: str
    new: str
    was: str
    became: str
    sentence: str
    score: float
    reason: str


class _WireDiff(msgspec.Struct):
    schema: str
    old: WireSubject
    new: WireSubject
    tales: list[_WireTale]
    changes: list[_WireChange]
    notes: list[str]


def comparison_json(diff: FlowDiff) -> bytes:
    """The bytes of a comparison: tales and changes in their orders."""
    return schema.encode(
        _WireDiff(
            schema.DIFF,
            wire_subject(diff.old),
            wire_subject(diff.new),
            [_WireTale(tale.sentence, [each.fingerprint for each in tale.changes]) for tale in diff.tales],
            list(map(_change, diff.changes)),
            list(diff.notes),
        )
    )


def _change(change: Change) -> _WireChange:
    return _WireChange(
        change.fingerprint,
        change.kind,
        change.stage,
        change.distance,
        change.old,
        change.new,
        change.was,
        change.became,
        change.sentence,
        change.score,
        change.reason,
    )
