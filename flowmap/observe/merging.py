"""Makes one recording of what many processes wrote: the ids of callgraph.json, and no path of the machine."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Final

from flowmap.callgraph.model import NodeKind
from flowmap.names import MODULE_BODY, FunctionName
from flowmap.observe.identity import without_comprehensions
from flowmap.observe.parts import Part, RawCall, RawFunction
from flowmap.observe.places import GENERATED, Places, module_of, roots_of
from flowmap.observe.qualnames import Qualnames
from flowmap.snapshot.observed import CallKind, Observed, ObservedEdge, ObservedFunction, Tree

_NODES: Final = {"module": NodeKind.MODULE, "class": NodeKind.CLASS}
_COMPREHENSION: Final = "comprehension"
_THREADS: Final = "threading.py"
# Python 2 has it with two underscores.
_BOOTSTRAP: Final = frozenset({"Thread._bootstrap", "Thread.__bootstrap"})
_START: Final = "Thread.start"
_NAME: Final = re.compile(r"^Name: *(\S+)", re.MULTILINE)
_VERSION: Final = re.compile(r"^Version: *(\S+)", re.MULTILINE)


def merge(parts: Sequence[Part], project: Path, program: str) -> Observed:
    """What all processes of one run recorded. `project` is the folder that project files are relative to."""
    edges: dict[tuple[ObservedFunction, ObservedFunction], set[CallKind]] = {}
    names = Qualnames()
    places = [Places(part, str(project)) for part in parts]
    for part, where in zip(parts, places, strict=True):
        for caller, callee, kind in _Process(where, names).edges(part.calls):
            edges.setdefault((caller, callee), set()).add(kind)
    merged = tuple(
        sorted(ObservedEdge(caller, callee, tuple(sorted(kinds))) for (caller, callee), kinds in edges.items())
    )
    pythons = tuple(sorted({part.python for part in parts}))
    return Observed(program, pythons, len(parts), _packages(roots_of(places), merged), merged)


class _Process:
    """Turns the calls of one process into edges."""

    def __init__(self, places: Places, names: Qualnames) -> None:
        self._places = places
        self._names = names
        self._functions: dict[RawFunction, ObservedFunction] = {}
        self._holders: dict[tuple[Tree, str, FunctionName], ObservedFunction] = {}

    def edges(self, calls: Iterable[RawCall]) -> Iterator[tuple[ObservedFunction, ObservedFunction, CallKind]]:
        ordered = sorted(calls, key=lambda call: (call.kind, call.caller or call.callee, call.callee))
        # A comprehension becomes its holder, so whoever holds one comes first.
        for each in (end for call in ordered for end in (call.caller, call.callee)):
            if each is not None and each.kind != _COMPREHENSION:
                self._function(each)
        starts = [each for each in self._functions.values() if _in_threading(each, {_START})]
        for call in ordered:
            callee = self._function(call.callee)
            if call.caller is not None:
                caller = self._function(call.caller)
                # A comprehension counts as its function, which does not call itself by running it.
                if call.callee.kind != _COMPREHENSION or caller != callee:
                    yield caller, callee, _kind(call)
            elif _in_threading(callee, _BOOTSTRAP):
                # The link passes through C and a new stack.
                yield from ((start, callee, CallKind.THREAD) for start in starts)

    def _function(self, raw: RawFunction) -> ObservedFunction:
        known = self._functions.get(raw)
        if known is not None:
            return known
        tree, file = self._places.place(raw.file)
        qualname = raw.name
        if qualname.startswith("?"):
            qualname = self._names.find(self._places.absolute(raw.file), qualname[1:], raw.line) or qualname[1:]
        module = GENERATED if tree is Tree.ELSEWHERE and file == GENERATED else module_of(file)
        name = FunctionName(module, without_comprehensions(qualname) or MODULE_BODY)
        if raw.kind == _COMPREHENSION or name.qualname != qualname:
            kind = NodeKind.MODULE if name.qualname == MODULE_BODY else NodeKind.FUNCTION
            unknown = ObservedFunction(tree, file, name, 0, kind)
            found = self._holders.get((tree, file, name), unknown)
        else:
            found = ObservedFunction(tree, file, name, raw.line, _NODES.get(raw.kind, NodeKind.FUNCTION))
            if found.kind is NodeKind.MODULE:
                # Empty modules begin at line 0 on some versions.
                found = replace(found, line=1)
            self._holders.setdefault((tree, file, name), found)
        self._functions[raw] = found
        return found


def _kind(call: RawCall) -> CallKind:
    if call.kind == CallKind.CALL:
        if call.callee.kind == NodeKind.MODULE:
            return CallKind.IMPORT
        if call.callee.kind == NodeKind.CLASS:
            return CallKind.CLASS_BODY
    return CallKind(call.kind)


def _in_threading(function: ObservedFunction, names: Iterable[str]) -> bool:
    return function.tree is Tree.STDLIB and function.file == _THREADS and function.name.qualname in names


def _packages(roots: Sequence[str], edges: Sequence[ObservedEdge]) -> dict[str, str]:
    """The versions of the installed distributions that have a part in an edge."""
    ran = {
        function.file.partition("/")[0]
        for edge in edges
        for function in (edge.caller, edge.callee)
        if function.tree is Tree.INSTALLED
    }
    found: dict[str, str] = {}
    for each in distributions(path=list(roots)):
        # Read as text: importlib.metadata makes a path of every file of every distribution, which takes its time.
        head = each.read_text("METADATA") or each.read_text("PKG-INFO") or ""
        name, version = _NAME.search(head), _VERSION.search(head)
        if name and version and not ran.isdisjoint(_tops(each, name[1])):
            found.setdefault(name[1], version[1])
    return found


def _tops(distribution: Distribution, name: str) -> Iterator[str]:
    """What a distribution has right below the root: by its record, and by its name where it is installed as a link."""
    yield re.sub(r"[-.]+", "_", name).lower()
    for line in (distribution.read_text("RECORD") or distribution.read_text("top_level.txt") or "").splitlines():
        yield line.partition(",")[0].partition("/")[0]
