"""Loops (language reference 8.2, 8.3): item by item where the items are known, else to a fixpoint."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import DivergedError, Frame, State, join_states
from flowmap.analysis.imports import Imports
from flowmap.analysis.liveness import live_at_head
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.space import seq_of
from flowmap.analysis.values import NOTHING, Constant, Crowd, Instance, PointsTo, Tuple, Value
from flowmap.syntax import ir


class Loops(Imports):
    """`for` and `while`."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        # By identity of the loop's node: the names that a round may read before it binds them.
        self._live: dict[int, frozenset[str] | None] = {}

    def execute_while(self, frame: Frame, node: ir.While) -> None:
        ended: State | None = None

        def test(inner: Frame) -> bool:
            nonlocal ended
            positive, negative = self.branch(inner, node.test)
            ended = join_states(self.space, ended, negative)
            inner.state = positive
            return positive is not None

        frame.breaks.append(None)
        late = self._fixpoint(frame, test, node, peels=True)
        if frame.state is not None:
            self._add(ended, frame.state, late)
        frame.state = ended
        self._finish_loop(frame, node.orelse)

    def _fixpoint(
        self,
        frame: Frame,
        begin: Callable[[Frame], bool],
        loop: ir.For | ir.While,
        *,
        peels: bool = False,
        each: Callable[[Frame], Sequence[PointsTo]] | None = None,
    ) -> Sequence[str]:
        """Runs a loop's body until its live variables stop growing; `begin` starts a round, False when there is none.

        Wherever the loop is left, the others, which are returned, may hold what a round made of them. With `peels`,
        rounds that make one known text of another are told apart (loop peeling). `each` gives the items that a round
        of a `for` is run for one by one, none where they are not told apart.
        """
        entry = frame.state
        assert entry is not None
        late: Sequence[str] = ()
        frame.loops += 1
        rounds = peeled = 0
        while rounds < self.bounds.loop_rounds:
            ones = each(frame) if each is not None else ()
            if isinstance(loop, ir.For) and ones:
                back = self._rounds(frame, ones, loop, entry)
            else:
                back = self._round(frame, begin, loop, entry)
            if back is not None and peels and peeled < self.bounds.peeled_rounds and self._moves_on(loop, entry, back):
                entry, peeled = back, peeled + 1
                continue
            rounds += 1
            merged = join_states(self.space, entry, back)
            assert merged is not None
            grown = [name for name, value in merged.items() if entry.get(name) is not value]
            if not self._matters(frame, loop, grown):
                entry, late = merged, grown
                break
            if rounds > 3:
                merged = self._widen_growing(frame, entry, merged)
            entry = merged
        else:
            self.hit("loop_rounds", frame.block.function)
        frame.loops -= 1
        frame.state = entry
        for state in (frame.breaks[-1], frame.escapes[-1] if frame.escapes else None):
            self._add(state, entry, late)
        return late

    def _round(
        self, frame: Frame, begin: Callable[[Frame], bool], loop: ir.For | ir.While, entry: State
    ) -> State | None:
        """Runs a loop's body once; the state in which the next round begins."""
        frame.state = dict(entry)
        frame.continues.append(None)
        try:
            if begin(frame):
                self.execute(frame, loop.body)
            else:
                frame.state = None
        except DivergedError:
            frame.state = None
        return join_states(self.space, frame.state, frame.continues.pop())

    def _rounds(self, frame: Frame, items: Sequence[PointsTo], loop: ir.For, entry: State) -> State | None:
        """Runs a loop's body once for each of the items: what belongs together stays together."""
        result: State | None = None
        for item in items:

            def begin(inner: Frame, item: PointsTo = item) -> bool:
                self.assign(inner, loop.target, item, loop.site)
                return True

            result = join_states(self.space, result, self._round(frame, begin, loop, entry))
        return result

    def _moves_on(self, loop: ir.For | ir.While, before: State, after: State) -> bool:
        """Whether all that the next round will see anew are texts that are known, as those were of which they came."""
        live = self._live_in(loop)
        if live is None:
            return False
        changed = [name for name, value in after.items() if before.get(name) is not value and name in live]
        return bool(changed) and all(_is_text(before.get(name)) and _is_text(after[name]) for name in changed)

    def _add(self, state: State | None, more: State, names: Sequence[str]) -> None:
        if state is not None:
            for name in names:
                state[name] = self.space.join(state.get(name, NOTHING), more[name])

    def _matters(self, frame: Frame, loop: ir.For | ir.While, grown: Sequence[str]) -> bool:
        """Whether another round may see that these variables have grown."""
        if not grown:
            return False
        live = self._live_in(loop)
        return live is None or any(name in live or name in frame.block.cells for name in grown)

    def _live_in(self, loop: ir.For | ir.While) -> frozenset[str] | None:
        key = id(loop)
        if key not in self._live:
            self._live[key] = live_at_head(loop)
        return self._live[key]

    def _widen_growing(self, frame: Frame, old: State, new: State) -> State:
        """Counters grow for ever: what still changes after some rounds is any number, text, or tuple of any length."""
        result = dict(new)
        for name, value in new.items():
            if old.get(name) is not value:
                wide = [self.space.wide.get(type(v.value), v) if isinstance(v, Constant) else v for v in value.items]
                result[name] = self.blurred(frame, self.space.of(wide), 0)
        return result

    def _finish_loop(self, frame: Frame, orelse: Sequence[ir.Stmt]) -> None:
        if frame.state is not None and orelse:
            self.execute(frame, orelse)
        frame.state = join_states(self.space, frame.state, frame.breaks.pop())

    def execute_for(self, frame: Frame, node: ir.For) -> None:
        iterable = self.evaluate(frame, node.iterable)
        entry = frame.state
        assert entry is not None
        after: State | None = None
        frame.breaks.append(None)
        known, open_ended = self._known_items(frame, node, iterable)
        enclosing = frame.rounds
        frame.rounds *= max(1, sum(map(len, known)))
        for items in known:
            frame.go_on(dict(entry))
            self._unroll(frame, node, items)
            after = join_states(self.space, after, frame.state)
        frame.rounds = enclosing
        if open_ended or not iterable.items:
            values = self.space.of(open_ended) if open_ended else NOTHING
            frame.go_on(dict(entry))
            self._iterate(frame, node, values)
            after = join_states(self.space, after, frame.state)
        frame.state = after
        self._finish_loop(frame, node.orelse)

    def _known_items(
        self, frame: Frame, node: ir.For, iterable: PointsTo
    ) -> tuple[Sequence[Sequence[PointsTo]], Sequence[Value]]:
        """The items of what the loop can run over item by item, and the iterables it cannot."""
        known: list[Sequence[PointsTo]] = []
        open_ended: list[Value] = []
        count = 0
        for value in iterable.items:
            items = None if node.is_async else self.items_of(frame, value, node.site)
            if items is None:
                open_ended.append(value)
            elif count + len(items) <= self.unrolled(frame):
                known.append(items)
                count += len(items)
            else:
                self.hit("unrolled_items", frame.block.function)
                open_ended.append(value)
        return known, open_ended

    def _unroll(self, frame: Frame, node: ir.For, items: Sequence[PointsTo]) -> None:
        for item in items:
            if frame.state is None:
                return
            frame.continues.append(None)
            try:
                self.assign(frame, node.target, item, node.site)
                self.execute(frame, node.body)
            except DivergedError:
                frame.state = None
            frame.state = join_states(self.space, frame.state, frame.continues.pop())

    def _iterate(self, frame: Frame, node: ir.For, values: PointsTo) -> None:
        def begin(inner: Frame) -> bool:
            if node.is_async:
                elements = self.async_elements(inner, values, node.site)
            else:
                elements = self.elements_of(inner, values, node.site)
            if not elements.items:
                return False
            self.assign(inner, node.target, elements, node.site)
            return True

        def each(inner: Frame) -> Sequence[PointsTo]:
            if node.is_async or not self.outside.told_apart:
                return ()
            inner.state = dict(entry)
            return self._apart_items(inner, self.elements_of(inner, values, node.site))

        entry = frame.state or {}
        self._fixpoint(frame, begin, node, each=each)

    def _apart_items(self, frame: Frame, elements: PointsTo) -> Sequence[PointsTo]:
        """The items one by one where all are tuples, with names or not, or objects that their calls tell apart."""
        items: list[Value] = []
        for value in elements.items:
            items.extend([*value.members, *value.tuples] if isinstance(value, Crowd) else [value])
        if not 1 < len(items) <= self.unrolled(frame):
            return ()
        if not all(
            isinstance(item, Tuple)
            or (
                isinstance(item, Instance)
                and isinstance(item.key, tuple)
                and (item.key[-1] in self.called_at or self.native_class("tuple") in item.cls.mro)
            )
            for item in items
        ):
            return ()
        return [self.space.one(item) for item in sorted(items, key=seq_of)]


def _is_text(values: PointsTo | None) -> bool:
    """Whether a variable holds one known text."""
    if values is None or len(values.items) != 1:
        return False
    only = values.items[0]
    return isinstance(only, Constant) and isinstance(only.value, (str, bytes))
