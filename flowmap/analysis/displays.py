"""Displays and comprehensions: the containers that expressions make (language reference 6.2.4 to 6.2.8)."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import DivergedError, Frame, join_states
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    BoundMethod,
    Class,
    CodeBlock,
    Function,
    Instance,
    Partial,
    PointsTo,
    Variant,
)
from flowmap.analysis.variables import Variables
from flowmap.syntax import ir

_CALLABLE = (Function, BoundMethod, Class, Partial)


class Displays(Variables):
    """One method a kind of display."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        # By the line that makes something: the callables that were seen to be handed to it.
        self._variants: dict[tuple[CodeBlock, int], dict[tuple[PointsTo, ...], None]] = {}

    def _tuple(self, frame: Frame, node: ir.TupleDisplay) -> PointsTo:
        items, rest = self._display(frame, node.items, node.site)
        if items is None:
            return self.any_tuple(rest)
        return self.make_tuple(items)

    def _list(self, frame: Frame, node: ir.ListDisplay) -> PointsTo:
        items, rest = self._display(frame, node.items, node.site)
        return self.make_list(frame, items, rest, self.site_for(frame, items or (), node.site))

    def _set(self, frame: Frame, node: ir.SetDisplay) -> PointsTo:
        items, rest = self._display(frame, node.items, node.site)
        for item in items or ():
            rest = self.space.join_content(rest, item)
        return self.make_list(frame, None, rest, node.site, "set")

    def common_items(self, frame: Frame, values: PointsTo, site: int) -> tuple[PointsTo, ...] | None:
        """The items of several iterables of one known length, joined by position."""
        result: tuple[PointsTo, ...] | None = None
        for value in values.items:
            items = self.items_of(frame, value, site)
            if items is None or (result is not None and len(items) != len(result)):
                return None
            result = items if result is None else tuple(map(self.space.join, result, items))
        return result

    def unrolled(self, frame: Frame) -> int:
        """How many items a loop at this point may run over one by one."""
        return min(self.bounds.unrolled_items, self.bounds.unrolled_rounds // frame.rounds)

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

    def site_for(self, frame: Frame, held: Sequence[PointsTo], site: int) -> object:
        """What a function makes of callables is another object for others: what a decorator factory is handed must not
        meet what it was handed elsewhere.
        """
        callables = tuple(values for values in held if any(isinstance(v, _CALLABLE) for v in values.items))
        if not callables or frame.block.code.kind != "function":
            return site
        variants = self._variants.setdefault((frame.block, site), {})
        if callables not in variants and len(variants) >= self.bounds.variants_per_site:
            self.hit("variants_per_site", frame.block.function)
            return site
        variants[callables] = None
        return Variant(site, callables)

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
            if known is not None and len(known) <= self.unrolled(frame):
                items, exact = known, True
            else:
                items, exact = (self.elements_of(frame, iterable, part.site),), False
                if not items[0].items:
                    return exact
        is_loop = not exact
        frame.loops += is_loop
        enclosing = frame.rounds
        frame.rounds *= max(1, len(items))
        after = frame.state
        for item in items:
            try:
                exact = self._comprehend_item(frame, node, depth, item, collected) and exact
            except DivergedError:
                exact = False
            frame.state = after = join_states(self.space, after, frame.state)
        frame.loops -= is_loop
        frame.rounds = enclosing
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
