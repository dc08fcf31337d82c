"""Turns graphs and flows into plain values under other names, so that `==` compares them."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Callable, Iterable, Mapping

from flowmap.callgraph.model import CallGraph
from flowmap.flow.model import Flow
from flowmap.names import FunctionName

Rename = Callable[[str], str]

# A fingerprint covers the names a body uses, a digest the bytes: both differ and should.
_LEFT_OUT = frozenset({"body", "sha256", "activations"})


def plain_graph(graph: CallGraph, rename: Rename = str) -> dict[str, object]:
    """Everything sorted by its text: renaming changes the order by name and nothing else."""
    return {
        "functions": _sorted(graph.functions.values(), rename),
        "edges": _sorted([(edge.caller, edge.callee, sorted(edge.sites)) for edge in graph.edges], rename),
        "gaps": _sorted(graph.gaps, rename),
        # How often one is hit depends on names where the release looks at them: settings called SECRET_... are hidden.
        "bounds": sorted((bound.name, bound.limit, _place(bound.where, rename)) for bound in graph.bounds),
    }


def plain_flow(flow: Flow, rename: Rename = str) -> dict[str, object]:
    """Stages and steps in their order; the rest sorted."""
    return {
        "subject": plain(flow.subject, rename),
        "stages": [plain(stage, rename) for stage in flow.stages],
        "functions": _sorted(flow.functions.values(), rename),
        "hidden": plain(flow.hidden, rename),
        "gaps": _sorted(flow.gaps, rename),
        "missing": plain(flow.missing, rename),
    }


def plain(value: object, rename: Rename = str) -> object:
    """Strings renamed, names as their text, dataclasses as dicts, sequences as lists."""
    if isinstance(value, FunctionName):
        return _place(str(value), rename)
    if isinstance(value, str):
        return rename(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value) if field.name not in _LEFT_OUT]
        return {name: plain(getattr(value, name), rename) for name in names}
    if isinstance(value, Mapping):
        return {str(plain(key, rename)): plain(each, rename) for key, each in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each, rename) for each in value]
    return value


def _place(name: str, rename: Rename) -> str:
    # The library's own `BaseHandler` keeps its name: only the release was renamed.
    in_library = name.partition(":")[0].partition(".")[0] in sys.stdlib_module_names
    return name if in_library else rename(name)


def _sorted(values: Iterable[object], rename: Rename) -> list[object]:
    return sorted((plain(each, rename) for each in values), key=repr)
