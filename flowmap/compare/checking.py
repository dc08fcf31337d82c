"""What a check finds: the changes since a saved flow, judged by a policy."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from flowmap.compare.changes import FlowDiff
from flowmap.compare.comparing import compare
from flowmap.compare.contracts import Breach, broken
from flowmap.compare.policy import ELSEWHERE, SETTINGS, Policy, Verdict, judged
from flowmap.compare.sides import Snapshot
from flowmap.errors import UnknownPlaceError


@dataclass(frozen=True, slots=True)
class Check:
    """A comparison, and what the policy says of it."""

    diff: FlowDiff
    verdict: Verdict
    breaches: tuple[Breach, ...] = ()

    @property
    def fails(self) -> bool:
        """Whether anything of this is not as it should be."""
        return bool(self.verdict.failing or self.verdict.gone or self.breaches)


def check(old: Snapshot, new: Snapshot, policy: Policy, whole: Snapshot | None = None) -> Check:
    """Compares under a policy. Where no call graph was saved, only the flows are compared. The contracts are those of
    `whole`, where that is known: the new side in more detail.

    Raises UnknownPlaceError and AmbiguousFunctionError.
    """
    _refuse_unknown(old, new, policy)
    diff = compare(old, new if old.graph is not None else Snapshot(new.flow))
    return Check(diff, judged(diff.changes, policy), broken(policy.contracts, whole or new))


def _refuse_unknown(old: Snapshot, new: Snapshot, policy: Policy) -> None:
    flows = (new.flow, old.flow)
    stages = dict.fromkeys(name for flow in flows for name in (*(each.id for each in flow.stages), *flow.missing))
    known = [*stages, SETTINGS, ELSEWHERE]
    for name in sorted(policy.stages or ()):
        if name not in known:
            raise UnknownPlaceError(name, difflib.get_close_matches(name, known, n=1) or known)
