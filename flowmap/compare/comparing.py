"""Two snapshots to the changes between them: functions and stages here, settings and calls in files of their own."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from flowmap.callgraph.model import Function, NodeKind
from flowmap.compare.calls import call_changes, kept_calls
from flowmap.compare.changes import Change, FlowDiff, Kind
from flowmap.compare.matching import Match, matched, renamed, with_holders
from flowmap.compare.naming import codes_of, unmet_codes
from flowmap.compare.settings import setting_changes
from flowmap.compare.sides import Side, Snapshot, ends, side_of
from flowmap.compare.splitting import splits_and_merges
from flowmap.compare.telling import told
from flowmap.flow.model import Flow, Stage
from flowmap.names import FunctionName, Origin
from flowmap.syntax.fingerprint import is_renamed

_ORDER = {kind: number for number, kind in enumerate(Kind)}
_OF_THE_WHOLE = (Kind.SETTING_CHANGED, Kind.STAGE_ADDED, Kind.STAGE_REMOVED, Kind.LANDMARK_MOVED)


def compare(old: Snapshot, new: Snapshot) -> FlowDiff:
    """The changes that lead from one snapshot to another: those on the flow first, in the order of `Kind`, then of the
    stages.

    Call graphs are compared where both sides have one. Where the two read different standard libraries, what is inside
    those is left out: calls, bodies and signatures. A note says either.
    """
    if old.graph is None or new.graph is None:
        before, after = (Snapshot(each.flow) for each in (old, new))
    elif _is_bare(old) != _is_bare(new):
        before, after = _bare(old), _bare(new)
    else:
        before, after = old, new
    library = old.flow.subject.python == new.flow.subject.python
    first, second = side_of(before, library=library), side_of(after, library=library)
    matches = matched(first, second)
    now = renamed(matches)
    named = with_holders(now)
    codes = codes_of(named) | unmet_codes(first, second, now)
    changes = [
        *setting_changes(old.flow.subject, new.flow.subject, named),
        *_stages(before.flow, after.flow, now),
        *_functions(first, second, matches, codes, library=library),
        *splits_and_merges(first, second, now),
        *call_changes(first, second, now),
    ]
    stages = list(dict.fromkeys(stage.id for side in (after, before) for stage in side.flow.stages))
    places = {stage: number for number, stage in enumerate(stages)}
    placed = [replace(each, distance=_distance(each, first, second)) for each in changes]
    placed.sort(
        key=lambda each: (not each.is_on_flow, _ORDER[each.kind], places.get(each.stage, -1), each.old, each.new)
    )
    notes = tuple(_notes(old, new, first, second, matches))
    return FlowDiff(old.flow.subject, new.flow.subject, tuple(placed), told(placed), notes)


def _is_bare(snapshot: Snapshot) -> bool:
    """Whether only the call graph is known."""
    return snapshot.graph is not None and not snapshot.flow.stages and not snapshot.flow.functions


def _bare(snapshot: Snapshot) -> Snapshot:
    return replace(snapshot, flow=Flow(snapshot.flow.subject, (), {}, {}, ()))


def _distance(change: Change, old: Side, new: Side) -> int | None:
    if change.kind in _OF_THE_WHOLE:
        return 0
    known = [side.distances.get(name) for side, text in ((old, change.old), (new, change.new)) for name in ends(text)]
    return min((each for each in known if each is not None), default=None)


def _notes(before: Snapshot, after: Snapshot, old: Side, new: Side, matches: tuple[Match, ...]) -> Iterator[str]:
    first, second = old.flow.subject, new.flow.subject
    if (before.graph is None) != (after.graph is None):
        subject = first if before.graph is None else second
        yield f"there is no call graph of {subject.distribution} {subject.version}: only the flows are compared"
    elif _is_bare(before) != _is_bare(after):
        subject = first if _is_bare(before) else second
        yield f"there is no flow of {subject.distribution} {subject.version}: only the call graphs are compared"
    if first.python != second.python:
        yield (
            f"the standard libraries differ ({first.python} and {second.python}): what is inside them is not compared"
        )
    for what in ("entry", "project", "platform"):
        if getattr(first, what) != getattr(second, what):
            yield f"the {what} differs: {getattr(first, what)} and {getattr(second, what)}"
    details = [flow.detail.value for flow in (before.flow, after.flow) if flow.detail is not None]
    if len(set(details)) > 1:
        yield f"the detail differs: {' and '.join(details)}"
    once = sum((was.count == 0) != (call.count == 0) for _, was, _, call in kept_calls(old, new, renamed(matches)))
    if once:
        words = "1 call is on both sides, and shown on one: the other leaves it out"
        if once > 1:
            words = f"{once} calls are on both sides, and shown on one: the other leaves them out"
        yield f"{words} at this detail"
    pairs = [(old.functions.get(each.old), new.functions.get(each.new)) for each in matches]
    unknown = sum(a is not None and b is not None and bool(a.body) != bool(b.body) for a, b in pairs)
    if unknown:
        yield f"{unknown} functions have a fingerprint of their body on one side only: those bodies are not compared"
    for flow in (before.flow, after.flow):
        if not flow.is_complete:
            yield f"the flow of {flow.subject.distribution} {flow.subject.version} is incomplete"


def _stages(old: Flow, new: Flow, now: Mapping[FunctionName, FunctionName]) -> Iterator[Change]:
    before, after = ({stage.id: stage for stage in flow.stages} for flow in (old, new))
    for name, stage in before.items():
        if name not in after:
            yield _stage(Kind.STAGE_REMOVED, stage, str(stage.landmark), "", "is gone")
    for name, stage in after.items():
        if name not in before:
            yield _stage(Kind.STAGE_ADDED, stage, "", str(stage.landmark), "is new")
            continue
        was = before[name].landmark
        if now.get(was, was) != stage.landmark:
            words = f"is opened by {stage.landmark} instead of {was}"
            yield _stage(Kind.LANDMARK_MOVED, stage, str(was), str(stage.landmark), words)


def _stage(kind: Kind, stage: Stage, old: str, new: str, words: str) -> Change:
    return Change(kind, stage.id, old, new, f"the stage '{stage.title}' {words}")


def _functions(
    old: Side, new: Side, matches: tuple[Match, ...], codes: Collection[tuple[str, str]], *, library: bool
) -> Iterator[Change]:
    known, kept = {match.old for match in matches}, {match.new for match in matches}
    entered: dict[FunctionName, int] = {}
    for (_, callee), call in new.calls.items():
        entered[callee] = entered.get(callee, 0) + call.count
    for name in old.functions:
        # What has no source comes and goes with the calls to it.
        if name not in known and old.functions[name].kind is not NodeKind.EXTERNAL:
            where = "on the way" if name in old.homes else "reached"
            words = f"{name} is not {where} any more"
            yield Change(Kind.FUNCTION_REMOVED, old.homes.get(name, ""), str(name), "", words)
    for name in new.functions:
        if name not in kept and new.functions[name].kind is not NodeKind.EXTERNAL:
            count = entered.get(name, 0)
            words = f"{name} is {'on the way' if name in new.homes else 'reached'} now"
            words += f", entered {count} times" * (count > 1)
            yield Change(Kind.FUNCTION_ADDED, new.homes.get(name, ""), "", str(name), words)
    for match in matches:
        stage = new.homes.get(match.new) or old.homes.get(match.old, "")
        if match.old != match.new:
            moved = match.old.qualname == match.new.qualname
            kind = Kind.FUNCTION_MOVED if moved else Kind.FUNCTION_RENAMED
            words = f"{match.old} became {match.new} ({match.reason})"
            sides = (str(match.old), str(match.new))
            yield Change(kind, stage, *sides, words, score=match.score, reason=match.reason)
        one, other = old.functions[match.old], new.functions[match.new]
        # What another standard library does inside is its own affair, as whom it calls there is.
        if library or not one.origin is other.origin is Origin.STDLIB:
            yield from _insides(one, other, stage, codes)


def _insides(old: Function, new: Function, stage: str, codes: Collection[tuple[str, str]]) -> Iterator[Change]:
    sides = (str(old.name), str(new.name))
    if old.signature != new.signature:
        words = f"{new.name} takes {new.signature or '()'} instead of {old.signature or '()'}"
        yield Change(Kind.SIGNATURE_CHANGED, stage, *sides, words, old.signature, new.signature)
    # A body that bears no fingerprint is not known, which is no change; a note counts them.
    if old.body and new.body and not _is_same(old.body, new.body, codes):
        yield Change(Kind.BODY_CHANGED, stage, *sides, f"the body of {new.name} changed", old.body, new.body)


def _is_same(old: str, new: str, codes: Collection[tuple[str, str]]) -> bool:
    # Snapshots from before prints told of names are compared by what they have in common with the others.
    if "." not in old or "." not in new:
        return old.partition(".")[0] == new.partition(".")[0]
    return is_renamed(old, new, codes)
