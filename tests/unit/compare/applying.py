"""What a comparison tells of a snapshot, as a value, and changes applied to that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from flowmap.callgraph.model import NodeKind
from flowmap.compare import Change, Kind, Snapshot
from flowmap.compare.sides import Side, side_of
from flowmap.names import Origin

_Call = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Compared:
    """By id: signatures and bodies of functions that have source; what a call is on the flow, None where that is not
    known: how many steps it has, its evidence and its conditions; the landmark of each stage; whom a function calls on
    the flow, in which order; and settings.
    """

    signatures: Mapping[str, str]
    bodies: Mapping[str, str]
    calls: Mapping[_Call, tuple[int, str, str] | None]
    stages: Mapping[str, str]
    orders: Mapping[str, tuple[str, ...]]
    settings: Mapping[str, str]


def compared(snapshot: Snapshot, *, library: bool) -> Compared:
    """What is compared of a snapshot."""
    side: Side = side_of(snapshot, library=library)
    own = {str(name): each for name, each in side.functions.items() if each.kind is not NodeKind.EXTERNAL}
    calls = {
        (str(caller), str(callee)): (
            call.count,
            " and ".join(call.evidence),
            " or ".join(text or "always" for text in call.conditions),
        )
        for (caller, callee), call in side.calls.items()
    }
    # What is inside another standard library is not compared.
    closed = {name for name, each in own.items() if not library and each.origin is Origin.STDLIB}
    return Compared(
        {name: "?" if name in closed else each.signature for name, each in own.items()},
        {name: "?" if name in closed else each.body for name, each in own.items()},
        calls,
        {stage.id: str(stage.landmark) for stage in snapshot.flow.stages},
        {str(caller): tuple(map(str, callees)) for caller, callees in side.callees().items()},
        {name: repr(value) for name, value in snapshot.flow.subject.settings.items()},
    )


def applied(old: Compared, changes: Iterable[Change]) -> Compared:
    """What the changes make of it."""
    told: dict[Kind, list[Change]] = {kind: [] for kind in Kind}
    for change in changes:
        told[change.kind].append(change)
    moves = [*told[Kind.FUNCTION_MOVED], *told[Kind.FUNCTION_RENAMED]]
    now = {change.old: change.new for change in moves}

    def of(name: str) -> str:
        return now.get(name, name)

    signatures = {of(name): text for name, text in old.signatures.items()}
    bodies = {of(name): text for name, text in old.bodies.items()}
    for change in told[Kind.FUNCTION_REMOVED]:
        del signatures[change.old], bodies[change.old]
    for change in told[Kind.FUNCTION_ADDED]:
        assert change.new not in signatures
        signatures[change.new] = bodies[change.new] = "?"
    for change in told[Kind.SIGNATURE_CHANGED]:
        assert signatures.get(change.new, change.was) == change.was
        signatures[change.new] = change.became
    for change in told[Kind.BODY_CHANGED]:
        assert bodies.get(change.new, change.was) == change.was
        bodies[change.new] = change.became
    orders = {of(caller): tuple(map(of, callees)) for caller, callees in old.orders.items()}
    orders |= {change.new: tuple(change.became.split(", ")) for change in told[Kind.CALLS_REORDERED]}
    return Compared(signatures, bodies, _calls(old, told, now), _stages(old, told, now), orders, _settings(old, told))


def _calls(
    old: Compared, told: Mapping[Kind, list[Change]], now: Mapping[str, str]
) -> dict[_Call, tuple[int, str, str] | None]:
    calls = {(now.get(a, a), now.get(b, b)): what for (a, b), what in old.calls.items()}
    for change in (*told[Kind.CALL_REMOVED], *told[Kind.CALL_RETARGETED]):
        caller, callee = _ends(change.old)
        del calls[now.get(caller, caller), now.get(callee, callee)]
    for change in (*told[Kind.CALL_ADDED], *told[Kind.CALL_RETARGETED]):
        assert _ends(change.new) not in calls
        calls[_ends(change.new)] = None
    for number, kinds in enumerate(
        ((Kind.STEP_GAINED, Kind.STEP_LOST), (Kind.EVIDENCE_CHANGED,), (Kind.CONDITION_CHANGED,))
    ):
        for kind in kinds:
            for change in told[kind]:
                call = calls[_ends(change.new)]
                assert call is not None
                assert str(call[number]) == change.was
                became = int(change.became) if number == 0 else change.became
                calls[_ends(change.new)] = (*call[:number], became, *call[number + 1 :])  # type: ignore[assignment]  # one of three
    return calls


def _stages(old: Compared, told: Mapping[Kind, list[Change]], now: Mapping[str, str]) -> dict[str, str]:
    stages = {stage: now.get(landmark, landmark) for stage, landmark in old.stages.items()}
    for change in told[Kind.STAGE_REMOVED]:
        del stages[change.stage]
    for change in (*told[Kind.STAGE_ADDED], *told[Kind.LANDMARK_MOVED]):
        stages[change.stage] = change.new
    return stages


def _settings(old: Compared, told: Mapping[Kind, list[Change]]) -> dict[str, str]:
    settings = dict(old.settings)
    for change in told[Kind.SETTING_CHANGED]:
        if change.old:
            assert settings.pop(change.old) == change.was
        if change.new:
            settings[change.new] = change.became
    return settings


def _ends(side: str) -> _Call:
    caller, _, callee = side.partition(" -> ")
    return caller, callee
