"""The state of one evaluation of an activation: variables in order, and what leaves the body."""

from __future__ import annotations

from typing import TypeAlias

from flowmap.analysis.space import Space
from flowmap.analysis.values import NOTHING, Activation, CodeBlock, Module, PointsTo, Scope

State: TypeAlias = dict[str, PointsTo]
"""The flow-sensitive variables at one point of a body."""


class DivergedError(Exception):
    """Control does not come past this point of the analysed body: an exception, an exit, or no value yet."""


class UnfitReceiverError(Exception):
    """A method of objects was called on something else, which the model of the method can do nothing with."""


class Frame:
    """One evaluation of an activation.

    `state` is None where control cannot be. `escapes` collect the states in which the innermost `try` may be left
    by an exception, `breaks` and `continues` those of the innermost loop.
    """

    __slots__ = (
        "activation", "block", "breaks", "call_chain", "continues", "escapes", "facts", "guards_imports", "lines",
        "loops", "missing_import", "module", "pending_facts", "returned", "rounds", "scope", "state", "steps",
        "stored", "sure",
    )  # fmt: skip

    def __init__(self, activation: Activation) -> None:
        self.activation = activation
        self.block: CodeBlock = activation.block
        self.module: Module = activation.block.module
        self.lines = activation.block.lines
        self.scope: Scope = activation.scope
        self.state: State | None = {}
        self.returned = NOTHING
        self.escapes: list[State | None] = []
        self.breaks: list[State | None] = []
        self.continues: list[State | None] = []
        self.loops = 0
        # How often the enclosing loops over known items run this point, all together.
        self.rounds = 1
        # How many calls are going on through each other, without Python code between them.
        self.call_chain = 0
        # Attributes looked up and callees called: what the evaluation cost.
        self.steps = 0
        # What the tests around this point say of expressions that are no variables, by their text.
        self.facts: dict[str, PointsTo] = {}
        # Those of the test that was evaluated last, until its branch takes them.
        self.pending_facts: dict[str, PointsTo] = {}
        # The item that was assigned last, by its text, until anything else is assigned or called: the heap keeps every
        # value an item ever had, the call `d[k]()` in the line after `d[k] = v` knows better.
        self.stored: tuple[str, PointsTo] | None = None
        # The sites whose operation, as it was evaluated last, surely raises nothing.
        self.sure: set[int] = set()
        # How many enclosing `try` catch ImportError, and whether an import in them failed.
        self.guards_imports = 0
        self.missing_import = False

    def go_on(self, state: State) -> None:
        """Goes on from a state. Where an assignment would have a type checker believe that control never ends after."""
        self.state = state


def join_states(space: Space, left: State | None, right: State | None) -> State | None:
    """The state where two ways meet. A name bound on one way only keeps that binding. Never one of its arguments,
    unless the other is None."""
    if left is None:
        return right
    if right is None or left is right:
        return left
    result = dict(left)
    join = space.join
    for name, value in right.items():
        current = result.get(name)
        if current is not value:
            result[name] = value if current is None else join(current, value)
    return result
