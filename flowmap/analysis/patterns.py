"""Match statements (language reference 8.6, PEP 634)."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.analysis.frame import DivergedError, Frame, State, join_states
from flowmap.analysis.statements import Statements
from flowmap.analysis.values import NOTHING, Class, Constant, PointsTo, Tuple, Value
from flowmap.syntax import ir


class Patterns(Statements):
    """Tries patterns value by value: what may match is bound, what surely matches ends the statement."""

    def match(self, frame: Frame, node: ir.Match) -> None:
        subject = self.evaluate(frame, node.subject)
        after: State | None = None
        remaining: State | None = frame.state
        for case in node.cases:
            if remaining is None or not subject.items:
                break
            frame.state = dict(remaining)
            matched: list[Value] = []
            left: list[Value] = []
            for value in subject.items:
                answer = self._matches(frame, case.pattern, value)
                if answer is not False:
                    matched.append(value)
                if answer is not True:
                    left.append(value)
            if not matched:
                continue
            frame.state = dict(remaining)
            self._bind_pattern(frame, case.pattern, self.space.of(matched))
            is_sure = True
            if case.guard is not None:
                try:
                    frame.state, failing = self.branch(frame, case.guard)
                    is_sure = failing is None
                except DivergedError:
                    frame.state, is_sure = None, False
            if frame.state is not None:
                self.execute(frame, case.body)
            after = join_states(self.space, after, frame.state)
            if is_sure:
                subject = self.space.of(left) if left else NOTHING
            if not subject.items:
                remaining = None
        frame.state = join_states(self.space, after, remaining)

    def _matches(self, frame: Frame, pattern: ir.Pattern, value: Value) -> bool | None:
        if isinstance(pattern, ir.AsPattern):
            return True if pattern.pattern is None else self._matches(frame, pattern.pattern, value)
        if isinstance(pattern, ir.OrPattern):
            return self._any(lambda each: self._matches(frame, each, value), pattern.patterns)
        if isinstance(pattern, ir.ValuePattern):
            return self._matches_value(frame, pattern, value)
        if isinstance(pattern, ir.ClassPattern):
            return self._matches_class(frame, pattern, value)
        if isinstance(pattern, ir.SequencePattern):
            return self._matches_sequence(frame, pattern, value)
        if isinstance(pattern, ir.MappingPattern):
            return None if self._may_be(value, "dict") else False
        return True

    def _may_be(self, value: Value, name: str) -> bool:
        cls = self.class_of(value)
        return cls is None or cls.open or any(c.name == name and c.is_native for c in cls.mro)

    def _matches_value(self, frame: Frame, pattern: ir.ValuePattern, value: Value) -> bool | None:
        answers: list[tuple[bool, bool]] = []
        for other in self.evaluate(frame, pattern.value).items:
            is_singleton = isinstance(other, Constant) and (other.value is None or isinstance(other.value, bool))
            answers.append(self.compare(frame, "is" if is_singleton else "==", value, other, 0))
        if not answers:
            return None
        return True if all(a == (True, False) for a in answers) else None if any(a for a, _ in answers) else False

    def _matches_class(self, frame: Frame, pattern: ir.ClassPattern, value: Value) -> bool | None:
        answer: bool | None = False
        for cls in self.evaluate(frame, pattern.cls).items:
            one = self.is_instance(frame, value, cls)
            answer = one or (None if one is None else answer)
        if not answer:
            return answer
        for sub, inner in zip(pattern.patterns, self._class_parts(frame, pattern, self.space.one(value)), strict=True):
            results = [self._matches(frame, sub, v) for v in inner.items]
            if results and all(r is False for r in results):
                return False
            if not results or not all(results):
                answer = None
        return answer

    def _class_parts(self, frame: Frame, pattern: ir.ClassPattern, values: PointsTo) -> list[PointsTo]:
        """What the sub-patterns of a class pattern look at."""
        count = len(pattern.patterns) - len(pattern.keywords)
        names: list[str | None] = [None] * count
        for cls in self.evaluate(frame, pattern.cls).items:
            if isinstance(cls, Class):
                order = self.get_attribute(frame, cls, "__match_args__", pattern.site)
                for each in order.items:
                    if isinstance(each, Tuple):
                        for i, element in enumerate(each.elements[:count]):
                            only = element.items[0] if len(element.items) == 1 else None
                            if isinstance(only, Constant) and isinstance(only.value, str):
                                names[i] = only.value
        # Builtin scalars match themselves by position.
        return [
            values if name is None else self.get_attributes(frame, values, name, pattern.site)
            for name in (*names, *pattern.keywords)
        ]

    def _matches_sequence(self, frame: Frame, pattern: ir.SequencePattern, value: Value) -> bool | None:
        if isinstance(value, Constant) or not (self._may_be(value, "list") or self._may_be(value, "tuple")):
            return False
        items = self.items_of(frame, value, 0)
        if items is None:
            return None
        star = [i for i, p in enumerate(pattern.patterns) if isinstance(p, ir.StarPattern)]
        if len(items) < len(pattern.patterns) - len(star) or (not star and len(items) != len(pattern.patterns)):
            return False
        answer: bool | None = True
        for sub, inner in self._align(frame, pattern.patterns, items):
            results = [self._matches(frame, sub, v) for v in inner.items]
            if results and all(r is False for r in results):
                return False
            if not results or not all(results):
                answer = None
        return answer

    def _align(
        self, frame: Frame, patterns: Sequence[ir.Pattern], items: Sequence[PointsTo]
    ) -> list[tuple[ir.Pattern, PointsTo]]:
        star = next((i for i, p in enumerate(patterns) if isinstance(p, ir.StarPattern)), None)
        if star is None:
            return list(zip(patterns, items, strict=False))
        after = len(patterns) - star - 1
        middle = self.make_list(frame, items[star : len(items) - after], NOTHING, ("star", id(patterns[star])))
        tail = list(zip(patterns[star + 1 :], items[len(items) - after :], strict=False))
        return [*zip(patterns[:star], items, strict=False), (patterns[star], middle), *tail]

    def _bind_pattern(self, frame: Frame, pattern: ir.Pattern, values: PointsTo) -> None:
        if isinstance(pattern, ir.AsPattern):
            if pattern.pattern is not None:
                kept = [v for v in values.items if self._matches(frame, pattern.pattern, v) is not False]
                values = self.space.of(kept) if kept else NOTHING
                self._bind_pattern(frame, pattern.pattern, values)
            if pattern.name is not None:
                self.assign_name(frame, pattern.name, values)
        elif isinstance(pattern, ir.StarPattern):
            if pattern.name is not None:
                self.assign_name(frame, pattern.name, values)
        elif isinstance(pattern, ir.OrPattern):
            for each in pattern.patterns:
                kept = [v for v in values.items if self._matches(frame, each, v) is not False]
                if kept:
                    self._bind_pattern(frame, each, self.space.of(kept))
        elif isinstance(pattern, ir.ClassPattern):
            for sub, inner in zip(pattern.patterns, self._class_parts(frame, pattern, values), strict=True):
                self._bind_pattern(frame, sub, inner)
        elif isinstance(pattern, ir.SequencePattern):
            self._bind_sequence(frame, pattern, values)
        elif isinstance(pattern, ir.MappingPattern):
            self._bind_mapping(frame, pattern, values)

    def _bind_sequence(self, frame: Frame, pattern: ir.SequencePattern, values: PointsTo) -> None:
        columns: dict[int, PointsTo] = {}
        for value in values.items:
            items = self.items_of(frame, value, 0)
            if items is None:
                rest = self.elements_of(frame, self.space.one(value), 0)
                pairs: list[tuple[ir.Pattern, PointsTo]] = [(p, rest) for p in pattern.patterns]
            else:
                pairs = self._align(frame, pattern.patterns, items)
            for i, (_, inner) in enumerate(pairs):
                columns[i] = self.space.join(columns.get(i, NOTHING), inner)
        for i, inner in columns.items():
            self._bind_pattern(frame, pattern.patterns[i], inner)

    def _bind_mapping(self, frame: Frame, pattern: ir.MappingPattern, values: PointsTo) -> None:
        for key, sub in zip(pattern.keys, pattern.patterns, strict=True):
            index = self.evaluate(frame, key)
            inner = NOTHING
            for value in values.items:
                inner = self.space.join(inner, self.get_item(frame, value, index, 0))
            self._bind_pattern(frame, sub, inner)
        if pattern.rest is not None:
            self.assign_name(frame, pattern.rest, values)
