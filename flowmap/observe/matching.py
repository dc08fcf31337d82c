"""Finds the functions of a recording in a call graph: by origin, file and qualified name, then by first line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath
from typing import Final

from flowmap.callgraph.model import CallGraph, Function, NodeKind
from flowmap.names import Origin
from flowmap.observe.identity import Identity, of_function, of_observed
from flowmap.snapshot.observed import ObservedFunction, Tree

_MOST_FOLDERS: Final = 4


class Matching:
    """Which node of the graph a function that ran is. Releases differ, so a line decides between names and no more."""

    def __init__(self, graph: CallGraph, ran: Iterable[ObservedFunction]) -> None:
        self._candidates: dict[Identity, list[Function]] = {}
        self._places: dict[tuple[str, str, int], list[Function]] = {}
        for function in graph.functions.values():
            if function.kind is not NodeKind.EXTERNAL:
                self._candidates.setdefault(of_function(function), []).append(function)
                place = function.origin.value, function.file, function.line
                self._places.setdefault(place, []).append(function)
        self._distribution = {
            function.file.partition("/")[0]
            for function in graph.functions.values()
            if function.origin is Origin.DISTRIBUTION
        }
        self._folder = _project_folder(graph, ran)

    def identity(self, ran: ObservedFunction) -> Identity | None:
        """What it is called on both sides; None for text that was compiled."""
        identities = of_observed(ran)
        if not identities:
            return None
        if ran.tree is Tree.INSTALLED:
            under_study = ran.file.partition("/")[0] in self._distribution
            wanted = Origin.DISTRIBUTION if under_study else Origin.DEPENDENCY
            return next(each for each in identities if each.origin == wanted)
        (found,) = identities
        if ran.tree is Tree.PROJECT and self._folder and found.file.startswith(f"{self._folder}/"):
            return found._replace(file=found.file[len(self._folder) + 1 :])
        return found

    def find(self, ran: ObservedFunction) -> Function | None:
        """The node, or None where the graph has none for it."""
        identity = self.identity(ran)
        if identity is None:
            return None
        named = self._candidates.get(identity, [])
        if len(named) > 1 and ran.line:
            # A node has the line of its def, and a code object that of its first decorator.
            return min(named, key=lambda each: (each.line < ran.line, abs(each.line - ran.line)))
        if named:
            return named[0]
        return self._by_line(identity, ran)

    def _by_line(self, identity: Identity, ran: ObservedFunction) -> Function | None:
        """Interpreters before 3.11 do not know the class of what was imported before the recording began."""
        found = self._places.get((identity.origin, identity.file, ran.line), [])
        short = ran.name.qualname.rpartition(".")[2]
        return next((each for each in found if each.name.qualname.rpartition(".")[2] == short), None)


def _project_folder(graph: CallGraph, ran: Iterable[ObservedFunction]) -> str:
    """The folder of the project that was mapped, as seen from the folder that the run was started in."""
    mapped = {function.file for function in graph.functions.values() if function.origin is Origin.PROJECT}
    files = {function.file for function in ran if function.tree is Tree.PROJECT}
    fits = Counter(folder for file in sorted(files) for folder, below in _splits(file) if below in mapped)
    return min(fits, key=lambda folder: (-fits[folder], len(folder), folder), default="")


def _splits(file: str) -> Iterator[tuple[str, str]]:
    parts = PurePosixPath(file).parts
    for count in range(min(len(parts), _MOST_FOLDERS)):
        yield "/".join(parts[:count]), "/".join(parts[count:])
