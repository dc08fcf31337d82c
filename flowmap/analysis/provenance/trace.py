"""What one evaluation of an activation did, event by event: what was evaluated, read, bound, written and called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, TypeAlias

from flowmap.analysis.expressions import text_of_expression
from flowmap.analysis.values import Callee, Cell, PointsTo, Value
from flowmap.syntax import ir

Traced: TypeAlias = ir.Expr | ir.Stmt

STATEMENTS: Final = (
    ir.ExprStmt, ir.Assign, ir.AugAssign, ir.AnnAssign, ir.Delete, ir.Return, ir.Raise, ir.If, ir.While, ir.For, ir.Try,
    ir.With, ir.FunctionDef, ir.ClassDef, ir.Import, ir.ImportFrom, ir.Assert, ir.Break, ir.Continue, ir.Match,
)  # fmt: skip


class Event:
    """The evaluation of an expression or statement; `node` is None for the binding of the parameters.

    `reads` are the cells that this node itself read, be it in a model it called, not those of its children.
    """

    __slots__ = ("children", "lookups", "node", "parent", "reads", "time", "value")

    def __init__(self, node: Traced | None, parent: Event | None, time: int) -> None:
        self.node = node
        self.parent = parent
        # When it began, in events, reads and writes of the trace.
        self.time = time
        self.value: PointsTo | None = None
        self.children: list[Event] = []
        self.reads: list[Read] = []
        # The names of attributes and modules that it looked for.
        self.lookups: dict[str, None] = {}


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A cell was read."""

    time: int
    cell: Cell
    value: PointsTo


@dataclass(frozen=True, slots=True, eq=False)
class Binding:
    """A variable was bound."""

    time: int
    name: str
    value: PointsTo
    event: Event


@dataclass(frozen=True, slots=True, eq=False)
class Write:
    """A cell was written; `name`: on the way of binding that variable."""

    time: int
    value: PointsTo
    event: Event
    name: str | None


@dataclass(frozen=True, slots=True, eq=False)
class Called:
    """Something was called on a line, for that evidence."""

    time: int
    line: int
    evidence: str
    event: Event


class Trace:
    """The events of one evaluation, in order."""

    def __init__(self) -> None:
        self._time = 0
        self.root = Event(None, None, 0)
        self.current = self.root
        self.bindings: dict[str, list[Binding]] = {}
        self.writes: dict[Cell, list[Write]] = {}
        self.calls: dict[Callee, list[Called]] = {}
        # Attributes of variables and what is called on them, by their text: what a test says of them is known by it.
        self.spelled: dict[str, list[Event]] = {}
        # The `return` statements.
        self.returns: list[Event] = []
        # Where objects are made.
        self.made: dict[Value, list[Event]] = {}
        self._binding: str | None = None

    def tick(self) -> int:
        """The next moment."""
        self._time += 1
        return self._time

    def open(self, node: Traced) -> Event:
        """Begins the evaluation of a node inside the current one."""
        event = Event(node, self.current, self.tick())
        self.current.children.append(event)
        self.current = event
        if isinstance(node, ir.Return):
            self.returns.append(event)
        elif isinstance(node, ir.Attribute):
            text = text_of_expression(node)
            if text is not None:
                self.spelled.setdefault(text, []).append(event)
        return event

    def close(self, event: Event) -> None:
        """Ends it."""
        assert event.parent is not None
        self.current = event.parent

    def read(self, cell: Cell) -> None:
        self.current.reads.append(Read(self.tick(), cell, cell.value))

    def bind(self, name: str, value: PointsTo) -> str | None:
        """Remembers a binding; the variable that was being bound around it, for `unbind`."""
        self.bindings.setdefault(name, []).append(Binding(self.tick(), name, value, self.current))
        outer, self._binding = self._binding, name
        return outer

    def unbind(self, outer: str | None) -> None:
        """The binding is done."""
        self._binding = outer

    def write(self, cell: Cell, value: PointsTo) -> None:
        self.writes.setdefault(cell, []).append(Write(self.tick(), value, self.current, self._binding))

    def make(self, value: Value) -> None:
        self.made.setdefault(value, []).append(self.current)

    def call(self, line: int, evidence: str, callee: Callee) -> None:
        self.calls.setdefault(callee, []).append(Called(self.tick(), line, evidence, self.current))


class TracedCalls(dict[tuple[int, str, Callee], None]):
    """The calls of an activation that tell a trace when they are made, also when they are not new."""

    def __init__(self, trace: Trace) -> None:
        super().__init__()
        self._trace = trace

    def __setitem__(self, key: tuple[int, str, Callee], value: None) -> None:
        super().__setitem__(key, value)
        self._trace.call(*key)
