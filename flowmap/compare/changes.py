"""The comparison of two flows as a value: one small frozen value for each change."""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass

from flowmap.flow.model import Subject


class Kind(enum.StrEnum):
    """What a change is, in the order in which changes are told: what leads a request elsewhere comes first."""

    SETTING_CHANGED = "setting-changed"
    STAGE_ADDED = "stage-added"
    STAGE_REMOVED = "stage-removed"
    LANDMARK_MOVED = "landmark-moved"
    FUNCTION_MOVED = "function-moved"
    FUNCTION_RENAMED = "function-renamed"
    FUNCTION_ADDED = "function-added"
    FUNCTION_REMOVED = "function-removed"
    CALL_RETARGETED = "call-retargeted"
    CALL_ADDED = "call-added"
    CALL_REMOVED = "call-removed"
    CALLS_REORDERED = "calls-reordered"
    EVIDENCE_CHANGED = "evidence-changed"
    CONDITION_CHANGED = "condition-changed"
    SIGNATURE_CHANGED = "signature-changed"
    BODY_CHANGED = "body-changed"


@dataclass(frozen=True, slots=True)
class Change:
    """One change. `stage` is the id of a stage, empty for settings; `old` and `new` are the two sides, empty where
    there is none. Of a function that was matched, `score` (0.0 to 1.0) and `reason` say why the two are the same.
    """

    kind: Kind
    stage: str
    old: str
    new: str
    sentence: str
    score: float = 1.0
    reason: str = ""

    @property
    def fingerprint(self) -> str:
        """16 hexadecimal digits that stay while the change does: neither lines nor sentences are part of it."""
        parts = "\0".join((self.kind, self.stage, self.old, self.new))
        return hashlib.sha256(parts.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Tale:
    """Changes that are told in one sentence; the first of them is what it is about."""

    sentence: str
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class FlowDiff:
    """What differs between two flows. `tales` tell every change once, the weightiest first; `notes` say what was left
    out of the comparison, and why.
    """

    old: Subject
    new: Subject
    changes: tuple[Change, ...] = ()
    tales: tuple[Tale, ...] = ()
    notes: tuple[str, ...] = ()
