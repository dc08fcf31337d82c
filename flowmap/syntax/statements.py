"""Lowers statements: one small function for each node type of libcst, found through a table."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.expressions import LOWER, operator, optional, start_above
from flowmap.syntax.targets import target
from flowmap.syntax.walk import Walk


def body_of(walk: Walk, suite: cst.CSTNode) -> tuple[str | None, tuple[ir.Stmt, ...]]:
    """Lower a module's, class's or function's body, and take its docstring out of it."""
    body = block(walk, suite)
    nodes: Sequence[Any] = getattr(suite, "body", ())
    if not body or not nodes or not isinstance(body[0], ir.ExprStmt):
        return None, body
    first = nodes[0].body[0] if isinstance(nodes[0], cst.SimpleStatementLine) else nodes[0]
    text = body[0].value
    if not isinstance(first, cst.Expr) or not isinstance(first.value, cst.SimpleString | cst.ConcatenatedString):
        return None, body
    if not isinstance(text, ir.Constant) or not isinstance(text.value, str):
        return None, body
    del walk.trace[walk.scope.start : walk.scope.start + 2]
    return text.value, body[1:]


def block(walk: Walk, suite: cst.CSTNode) -> tuple[ir.Stmt, ...]:
    """Lower a suite: an indented block, the statements after a colon, or a module."""
    lowered: list[ir.Stmt] = []
    walk.deepen()
    for node in suite.body:  # type: ignore[attr-defined]  # every kind of suite has one
        if node.__class__ is cst.SimpleStatementLine:
            for small in node.body:
                statement = STATEMENTS[small.__class__](walk, small)
                if statement is not None:
                    lowered.append(statement)
        else:
            statement = STATEMENTS[node.__class__](walk, node)
            if statement is not None:
                lowered.append(statement)
    walk.depth -= 1
    return tuple(lowered)


# --- simple statements ------------------------------------------------------------------------------------------------


def expression_statement(walk: Walk, node: cst.Expr) -> ir.Stmt:
    value = LOWER[node.value.__class__](walk, node.value)
    walk.trace.append(";")
    return ir.ExprStmt(value)


def _start_above(node: cst.CSTNode) -> int:
    if node.__class__ is cst.Tuple and node.elements:
        return start_above(node) + start_above(node.elements[0].value)
    return start_above(node)


def assign(walk: Walk, node: cst.Assign) -> ir.Stmt:
    sites = walk.sites
    site = len(sites)
    sites.append(walk.token)
    first = node.targets[0].target
    if first.__class__ is not cst.Name:
        above = _start_above(first)
        if above:
            walk.shifts[site] = above
    targets = tuple([target(walk, each.target) for each in node.targets])
    value = LOWER[node.value.__class__](walk, node.value)
    walk.trace.append(f"={len(targets)}")
    return ir.Assign(targets, value, site)


def augmented(walk: Walk, node: cst.AugAssign) -> ir.Stmt:
    site = walk.site_at(walk.token, _start_above(node.target))
    op = operator(node.operator)
    bound = target(walk, node.target)
    value = LOWER[node.value.__class__](walk, node.value)
    walk.trace.append(op + "=")
    return ir.AugAssign(op, bound, value, site)


def annotated(walk: Walk, node: cst.AnnAssign) -> ir.Stmt:
    site = walk.site()
    bound = target(walk, node.target)
    start = len(walk.trace)
    annotation = LOWER[node.annotation.annotation.__class__](walk, node.annotation.annotation)
    walk.unprinted(start)
    value = optional(walk, node.value)
    # An annotation alone is as good as nothing; with a value, it is an assignment like any other.
    walk.trace.append(":" if value is None else "=1")
    return ir.AnnAssign(bound, annotation, value, site)


def delete(walk: Walk, node: cst.Del) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    nodes = [each.value for each in node.target.elements] if isinstance(node.target, cst.Tuple) else [node.target]
    targets = tuple([target(walk, each) for each in nodes])
    walk.trace.append(f"del{len(targets)}")
    return ir.Delete(targets, site)


def return_(walk: Walk, node: cst.Return) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    value = optional(walk, node.value)
    walk.trace.append("return 0" if value is None else "return 1")
    return ir.Return(value, site)


