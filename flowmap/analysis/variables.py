"""Names: reading and binding variables through the scopes of Python (language reference 4.2)."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.frame import Frame
from flowmap.analysis.held import HeldAttributes
from flowmap.analysis.result import Reason
from flowmap.analysis.values import NOTHING, Cell, CodeBlock, Function, PointsTo, Scope
from flowmap.syntax import ir

_BINDINGS = (ir.Assign, ir.AugAssign, ir.AnnAssign, ir.ClassDef)


class Variables(HeldAttributes):
    """Variables of functions, classes and modules, and the functions that close over them."""

    def read_name(self, frame: Frame, name: str) -> PointsTo:
        """What a name evaluates to; DivergedError when it is surely not bound."""
        state = frame.state
        block = frame.block
        if state is not None:
            value = state.get(name)
            if value is not None:
                if name in block.cells:
                    cell = frame.scope.cells.get(name)
                    if cell is not None and cell.foreign.items:
                        return self.space.join(value, self.read(cell, frame))
                return value
        if name in block.free:
            return self.read_free(frame, name)
        kind = block.code.kind
        if name in block.locals and kind != "class":
            if name in block.cells:
                return self.read(frame.scope.cells.setdefault(name, Cell()), frame)
            if kind == "function":
                return NOTHING
        return self._read_global(frame, name)

    def read_free(self, frame: Frame, name: str) -> PointsTo:
        scope: Scope | None = frame.scope.parent
        while scope is not None:
            cell = scope.cells.get(name)
            if cell is not None:
                return self.read(cell, frame)
            scope = scope.parent
        return NOTHING

    def _read_global(self, frame: Frame, name: str) -> PointsTo:
        module = frame.module
        cell = module.cells.get(name)
        if cell is None:
            builtin = self.modules["builtins"].cells.get(name)
            if builtin is not None:
                return builtin.value
            cell = module.cells[name] = Cell()
        value = self.read(cell, frame)
        if not value.items:
            builtin = self.modules["builtins"].cells.get(name)
            if builtin is not None:
                return builtin.value
            if name == "__debug__":
                return self.space.constant(value=True)
            implicit = self.module_name(frame, module, name) or self.name_from_outside(frame, module, name)
            if implicit is not None:
                return implicit
        return value

    def assign_name(self, frame: Frame, name: str, value: PointsTo) -> None:
        state = frame.state
        if state is None:
            return
        block = frame.block
        if block.code.kind == "module":
            value = frame.module.pinned.get(name, value)
        if name in block.locals:
            state[name] = value
            kind = block.code.kind
            if name in block.cells:
                self.write(frame.scope.cells.setdefault(name, Cell()), value)
            if kind == "module":
                self._publish(frame, name, value)
        elif name in block.free:
            scope: Scope | None = frame.scope.parent
            while scope is not None:
                cell = scope.cells.get(name)
                if cell is not None:
                    cell.foreign = self.space.join(cell.foreign, value)
                    self.write(cell, value)
                    return
                scope = scope.parent
        elif name in block.globals or block.code.kind == "module":
            if block.code.kind == "module":
                state[name] = value
                self._publish(frame, name, value)
            else:
                self.set_global(frame.module, name, value)
        else:
            state[name] = value

    def _publish(self, frame: Frame, name: str, value: PointsTo) -> None:
        """While a module body runs for the first time, others see what it has bound so far."""
        module = frame.module
        if module.state == "running":
            cell = module.cells.get(name)
            if cell is None:
                cell = module.cells[name] = Cell()
            self.write(cell, value)

    def execute_module(self, frame: Frame) -> None:
        """Executes a module body.

        A program that works has modules that come to their end: where a name is bound to what no call returns, as far
        as was followed, that is a gap, and the body goes on. An endless loop or a `raise` is believed, and reported.
        """
        for node in frame.block.code.body:
            before = frame.state
            self.execute(frame, (node,), goes_on=True)
            if frame.state is not None:
                continue
            if isinstance(node, _BINDINGS):
                frame.state = before
                self.gap(frame, node.site, Reason.NO_RETURN.value)
                continue
            if frame.module.run_name == frame.module.name:
                place = node.value if isinstance(node, ir.ExprStmt) else node
                self.gap(frame, getattr(place, "site", 0), Reason.UNFINISHED.value)
            return

    def finish_module(self, frame: Frame) -> None:
        """At the end of a module body the last binding of a name wins."""
        module = frame.module
        state = frame.state if frame.state is not None else {}
        first = module.state == "running"
        for name, bound in state.items():
            cell = module.cells.setdefault(name, Cell())
            value = module.final.get(name, bound)
            final = self.space.join_content(value, cell.foreign)
            if not first:
                final = self.space.join_content(cell.value, final)
            if final is not cell.value:
                grew = any(item not in cell.value.items for item in final.items)
                cell.value = final
                if grew:
                    self.wake(cell)
        if frame.state is not None:
            module.state = "done"
        elif first:
            module.state = "failed"

    # --- functions ---

    def block_of(self, code: ir.Code, parent: CodeBlock) -> CodeBlock:
        found = parent.children.get(id(code))
        if found is None:
            found = parent.children[id(code)] = CodeBlock(code, parent.module, parent.lines)
        return found

    def make_function(self, frame: Frame, code: ir.Code, defaults: Sequence[ir.Expr | None]) -> Function:
        block = self.block_of(code, frame.block)
        scope = frame.scope if block.free else None
        key = ("function", block, scope)
        function = self.space.intern(key, lambda: Function(block, scope))
        assert isinstance(function, Function)
        for cell, default in zip(function.defaults, defaults, strict=True):
            if cell is not None and default is not None:
                self.write(cell, self.evaluate(frame, default))
        return function
