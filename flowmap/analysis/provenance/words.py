"""Steps in words: what kind a binding or write is, where it stands, and what a value is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from flowmap.analysis.provenance.explanation import Step, StepKind
from flowmap.analysis.provenance.trace import STATEMENTS, Event, Write
from flowmap.analysis.values import (
    Activation,
    BoundMethod,
    Class,
    CodeBlock,
    Constant,
    External,
    Foreign,
    Function,
    Generator,
    Instance,
    ItemIterator,
    Keywords,
    LazyIterator,
    Module,
    Native,
    Partial,
    Tuple,
    Value,
)
from flowmap.names import FunctionName
from flowmap.syntax import ir

_BINDINGS: Final[Mapping[object, StepKind]] = {
    ir.For: StepKind.LOOP,
    ir.Comprehension: StepKind.LOOP,
    ir.With: StepKind.WITH,
    ir.Try: StepKind.EXCEPT,
    ir.Match: StepKind.MATCH,
    ir.Import: StepKind.IMPORT,
    ir.ImportFrom: StepKind.IMPORT,
}
_KINDS: Final = {ItemIterator: "an iterator", Keywords: "keyword arguments"}


def step_of_binding(event: Event) -> StepKind | None:
    """How a statement (or a comprehension, or `:=`) binds a variable; None where that is no step of its own."""
    node = event.node
    if isinstance(node, (ir.FunctionDef, ir.ClassDef)):
        return StepKind.DECORATED if node.decorators else None
    return _BINDINGS.get(type(node), StepKind.ASSIGNMENT)


def step_of_write(write: Write) -> StepKind | None:
    """How a cell was written; None where that is no step of its own."""
    node = write.event.node
    if isinstance(node, ir.ClassDef):
        return None
    if isinstance(node, ir.ExprStmt):
        # A list that the call in it changed, see mutations.
        return StepKind.STORED
    if isinstance(node, (ir.ListDisplay, ir.SetDisplay, ir.DictDisplay)):
        return StepKind.ITEM
    if write.name is not None:
        return step_of_binding(write.event)
    if isinstance(node, (ir.FunctionDef, ir.Lambda)):
        return StepKind.DEFAULT
    if isinstance(node, (ir.Yield, ir.YieldFrom)):
        return StepKind.YIELD
    if isinstance(node, (ir.Assign, ir.AnnAssign, ir.AugAssign)):
        targets = node.targets if isinstance(node, ir.Assign) else (node.target,)
        return StepKind.ITEM if any(isinstance(each, ir.Subscript) for each in targets) else StepKind.ATTRIBUTE
    if isinstance(node, ir.Call):
        return StepKind.STORED
    return _BINDINGS.get(type(node), StepKind.ASSIGNMENT)


def step_at(kind: StepKind, activation: Activation, event: Event, wants: tuple[Value, ...]) -> Step:
    """The step on the line of an event."""
    line = line_of(event, activation.block)
    return Step(kind, activation.block.function, line, line, describe_inside(wants))


def step_of_block(kind: StepKind, block: CodeBlock, value: Value) -> Step:
    """The step on the line where a function or class begins."""
    return Step(kind, block.function, block.code.line, block.code.line, describe(value))


def step_of_method(block: CodeBlock, receiver: Value) -> Step:
    """A function is found on the class of its receiver."""
    return step_of_block(StepKind.METHOD, block, receiver)


def steps_of_definition(value: Value) -> Iterator[Step]:
    """The `def` or `class` of a value, if it has one."""
    if isinstance(value, (Function, Class)) and value.block is not None:
        yield step_of_block(StepKind.DEFINITION, value.block, value)


def line_of(event: Event, block: CodeBlock) -> int:
    """The line of an event, or of the smallest node around it that has one."""
    each: Event | None = event
    while each is not None and each.node is not None:
        if isinstance(each.node, (ir.FunctionDef, ir.ClassDef)):
            return each.node.code.line
        # A statement that is a call has none of its own.
        node = each.node.value if isinstance(each.node, ir.ExprStmt) else each.node
        site = getattr(node, "site", None)
        if isinstance(site, int):
            return block.lines[site]
        each = each.parent
    return block.code.line


def end_of(event: Event, block: CodeBlock) -> int:
    """The last line that a statement around an event may reach to."""
    each = event
    while each.parent is not None and not isinstance(each.node, STATEMENTS):
        each = each.parent
    after = [line_of(other, block) for other in (each.parent or each).children if other.time > each.time]
    return max(line_of(event, block), min(after, default=block.code.end_line + 1) - 1)


def describe(value: Value) -> str:
    """A value in words."""
    if isinstance(value, Function):
        return f"function {value.block.function}"
    if isinstance(value, Native):
        return f"function {value.name}"
    if isinstance(value, BoundMethod):
        name = describe(value.function).partition(" ")[2].rpartition(".")[2]
        return f"method {name} of {describe(value.receiver)}"
    if isinstance(value, Class):
        return f"class {FunctionName(value.module, value.qualname)}"
    if isinstance(value, Instance):
        # Not before a U, which in names is mostly that of URL, UUID or user.
        article = "an" if value.cls.name.lstrip("_")[:1] in "AEIOaeio" else "a"
        return f"{article} {value.cls.name} object"
    if isinstance(value, Module):
        return f"module {value.name}"
    if isinstance(value, External | Foreign):
        return f"{value.name}, which is not followed"
    if isinstance(value, Constant):
        return repr(value)
    if isinstance(value, Generator):
        code = value.activation.block.code
        kind = "coroutine" if code.is_async and not code.is_generator else "generator"
        return f"a {kind} of {value.activation.block.function}"
    if isinstance(value, LazyIterator):
        return f"a {value.name.qualname} iterator"
    return _KINDS.get(type(value)) or f"a {type(value).__name__.lower()}"


def describe_inside(wants: tuple[Value, ...]) -> str:
    """What is wanted in words, and what it is in."""
    if len(wants) > 1 and isinstance(wants[0], Tuple | ItemIterator | LazyIterator | Keywords | Partial):
        return f"{describe(wants[-1])}, in {describe(wants[0])}"
    return describe(wants[0])
