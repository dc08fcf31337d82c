"""Where in the source what a change or a contract is about stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flowmap.callgraph.model import Function
from flowmap.compare.changes import Change, Kind
from flowmap.compare.sides import Pair, Snapshot, ends
from flowmap.names import FunctionName, Origin


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file, which is relative to the root of its origin."""

    origin: Origin
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Places:
    """The functions of a snapshot, the first line of each call, where its settings are set, and where it starts."""

    functions: Mapping[FunctionName, Function]
    calls: Mapping[Pair, int]
    settings: Mapping[str, Place]
    start: Place | None = None

    def side(self, text: str) -> Place | None:
        """Where a side of a change is: a function's first line, the line of a call; None where that is not known."""
        named = tuple(ends(text))
        function = self.functions.get(named[0]) if named else None
        if function is None or not function.file:
            return None
        line = self.calls.get((named[0], named[1]), 0) if len(named) > 1 else 0
        return Place(function.origin, function.file, line or function.line)


def places_of(snapshot: Snapshot) -> Places:
    """Where things are in a snapshot."""
    functions = {**(snapshot.graph.functions if snapshot.graph else {}), **snapshot.flow.functions}
    calls: dict[Pair, int] = {}
    for edge in snapshot.graph.edges if snapshot.graph else ():
        if edge.sites:
            calls[edge.caller, edge.callee] = min(site.line for site in edge.sites)
    for stage in snapshot.flow.stages:
        for step in stage.steps:
            calls.setdefault((step.caller, step.callee), step.line)
    settings: dict[str, Place] = {}
    for decision in snapshot.flow.subject.decided:
        file, _, line = decision.place.rpartition(":")
        if file and line.isdecimal():
            settings.setdefault(decision.setting, Place(Origin.PROJECT, file, int(line)))
    landmarks = (functions.get(stage.landmark) for stage in snapshot.flow.stages)
    first = next((each for each in landmarks if each is not None and each.file), None)
    start = Place(first.origin, first.file, first.line) if first is not None else None
    return Places(functions, calls, settings, start)


def place_in(change: Change, old: Places, new: Places) -> Place | None:
    """Where a change is: on the new side, where it is there."""
    if change.kind is Kind.SETTING_CHANGED:
        return new.settings.get(change.new) or old.settings.get(change.old)
    return new.side(change.new) or old.side(change.old)
