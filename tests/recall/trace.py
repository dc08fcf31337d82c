"""Reads a recording (`django-call-truth/1`, see fixtures/traces/README.md) into the edges that count."""

from __future__ import annotations

import gzip
import itertools
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowmap.callgraph.model import CallGraph
from flowmap.observe.comparison import counts
from flowmap.observe.matching import Matching
from flowmap.snapshot.observed import Observed
from tests.recall.identity import Identity, of_recorded

FIXTURES = Path(__file__).parents[2] / "fixtures"
TRACES = FIXTURES / "traces"

_NOT_COUNTED = frozenset({"module_body", "class_body", "import_machinery", "finalizer"})
_BODIES = frozenset({"module", "class"})
_COMPREHENSIONS = frozenset({"listcomp", "setcomp", "dictcomp", "genexpr"})

Edge = tuple[Identity, Identity]


@dataclass(frozen=True, slots=True)
class Stack:
    """The real stack at the first entry of `function` in `phase`; `links` are its neighbours in one thread."""

    phase: str
    function: Identity
    links: tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Trace:
    """One recording. `edges` maps each observed edge that counts to the kinds of call it was seen as."""

    name: str
    version: str
    python: str
    edges: Mapping[Edge, frozenset[str]]
    stacks: tuple[Stack, ...]
    # That was recorded.
    project: Path


def trace_names(folder: Path = TRACES) -> tuple[str, ...]:
    """`1.8.19`, `5.2.19-default` and the like, sorted by version."""
    names = [path.name.removeprefix("django-").removesuffix(".json.gz") for path in folder.glob("django-*.json.gz")]
    return tuple(sorted(names, key=lambda name: ([int(part) for part in name.partition("-")[0].split(".")], name)))


def load_trace(name: str, folder: Path = TRACES) -> Trace:
    """The recording called `name`."""
    with gzip.open(folder / f"django-{name}.json.gz", "rt", encoding="utf-8") as file:
        return read_trace(name, json.load(file))


def read_trace(name: str, record: Mapping[str, Any]) -> Trace:
    """A recording that is already parsed."""
    functions = {each["id"]: each for each in record["functions"]}
    edges: dict[Edge, frozenset[str]] = {}
    for each in record["edges"]:
        counted = _edge(functions[each["caller"]], functions[each["callee"]])
        if each["kind"] not in _NOT_COUNTED and counted is not None:
            edges[counted] = edges.get(counted, frozenset()) | {each["kind"]}
    stacks = tuple(
        Stack(each["phase"], _identity(functions[each["function"]]), _links(each["stack"], functions))
        for each in record["stacks"]
    )
    meta = record["meta"]
    return Trace(name, meta["version"], meta["python"], edges, stacks, FIXTURES / "projects" / name)


def trace_of(name: str, version: str, project: Path, observed: Observed, graph: CallGraph) -> Trace:
    """What `flowmap observe` wrote, as a recording. The graph tells which installed package is under study."""
    matching = Matching(graph, {end for edge in observed.edges for end in (edge.caller, edge.callee)})
    edges: dict[Edge, frozenset[str]] = {}
    for each in observed.edges:
        caller, callee = matching.identity(each.caller), matching.identity(each.callee)
        if caller is not None and callee is not None and counts(each):
            edges[caller, callee] = edges.get((caller, callee), frozenset()) | frozenset(each.kinds)
    return Trace(name, version, ", ".join(observed.pythons), edges, (), project)


def _identity(function: Mapping[str, Any]) -> Identity:
    return of_recorded(function["module"], function["qualname"])


def _edge(caller: Mapping[str, Any], callee: Mapping[str, Any]) -> Edge | None:
    """The edge between two recorded functions; None for one that counts on neither side."""
    edge = _identity(caller), _identity(callee)
    if callee["kind"] in _BODIES:
        return None
    # A comprehension counts as its function, which does not call itself by running it.
    if callee["kind"] in _COMPREHENSIONS and edge[0] == edge[1]:
        return None
    return edge


def _links(stack: Sequence[Any], functions: Mapping[int, Mapping[str, Any]]) -> tuple[Edge, ...]:
    links = []
    for outer, inner in itertools.pairwise(stack):
        if isinstance(outer, str) or isinstance(inner, str):  # the mark where one thread's stack ends
            continue
        link = _edge(functions[outer[0]], functions[inner[0]])
        if link is not None:
            links.append(link)
    return tuple(links)
