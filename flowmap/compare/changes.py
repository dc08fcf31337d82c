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
    FUNCTION_SPLIT = "function-split"
    FUNCTION_MERGED = "function-merged"
    FUNCTION_ADDED = "function-added"
    FUNCTION_REMOVED = "function-removed"
    STEP_GAINED = "step-gained"
    STEP_LOST = "step-lost"
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
    """One change. `stage` is the id of a stage, empty for what is in none.

    `old` and `new` say whom it is about on either side, empty where there is none: the id of a function, `CALLER ->
    CALLEE`, the name of a setting; `was` and `became` what it is on either side: a signature, a condition, a value.
    `distance` counts the calls from the nearest function on the flow that it names to the nearest landmark: 0 for a
    stage and a setting, None where it names none.
    Of a function that was matched, `score` (0.0 to 1.0) and `reason` say why the two are the same.
    """

    kind: Kind
    stage: str
    old: str
    new: str
    sentence: str
    was: str = ""
    became: str = ""
    score: float = 1.0
    reason: str = ""
    distance: int | None = 0

    @property
    def is_on_flow(self) -> bool:
        """Whether this is about the flow, and not only about the call graph around it."""
        return bool(self.stage) or self.kind is Kind.SETTING_CHANGED

    @property
    def fingerprint(self) -> str:
        """The same for the same change in whatever other comparison: 16 characters of hexadecimal."""
        text = "\0".join((self.kind, self.stage, self.old, self.new, self.was, self.became))
        return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()


@dataclass(frozen=True, slots=True)
class Tale:
    """Changes that are told in one sentence; the first of them is what it is about."""

    sentence: str
    changes: tuple[Change, ...]

    @property
    def is_on_flow(self) -> bool:
        """Whether any of this is about the flow."""
        return any(each.is_on_flow for each in self.changes)

    @property
    def distance(self) -> int | None:
        """How near to the landmarks of the flow this is, None when it touches nothing of the flow."""
        return min((each.distance for each in self.changes if each.distance is not None), default=None)


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
