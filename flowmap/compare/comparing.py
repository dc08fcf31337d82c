"""Two flows to the changes between them: functions, stages and settings here, calls in `calls.py`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping

from flowmap.callgraph.model import Function
from flowmap.compare.calls import call_changes
from flowmap.compare.changes import Change, FlowDiff, Kind
from flowmap.compare.matching import Match, matched
from flowmap.compare.sides import Side, side_of
from flowmap.compare.telling import told
from flowmap.flow.model import Flow, Stage, Subject

# The share of its items by which a list is known again under another name.
_MOST = 0.5
_ORDER = {kind: number for number, kind in enumerate(Kind)}


def compare(old: Flow, new: Flow) -> FlowDiff:
    """The changes that lead from one flow to another, in the order of `Kind`, then of the stages.

    Where the two read different standard libraries, the calls inside those are left out, and a note says so.
    """
    library = old.subject.python == new.subject.python
    before, after = side_of(old, library=library), side_of(new, library=library)
    matches = matched(before, after)
    changes = [
        *_settings(old.subject, new.subject),
        *_stages(old, new, matches),
        *_functions(before, after, matches),
        *call_changes(before, after, matches),
    ]
    stages = list(dict.fromkeys(stage.id for flow in (new, old) for stage in flow.stages))
    places = {stage: number for number, stage in enumerate(stages)}
    changes.sort(key=lambda each: (_ORDER[each.kind], places.get(each.stage, -1), each.old, each.new))
    notes = tuple(_notes(before, after, matches))
    return FlowDiff(old.subject, new.subject, tuple(changes), told(changes, old, new), notes)


def _notes(old: Side, new: Side, matches: tuple[Match, ...]) -> Iterator[str]:
    first, second = old.flow.subject, new.flow.subject
    if first.python != second.python:
        yield (
            f"the standard libraries differ ({first.python} and {second.python}): calls inside them are not compared"
        )
    for what in ("entry", "project", "platform"):
        if getattr(first, what) != getattr(second, what):
            yield f"the {what} differs: {getattr(first, what)} and {getattr(second, what)}"
    pairs = [(old.functions.get(each.old), new.functions.get(each.new)) for each in matches]
    unknown = sum(a is not None and b is not None and bool(a.body) != bool(b.body) for a, b in pairs)
    if unknown:
        yield f"{unknown} functions have a fingerprint of their body on one side only: those bodies are not compared"
    for flow in (old.flow, new.flow):
        if not flow.is_complete:
            yield f"the flow of {flow.subject.distribution} {flow.subject.version} is incomplete"


def _settings(old: Subject, new: Subject) -> Iterator[Change]:
    renamed = _renamed_settings(old.settings, new.settings)
    for was, name in renamed.items():
        one, other = old.settings[was], new.settings[name]
        more = "" if one == other else f": {_difference(one, other)}"
        sentence = f"the setting {was} became {name}{more}"
        yield Change(Kind.SETTING_CHANGED, "", f"{was}={one!r}", f"{name}={other!r}", sentence)
    for name in sorted({*old.settings, *new.settings} - {*renamed, *renamed.values()}):
        one, other = old.settings.get(name), new.settings.get(name)
        if name not in old.settings:
            sentence = f"the setting {name} is read now: {other!r}"
        elif name not in new.settings:
            sentence = f"the setting {name} is not read any more: it was {one!r}"
        elif one == other:
            continue
        else:
            sentence = f"the setting {name} changed: {_difference(one, other)}"
        sides = ["" if name not in subject.settings else repr(subject.settings[name]) for subject in (old, new)]
        yield Change(Kind.SETTING_CHANGED, "", f"{name}={sides[0]}", f"{name}={sides[1]}", sentence)


def _renamed_settings(old: Mapping[str, object], new: Mapping[str, object]) -> Mapping[str, str]:
    """Lists that are there under another name: most of what one held is in the other, and in no other one."""
    found: dict[str, list[str]] = {}
    for was in sorted(set(old) - set(new)):
        for name in sorted(set(new) - set(old)):
            if _share(old[was], new[name]) > _MOST:
                found.setdefault(was, []).append(name)
    rivals = Counter(name for names in found.values() for name in names)
    return {was: names[0] for was, names in found.items() if len(names) == 1 and rivals[names[0]] == 1}


def _share(old: object, new: object) -> float:
    """How much of the longer of two lists the other one has as well."""
    if not isinstance(old, list | tuple) or not isinstance(new, list | tuple):
        return 0.0
    return sum(item in new for item in old) / max(len(old), len(new), 1)


def _difference(old: object, new: object) -> str:
    if not isinstance(old, list | tuple) or not isinstance(new, list | tuple):
        return f"{old!r} became {new!r}"
    words = [f"without {item!r}" for item in old if item not in new]
    words += [f"with {item!r}" for item in new if item not in old]
    common = [item for item in old if item in new]
    if common != [item for item in new if item in old]:
        words.append("in another order")
    return ", ".join(words) or "an item is there another number of times"


def _stages(old: Flow, new: Flow, matches: tuple[Match, ...]) -> Iterator[Change]:
    now = {match.old: match.new for match in matches}
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


def _functions(old: Side, new: Side, matches: tuple[Match, ...]) -> Iterator[Change]:
    known, kept = {match.old for match in matches}, {match.new for match in matches}
    for name, stage in old.homes.items():
        if name not in known:
            yield Change(Kind.FUNCTION_REMOVED, stage, str(name), "", f"{name} is not on the way any more")
    for name, stage in new.homes.items():
        if name not in kept:
            yield Change(Kind.FUNCTION_ADDED, stage, "", str(name), f"{name} is on the way now")
    for match in matches:
        stage = new.homes[match.new]
        if match.old != match.new:
            moved = match.old.qualname == match.new.qualname
            kind = Kind.FUNCTION_MOVED if moved else Kind.FUNCTION_RENAMED
            words = f"{match.old} became {match.new} ({match.reason})"
            yield Change(kind, stage, str(match.old), str(match.new), words, match.score, match.reason)
        first, second = old.functions.get(match.old), new.functions.get(match.new)
        if first is not None and second is not None:
            yield from _insides(first, second, stage)


def _insides(old: Function, new: Function, stage: str) -> Iterator[Change]:
    if old.signature != new.signature:
        words = f"{new.name} takes {new.signature or '()'} instead of {old.signature or '()'}"
        sides = (f"{old.name}{old.signature}", f"{new.name}{new.signature}")
        yield Change(Kind.SIGNATURE_CHANGED, stage, *sides, words)
    # A body that bears no fingerprint is not known, which is no change; a note counts them.
    if old.body and new.body and old.body != new.body:
        yield Change(Kind.BODY_CHANGED, stage, str(old.name), str(new.name), f"the body of {new.name} changed")
