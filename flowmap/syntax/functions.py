"""Lowers what has a code object of its own: functions, lambdas and classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.expressions import CALL, LOWER, arguments, optional
from flowmap.syntax.statements import STATEMENTS, body_of
from flowmap.syntax.walk import TYPE_PARAMETER, Walk

POSITIONAL_ONLY, POSITIONAL, STAR_ARGS, KEYWORD_ONLY, STAR_KWARGS = range(5)


class _Formals(NamedTuple):
    """The parameters of a function, what they default to, and those annotations that call something."""

    parameters: tuple[ir.Parameter, ...]
    defaults: tuple[ir.Expr | None, ...]
    annotations: tuple[ir.Expr, ...]
    signature: str


def _in_order(node: cst.Parameters) -> list[tuple[cst.Param, int]]:
    ordered = [(param, POSITIONAL_ONLY) for param in node.posonly_params] if node.posonly_params else []
    ordered += [(param, POSITIONAL) for param in node.params]
    if node.star_arg.__class__ is cst.Param:
        ordered.append((node.star_arg, STAR_ARGS))
    if node.kwonly_params:
        ordered += [(param, KEYWORD_ONLY) for param in node.kwonly_params]
    if node.star_kwarg is not None:
        ordered.append((node.star_kwarg, STAR_KWARGS))
    return ordered


def _formals(walk: Walk, node: cst.Parameters) -> _Formals:
    parameters: list[ir.Parameter] = []
    defaults: list[ir.Expr | None] = []
    annotations: list[ir.Expr] = []
    for param, kind in _in_order(node):
        walk.token += 1
        spelled = param.name.value
        if spelled[0] == "_":
            spelled = walk.spelled(spelled)
        if param.annotation is not None:
            _annotation(walk, param.annotation, annotations)
        default = param.default
        defaults.append(None if default is None else LOWER[default.__class__](walk, default))
        parameters.append(ir.Parameter(spelled, kind, default is not None))
    return _Formals(tuple(parameters), tuple(defaults), tuple(annotations), _signature(parameters))


def _annotation(walk: Walk, node: cst.Annotation, kept: list[ir.Expr]) -> None:
    start = len(walk.trace)
    lowered = LOWER[node.annotation.__class__](walk, node.annotation)
    if isinstance(node.annotation, cst.StarredElement):
        lowered = ir.Starred(lowered)
    if any(word.startswith(CALL) for word in walk.trace[start:]):
        kept.append(lowered)
    walk.unprinted(start)


_STARS = {STAR_ARGS: "*", STAR_KWARGS: "**"}


def _signature(parameters: Sequence[ir.Parameter]) -> str:
    shown: list[str] = []
    previous = POSITIONAL
    for parameter in parameters:
        kind = parameter.kind
        if previous == POSITIONAL_ONLY and kind != POSITIONAL_ONLY:
            shown.append("/")
        if kind == KEYWORD_ONLY and previous not in (STAR_ARGS, KEYWORD_ONLY):
            shown.append("*")
        shown.append(f"{_STARS.get(kind, '')}{parameter.name}{'=…' if parameter.has_default else ''}")
        previous = kind
    if previous == POSITIONAL_ONLY:
        shown.append("/")
    return f"({', '.join(shown)})"


def _type_parameters(walk: Walk, node: cst.TypeParameters | None) -> tuple[str, ...]:
    """Pass the type parameters (PEP 695), make them visible in what is left of the header, and return their names."""
    if node is None:
        return ()
    walk.token += 1
    names: list[str] = []
    start = len(walk.trace)
    for parameter in node.params:
        walk.token += 1
        names.append(walk.spelled(parameter.param.name.value))
        walk.renames = {**walk.renames, names[-1]: ""}
        if isinstance(parameter.param, cst.TypeVar):
            optional(walk, parameter.param.bound)
        optional(walk, parameter.default)
    walk.unprinted(start)
    return tuple(names)


def _bind_type_parameters(walk: Walk, names: Sequence[str]) -> tuple[ir.Stmt, ...]:
    statements: list[ir.Stmt] = []
    for name in names:
        walk.scope.bind(name)
        site = walk.site_at(max(walk.token - 1, 0))
        statements.append(ir.Assign((ir.Name(name, site),), TYPE_PARAMETER, walk.site_at(max(walk.token - 1, 0))))
    return tuple(statements)


def _decorators(walk: Walk, nodes: Sequence[cst.Decorator]) -> tuple[ir.Expr, ...]:
    return tuple([LOWER[node.decorator.__class__](walk, node.decorator) for node in nodes])


def function_def(walk: Walk, node: cst.FunctionDef) -> ir.Stmt:
    """Lower a `def`: decorators, defaults and annotations belong to the scope that the function is defined in."""
    decorators = _decorators(walk, node.decorators)
    site = walk.site()
    name = node.name.value
    bound = walk.bound(node.name)
    qualname = walk.scope.child_qualname(name)
    type_names = _type_parameters(walk, node.type_parameters) if node.type_parameters else ()
    formals = _formals(walk, node.params)
    annotations = list(formals.annotations)
    if node.returns is not None:
        _annotation(walk, node.returns, annotations)
    walk.renames = {}
    scope = walk.enter("function", name, qualname)
    scope.is_async = node.asynchronous is not None
    for parameter in formals.parameters:
        scope.bind(parameter.name)
    prologue = _bind_type_parameters(walk, type_names)
    doc, body = body_of(walk, node.body)
    code = walk.leave(prologue + body, line=site, parameters=formals.parameters, signature=formals.signature, doc=doc)
    walk.defined(name, f"def{len(decorators)}{len(formals.parameters)}")
    return ir.FunctionDef(bound, code, decorators, formals.defaults, tuple(annotations), site)


def class_def(walk: Walk, node: cst.ClassDef) -> ir.Stmt:
    """Lower a `class`: bases and keywords belong to the scope that the class is defined in."""
    decorators = _decorators(walk, node.decorators)
    site = walk.site()
    name = node.name.value
    bound = walk.bound(node.name)
    qualname = walk.scope.child_qualname(name)
    type_names = _type_parameters(walk, node.type_parameters) if node.type_parameters else ()
    passed = arguments(walk, (*node.bases, *node.keywords))
    walk.renames = {}
    walk.enter("class", name, qualname)
    prologue = _bind_type_parameters(walk, type_names)
    doc, body = body_of(walk, node.body)
    code = walk.leave(prologue + body, line=site, doc=doc)
    walk.defined(name, f"class{len(decorators)}{len(passed)}")
    return ir.ClassDef(bound, code, passed, decorators, site)


def lambda_(walk: Walk, node: cst.Lambda) -> ir.Expr:
    """Lower a lambda; its parameters hide the targets of comprehensions around it."""
    site = walk.site()
    walk.token += 1
    formals = _formals(walk, node.params)
    scope = walk.enter("lambda", "<lambda>", walk.scope.child_qualname("<lambda>"))
    for parameter in formals.parameters:
        scope.bind(parameter.name)
    outside = walk.renames
    if outside:
        walk.renames = {old: new for old, new in outside.items() if old not in scope.bound}
    inner = walk.site()
    walk.deepen()
    value = LOWER[node.body.__class__](walk, node.body)
    walk.depth -= 1
    body = (ir.Return(value, inner),)
    walk.renames = outside
    code = walk.leave(body, line=site, parameters=formals.parameters, signature=formals.signature)
    walk.trace.append(f"lambda{len(formals.parameters)}")
    return ir.Lambda(code, formals.defaults, site)


def type_alias(walk: Walk, node: cst.TypeAlias) -> ir.Stmt:
    """Lower `type X = ...` (PEP 695), whose value is not evaluated before it is asked for."""
    site = walk.site()
    walk.token += 1
    name_site = walk.site()
    bound = walk.bound(node.name)
    _type_parameters(walk, node.type_parameters)
    start = len(walk.trace)
    LOWER[node.value.__class__](walk, node.value)
    walk.unprinted(start)
    walk.renames = {}
    walk.trace += (bound, "type ")
    return ir.Assign((ir.Name(bound, name_site),), ir.Literal("type-alias"), site)


STATEMENTS[cst.FunctionDef] = function_def
STATEMENTS[cst.ClassDef] = class_def
STATEMENTS[cst.TypeAlias] = type_alias
LOWER[cst.Lambda] = lambda_
