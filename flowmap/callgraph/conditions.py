"""What a call hangs on: the tests and exception handlers around the lines of a function."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from flowmap.characters import literal
from flowmap.names import FunctionName
from flowmap.syntax import ir

_LIMIT: Final = 90
_BARE: Final = "…"


@dataclass(frozen=True, slots=True)
class Condition:
    """The innermost test around a line, as text. `is_handler`: the line runs when something was raised."""

    text: str
    is_handler: bool = False


class Conditions:
    """The conditions of the lines of functions, read off the IR when they are asked for."""

    __slots__ = ("_blocks", "_instead", "_known")

    def __init__(self, blocks: Mapping[FunctionName, tuple[ir.Code, Sequence[int]]]) -> None:
        self._blocks = blocks
        self._known: dict[FunctionName, dict[int, Condition]] = {}
        self._instead: dict[FunctionName, frozenset[int]] = {}

    def of(self, function: FunctionName, line: int) -> Condition | None:
        """The innermost condition around a line; None where there is none, or the function is not known."""
        known = self._known.get(function)
        if known is None:
            block = self._blocks.get(function)
            known = self._known[function] = {} if block is None else _by_line(*block)
        return known.get(line)

    def is_handler(self, function: FunctionName, line: int) -> bool:
        """Whether a line runs only when something was raised."""
        condition = self.of(function, line)
        return condition is not None and condition.is_handler

    def is_one_of_several_answers(self, function: FunctionName, line: int) -> bool:
        """Whether a line returns what a call gives, where under another test another call is returned instead."""
        known = self._instead.get(function)
        if known is None:
            block = self._blocks.get(function)
            found = [] if block is None else _returned_calls(*block)
            tests = {self.of(function, lines[0]) for lines in found}
            several = found if len(tests) > 1 else []
            known = self._instead[function] = frozenset(each for lines in several for each in lines)
        return line in known


NO_CONDITIONS: Final = Conditions({})


def _by_line(code: ir.Code, lines: Sequence[int]) -> dict[int, Condition]:
    result: dict[int, Condition] = {}
    pending: list[tuple[Sequence[ir.Stmt], Condition | None]] = [(code.body, None)]
    while pending:
        body, around = pending.pop()
        for statement in body:
            if around is not None:
                result.update(dict.fromkeys(_own_lines(statement, lines), around))
            pending.extend(_bodies(statement, around))
    return result


def _returned_calls(code: ir.Code, lines: Sequence[int]) -> list[list[int]]:
    """The lines of every `return` that hands on what a call gives, awaited or not, outside of handlers."""
    found: list[list[int]] = []
    pending: list[tuple[Sequence[ir.Stmt], Condition | None]] = [(code.body, None)]
    while pending:
        body, around = pending.pop()
        if around is not None and around.is_handler:
            continue
        for statement in body:
            if isinstance(statement, ir.Return):
                value = statement.value.value if isinstance(statement.value, ir.Await) else statement.value
                if isinstance(value, ir.Call):
                    found.append(sorted({*_own_lines(statement, lines)}))
            pending.extend(_bodies(statement, around))
    return found


def _bodies(statement: ir.Stmt, around: Condition | None) -> Iterator[tuple[Sequence[ir.Stmt], Condition | None]]:
    match statement:
        case ir.If():
            is_handler = around is not None and around.is_handler
            yield statement.body, Condition(short(statement.test), is_handler)
            last = statement
            for each in statement.elifs:
                yield (each,), Condition(_negated(last.test), is_handler)
                last = each
            yield statement.orelse, Condition(_negated(last.test), is_handler)
        case ir.Try():
            yield statement.body, around
            for handler in statement.handlers:
                caught = short(handler.caught) if handler.caught is not None else "anything"
                yield handler.body, Condition(f"{caught} was raised", is_handler=True)
            yield statement.orelse, around
            yield statement.final, around
        case ir.For() | ir.While():
            yield statement.body, around
            yield statement.orelse, around
        case ir.With():
            yield statement.body, around
        case ir.Match():
            for case in statement.cases:
                yield case.body, around
        case _:
            return


def _own_lines(statement: ir.Stmt, lines: Sequence[int]) -> Iterator[int]:
    """The lines of what a statement itself evaluates: not of its blocks, which have conditions of their own."""
    blocks = {"body", "elifs", "orelse", "handlers", "final", "cases", "code"}
    pending: list[object] = [statement]
    while pending:
        node = pending.pop()
        if isinstance(node, tuple):
            pending.extend(node)
        elif isinstance(node, msgspec.Struct):
            for name in node.__struct_fields__:
                value = getattr(node, name)
                if name == "site":
                    yield lines[value]
                elif name not in blocks or (name == "body" and isinstance(node, ir.Conditional)):
                    pending.append(value)


def _negated(test: ir.Expr) -> str:
    if isinstance(test, ir.Unary) and test.op == "not":
        return short(test.operand)
    text = text_of(test)
    return _cut(f"not ({text})" if isinstance(test, ir.Boolean | ir.Compare | ir.Conditional) else f"not {text}")


def short(node: ir.Expr) -> str:
    """An expression as text, cut where it is long."""
    return _cut(text_of(node))


def _cut(text: str) -> str:
    return text if len(text) <= _LIMIT else f"{text[: _LIMIT - 1]}{_BARE}"


def text_of(node: ir.Expr) -> str:
    """An expression as source text; what a test seldom holds is `…`."""
    match node:
        case ir.Constant() | ir.BytesConstant():
            return literal(node.value)
        case ir.Name():
            return node.id
        case ir.Attribute():
            return f"{text_of(node.value)}.{node.attr}"
        case ir.Subscript():
            return f"{text_of(node.value)}[{text_of(node.index)}]"
        case ir.Call():
            return f"{text_of(node.func)}({', '.join(_argument(each) for each in node.arguments)})"
        case ir.Unary():
            return f"{node.op}{' ' if node.op == 'not' else ''}{_inner(node.operand)}"
        case ir.Boolean():
            return f" {node.op} ".join(_inner(each) for each in node.values)
        case ir.Binary():
            return f"{_inner(node.left)} {node.op} {_inner(node.right)}"
        case ir.Compare():
            pairs = zip(node.ops, node.rights, strict=True)
            return _inner(node.left) + "".join(f" {op} {_inner(right)}" for op, right in pairs)
        case ir.TupleDisplay():
            return f"({', '.join(text_of(each) for each in node.items)})"
        case _:
            return _BARE


def _argument(argument: ir.Argument) -> str:
    value = text_of(argument.value)
    return f"{argument.keyword}={value}" if argument.keyword else "*" * argument.stars + value


def _inner(node: ir.Expr) -> str:
    nested = isinstance(node, ir.Boolean | ir.Compare | ir.Binary | ir.Conditional)
    return f"({text_of(node)})" if nested else text_of(node)
