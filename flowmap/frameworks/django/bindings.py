"""Where settings are bound: the statements of the settings modules that bind or change them, read off the IR."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flowmap.frameworks.django.settings import nodes_of, read_project_module
from flowmap.frameworks.model import SettingBinding
from flowmap.sources.tree import SourceTree
from flowmap.syntax import ir
from flowmap.syntax.frontend import Frontend

_QUOTED: Final = re.compile(r"'([^'\\]*)'|\"([^\"\\]*)\"")


@dataclass(frozen=True, slots=True)
class _Bound:
    """A statement that binds names, and the expressions that it hangs on: its own and the tests around it."""

    names: tuple[str, ...]
    statement: ir.Stmt
    tests: tuple[ir.Expr, ...]


def setting_bindings(modules: Iterable[str], tree: SourceTree, frontend: Frontend) -> tuple[SettingBinding, ...]:
    """The bindings of every name in capitals: module by module as they are given, each in source order.

    Raises UnreadableProjectError.
    """
    found: list[SettingBinding] = []
    for name in modules:
        module, source = read_project_module(name, tree, frontend), tree.find(name)
        if module is None or source is None or source.file is None:
            continue
        text = source.file.read().decode("utf-8", "replace").splitlines()
        bound = [(each, *_extent(each.statement, module)) for each in _bound(module.code.body, ())]
        places = sorted({*module.lines})
        for each, line, last in bound:
            # What follows a statement's last name, a display's strings for one, has no place of its own in the IR.
            following = bisect_right(places, last)
            end = places[following] - 1 if following < len(places) else len(text)
            tests = [
                range(first, end_of_test + 1) for first, end_of_test in (_extent(test, module) for test in each.tests)
            ]
            asked = frozenset(range(line, end + 1)).union(*tests)
            strings = _strings(each.statement)
            texts = strings.union(*(_strings(test) for test in each.tests))
            found.extend(
                SettingBinding(
                    setting, name, source.file.path, line, asked, _lines(strings, text[line - 1 : end], line),
                    _names((each.statement, *each.tests)) - {setting}, _names(each.tests), texts,
                )
                for setting in each.names
                if setting.isupper()
            )  # fmt: skip
    return tuple(found)


def _bound(body: Iterable[ir.Stmt], tests: tuple[ir.Expr, ...]) -> Iterator[_Bound]:
    for statement in body:
        match statement:
            case ir.Assign(targets=targets):
                yield _Bound(tuple(name for each in targets for name in _targets(each)), statement, tests)
            case ir.AugAssign(target=target) | ir.AnnAssign(target=target):
                yield _Bound(tuple(_targets(target)), statement, tests)
            case ir.ExprStmt(value=ir.Call(func=ir.Attribute(value=target))):
                # A method of what the name holds: append, insert, update.
                yield _Bound(tuple(_targets(target)), statement, tests)
            case ir.If(test=test, body=inner, elifs=elifs, orelse=orelse):
                yield from _bound((*inner, *elifs, *orelse), (*tests, test))
            case ir.For(iterable=iterable, body=inner, orelse=orelse):
                yield from _bound((*inner, *orelse), (*tests, iterable))
            case ir.While(test=test, body=inner, orelse=orelse):
                yield from _bound((*inner, *orelse), (*tests, test))
            case ir.With(body=inner):
                yield from _bound(inner, tests)
            case ir.Try(body=inner, handlers=handlers, orelse=orelse, final=final):
                yield from _bound((*inner, *(each for one in handlers for each in one.body), *orelse, *final), tests)


def _targets(target: ir.Expr) -> Iterator[str]:
    match target:
        case ir.Name(id=name):
            yield name
        case ir.TupleDisplay(items=items) | ir.ListDisplay(items=items):
            for each in items:
                yield from _targets(each)
        case ir.Subscript(value=value) | ir.Attribute(value=value) | ir.Starred(value=value):
            yield from _targets(value)


def _extent(statement: ir.Stmt | ir.Expr, module: ir.Module) -> tuple[int, int]:
    """The first and the last line of what has a place in a statement."""
    sites = [node.site for node in nodes_of(statement) if isinstance(getattr(node, "site", None), int)]  # type: ignore[attr-defined]  # it has one
    lines = [module.lines[site] for site in sites]
    return min(lines, default=1), max(lines, default=1)


def _names(nodes: Iterable[object]) -> frozenset[str]:
    return frozenset(each.id for node in nodes for each in nodes_of(node) if isinstance(each, ir.Name))


def _strings(statement: ir.Stmt | ir.Expr) -> frozenset[str]:
    found = (node.value for node in nodes_of(statement) if isinstance(node, ir.Constant))
    return frozenset(value for value in found if isinstance(value, str))


def _lines(strings: frozenset[str], text: Sequence[str], first: int) -> Mapping[str, int]:
    """The line of each string in the lines of a statement, where it stands there as it is."""
    found: dict[str, int] = {}
    for number, line in enumerate(text, first):
        for match in _QUOTED.finditer(line):
            string = match[1] if match[1] is not None else match[2]
            if string in strings:
                found.setdefault(string, number)
    return found
