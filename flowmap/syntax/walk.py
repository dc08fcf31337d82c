"""What one walk over a module's tree carries along: the position, the scope and the names that are visible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeAlias

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.scopes import Scope
from flowmap.syntax.tokens import TokenMap

Lowerer: TypeAlias = Callable[["Walk", Any], ir.Expr]

# How deep expressions and blocks may nest, for what analyses the IR recurses over it. Python itself stops at 200
# brackets and 100 blocks.
MAX_DEPTH = 200
# Marks a word of a trace that stands for a variable, however it is called.
_VARIABLE = "\N{SECTION SIGN}"
TYPE_PARAMETER = ir.Literal("type-parameter")


def anonymous(words: Sequence[str], variables: Iterable[str], *, depth: int = 0) -> list[str]:
    """The words with the variables numbered in their order; `depth` tells those of nested lambdas apart."""
    numbered = {name: f"{_VARIABLE}{depth}.{number}" for number, name in enumerate(variables)}
    return list(map(numbered.get, words, words))


class NestedTooDeeplyError(Exception):
    """The syntax nests deeper than MAX_DEPTH, at `token`."""

    def __init__(self, token: int) -> None:
        super().__init__(token)
        self.token = token


class Walk:
    """The state of one walk.

    `token` is the index of the next token; every node method moves it past the tokens of its node. `sites` holds, for
    each site, the token it stands at; `shifts` by how many lines a site stands above that token, where a parenthesis
    opens on an earlier line. `renames` spells the targets of the comprehensions around; a type parameter (PEP 695)
    that is visible in a header is spelled "". `trace` lists the words of the code in postfix order, of which the
    fingerprints are made: names as they are, all else with a mark that no name has.
    """

    __slots__ = (
        "counts",
        "depth",
        "imports",
        "literal",
        "renames",
        "scope",
        "scopes",
        "shifts",
        "sites",
        "token",
        "tokens",
        "trace",
    )

    def __init__(self, tokens: TokenMap) -> None:
        self.tokens = tokens
        self.token = 0
        # The token of the formatted string around: what is in it has none of its own.
        self.literal: int | None = None
        self.sites: list[int] = []
        self.shifts: dict[int, int] = {}
        self.trace: list[str] = []
        self.scope = Scope("module", "<module>", "<module>", None, 0)
        self.scopes: list[Scope] = []
        self.renames: dict[str, str] = {}
        self.depth = 0
        self.counts: dict[str, int] = {}
        self.imports: dict[str, None] = {}

    def deepen(self, levels: int = 1) -> None:
        """Go down into what may nest without end; `depth` is to be taken back by as much afterwards."""
        self.depth += levels
        if self.depth > MAX_DEPTH:
            raise NestedTooDeeplyError(max(self.token - 1, 0))

    def site(self) -> int:
        """A new site at the next token."""
        sites = self.sites
        sites.append(self.token)
        return len(sites) - 1

    def site_at(self, token: int, above: int = 0) -> int:
        """A new site at a token that was passed already, or `above` lines above it."""
        sites = self.sites
        sites.append(token)
        if above:
            self.shifts[len(sites) - 1] = above
        return len(sites) - 1

    def spelled(self, name: str) -> str:
        """The name as Python spells it in this scope: private names are mangled."""
        return self.scope.mangled(name) if name.startswith("__") else name

    def bound(self, name: cst.Name) -> str:
        """Pass a name that is bound here and return how it is spelled."""
        self.token += 1
        spelled = self.spelled(name.value)
        self.scope.bind(spelled)
        return spelled

    def rename(self, name: str) -> str:
        """A spelling of a comprehension's target that nothing else in the module has."""
        count = self.counts.get(name, 0) + 1
        self.counts[name] = count
        return f"{name}@{count}"

    def unprinted(self, start: int) -> None:
        """Take the words since `start` out of the trace: they are read, but no part of the fingerprint."""
        self.scope.silent.update(self.trace[start:])
        del self.trace[start:]

    def defined(self, name: str, word: str) -> None:
        """Leave the words of a definition, once its own code is closed."""
        start = len(self.trace)
        self.trace += ("~" + name, word)
        self.scope.defined.append(name)
        self.declared(start)

    def declared(self, start: int) -> None:
        """Take the words since `start` out of a module or class: what it imports and defines are calls and functions of
        their own, which come, go and move without its own code being another.
        """
        if self.scope.kind in ("module", "class"):
            del self.trace[start:]

    def enter(self, kind: str, name: str, qualname: str) -> Scope:
        """Open a scope inside the current one."""
        scope = Scope(kind, name, qualname, self.scope, len(self.trace))
        self.scope = scope
        return scope

    def leave(
        self,
        body: tuple[ir.Stmt, ...],
        *,
        line: int | None,
        parameters: tuple[ir.Parameter, ...] = (),
        signature: str = "",
        doc: str | None = None,
    ) -> ir.Code:
        """Close the current scope and make its code object.

        `line` is the site of its first line, None for a module's.
        """
        scope = self.scope
        tokens, last = self.tokens, self.token - 1
        first = None if line is None else self.sites[line]
        if self.literal is not None:
            first = self.literal
        start = scope.start
        words = self.trace[start:]
        if scope.kind != "lambda":
            # What a nested definition does is its own; a lambda is part of the expression it stands in.
            del self.trace[start:]
        elif scope.bound:
            self.trace[start:] = anonymous(words, scope.bound, depth=1)
        scope.close(words, renamed=bool(self.renames))
        code = ir.Code(
            name=scope.name,
            qualname=scope.qualname,
            kind=scope.kind,
            parameters=parameters,
            body=body,
            locals=tuple(scope.bound),
            cells=tuple(scope.cells),
            free=(),
            globals=tuple(scope.globals),
            is_generator=scope.is_generator,
            is_async=scope.is_async,
            line=1 if first is None else tokens.line(first),
            end_line=self._end_line(last, first if scope.kind == "lambda" else None),
            doc=doc,
            signature=signature,
            body_print="",
        )
        scope.code, scope.trace = code, words
        self.scopes.append(scope)
        if scope.parent:
            self.scope = scope.parent
        return code

    def _end_line(self, last: int, first: int | None) -> int:
        """The last line of a construct of these tokens; in a formatted string, the line it begins on."""
        if self.literal is not None:
            return self.tokens.line(self.literal)
        return self.tokens.end_line(last, first) if last >= 0 else 1