def raise_(walk: Walk, node: cst.Raise) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    error = optional(walk, node.exc)
    cause: ir.Expr | None = None
    if isinstance(node.cause, cst.From):
        walk.token += 1
        cause = LOWER[node.cause.item.__class__](walk, node.cause.item)
    walk.trace.append(f"raise{error is not None:d}{cause is not None:d}")
    return ir.Raise(error, cause, site)


def assert_(walk: Walk, node: cst.Assert) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    test = LOWER[node.test.__class__](walk, node.test)
    message = optional(walk, node.msg)
    walk.trace.append(f"assert{message is not None:d}")
    return ir.Assert(test, message, site)


def pass_(walk: Walk, _: cst.Pass) -> None:
    walk.token += 1


def break_(walk: Walk, _: cst.Break) -> ir.Stmt:
    walk.token += 1
    walk.trace.append("break ")
    return ir.Break()


def continue_(walk: Walk, _: cst.Continue) -> ir.Stmt:
    walk.token += 1
    walk.trace.append("continue ")
    return ir.Continue()


def global_(walk: Walk, node: cst.Global) -> None:
    for item in node.names:
        walk.token += 1
        walk.scope.declared_global.add(walk.spelled(item.name.value))


def nonlocal_(walk: Walk, node: cst.Nonlocal) -> None:
    for item in node.names:
        walk.token += 1
        walk.scope.declared_nonlocal.add(walk.spelled(item.name.value))


# --- imports ----------------------------------------------------------------------------------------------------------


def _dotted(walk: Walk, node: cst.CSTNode) -> str:
    parts: list[str] = []
    while isinstance(node, cst.Attribute):
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        raise TypeError(type(node).__name__)
    parts.append(node.value)
    walk.token += len(parts)
    return ".".join(reversed(parts))


def _alias(walk: Walk, node: cst.ImportAlias) -> ir.Alias:
    name = _dotted(walk, node.name)
    asname: str | None = None
    if node.asname is not None and isinstance(node.asname.name, cst.Name):
        asname = walk.bound(node.asname.name)
    return ir.Alias(name, asname)


def _wants(walk: Walk, modules: Sequence[str]) -> None:
    scope = walk.scope
    if scope.kind in ("module", "class") and not scope.nested:
        for module in modules:
            walk.imports[module] = None


def import_(walk: Walk, node: cst.Import | cst.LazyImport) -> ir.Stmt:
    site = walk.site()
    walk.token += 2 if isinstance(node, cst.LazyImport) else 1
    start = len(walk.trace)
    names = tuple([_alias(walk, each) for each in node.names])
    for alias in names:
        if alias.asname is None:
            walk.scope.bind(walk.spelled(alias.name.partition(".")[0]))
        walk.trace += ("." + alias.name, alias.asname or "-")
    _wants(walk, [alias.name for alias in names])
    walk.trace.append(f"import{len(names)}")
    walk.declared(start)
    return ir.Import(names, site)


def import_from(walk: Walk, node: cst.ImportFrom | cst.LazyImportFrom) -> ir.Stmt:
    site = walk.site()
    level = len(node.relative)
    start = len(walk.trace)
    walk.token += (2 if isinstance(node, cst.LazyImportFrom) else 1) + level // 3
    module = "" if node.module is None else _dotted(walk, node.module)
    walk.token += 1
    origin = "." * level + module
    if isinstance(node.names, cst.ImportStar):
        names: tuple[ir.Alias, ...] = (ir.Alias("*", None),)
        _wants(walk, [origin])
    else:
        names = tuple([_alias(walk, each) for each in node.names])
        path = origin if origin.endswith(".") else origin + "."
        _wants(walk, [origin, *[path + alias.name for alias in names]])
        for alias in names:
            if alias.asname is None:
                walk.scope.bind(walk.spelled(alias.name))
    for alias in names:
        walk.trace += ("." + alias.name, alias.asname or "-")
    walk.trace.append(f"from{len(names)}{origin}")
    walk.declared(start)
    return ir.ImportFrom(module, names, level, site)


# --- compound statements ----------------------------------------------------------------------------------------------


