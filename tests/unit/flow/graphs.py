"""Small call graphs written down by hand, one activation a line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from flowmap.analysis.result import Evidence
from flowmap.callgraph.conditions import NO_CONDITIONS, Conditions
from flowmap.callgraph.model import (
    Activation,
    ActivationCall,
    CallEdge,
    CallGraph,
    CallSite,
    Function,
    Gap,
    NodeKind,
)
from flowmap.flow.landmarks import FindLandmarks, Landmark, Landmarks, Sight
from flowmap.flow.model import Step, Subject
from flowmap.names import MODULE_BODY, FunctionName, Origin

SUBJECT = Subject("Thing", "1.0", "", "3.11", "manage.py serve", "site", "linux", {})

_CALL = re.compile(r"(?:(?P<line>\d+)\s+)?(?:(?P<evidence>[\w-]+)\s+)?(?P<callee>\w+)")


def graph(
    text: str,
    *,
    origins: Mapping[str, Origin] = {},
    receivers: Mapping[str, str] = {},
    callables: Mapping[str, tuple[str, ...]] = {},
    gaps: Iterable[Gap] = (),
    conditions: Conditions = NO_CONDITIONS,
) -> CallGraph:
    """A graph of lines `key = module:qualname -> [line] [evidence] key, ...`; the first is the entry's caller.

    Lines default to 1, 2, ... in each caller. `origins` go by module, the distribution's where they say nothing.
    """
    rows = [row.strip() for row in text.splitlines() if row.strip()]
    parsed = [re.fullmatch(r"(\w+) = (\S+)(?: -> (.*))?", row) for row in rows]
    keys = {match[1]: i for i, match in enumerate(parsed) if match}
    activations: list[Activation] = []
    functions: dict[FunctionName, Function] = {}
    sites: dict[tuple[FunctionName, FunctionName], set[CallSite]] = {}
    names = [FunctionName.parse(match[2]) for match in parsed if match]
    for number, match in enumerate(parsed):
        assert match, rows[number]
        calls = []
        for position, part in enumerate(filter(None, (match[3] or "").split(", ")), start=1):
            call = _CALL.fullmatch(part.strip())
            assert call, part
            site = CallSite(int(call["line"] or position), Evidence(call["evidence"] or "call"))
            calls.append(ActivationCall(site.line, site.evidence, keys[call["callee"]]))
            if number:
                sites.setdefault((names[number], names[keys[call["callee"]]]), set()).add(site)
        receiver = receivers.get(match[1])
        handed = tuple(FunctionName.parse(each) for each in callables.get(match[1], ()))
        own = FunctionName.parse(receiver) if receiver else None
        activations.append(Activation(names[number], tuple(calls), ("x", "y"), own, handed))
        if number:
            kind = NodeKind.MODULE if names[number].qualname == MODULE_BODY else NodeKind.FUNCTION
            origin = origins.get(names[number].module, Origin.DISTRIBUTION)
            functions[names[number]] = Function(names[number], kind, origin, "f.py", 1, 9)
    edges = tuple(sorted(CallEdge(a, b, tuple(sorted(found))) for (a, b), found in sites.items()))
    return CallGraph(dict(sorted(functions.items())), edges, tuple(gaps), (), tuple(activations), conditions)


def numbers(of: CallGraph, name: str) -> frozenset[int]:
    """The activations of a function."""
    return frozenset(i for i, each in enumerate(of.activations) if str(each.function) == name)


def through(of: CallGraph, *names: str, sights: tuple[Sight, ...] = ()) -> FindLandmarks:
    """Landmarks that are these functions, one a stage, each stage bearing its function's qualified name."""
    stages = tuple(Landmark(name.partition(":")[2], name.title(), numbers(of, name)) for name in names)
    return lambda _graph, _subject: Landmarks(stages, sights)


def short(step: Step) -> str:
    """`caller@layer -> callee@layer`, without modules."""
    tail = f"@{step.caller_layer}" if step.caller_layer else ""
    head = f"@{step.layer}" if step.layer else ""
    return f"{step.caller.qualname}{tail} -> {step.callee.qualname}{head}"
