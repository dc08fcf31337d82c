"""The same definitions in another order."""

from __future__ import annotations

import ast
from itertools import groupby
from random import Random
from typing import Any

from tests.cases.case import Case
from tests.properties.variants.definitions import binds_builtins, is_plain, plain_definitions

_SCOPES = (ast.Module, ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)


def shuffled(case: Case, seed: int) -> tuple[tuple[str, str], ...] | None:
    """The files with each run of plain definitions in another order; None when no run can have one."""
    random = Random(seed)
    files = tuple((path, _shuffled(text, random)) for path, text in case.files)
    plain = tuple((path, ast.unparse(ast.parse(text))) for path, text in case.files)
    return None if files == plain else files


def _shuffled(text: str, random: Random) -> str:
    tree = ast.parse(text)
    if not binds_builtins(tree):
        _shuffle(tree, random)
    return ast.unparse(tree)


def _shuffle(tree: ast.Module, random: Random) -> None:
    """Every run of plain definitions in a module, class or function."""
    classes = [each.name for each in plain_definitions(tree) if isinstance(each, ast.ClassDef)]
    for node in [each for each in ast.walk(tree) if isinstance(each, _SCOPES)]:
        # A class inside of another scope has bases that only builtins are known to be.
        plain = classes if node is tree else ()
        body: list[ast.stmt] = []
        for movable, run in groupby(node.body, key=lambda statement, plain=plain: is_plain(statement, plain)):
            statements = list(run)
            body.extend(_reordered(statements, random) if movable else statements)
        node.body = body


def _reordered(run: list[Any], random: Random) -> list[Any]:
    """Another order in which classes still come after their bases, and never the order it was."""
    names = [each.name for each in run]
    if len(set(names)) < len(names):
        return run
    bases = {
        each.name: {base.id for base in each.bases if isinstance(base, ast.Name)} & set(names)
        for each in run
        if isinstance(each, ast.ClassDef)
    }
    for _ in range(20):
        order = random.sample(run, len(run))
        places = {each.name: i for i, each in enumerate(order)}
        after = all(places[base] < places[name] for name, found in bases.items() for base in found)
        if after and order != run:
            return order
    return run
