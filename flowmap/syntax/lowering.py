"""Turns a libcst tree into the IR in one walk."""

from __future__ import annotations

import libcst as cst
import msgspec

# Imported for what they add to the tables of node types.
from flowmap.syntax import comprehensions, displays, functions, ir, patterns, strings  # noqa: F401
from flowmap.syntax.fingerprint import fingerprints_of, with_definitions
from flowmap.syntax.scopes import RENAMED, Scope
from flowmap.syntax.statements import body_of
from flowmap.syntax.tokens import TokenMap
from flowmap.syntax.walk import Walk, anonymous


class MisalignedError(Exception):
    """The walk passed another number of tokens than the text has: the lines would be wrong."""


def lower(tree: cst.Module, tokens: TokenMap) -> ir.Module:
    """Lower a tree whose text has these tokens; raises MisalignedError when the lines cannot be told by them."""
    walk = Walk(tokens)
    try:
        doc, body = body_of(walk, tree)
    except IndexError as error:
        raise MisalignedError from error
    if walk.token != tokens.count:
        raise MisalignedError
    code = walk.leave(body, line=None, doc=doc)
    _print(walk.scopes)
    lines = tokens.lines(walk.sites)
    for site, above in walk.shifts.items():
        lines[site] -= above
    return ir.Module(code, tuple(lines), tuple(walk.imports))


def _print(scopes: list[Scope]) -> None:
    prints = fingerprints_of([_words(scope) for scope in scopes])
    for scope, body_print in zip(scopes, prints, strict=True):
        if scope.code is not None:
            defined = scope.defined if scope.kind in ("module", "class") else []
            if scope.kind == "module":
                # Of a function that is never called, and of what is in it, only the module tells.
                defined = [*defined, *(name for other in scopes if other is not scope for name in other.defined)]
            text = with_definitions(body_print, defined) if defined else body_print
            msgspec.structs.force_setattr(scope.code, "body_print", text)


def _words(scope: Scope) -> list[str]:
    words = scope.trace
    if scope.kind in ("function", "lambda"):
        variables = dict.fromkeys(scope.bound)
        if scope.free:
            # In order of use: their alphabetical order would change with their names.
            variables.update(dict.fromkeys(word for word in words if word in scope.free))
        return anonymous(words, variables) if variables else words
    renamed = [name for name in scope.bound if RENAMED in name]
    return anonymous(words, renamed) if renamed else words
