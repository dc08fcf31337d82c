"""Execution of statements (language reference 7 and 8): in order, joins at branches."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.expressions import text_of_expression, text_of_item
from flowmap.analysis.frame import DivergedError, Frame, State, join_states
from flowmap.analysis.handlers import Handlers
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.mutations import rebind_changed_list
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Cell,
    Class,
    Instance,
    PointsTo,
    Tuple,
    Value,
)
from flowmap.syntax import ir


class Statements(Handlers):
    """One method a kind of statement, found through a table."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._executors: dict[type, Callable[..., object]] = {
            ir.ExprStmt: self._expression,
            ir.Assign: self._assign,
            ir.AugAssign: self._augmented,
            ir.AnnAssign: self._annotated,
            ir.Delete: self._delete,
            ir.Return: self._return,
            ir.Raise: self._raise,
            ir.If: self._if,
            ir.While: self.execute_while,
            ir.For: self.execute_for,
            ir.Try: self._try,
            ir.With: self._with,
            ir.FunctionDef: self.define_function,
            ir.ClassDef: self.define_class,
            ir.Import: self.import_names,
            ir.ImportFrom: self.import_from,
            ir.Assert: self._assert,
            ir.Break: self._break,
            ir.Continue: self._continue,
            ir.Match: self.match,
        }

    def execute(self, frame: Frame, body: Sequence[ir.Stmt], *, goes_on: bool = False) -> None:
        executors = self._executors
        if not goes_on:
            frame.stored = None
        for node in body:
            if frame.state is None:
                return
            try:
                executors[type(node)](frame, node)
            except DivergedError:
                frame.state = None
            if type(node) is not ir.Assign:
                frame.stored = None
            if frame.escapes and frame.state is not None:
                self.escape(frame, frame.state)

    def _expression(self, frame: Frame, node: ir.ExprStmt) -> None:
        if not rebind_changed_list(self, frame, node):
            self.evaluate(frame, node.value)

    # --- assignment ---

    def _assign(self, frame: Frame, node: ir.Assign) -> None:
        value = self.evaluate(frame, node.value)
        for target in node.targets:
            self.assign(frame, target, value, node.site)

    def assign(self, frame: Frame, target: ir.Expr, value: PointsTo, site: int) -> None:
        if frame.facts:
            self._forget(frame, target)
        frame.stored = None
        if isinstance(target, ir.Name):
            self.assign_name(frame, target.id, value)
        elif isinstance(target, ir.Attribute):
            owners = self.evaluate(frame, target.value)
            self.set_attributes(frame, owners, target.attr, value, target.site)
        elif isinstance(target, ir.Subscript):
            owners = self.evaluate(frame, target.value)
            index = self.evaluate(frame, target.index)
            for owner in owners.items:
                self.set_item(frame, owner, index, value, target.site)
            text = text_of_item(target)
            if text is not None and all(_is_plain(owner) for owner in owners.items):
                frame.stored = text, value
        elif isinstance(target, (ir.TupleDisplay, ir.ListDisplay)):
            self._unpack(frame, target.items, value, site)
        elif isinstance(target, ir.Starred):
            self.assign(frame, target.value, value, site)

    def _forget(self, frame: Frame, target: ir.Expr) -> None:
        """What tests said of a name or an attribute, and of what is read from it, holds no longer."""
        text = text_of_expression(target)
        if text is not None:
            parts = f"{text}."
            frame.facts = {k: v for k, v in frame.facts.items() if k != text and not k.startswith(parts)}

    def _unpack(self, frame: Frame, targets: Sequence[ir.Expr], value: PointsTo, site: int) -> None:
        """Assigns item by item where the items are known (7.2)."""
        star = next((i for i, t in enumerate(targets) if isinstance(t, ir.Starred)), None)
        columns: list[PointsTo] = [NOTHING] * len(targets)
        for each in value.items:
            items = self.items_of(frame, each, site)
            if items is None:
                rest = self.elements_of(frame, self.space.one(each), site)
                row = [rest] * len(targets)
                if star is not None:
                    row[star] = self.make_list(frame, None, rest, ("star", site))
            elif star is None:
                if len(items) != len(targets):
                    continue
                row = list(items)
            else:
                after = len(targets) - star - 1
                if len(items) < len(targets) - 1:
                    continue
                middle = self.make_list(frame, items[star : len(items) - after], NOTHING, ("star", site))
                row = [*items[:star], middle, *items[len(items) - after :]]
            columns = list(map(self.space.join, columns, row))
        for target, column in zip(targets, columns, strict=True):
            self.assign(frame, target, column, site)

    def _augmented(self, frame: Frame, node: ir.AugAssign) -> None:
        target = node.target
        if isinstance(target, ir.Attribute):
            owners = self.evaluate(frame, target.value)
            old = self.get_attributes(frame, owners, target.attr, target.site)
            new = self._operate(frame, node, old)
            self.set_attributes(frame, owners, target.attr, new, target.site)
        elif isinstance(target, ir.Subscript):
            owners = self.evaluate(frame, target.value)
            index = self.evaluate(frame, target.index)
            old = NOTHING
            for owner in owners.items:
                old = self.space.join(old, self.get_item(frame, owner, index, target.site))
            new = self._operate(frame, node, old)
            for owner in owners.items:
                self.set_item(frame, owner, index, new, target.site)
        elif isinstance(target, ir.Name):
            old = self.read_name(frame, target.id)
            self.assign_name(frame, target.id, self._operate(frame, node, old))

    def _operate(self, frame: Frame, node: ir.AugAssign, old: PointsTo) -> PointsTo:
        return self.binary(frame, node.op, old, self.evaluate(frame, node.value), node.site, in_place=True)

    def _annotated(self, frame: Frame, node: ir.AnnAssign) -> None:
        if frame.block.code.kind == "class" and isinstance(node.target, ir.Name) and frame.state is not None:
            order = frame.state.get("__annotations__", self.make_tuple([]))
            pairs = [e for t in order.items if isinstance(t, Tuple) for e in t.elements]
            pairs.append(self.make_tuple([self.space.constant(node.target.id), self._annotation(frame, node)]))
            frame.state["__annotations__"] = self.make_tuple(pairs)
        elif frame.block.code.kind == "module":
            self._annotation(frame, node)
        if node.value is not None:
            self.assign(frame, node.target, self.evaluate(frame, node.value), node.site)

    def _annotation(self, frame: Frame, node: ir.AnnAssign) -> PointsTo:
        return (
            self.space.constant(node.annotation.value)
            if isinstance(node.annotation, ir.Constant)
            else self.evaluate(frame, node.annotation)
        )

    def _delete(self, frame: Frame, node: ir.Delete) -> None:
        for target in node.targets:
            if isinstance(target, ir.Name) and frame.state is not None:
                frame.state.pop(target.id, None)
            elif isinstance(target, ir.Attribute):
                for owner in self.evaluate(frame, target.value).items:
                    self.delete_attribute(frame, owner, target.attr, target.site)
            elif isinstance(target, ir.Subscript):
                owners = self.evaluate(frame, target.value)
                index = self.evaluate(frame, target.index)
                for owner in owners.items:
                    self.call_special(frame, owner, "__delitem__", Arguments((index,)), target.site, "operator")
            elif isinstance(target, (ir.TupleDisplay, ir.ListDisplay)):
                self._delete(frame, ir.Delete(target.items, node.site))

    def delete_attribute(self, frame: Frame, owner: object, name: str, site: int) -> None:
        """`del owner.name`: `__delattr__`, or the descriptor's `__delete__`."""
        if not isinstance(owner, Instance):
            return
        custom = self.lookup(frame, owner.cls, "__delattr__")
        if custom is not None and not custom[0].is_native:
            self.call_special(frame, owner, "__delattr__", Arguments((self.space.constant(name),)), site, "attribute")
            return
        found = self.lookup(frame, owner.cls, name)
        for value in self.read(found[1], frame).items if found is not None else ():
            if isinstance(value, Instance):
                evidence = "property" if value.cls.is_native else "attribute"
                self.call_special(frame, value, "__delete__", Arguments((self.space.one(owner),)), site, evidence)

    # --- leaving ---

    def _return(self, frame: Frame, node: ir.Return) -> None:
        value = self.space.constant(None) if node.value is None else self.evaluate(frame, node.value)
        frame.returned = self.space.join(frame.returned, value)
        frame.state = None

    def _raise(self, frame: Frame, node: ir.Raise) -> None:
        errors = NOTHING
        if node.error is not None:
            for value in self.evaluate(frame, node.error).items:
                if isinstance(value, Class) and value.is_native:
                    # Nobody wrote this call, and nothing of the program runs.
                    made = self.instantiate(frame, value, Arguments(), node.site, "call", is_written=False)
                    errors = self.space.join(errors, made)
                elif isinstance(value, Class):
                    made = self.call(frame, self.space.one(value), Arguments(), node.site)
                    errors = self.space.join(errors, made)
                else:
                    errors = self.space.join(errors, self.space.one(value))
        if node.cause is not None:
            cause = self.evaluate(frame, node.cause)
            for error in errors.items:
                if isinstance(error, Instance):
                    self.write(error.attributes.setdefault("__cause__", Cell()), cause)
        for error in errors.items:
            for cls in error.cls.mro if isinstance(error, Instance) else ():
                if not cls.is_native:
                    self.write(self._raised.setdefault(cls, Cell()), self.space.one(error))
        frame.state = None

    def _assert(self, frame: Frame, node: ir.Assert) -> None:
        positive, negative = self.branch(frame, node.test)
        if negative is not None and node.message is not None:
            frame.state = negative
            try:
                self.evaluate(frame, node.message)
            except DivergedError:
                frame.state = None
        frame.state = positive

    def _break(self, frame: Frame, _node: ir.Break) -> None:
        frame.breaks[-1] = join_states(self.space, frame.breaks[-1], frame.state)
        frame.state = None

    def _continue(self, frame: Frame, _node: ir.Continue) -> None:
        frame.continues[-1] = join_states(self.space, frame.continues[-1], frame.state)
        frame.state = None

    # --- branches ---

    def _if(self, frame: Frame, node: ir.If) -> None:
        after = self._branch(frame, node)
        for each in node.elifs:
            if frame.state is None:
                break
            try:
                after = join_states(self.space, after, self._branch(frame, each))
            except DivergedError:
                frame.state = None
        if frame.state is not None and node.orelse:
            self.execute(frame, node.orelse)
        frame.state = join_states(self.space, after, frame.state)

    def _branch(self, frame: Frame, node: ir.If) -> State | None:
        """Executes the body where the test holds; the state after it. The frame's is then that where the test fails."""
        frame.pending_facts = {}
        positive, negative = self.branch(frame, node.test)
        frame.state = positive
        if positive is not None:
            outer, learned = frame.facts, frame.pending_facts
            if learned:
                frame.facts = outer | learned
            self.execute(frame, node.body)
            frame.facts = outer
        after = frame.state
        frame.state = negative
        return after

    def match(self, frame: Frame, node: ir.Match) -> None:
        raise NotImplementedError


def _is_plain(value: Value) -> bool:
    """Whether what is assigned to an item of the value is what is read from it."""
    return isinstance(value, Instance) and value.cls.is_native and value.content is not None
