"""An interpreter that can say afterwards where values came from.

While it runs it only notes who writes to which cell and who makes which object. Once all is at its fixpoint, any
activation can be evaluated again, which changes nothing, and this time every step of it is kept: only what an
explanation passes through costs anything.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.provenance.trace import Trace, Traced, TracedCalls
from flowmap.analysis.values import (
    NOTHING,
    Activation,
    Callee,
    Cell,
    Class,
    Instance,
    Module,
    PointsTo,
    Value,
)
from flowmap.syntax import ir

_Result = TypeVar("_Result")


class TracingInterpreter(Interpreter):
    """Use: as an Interpreter; then `trace` activations."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        self._trace: Trace | None = None
        self._traces: dict[Activation, Trace] = {}
        # Made when they are first asked for, once the run is over.
        self._globals: dict[Cell, tuple[Module, str]] | None = None
        self._returning: dict[Cell, Activation] | None = None
        # What the C of the language does while models are installed has no activation.
        self._active: list[Activation | None] = [None]
        self.writers: dict[Cell, dict[Activation, None]] = {}
        self.makers: dict[Value, dict[Activation, None]] = {}
        super().__init__(library, outside, bounds)

    # --- after the run ---

    def trace(self, activation: Activation) -> Trace:
        """What an activation does, step by step. Of a modelled function: what its caller does."""
        activation = activation.owner or activation
        if not self._traces:
            # Only now: what is done for each node costs a tenth of the run.
            self._evaluators = {kind: self._traced(each) for kind, each in self._evaluators.items()}
            self._executors = {kind: self._traced(each) for kind, each in self._executors.items()}
        found = self._traces.get(activation)
        if found is None:
            found = self._traces[activation] = Trace()
            if activation.block.code.body:
                self._replay(activation, found)
        return found

    def _replay(self, activation: Activation, trace: Trace) -> None:
        kept = activation.calls, activation.gaps
        models = [(each, each.calls) for each in self.modelled.values() if each.owner is activation]
        for each, _ in models:
            each.calls = TracedCalls(trace)
        self._trace = trace
        try:
            super().run(activation, None)
        finally:
            self._trace = None
            activation.calls, activation.gaps = kept
            for each, calls in models:
                each.calls = calls

    def global_of(self, cell: Cell) -> tuple[Module, str] | None:
        """The module and the name of a cell that holds one of a module's variables."""
        if self._globals is None:
            self._globals = {
                cell: (module, name) for module in self.modules.values() for name, cell in module.cells.items()
            }
        return self._globals.get(cell)

    def returning(self, cell: Cell) -> Activation | None:
        """The activation whose results a cell holds."""
        if self._returning is None:
            self._returning = {activation.returns: activation for activation in self.activations}
        return self._returning.get(cell)

    # --- what is noted, during the run and when an activation is traced ---

    def run(self, activation: Activation, by: Activation | None) -> None:
        if self._trace is not None:
            # All that can be evaluated has been.
            return
        self._active.append(activation)
        super().run(activation, by)
        self._active.pop()

    def execute(self, frame: Frame, body: Sequence[ir.Stmt], *, goes_on: bool = False) -> None:
        if self._trace is not None and type(frame.activation.calls) is dict:
            frame.activation.calls = TracedCalls(self._trace)
        super().execute(frame, body, goes_on=goes_on)

    def read(self, cell: Cell, frame: Frame) -> PointsTo:
        if self._trace is not None:
            self._trace.read(cell)
        return super().read(cell, frame)

    def write(self, cell: Cell, value: PointsTo) -> None:
        self._note_write(cell, value)
        super().write(cell, value)

    def write_content(self, cell: Cell, value: PointsTo) -> None:
        self._note_write(cell, value)
        super().write_content(cell, value)

    def define(self, cls: Class, name: str, value: PointsTo) -> None:
        super().define(cls, name, value)
        self._note_write(cls.attributes[name], value)

    def allocate(self, frame: Frame, cls: Class, site: object, *, exact: bool = True) -> Instance:
        made = super().allocate(frame, cls, site, exact=exact)
        if self._trace is not None:
            self._trace.make(made)
        elif self._active[-1] is not None:
            self.makers.setdefault(made, {})[self._active[-1]] = None
        return made

    def assign_name(self, frame: Frame, name: str, value: PointsTo) -> None:
        if self._trace is None:
            super().assign_name(frame, name, value)
            return
        outer = self._trace.bind(name, value)
        super().assign_name(frame, name, value)
        self._trace.unbind(outer)

    def get_attributes(self, frame: Frame, values: PointsTo, name: str, site: int) -> PointsTo:
        if self._trace is None:
            return super().get_attributes(frame, values, name, site)
        # Without the queries that several share: the cells themselves are to be seen.
        result = NOTHING
        diverged = False
        for value in values.items:
            try:
                result = self.space.join(result, self.get_attribute(frame, value, name, site))
            except DivergedError:
                diverged = True
        if diverged and not result.items:
            raise DivergedError
        return result

    def find_attribute(self, frame: Frame, value: Value, name: str, site: int) -> PointsTo | None:
        if self._trace is not None:
            self._trace.current.lookups[name] = None
        return super().find_attribute(frame, value, name, site)

    def import_dotted(self, frame: Frame, name: str, site: int, evidence: str) -> PointsTo:
        if self._trace is not None:
            self._trace.current.lookups[name] = None
        return super().import_dotted(frame, name, site, evidence)

    def _note_write(self, cell: Cell, value: PointsTo) -> None:
        if self._trace is not None:
            self._trace.write(cell, value)
            return
        active = self._active[-1]
        if active is not None:
            writers = self.writers.get(cell)
            if writers is None:
                self.writers[cell] = {active: None}
            else:
                writers[active] = None

    def _traced(self, handler: Callable[..., _Result]) -> Callable[..., _Result]:
        """The handler of a kind of node, whose work the trace sees as one event."""

        def handle(frame: Frame, node: Traced) -> _Result:
            trace = self._trace
            if trace is None:
                return handler(frame, node)
            event = trace.open(node)
            try:
                value = handler(frame, node)
            finally:
                trace.close(event)
            if isinstance(value, PointsTo):
                event.value = value
            return value

        return handle


def callers_of(activations: Iterable[Activation]) -> dict[Callee, dict[Activation, None]]:
    """Who calls what."""
    result: dict[Callee, dict[Activation, None]] = {}
    for activation in activations:
        for _, _, callee in activation.calls:
            result.setdefault(callee, {})[activation] = None
    return result
