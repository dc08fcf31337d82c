"""The call graph in PyCG's simple JSON and its naming: `{"module.function": ["module.function", ...]}`.

PyCG is the published analyser whose output other tools of the field read (Salis et al., ICSE 2021).
"""

from __future__ import annotations

import json
import re
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.analysis.values import RESULT
from flowmap.callgraph.model import CallEdge, CallGraph, NodeKind
from flowmap.names import MODULE_BODY, FunctionName

BUILTINS: Final = "builtins"
_NUMBERS: Final = frozenset({"int", "float", "complex"})
_IMPORTS: Final = frozenset({Evidence.IMPORT, Evidence.IMPORT_STRING, Evidence.SETTING})
# What syntax asks of a type without naming it.
_PROTOCOLS: Final = frozenset(
    {
        Evidence.ATTRIBUTE,
        Evidence.AWAIT,
        Evidence.CONTEXT_MANAGER,
        Evidence.ITERATION,
        Evidence.OPERATOR,
        Evidence.PROPERTY,
    }
)


def simple_json(graph: CallGraph) -> bytes:
    """PyCG's JSON, sorted, with a newline at the end."""
    return json.dumps(simple(graph), indent=1, ensure_ascii=False).encode() + b"\n"


def simple(graph: CallGraph) -> dict[str, list[str]]:
    """Callees by caller, both under PyCG's names and sorted; what calls nothing, or is not called, has an empty list.

    Classes and what their bodies call are left out, and so are imports and what a builtin type does for syntax: PyCG
    has no names for them.
    """
    kinds = {name: function.kind for name, function in graph.functions.items()}
    own = [name for name, kind in kinds.items() if kind in {NodeKind.FUNCTION, NodeKind.MODULE}]
    callees: dict[str, set[str]] = {simple_name(name): set() for name in (*own, *graph.uncalled)}
    for edge in graph.edges:
        if _is_class(edge.caller, kinds) or _is_class(edge.callee, kinds) or _only_imports(edge) or _asks_builtin(edge):
            continue
        callee = simple_name(edge.callee)
        callees.setdefault(simple_name(edge.caller), set()).add(callee)
        callees.setdefault(callee, set())
    return {caller: sorted(own) for caller, own in sorted(callees.items())}


def simple_name(name: FunctionName) -> str:
    """PyCG's name: no `<locals>`, lambdas numbered from 1 in their scope, builtins under `<builtin>`."""
    if name.module == BUILTINS:
        return _builtin_name(name.qualname)
    # A method of what an external class gives is one of the class.
    parts = [_part(part) for part in name.qualname.replace(RESULT, "").split(".") if part != "<locals>"]
    return name.module if name.qualname == MODULE_BODY else ".".join((name.module, *parts))


def _part(part: str) -> str:
    if match := re.fullmatch(r"<lambda(?:#(\d+))?>", part):
        return f"<lambda{match[1] or 1}>"
    # PyCG has one name for all definitions that are bound to it.
    return part.partition("#")[0]


def _builtin_name(qualname: str) -> str:
    kind, _, method = qualname.partition(".")
    if not method or method in {"__init__", "__new__"}:
        return f"<builtin>.{kind}"
    shown = "Num" if kind in _NUMBERS else kind.capitalize()
    return f"<**Py{shown}**>.{method}"


def _is_class(name: FunctionName, kinds: dict[FunctionName, NodeKind]) -> bool:
    return kinds.get(name) is NodeKind.CLASS


def _only_imports(edge: CallEdge) -> bool:
    return edge.callee.qualname == MODULE_BODY and all(site.evidence in _IMPORTS for site in edge.sites)


def _asks_builtin(edge: CallEdge) -> bool:
    return edge.callee.module == BUILTINS and all(site.evidence in _PROTOCOLS for site in edge.sites)
