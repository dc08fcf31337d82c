"""From activations to the call graph: what is reachable from the entry, by function."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from flowmap.analysis.naming import name_of
from flowmap.analysis.program import Analysis
from flowmap.analysis.result import Evidence
from flowmap.analysis.values import Activation as Evaluated
from flowmap.analysis.values import (
    BoundMethod,
    CodeBlock,
    Instance,
    Partial,
    PointsTo,
    Tuple,
)
from flowmap.analysis.values import Function as FunctionValue
from flowmap.callgraph.conditions import Conditions
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
from flowmap.names import FunctionName, Origin
from flowmap.syntax import ir

_BODY = "body"
"""The link from a statement to the class body it runs: no call, but the way to the body's calls."""


def build(analysis: Analysis) -> CallGraph:
    """The call graph of an analysis. Edges of one caller and callee are one edge with all their sites."""
    order = analysis.reachable()
    numbers = {activation: i for i, activation in enumerate(order)}
    functions: dict[FunctionName, Function] = {}
    sites: dict[tuple[FunctionName, FunctionName], dict[CallSite, None]] = {}
    gaps: dict[Gap, None] = {}
    activations: list[Activation] = []
    classes = analysis.classes()
    for activation in order:
        caller = activation.block.function
        is_entry = activation is analysis.entry
        if not is_entry and caller not in functions:
            functions[caller] = _function(activation.block, analysis)
        calls: list[ActivationCall] = []
        for line, evidence, callee in activation.calls:
            if isinstance(callee, Evaluated):
                calls.append(
                    ActivationCall(
                        line, Evidence(evidence) if evidence != _BODY else Evidence.CLASS_BODY, numbers[callee]
                    )
                )
                name = callee.block.function
            else:
                name = name_of(callee)
                if name not in functions:
                    body = classes.get(name)
                    functions[name] = _function(body.block, analysis) if body is not None else _external(name)
            if evidence != _BODY and not is_entry:
                sites.setdefault((caller, name), {})[CallSite(line, Evidence(evidence))] = None
        for line, reason, missed in activation.gaps:
            gap = _entry_gap(activation, reason, missed) if is_entry else Gap(caller, line, reason, missed)
            if gap is not None:
                gaps[gap] = None
        context = activation.context
        texts = tuple(_text(value) for value in context)
        activations.append(Activation(caller, tuple(calls), texts, _receiver(context), _callables(context)))
    blocks = {each.block.function: (each.block.code, each.block.lines) for each in reversed(order)}
    conditions = Conditions(blocks)
    edges = tuple(sorted(CallEdge(a, b, tuple(sorted(found))) for (a, b), found in sites.items()))
    return CallGraph(
        dict(sorted(functions.items())), edges, tuple(sorted(gaps)), analysis.bounds(), tuple(activations), conditions,
        tuple(sorted(_defined(order) - functions.keys())),
    )  # fmt: skip


def _entry_gap(entry: Evaluated, reason: str, missed: str) -> Gap | None:
    """What whoever starts the program could not follow, such as an application that is not known when a server calls
    it: said of the end of the module that has it, which has run by then.
    """
    modules = [each.block for _, _, each in entry.calls if isinstance(each, Evaluated)]
    return Gap(modules[0].function, modules[0].code.end_line, reason, missed) if modules else None


def _defined(order: Sequence[Evaluated]) -> set[FunctionName]:
    """The functions and lambdas that are written in the modules of the program itself."""
    found: set[FunctionName] = set()
    for block in {each.block for each in order}:
        if block.code.kind == "module" and block.module.origin is Origin.PROJECT:
            found.update(FunctionName(block.module.name, code.qualname) for code in _codes(block.code))
    return found


def _codes(module: ir.Code) -> Iterator[ir.Code]:
    pending: list[object] = list(module.body)
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
        elif isinstance(node, msgspec.Struct):
            if isinstance(node, ir.Code) and node.kind in {"function", "lambda"}:
                yield node
            pending.extend(getattr(node, name) for name in node.__struct_fields__)


def _function(block: CodeBlock, analysis: Analysis) -> Function:
    code = block.code
    kind = NodeKind.FUNCTION if code.kind in {"function", "lambda"} else NodeKind(code.kind)
    return Function(
        block.function, kind, block.module.origin, analysis.files.get(block.module.name, ""), code.line, code.end_line,
        code.signature, code.body_print,
    )  # fmt: skip


def _external(name: FunctionName) -> Function:
    return Function(name, NodeKind.EXTERNAL, Origin.STDLIB)


def _receiver(context: Sequence[PointsTo | None]) -> FunctionName | None:
    classes = {each.cls for each in (context[0] or ()) if isinstance(each, Instance)} if context else set()
    if len(classes) != 1:
        return None
    (only,) = classes
    return None if only.is_native else FunctionName(only.module, only.qualname)


def _callables(context: Iterable[PointsTo | None]) -> tuple[FunctionName, ...]:
    found: dict[FunctionName, None] = {}
    for values in context:
        pending = list(values or ())
        while pending:
            each = pending.pop()
            if isinstance(each, Tuple):
                pending.extend(value for element in each.elements for value in element)
            while isinstance(each, BoundMethod | Partial):
                each = each.function
            if isinstance(each, FunctionValue):
                found[each.block.function] = None
    return tuple(sorted(found))


def _text(value: PointsTo | None) -> str:
    return "*" if value is None else " | ".join(repr(each) for each in value.items[:4])