def if_(walk: Walk, node: cst.If) -> ir.Stmt:
    first, *elifs = [_branch(walk, branch) for branch in _branches(node)]
    last: cst.If | cst.Else | None = node
    while isinstance(last, cst.If):
        last = last.orelse
    orelse = _else(walk, last)
    walk.trace.append(f"if{len(first.body)},{len(elifs)},{len(orelse)}")
    return ir.If(first.test, first.body, tuple(elifs), orelse, first.site)


def _branches(node: cst.If) -> Iterator[cst.If]:
    """An `if` and its `elif`s."""
    branch: cst.If | cst.Else | None = node
    while isinstance(branch, cst.If):
        yield branch
        branch = branch.orelse


def _branch(walk: Walk, node: cst.If) -> ir.If:
    site = walk.site()
    walk.token += 1
    test = LOWER[node.test.__class__](walk, node.test)
    body = block(walk, node.body)
    walk.trace.append(f"elif{len(body)}")
    return ir.If(test, body, (), (), site)


def _else(walk: Walk, node: cst.Else | None) -> tuple[ir.Stmt, ...]:
    return () if node is None else block(walk, node.body)


def while_(walk: Walk, node: cst.While) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    test = LOWER[node.test.__class__](walk, node.test)
    body, orelse = block(walk, node.body), _else(walk, node.orelse)
    walk.trace.append(f"while{len(body)},{len(orelse)}")
    return ir.While(test, body, orelse, site)


def for_(walk: Walk, node: cst.For) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    bound = target(walk, node.target)
    iterable = LOWER[node.iter.__class__](walk, node.iter)
    body, orelse = block(walk, node.body), _else(walk, node.orelse)
    is_async = node.asynchronous is not None
    walk.trace.append(f"for{is_async:d},{len(body)},{len(orelse)}")
    return ir.For(bound, iterable, body, orelse, is_async, site)


def with_(walk: Walk, node: cst.With) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    items: list[ir.WithItem] = []
    for item in node.items:
        inner = walk.site()
        context = LOWER[item.item.__class__](walk, item.item)
        bound = None if item.asname is None else target(walk, item.asname.name)
        walk.trace.append("as 0" if bound is None else "as 1")
        items.append(ir.WithItem(context, bound, inner))
    body = block(walk, node.body)
    is_async = node.asynchronous is not None
    walk.trace.append(f"with{is_async:d},{len(items)},{len(body)}")
    return ir.With(tuple(items), body, is_async, site)


def _handler(walk: Walk, node: cst.ExceptHandler | cst.ExceptStarHandler) -> ir.Handler:
    site = walk.site()
    walk.token += 1
    caught = optional(walk, node.type)
    name: str | None = None
    if node.name is not None and isinstance(node.name.name, cst.Name):
        name = walk.bound(node.name.name)
        walk.trace.append(name)
    body = block(walk, node.body)
    walk.trace.append(f"except{caught is not None:d}{name is not None:d},{len(body)}")
    return ir.Handler(caught, name, body, site)


def try_(walk: Walk, node: cst.Try | cst.TryStar) -> ir.Stmt:
    site = walk.site()
    walk.token += 1
    body = block(walk, node.body)
    handlers = tuple([_handler(walk, handler) for handler in node.handlers])
    orelse = _else(walk, node.orelse)
    final = () if node.finalbody is None else block(walk, node.finalbody.body)
    is_star = isinstance(node, cst.TryStar)
    walk.trace.append(f"try{is_star:d},{len(body)},{len(handlers)},{len(orelse)},{len(final)}")
    return ir.Try(body, handlers, orelse, final, is_star, site)


STATEMENTS: dict[type, Callable[[Walk, Any], ir.Stmt | None]] = {
    cst.Expr: expression_statement,
    cst.Assign: assign,
    cst.AugAssign: augmented,
    cst.AnnAssign: annotated,
    cst.Del: delete,
    cst.Return: return_,
    cst.Raise: raise_,
    cst.Assert: assert_,
    cst.Pass: pass_,
    cst.Break: break_,
    cst.Continue: continue_,
    cst.Global: global_,
    cst.Nonlocal: nonlocal_,
    cst.Import: import_,
    cst.LazyImport: import_,
    cst.ImportFrom: import_from,
    cst.LazyImportFrom: import_from,
    cst.If: if_,
    cst.While: while_,
    cst.For: for_,
    cst.With: with_,
    cst.Try: try_,
    cst.TryStar: try_,
}
