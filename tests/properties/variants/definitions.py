"""Which top-level definitions do nothing but bind their name, so that it does not matter where they stand."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator, Sequence
from typing import TypeAlias

Definition: TypeAlias = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_PURE_DECORATORS = {"staticmethod", "classmethod", "property"}
# What creating a class of such a base would call.
_HOOKS = {"__init_subclass__", "__mro_entries__", "__class_getitem__"}
_BUILTINS = frozenset(vars(builtins))


def is_plain(definition: ast.stmt, plain: Sequence[str] = ()) -> bool:
    """Whether the statement is a definition whose evaluation calls nothing of the program and reads nothing of it.

    `plain` are classes that may be its bases; a plain class has no metaclass and no hook that its children would call.
    """
    if isinstance(definition, _FUNCTIONS):
        return not definition.decorator_list and _is_plain_function(definition)
    if not isinstance(definition, ast.ClassDef) or definition.decorator_list or definition.keywords:
        return False
    bases = all(isinstance(base, ast.Name) and (base.id in plain or _is_builtin(base)) for base in definition.bases)
    return bases and all(map(_is_plain_member, definition.body))


def _is_plain_function(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return all(isinstance(each, ast.Constant) or _is_builtin(each) for each in eager(function))


def _is_plain_member(statement: ast.stmt) -> bool:
    if isinstance(statement, _FUNCTIONS):
        pure = all(isinstance(d, ast.Name) and d.id in _PURE_DECORATORS for d in statement.decorator_list)
        return pure and statement.name not in _HOOKS and _is_plain_function(statement)
    if isinstance(statement, ast.Assign):
        names = all(isinstance(target, ast.Name) for target in statement.targets)
        return names and isinstance(statement.value, ast.Constant)
    return isinstance(statement, ast.Pass) or (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
    )


def _is_builtin(expression: ast.expr) -> bool:
    """The program that binds a builtin's name is left out by `binds_builtins`."""
    return isinstance(expression, ast.Name) and expression.id in _BUILTINS


def binds_builtins(tree: ast.Module) -> bool:
    """Whether anything of the module has the name of a builtin that is used as if it were one."""
    return bool(_BUILTINS.intersection(bound_names(tree)))


def bound_names(tree: ast.AST) -> Iterator[str]:
    """Every name that is bound somewhere, in whatever scope."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            yield node.id
        elif isinstance(node, (*_FUNCTIONS, ast.ClassDef)):
            yield node.name
        elif isinstance(node, ast.alias):
            yield (node.asname or node.name).partition(".")[0]
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.ExceptHandler | ast.MatchAs | ast.MatchStar) and node.name:
            yield node.name
        elif isinstance(node, ast.MatchMapping) and node.rest:
            yield node.rest


def eager(function: ast.FunctionDef | ast.AsyncFunctionDef) -> Iterator[ast.expr]:
    """What is evaluated when a function is made: defaults and annotations."""
    arguments = function.args
    yield from arguments.defaults
    yield from (each for each in arguments.kw_defaults if each is not None)
    every = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg]
    yield from (each.annotation for each in every if each is not None and each.annotation is not None)
    if function.returns is not None:
        yield function.returns


def plain_definitions(tree: ast.Module) -> list[Definition]:
    """The plain definitions of a module, in their order; () where it gives builtins another meaning."""
    if binds_builtins(tree):
        return []
    found: list[Definition] = []
    classes: list[str] = []
    for statement in tree.body:
        if is_plain(statement, classes) and isinstance(statement, (*_FUNCTIONS, ast.ClassDef)):
            found.append(statement)
            if isinstance(statement, ast.ClassDef):
                classes.append(statement.name)
    return found
