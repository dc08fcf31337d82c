"""What of a comparison touches the project: each change tied to what the project calls, is called by, or names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Function
from flowmap.compare.changes import Change, FlowDiff, Kind, Tale
from flowmap.compare.sides import Snapshot, ends
from flowmap.names import FunctionName, Origin

# Functions of the project that one sentence names; the others are counted.
_NAMED: Final = 3
_CALLS: Final = (Kind.CALL_ADDED, Kind.CALL_REMOVED, Kind.CALL_RETARGETED)
_IMPORTS: Final = (Evidence.IMPORT, Evidence.IMPORT_STRING)


def impact_on_project(diff: FlowDiff, old: Snapshot, new: Snapshot) -> FlowDiff:
    """The same comparison with those changes alone that touch the project: that are about one of its functions, about
    what one calls or is called by, or about what its settings say or name. Each sentence says which; a note counts the
    others.
    """
    ties = _Ties((_bonds(old), _bonds(new)), diff)
    tied = [(change, words) for change in diff.changes if (words := ties.words(change)) is not None]
    turned = list(_turned(diff, ties))
    told = {id(change) for tale in turned for change in tale.changes}
    tales = (*turned, *_grouped([pair for pair in tied if id(pair[0]) not in told], ties))
    return replace(
        diff,
        changes=tuple(replace(change, sentence=f"{change.sentence}{words}") for change, words in tied),
        tales=tales,
        notes=(*diff.notes, *_notes(len(diff.changes) - len(tied), old, new)),
    )


def _notes(others: int, old: Snapshot, new: Snapshot) -> Iterator[str]:
    yield f"{others} more change{'s' * (others != 1)} touch{'es' * (others == 1)} nothing of the project"
    if old.graph is None or new.graph is None:
        yield "without both call graphs, what the project calls and is called by is known on the way of a request alone"
    yield (
        "which classes of the project derive from which is in no snapshot: what it overrides is known by who calls it"
    )


@dataclass(frozen=True, slots=True)
class _Bonds:
    """What ties one side to its project: its own functions, whom they call, who calls them, and which setting names
    what, by dotted path.
    """

    own: frozenset[FunctionName]
    callers: Mapping[FunctionName, tuple[FunctionName, ...]]
    callees: Mapping[FunctionName, tuple[FunctionName, ...]]
    named: Mapping[str, str]


def _bonds(snapshot: Snapshot) -> _Bonds:
    flow, graph = snapshot.flow, snapshot.graph
    functions: dict[FunctionName, Function] = {**(graph.functions if graph else {}), **flow.functions}
    own = frozenset(name for name, each in functions.items() if each.origin is Origin.PROJECT)
    pairs = [(step.caller, step.callee) for stage in flow.stages for step in stage.steps]
    # Importing a module is no use of everything that is in it.
    pairs += [
        (edge.caller, edge.callee)
        for edge in (graph.edges if graph else ())
        if any(site.evidence not in _IMPORTS for site in edge.sites)
    ]
    callers: dict[FunctionName, dict[FunctionName, None]] = {}
    callees: dict[FunctionName, dict[FunctionName, None]] = {}
    for caller, callee in sorted(set(pairs)):
        if caller in own and callee not in own:
            callers.setdefault(callee, {})[caller] = None
        if callee in own and caller not in own:
            callees.setdefault(caller, {})[callee] = None
    named = {
        text: name for name, value in sorted(flow.subject.settings.items()) for text in _texts(value) if "." in text
    }
    return _Bonds(
        own,
        {name: tuple(found) for name, found in callers.items()},
        {name: tuple(found) for name, found in callees.items()},
        named,
    )


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    members: Iterable[object] = value.values() if isinstance(value, Mapping) else ()
    for each in value if isinstance(value, list | tuple) else members:
        yield from _texts(each)


@dataclass(frozen=True, slots=True)
class _Ties:
    """The words that tie a change to the project."""

    sides: tuple[_Bonds, _Bonds]
    diff: FlowDiff

    def is_own(self, name: FunctionName) -> bool:
        return any(name in side.own for side in self.sides)

    def words(self, change: Change) -> str | None:
        """What to say behind the sentence of a change; None where nothing ties it to the project."""
        if change.kind is Kind.SETTING_CHANGED:
            return ""
        names = list(dict.fromkeys((*ends(change.old), *ends(change.new))))
        if any(self.is_own(name) for name in names):
            return ""
        if len(names) > 1 and change.kind in _CALLS:
            # Of a call between two functions of others, the caller is what changed.
            names = list(dict.fromkeys(next(ends(side)) for side in (change.old, change.new) if side))
        # What holds on the new side goes before what held on the old one.
        for side, is_now in ((self.sides[1], True), (self.sides[0], False)):
            if callers := _found(side.callers, names):
                verb = ("calls" if len(callers) == 1 else "call") if is_now else "called"
                return f" ({_listed(callers)} {verb} it)"
            if callees := _found(side.callees, names):
                return f" (it {'calls' if is_now else 'called'} {_listed(callees)})"
            for name in names:
                if setting := _setting(name, side.named):
                    return f" (the setting {setting} {'names' if is_now else 'named'} it)"
        return None


def _found(bonds: Mapping[FunctionName, tuple[FunctionName, ...]], names: Iterable[FunctionName]) -> list[FunctionName]:
    return list(dict.fromkeys(other for name in names for other in bonds.get(name, ())))


def _setting(name: FunctionName, named: Mapping[str, str]) -> str:
    """The setting that names a function, or a class that it is in; a module is no such."""
    parts = name.qualname.split(".")
    paths = (".".join((name.module, *parts[:count])) for count in range(len(parts), 0, -1))
    return next((named[path] for path in paths if path in named), "")


def _grouped(tied: Sequence[tuple[Change, str]], ties: _Ties) -> Iterator[Tale]:
    """Calls into and out of a function of the project as one, and all that one other function ties to the project."""
    groups: dict[tuple[str, ...], list[Change]] = {}
    for change, words in tied:
        groups.setdefault(_about(change, words, ties), []).append(change)
    for (about, verb, words, _), same in groups.items():
        reached = [change for change in same if change.kind in _REACHED]
        if len(same) == 1 or (reached and words):
            yield Tale(f"{(reached or same)[0].sentence}{words}", tuple(same))
        elif verb:
            which = 0 if verb in _INTO.values() else 1
            others = list(dict.fromkeys(tuple(ends(change.new or change.old))[which] for change in same))
            more = " any more" if same[0].kind is Kind.CALL_REMOVED else " now"
            yield Tale(f"{about} {verb} {_listed(others)}{more}", tuple(same))
        else:
            counts = Counter(change.kind.replace("-", " ") for change in same)
            kinds = ", ".join(f"{count} \u00d7 {kind}" if count > 1 else kind for kind, count in counts.items())
            yield Tale(f"{about} changed{words}: {kinds}", tuple(same))


_REACHED: Final = (Kind.FUNCTION_ADDED, Kind.FUNCTION_REMOVED)
_INTO: Final = {Kind.CALL_ADDED: "is called by", Kind.CALL_REMOVED: "is not called by"}
_OUT: Final = {Kind.CALL_ADDED: "calls", Kind.CALL_REMOVED: "does not call"}


def _about(change: Change, words: str, ties: _Ties) -> tuple[str, str, str, str]:
    """What is told as one: the function, how it calls or is called, what ties it; and what is like nothing else."""
    names = list(ends(change.new or change.old))
    near = str(change.is_on_flow)
    if words:
        return str(names[0]), "", words, near
    if change.kind in _OUT:
        into = ties.is_own(names[1])
        return str(names[1 if into else 0]), (_INTO if into else _OUT)[change.kind], "", near
    return "", "", "", change.fingerprint


def _turned(diff: FlowDiff, ties: _Ties) -> Iterator[Tale]:
    """Functions of the project that others call than before."""
    gone: dict[FunctionName, list[tuple[FunctionName, Change]]] = {}
    come: dict[FunctionName, list[tuple[FunctionName, Change]]] = {}
    for change in diff.changes:
        if change.kind in _CALLS:
            for found, side in ((gone, change.old), (come, change.new)):
                pair = tuple(ends(side))
                if len(pair) == 2 and ties.is_own(pair[1]):
                    found.setdefault(pair[1], []).append((pair[0], change))
    told: set[int] = set()
    for name in sorted(gone.keys() & come.keys()):
        now, was = ([caller for caller, _ in found[name]] for found in (come, gone))
        changes = {id(change): change for _, change in (*come[name], *gone[name]) if id(change) not in told}
        told |= changes.keys()
        yield Tale(f"{name} is now called from {_listed(now)} instead of {_listed(was)}", tuple(changes.values()))


def _listed(names: Sequence[FunctionName]) -> str:
    texts = [str(name) for name in names]
    if len(texts) > _NAMED + 1:
        return f"{', '.join(texts[:_NAMED])} and {len(texts) - _NAMED} more"
    return " and ".join(filter(None, (", ".join(texts[:-1]), texts[-1])))
