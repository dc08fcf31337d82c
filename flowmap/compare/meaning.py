"""Which functions a name in a contract means: a function, a class, a module, a pattern, a stage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from typing import Final

from flowmap.callgraph.model import CallGraph, Function, NodeKind
from flowmap.callgraph.queries import function_named
from flowmap.compare.sides import Snapshot
from flowmap.errors import AmbiguousFunctionError, UnknownFunctionError
from flowmap.flow.model import Flow
from flowmap.names import MODULE_BODY, FunctionName

STAGE: Final = "stage:"


def functions_meant(text: str, snapshot: Snapshot) -> frozenset[FunctionName]:
    """The functions that a name means; none where nothing has it.

    `stage:ID` is what opens a stage. With a `*` it is a pattern for ids and dotted names. Else it is the only function,
    class or module of which this is the id or the dotted end; a class and a module are all that is in them. The body
    of a module, which runs when it is imported, is meant only where there is nothing else. Raises
    AmbiguousFunctionError.
    """
    if text.startswith(STAGE):
        return _opening(text.removeprefix(STAGE), snapshot.flow)
    functions = {**(snapshot.graph.functions if snapshot.graph else {}), **snapshot.flow.functions}
    if "*" in text:
        return _called(name for name in functions if any(fnmatchcase(each, text) for each in _spellings(name)))
    try:
        name = function_named(CallGraph(functions, (), (), ()), text)
    except UnknownFunctionError:
        return _inside(text, functions)
    if name.qualname == MODULE_BODY:
        return _called(each for each in functions if each.module == name.module)
    if functions[name].kind is NodeKind.CLASS:
        return _of_class(name, functions)
    return frozenset({name})


def _called(names: Iterable[FunctionName]) -> frozenset[FunctionName]:
    found = frozenset(names)
    return frozenset(name for name in found if name.qualname != MODULE_BODY) or found


def _spellings(name: FunctionName) -> tuple[str, str]:
    return str(name), str(name).replace(":", ".").replace(".<locals>", "")


def _opening(stage: str, flow: Flow) -> frozenset[FunctionName]:
    """The landmark of a stage, and what is called in its role: by the same caller, in the same stage."""
    found = [each for each in flow.stages if each.id == stage]
    callers = {
        step.caller for each in found for step in each.steps if step.callee == each.landmark and not step.returning
    }
    called = {step.callee for each in found for step in each.steps if step.caller in callers}
    return frozenset({*(each.landmark for each in found), *called})


def _inside(text: str, functions: Mapping[FunctionName, Function]) -> frozenset[FunctionName]:
    """What is in the only class or module whose dotted name ends so, though it is itself no node of the graph."""
    wanted = f".{text.replace(':', '.')}"
    holders: dict[FunctionName, None] = {}
    for name in sorted(functions):
        holders[FunctionName(name.module, MODULE_BODY)] = None
        parts = name.qualname.split(".<locals>")[0].split(".")
        # What holds a function that is in no other function is a class.
        holders.update((FunctionName(name.module, ".".join(parts[:count])), None) for count in range(1, len(parts)))
    found = [each for each in holders if f".{_holder(each)}".endswith(wanted)]
    if len(found) > 1:
        raise AmbiguousFunctionError(text, [str(name) for name in found])
    if not found:
        return frozenset()
    (name,) = found
    if name.qualname == MODULE_BODY:
        return _called(each for each in functions if each.module == name.module)
    return _of_class(name, functions)


def _holder(name: FunctionName) -> str:
    return name.module if name.qualname == MODULE_BODY else f"{name.module}.{name.qualname}"


def _of_class(name: FunctionName, functions: Mapping[FunctionName, Function]) -> frozenset[FunctionName]:
    inside = f"{name.qualname}."
    members = (each for each in functions if each.module == name.module and each.qualname.startswith(inside))
    return frozenset({*members, *({name} & functions.keys())})
