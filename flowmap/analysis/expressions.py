"""Evaluation of expressions (language reference 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.displays import Displays
from flowmap.analysis.frame import DivergedError, Frame, join_states
from flowmap.analysis.keywords import are_handed_on
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Constant,
    External,
    Generator,
    Instance,
    PointsTo,
    SliceValue,
    Unknown,
    Value,
)
from flowmap.syntax import ir


class Expressions(Displays):
    """One method a kind of expression, found through a table."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._evaluators: dict[type, Callable[..., PointsTo]] = {
            ir.Constant: self._constant,
            ir.BytesConstant: self._constant,
            ir.Literal: lambda _frame, node: self.any_of(node.kind if node.kind in self.natives else "object"),
            ir.Name: self._name,
            ir.Attribute: self._attribute,
            ir.Subscript: self._subscript,
            ir.Slice: self._slice,
            ir.Call: self._call,
            ir.Binary: self._binary,
            ir.Unary: self._unary,
            ir.Boolean: self._boolean,
            ir.Compare: self._compare,
            ir.Conditional: self._conditional,
            ir.Lambda: lambda frame, node: self.space.one(self.make_function(frame, node.code, node.defaults)),
            ir.TupleDisplay: self._tuple,
            ir.ListDisplay: self._list,
            ir.SetDisplay: self._set,
            ir.DictDisplay: self._dict,
            ir.Comprehension: self._comprehension,
            ir.FormatString: self._format_string,
            ir.Formatted: self._formatted,
            ir.Await: self._await,
            ir.Yield: self._yield,
            ir.YieldFrom: self._yield_from,
            ir.Starred: lambda frame, node: self.evaluate(frame, node.value),
            ir.Walrus: self._walrus,
        }

    def evaluate(self, frame: Frame, node: ir.Expr) -> PointsTo:
        return self._evaluators[type(node)](frame, node)

    def _name(self, frame: Frame, node: ir.Name) -> PointsTo:
        # The common case first: a variable of this body that no inner function shares.
        state = frame.state
        if state is not None:
            value = state.get(node.id)
            if value is not None and node.id not in frame.block.cells:
                return value
        return self.read_name(frame, node.id)

    def _constant(self, _frame: Frame, node: ir.Constant | ir.BytesConstant) -> PointsTo:
        return self.space.constant(node.value)

    def _attribute(self, frame: Frame, node: ir.Attribute) -> PointsTo:
        if frame.facts:
            known = frame.facts.get(text_of_expression(node) or "")
            if known is not None:
                return known
        values = self.evaluate(frame, node.value)
        found = self.get_attributes(frame, values, node.attr, node.site)
        if not found.items and values.items:
            self.gap(frame, node.site, Reason.ATTRIBUTE_MISSING.value)
        return found

    def _subscript(self, frame: Frame, node: ir.Subscript) -> PointsTo:
        values = self.evaluate(frame, node.value)
        index = self.evaluate(frame, node.index)
        result = NOTHING
        for value in values.items:
            result = self.space.join(result, self.get_item(frame, value, index, node.site))
        if len(values.items) > 1:
            # What one of several was asked says nothing of the others.
            frame.sure.discard(node.site)
        return result

    def _slice(self, frame: Frame, node: ir.Slice) -> PointsTo:
        none = self.space.constant(None)
        lower, upper, step = (
            none if part is None else self.evaluate(frame, part) for part in (node.lower, node.upper, node.step)
        )
        key = ("slice", lower, upper, step)
        return self.space.one(self.space.intern(key, lambda: SliceValue(lower, upper, step)))

    def _call(self, frame: Frame, node: ir.Call) -> PointsTo:
        known = frame.facts.get(text_of_expression(node) or "") if frame.facts else None
        if frame.stored is not None and frame.stored[0] == text_of_item(node.func):
            callee = frame.stored[1]
        else:
            callee = self.evaluate(frame, node.func)
        arguments = self.evaluate_arguments(frame, node.arguments, node.site)
        made = self.call(frame, callee, arguments, node.site, self.evidence_of(frame, node, callee))
        if len(callee.items) > 1:
            frame.sure.discard(node.site)
        return made if known is None else known

    def evidence_of(self, frame: Frame, node: ir.Call, callee: PointsTo) -> str:
        """Whether a callee was found by a string, and where the string came from."""
        if self.found_by_string and isinstance(node.func, ir.Name) and node.func.id in frame.block.locals:
            for value in callee.items:
                kind = self.found_by_string.get(value)
                if kind is not None:
                    return kind
        return "call"

    def evaluate_arguments(self, frame: Frame, arguments: Sequence[ir.Argument], site: int) -> Arguments:
        evaluators = self._evaluators
        positional: list[PointsTo] = []
        keywords: list[tuple[str, PointsTo]] = []
        soft: list[tuple[str, PointsTo]] = []
        star: PointsTo | None = None
        double_star: PointsTo | None = None
        for argument in arguments:
            node = argument.value
            value = evaluators[type(node)](frame, node)
            if argument.stars == 0:
                if argument.keyword is not None:
                    keywords.append((argument.keyword, value))
                elif star is None:
                    positional.append(value)
                else:
                    star = self.space.join(star, value)
            elif argument.stars == 1:
                items = self.common_items(frame, value, site) if star is None else None
                if items is not None:
                    positional.extend(items)
                else:
                    more = self.elements_of(frame, value, site)
                    star = more if star is None else self.space.join(star, more)
            else:
                exact, rest = self.mapping_items(frame, value, site)
                (keywords if are_handed_on(frame, node) else soft).extend(exact)
                if rest.items:
                    double_star = rest if double_star is None else self.space.join(double_star, rest)
        return Arguments(tuple(positional), tuple(keywords), tuple(soft), star, double_star)

    def _binary(self, frame: Frame, node: ir.Binary) -> PointsTo:
        left = self.evaluate(frame, node.left)
        right = self.evaluate(frame, node.right)
        return self.binary(frame, node.op, left, right, node.site)

    def _unary(self, frame: Frame, node: ir.Unary) -> PointsTo:
        if node.op == "not":
            positive, negative = self.ask(frame, node)
            return self._truths(frame, positive is not None, negative is not None)
        values = self.evaluate(frame, node.operand)
        result = NOTHING
        special = {"-": "__neg__", "+": "__pos__", "~": "__invert__"}[node.op]
        for value in values.items:
            if isinstance(value, Constant) and isinstance(value.value, (int, float)):
                number = value.value
                folded = -number if node.op == "-" else number if node.op == "+" else ~int(number)
                result = self.space.join(result, self.space.constant(folded))
            else:
                made = self.call_special(frame, value, special, Arguments(), node.site, "operator")
                result = self.space.join(result, made if made is not None else self.space.one(value))
        return result

    def _truths(self, _frame: Frame, may_hold: bool, may_fail: bool) -> PointsTo:
        result = NOTHING
        if may_hold:
            result = self.space.constant(value=True)
        if may_fail:
            result = self.space.join(result, self.space.constant(value=False))
        return result

    def _boolean(self, frame: Frame, node: ir.Boolean) -> PointsTo:
        """`and` and `or` give the last operand that was evaluated (6.11)."""
        result = NOTHING
        is_or = node.op == "or"
        ends = None
        for value_node in node.values[:-1]:
            values, positive, negative = self.branch_value(frame, value_node)
            stays = positive if is_or else negative
            if stays is not None:
                result = self.space.join(result, self._decided(frame, values, is_or))
                ends = join_states(self.space, ends, stays)
            frame.state = negative if is_or else positive
            if frame.state is None:
                frame.state = ends
                return result
        try:
            result = self.space.join(result, self.evaluate(frame, node.values[-1]))
        except DivergedError:
            if ends is None:
                raise
            frame.state = None
        frame.state = join_states(self.space, frame.state, ends)
        return result

    def _decided(self, frame: Frame, values: PointsTo, truth: bool) -> PointsTo:
        """Those of the values that may be true (or false)."""
        kept = [v for v in values.items if self.truth(frame, v, 0)[0 if truth else 1]]
        return self.space.of(kept) if kept else NOTHING

    def _compare(self, frame: Frame, node: ir.Compare) -> PointsTo:
        positive, negative = self.ask(frame, node)
        return self._truths(frame, positive is not None, negative is not None)

    def _conditional(self, frame: Frame, node: ir.Conditional) -> PointsTo:
        positive, negative = self.ask(frame, node.test)
        result = NOTHING
        after = None
        returned = False
        for state, part in ((positive, node.body), (negative, node.orelse)):
            if state is None:
                continue
            frame.go_on(state)
            try:
                result = self.space.join(result, self.evaluate(frame, part))
                returned = True
            except DivergedError:
                continue
            after = join_states(self.space, after, frame.state)
        if not returned:
            raise DivergedError
        frame.state = after
        return result

    # --- strings ---

    def _format_string(self, frame: Frame, node: ir.FormatString) -> PointsTo:
        result = self.space.constant("")
        for part in node.parts:
            text = self.evaluate(frame, part)
            result = self.binary(frame, "+", result, text, node.site)
        return result

    def _formatted(self, frame: Frame, node: ir.Formatted) -> PointsTo:
        """`{value!conversion:spec}`: what is converted is a text, and formatted as one (2.4.3)."""
        value = self.evaluate(frame, node.value)
        spec = self.space.constant("") if node.spec is None else self.any_of("str")
        if node.spec is not None:
            self.evaluate(frame, node.spec)
        if node.conversion is not None:
            text = self.text_of(frame, value, node.site, node.conversion)
            return text if node.spec is None else spec
        plain: list[Value] = []
        for each in value.items:
            cls = each.cls if isinstance(each, Instance) else None
            found = self.lookup(frame, cls, "__format__") if cls is not None else None
            if found is None or found[0].is_native:
                plain.append(each)
            else:
                self.call_special(frame, each, "__format__", Arguments((spec,)), node.site, "operator")
        # The `__format__` that all objects have takes no specification.
        text = NOTHING
        if plain and not isinstance(node.spec, ir.Constant):
            values = value if len(plain) == len(value.items) else self.space.of(plain)
            text = self.text_of(frame, values, node.site)
        return text if len(plain) == len(value.items) and node.spec is None else self.any_of("str")

    # --- generators and coroutines ---

    def _await(self, frame: Frame, node: ir.Await) -> PointsTo:
        return self.await_values(frame, self.evaluate(frame, node.value), node.site)

    def await_values(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        """What `await` gives (6.4)."""
        result = NOTHING
        for value in values.items:
            if isinstance(value, Generator):
                self.activate(frame, value.activation, site, "await")
                result = self.space.join(result, value.activation.returns.value)
            elif isinstance(value, Instance):
                made = self.call_special(frame, value, "__await__", Arguments(), site, "await")
                found = self.lookup(frame, value.cls, "__await__")
                if found is not None and found[0].is_native:
                    # A model says what comes out in the end.
                    result = self.space.join(result, made or NOTHING)
                    continue
                if made is None:
                    result = self.space.join(result, self.space.unknown(Reason.UNKNOWN_VALUE.value))
                for each in made.items if made is not None else ():
                    if isinstance(each, Generator):
                        self.activate(frame, each.activation, site, "await")
                        result = self.space.join(result, each.activation.returns.value)
            elif isinstance(value, (Unknown, External)):
                result = self.space.join(result, self.space.unknown(Reason.UNKNOWN_VALUE.value))
        return result

    def _yield(self, frame: Frame, node: ir.Yield) -> PointsTo:
        value = self.space.constant(None) if node.value is None else self.evaluate(frame, node.value)
        activation = frame.activation
        frame.stored = None
        self.write_content(activation.yields, value)
        return self.space.join(self.space.constant(None), self.read(activation.sent, frame))

    def _yield_from(self, frame: Frame, node: ir.YieldFrom) -> PointsTo:
        values = self.evaluate(frame, node.value)
        frame.stored = None
        self.write_content(frame.activation.yields, self.elements_of(frame, values, node.site))
        result = NOTHING
        for value in values.items:
            if isinstance(value, Generator):
                result = self.space.join(result, self.read(value.activation.returns, frame))
        return result if result.items else self.space.constant(None)

    def _walrus(self, frame: Frame, node: ir.Walrus) -> PointsTo:
        value = self.evaluate(frame, node.value)
        frame.stored = None
        self.assign_name(frame, node.name, value)
        return value


def text_of_expression(node: ir.Expr) -> str | None:
    """The text of a chain of names, attributes and calls without arguments: `request.method.lower()`."""
    if isinstance(node, ir.Name):
        return node.id
    if isinstance(node, ir.Attribute):
        inner = text_of_expression(node.value)
        return f"{inner}.{node.attr}" if inner is not None else None
    if isinstance(node, ir.Call) and not node.arguments:
        inner = text_of_expression(node.func)
        return f"{inner}()" if inner is not None else None
    return None


def text_of_item(node: ir.Expr) -> str | None:
    """The text of a variable's item, or of an item of that, by constants: `handlers["a"][0]`."""
    if isinstance(node, ir.Name):
        return node.id
    if isinstance(node, ir.Subscript) and isinstance(node.index, ir.Constant):
        inner = text_of_item(node.value)
        return f"{inner}[{node.index.value!r}]" if inner is not None else None
    return None
