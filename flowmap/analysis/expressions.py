"""Evaluation of expressions (language reference 6)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowmap.analysis.frame import DivergedError, Frame, join_states
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    BoundMethod,
    Class,
    CodeBlock,
    Constant,
    External,
    Function,
    Generator,
    Instance,
    Partial,
    PointsTo,
    SliceValue,
    Unknown,
)
from flowmap.analysis.variables import Variables
from flowmap.syntax import ir

_CALLABLE = (Function, BoundMethod, Class, Partial)


class Expressions(Variables):
    """One method a kind of expression, found through a table."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        # By the place of a display: the callables it was seen to hold.
        self._display_variants: dict[tuple[CodeBlock, int], dict[tuple[PointsTo, ...], None]] = {}
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
        callee = self.evaluate(frame, node.func)
        arguments = self.evaluate_arguments(frame, node.arguments, node.site)
        made = self.call(frame, callee, arguments, node.site, self.evidence_of(frame, node, callee))
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
                soft.extend(exact)
                if rest.items:
                    double_star = rest if double_star is None else self.space.join(double_star, rest)
        return Arguments(tuple(positional), tuple(keywords), tuple(soft), star, double_star)

    def common_items(self, frame: Frame, values: PointsTo, site: int) -> tuple[PointsTo, ...] | None:
        """The items of several iterables of one known length, joined by position."""
        result: tuple[PointsTo, ...] | None = None
        for value in values.items:
            items = self.items_of(frame, value, site)
            if items is None or (result is not None and len(items) != len(result)):
                return None
            result = items if result is None else tuple(map(self.space.join, result, items))
        return result

    def _binary(self, frame: Frame, node: ir.Binary) -> PointsTo:
        left = self.evaluate(frame, node.left)
        right = self.evaluate(frame, node.right)
        return self.binary(frame, node.op, left, right, node.site)

    def _unary(self, frame: Frame, node: ir.Unary) -> PointsTo:
        if node.op == "not":
            positive, negative = self.branch(frame, node)
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
        positive, negative = self.branch(frame, node)
        return self._truths(frame, positive is not None, negative is not None)

    def _conditional(self, frame: Frame, node: ir.Conditional) -> PointsTo:
        positive, negative = self.branch(frame, node.test)
        result = NOTHING
        after = None
        returned = False
        for state, part in ((positive, node.body), (negative, node.orelse)):
            if state is None:
                continue
            frame.state = state
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

    # --- displays ---

    def _tuple(self, frame: Frame, node: ir.TupleDisplay) -> PointsTo:
        items, rest = self._display(frame, node.items, node.site)
        if items is None:
            return self.any_tuple(rest)
        return self.make_tuple(items)

    def _list(self, frame: Frame, node: ir.ListDisplay) -> PointsTo:
        items, rest = self._display(frame, node.items, node.site)
        return self.make_list(frame, items, rest, self._display_key(frame, items or (), node.site))

    def _set(self, frame: Frame, node: ir.SetDisplay) -> PointsTo:
        items, rest = self._display(frame, node.items, node.site)
        for item in items or ():
            rest = self.space.join_content(rest, item)
        return self.make_list(frame, None, rest, node.site, "set")

    def _display(self, frame: Frame, nodes: Sequence[ir.Expr], site: int) -> tuple[list[PointsTo] | None, PointsTo]:
        """The items of a display in order; None and their union when a `*` of unknown length is among them."""
        items: list[PointsTo] | None = []
        rest = NOTHING
        for node in nodes:
            value = self.evaluate(frame, node)
            if isinstance(node, ir.Starred):
                exact = self.common_items(frame, value, site) if items is not None else None
                if exact is not None and items is not None:
                    items.extend(exact)
                    continue
                value = self.elements_of(frame, value, site)
                for item in items or ():
                    rest = self.space.join_content(rest, item)
                items = None
            if items is None:
                rest = self.space.join_content(rest, value)
            else:
                items.append(value)
        return items, rest

    def _display_key(self, frame: Frame, items: Sequence[PointsTo], site: int) -> object:
        """A display that a function fills with callables is another list for others: what a decorator factory is handed
        must not meet what it was handed elsewhere.
        """
        callables = tuple(values for values in items if any(isinstance(v, _CALLABLE) for v in values.items))
        if not callables or frame.block.code.kind != "function":
            return site
        variants = self._display_variants.setdefault((frame.block, site), {})
        if callables not in variants and len(variants) >= self.bounds.display_variants:
            self.hit("display_variants", frame.block.function)
            return site
        variants[callables] = None
        return site, callables

    def _dict(self, frame: Frame, node: ir.DictDisplay) -> PointsTo:
        pairs: list[tuple[PointsTo, PointsTo]] = []
        merged: list[PointsTo] = []
        for key, value in zip(node.keys, node.values, strict=True):
            if key is None:
                merged.append(self.evaluate(frame, value))
            else:
                keys = self.evaluate(frame, key)
                pairs.append((keys, self.evaluate(frame, value)))
                self._hash_keys(frame, keys, node.site)
        result = self.make_dict(frame, pairs, node.site)
        for other in merged:
            for target in result.items:
                self.update_mapping(frame, target, other, node.site)
        return result

    def _hash_keys(self, frame: Frame, keys: PointsTo, site: int) -> None:
        for key in keys.items:
            if isinstance(key, Instance) and not key.cls.is_native:
                self.call_special(frame, key, "__hash__", Arguments(), site, "operator")

    # --- comprehensions ---

    def _comprehension(self, frame: Frame, node: ir.Comprehension) -> PointsTo:
        """Evaluated in place: items in order where the iterables' items are known (6.2.4)."""
        collected: list[tuple[PointsTo, PointsTo]] = []
        exact = self._comprehend(frame, node, 0, collected)
        space = self.space
        values = space.join_all([value for _, value in collected]) if not exact else NOTHING
        if node.kind == "dict":
            return self.make_dict(frame, collected, node.site)
        items = [value for _, value in collected] if exact else None
        if node.kind == "generator":
            return self.make_iterator("generator", items, values)
        if node.kind == "set":
            for _, value in collected:
                values = space.join_content(values, value)
            return self.make_list(frame, None, values, node.site, "set")
        return self.make_list(frame, items, values, node.site)

    def _comprehend(
        self, frame: Frame, node: ir.Comprehension, depth: int, collected: list[tuple[PointsTo, PointsTo]]
    ) -> bool:
        """Runs the `for` of this depth; whether the collected items are all, each once."""
        if depth == len(node.generators):
            key = self.evaluate(frame, node.key) if node.key is not None else NOTHING
            collected.append((key, self.evaluate(frame, node.element)))
            return True
        part = node.generators[depth]
        iterable = self.evaluate(frame, part.iterable)
        items: tuple[PointsTo, ...]
        if part.is_async:
            items, exact = (self.async_elements(frame, iterable, part.site),), False
        else:
            known = self.common_items(frame, iterable, part.site)
            if known is not None and len(known) <= self.bounds.unrolled_items:
                items, exact = known, True
            else:
                items, exact = (self.elements_of(frame, iterable, part.site),), False
                if not items[0].items:
                    return exact
        is_loop = not exact
        frame.loops += is_loop
        after = frame.state
        for item in items:
            try:
                exact = self._comprehend_item(frame, node, depth, item, collected) and exact
            except DivergedError:
                exact = False
            frame.state = after = join_states(self.space, after, frame.state)
        frame.loops -= is_loop
        return exact

    def _comprehend_item(
        self, frame: Frame, node: ir.Comprehension, depth: int, item: PointsTo,
        collected: list[tuple[PointsTo, PointsTo]],
    ) -> bool:  # fmt: skip
        part = node.generators[depth]
        self.assign(frame, part.target, item, part.site)
        exact = True
        for condition in part.conditions:
            positive, negative = self.branch(frame, condition)
            if positive is None:
                frame.state = negative
                return True
            exact = exact and negative is None
            frame.state = positive
        return self._comprehend(frame, node, depth + 1, collected) and exact

    # --- strings ---

    def _format_string(self, frame: Frame, node: ir.FormatString) -> PointsTo:
        result = self.space.constant("")
        for part in node.parts:
            text = self.evaluate(frame, part)
            result = self.binary(frame, "+", result, text, node.site)
        return result

    def _formatted(self, frame: Frame, node: ir.Formatted) -> PointsTo:
        value = self.evaluate(frame, node.value)
        if node.spec is not None:
            self.evaluate(frame, node.spec)
            for each in value.items:
                if isinstance(each, Instance):
                    self.call_special(
                        frame, each, "__format__", Arguments((self.any_of("str"),)), node.site, "operator"
                    )
            return self.any_of("str")
        if node.conversion is None:
            for each in value.items:
                cls = each.cls if isinstance(each, Instance) else None
                found = self.lookup(frame, cls, "__format__") if cls is not None else None
                if found is not None and not found[0].is_native:
                    self.call_special(
                        frame, each, "__format__", Arguments((self.space.constant(""),)), node.site, "operator"
                    )
                    return self.any_of("str")
        return self.text_of(frame, value, node.site, node.conversion or "s")

    # --- generators and coroutines ---

    def _await(self, frame: Frame, node: ir.Await) -> PointsTo:
        return self.await_values(frame, self.evaluate(frame, node.value), node.site)

    def await_values(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        """What `await` gives (6.4)."""
        result = NOTHING
        for value in values.items:
            if isinstance(value, Generator):
                self.ensure(frame, value.activation)
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
                        self.ensure(frame, each.activation)
                        result = self.space.join(result, each.activation.returns.value)
            elif isinstance(value, (Unknown, External)):
                result = self.space.join(result, self.space.unknown(Reason.UNKNOWN_VALUE.value))
        return result

    def _yield(self, frame: Frame, node: ir.Yield) -> PointsTo:
        value = self.space.constant(None) if node.value is None else self.evaluate(frame, node.value)
        activation = frame.activation
        self.write_content(activation.yields, value)
        return self.space.join(self.space.constant(None), self.read(activation.sent, frame))

    def _yield_from(self, frame: Frame, node: ir.YieldFrom) -> PointsTo:
        values = self.evaluate(frame, node.value)
        self.write_content(frame.activation.yields, self.elements_of(frame, values, node.site))
        result = NOTHING
        for value in values.items:
            if isinstance(value, Generator):
                result = self.space.join(result, self.read(value.activation.returns, frame))
        return result if result.items else self.space.constant(None)

    def _walrus(self, frame: Frame, node: ir.Walrus) -> PointsTo:
        value = self.evaluate(frame, node.value)
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
