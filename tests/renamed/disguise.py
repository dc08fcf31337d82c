"""The same source to whoever runs it, and another to whoever reads it: comments, blank lines and local names changed.

What is left as it is: names in functions that ask for their locals, that a nested function declares nonlocal, that a
class body or an import, `def`, `class`, `except` or pattern binds too, and before Python 3.12 those in f-strings, whose
places the parser does not know.
"""

from __future__ import annotations

import ast
import io
import tokenize
from collections.abc import Iterator, Sequence
from itertools import chain

_Function = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
_BINDS_A_NAME = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef | ast.ExceptHandler | ast.MatchAs | ast.MatchStar
_ASKS = ("locals", "vars", "eval", "exec", "dir")


def disguised(text: str) -> str:
    """The text under other local names, each statement with another comment and another number of blank lines above."""
    return _commented(_under_other_names(text))


def _under_other_names(text: str) -> str:
    edits: dict[tuple[int, int], tuple[str, str]] = {}
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            for count, name in enumerate(_own(node)):
                for place in _places(node.body, name):
                    edits[place] = (name, f"{name}_{count}q")
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    for (line, column), (old, new) in sorted(edits.items(), reverse=True):
        row = lines[line - 1]
        assert row[column:].startswith(old.encode()), (line, old)
        lines[line - 1] = row[:column] + new.encode() + row[column + len(old.encode()) :]
    return b"".join(lines).decode()


def _own(function: ast.FunctionDef | ast.AsyncFunctionDef) -> list[str]:
    """The local names of a function that are no parameters and may be changed, sorted."""
    bound: set[str] = set()
    kept = {each.arg for each in _parameters(function)}
    for node in _within(function.body):
        if isinstance(node, ast.Name) and not isinstance(node.ctx, ast.Load):
            bound.add(node.id)
    for node in chain.from_iterable(map(ast.walk, function.body)):
        if isinstance(node, ast.Name) and node.id in _ASKS:
            return []
        if isinstance(node, ast.Global | ast.Nonlocal):
            kept.update(node.names)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            kept.update((each.asname or each.name).partition(".")[0] for each in node.names)
        elif isinstance(node, _BINDS_A_NAME):
            kept.add(node.name or "")
        elif isinstance(node, ast.MatchMapping):
            kept.add(node.rest or "")
        elif isinstance(node, ast.JoinedStr):
            kept.update(each.id for each in ast.walk(node) if isinstance(each, ast.Name))
        if isinstance(node, ast.ClassDef):
            kept.update(each.id for each in ast.walk(node) if isinstance(each, ast.Name) and _binds(each))
    return sorted(name for name in bound - kept if not name.startswith("__"))


def _binds(name: ast.Name) -> bool:
    return not isinstance(name.ctx, ast.Load)


def _parameters(function: _Function) -> Iterator[ast.arg]:
    formals = function.args
    yield from (*formals.posonlyargs, *formals.args, *formals.kwonlyargs)
    yield from (each for each in (formals.vararg, formals.kwarg) if each is not None)


def _outside(node: ast.AST) -> Sequence[ast.AST]:
    """What of a nested scope is evaluated around it."""
    if isinstance(node, ast.Lambda):
        return [*node.args.defaults, *(each for each in node.args.kw_defaults if each is not None)]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        formals = node.args
        notes = [each.annotation for each in _parameters(node)]
        values = [*formals.defaults, *formals.kw_defaults, *notes, node.returns]
        return [*node.decorator_list, *(each for each in values if each is not None)]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list, *node.bases, *node.keywords]
    return []


def _within(nodes: Sequence[ast.AST]) -> Iterator[ast.AST]:
    """The nodes that are evaluated in the scope itself: a comprehension's own targets are not among them."""
    for node in nodes:
        yield node
        if isinstance(node, _Function | ast.ClassDef):
            yield from _within(_outside(node))
        elif isinstance(node, _Comprehension):
            yield from _within([node.generators[0].iter])
            yield from (each.target for each in ast.walk(node) if isinstance(each, ast.NamedExpr))
        else:
            yield from _within(list(ast.iter_child_nodes(node)))


def _places(nodes: Sequence[ast.AST], name: str) -> Iterator[tuple[int, int]]:
    """Where a name of the scope is spelled: in it, and in what is in it and does not bind that name itself."""
    for node in nodes:
        if isinstance(node, ast.Name) and node.id == name:
            yield node.lineno, node.col_offset
        if isinstance(node, _Function):
            yield from _places(_outside(node), name)
            body = [node.body] if isinstance(node, ast.Lambda) else node.body
            if not _is_bound_in(node, body, name):
                yield from _places(body, name)
        elif isinstance(node, _Comprehension) and name in _targets(node):
            yield from _places([node.generators[0].iter], name)
        else:
            yield from _places(list(ast.iter_child_nodes(node)), name)


def _is_bound_in(function: _Function, body: Sequence[ast.AST], name: str) -> bool:
    if any(each.arg == name for each in _parameters(function)):
        return True
    return any(isinstance(each, ast.Name) and each.id == name and _binds(each) for each in _within(body))


def _targets(node: _Comprehension) -> set[str]:
    targets = chain.from_iterable(ast.walk(each.target) for each in node.generators)
    return {each.id for each in targets if isinstance(each, ast.Name)}


def _commented(text: str) -> str:
    """Every comment becomes another, blank lines go, and others come with a comment above each statement."""
    lines = text.splitlines(keepends=True)
    dropped: set[int] = set()
    above: dict[int, str] = {}
    tokens = list(tokenize.generate_tokens(io.StringIO(text).readline))
    fresh = True
    for token in tokens:
        row = token.start[0] - 1
        if token.type == tokenize.COMMENT and row > 1:
            # Of a line that ends in one, the break stays where it was.
            line = lines[row]
            end = line[len(line.rstrip("\r\n")) :]
            lines[row] = f"{line[: token.start[1]]}# another one, {row}{end}"
        elif token.type == tokenize.NL and not lines[row].strip():
            dropped.add(row)
        elif token.type == tokenize.NEWLINE:
            fresh = True
        elif fresh and token.type not in (tokenize.INDENT, tokenize.DEDENT, tokenize.NL, tokenize.COMMENT):
            if row > 1 and token.type != tokenize.ENDMARKER:
                above[row] = f"\n# said of line {row}\n"
            fresh = False
    return "".join(above.get(row, "") + line for row, line in enumerate(lines) if row not in dropped)
