"""Attributes of whole sets: asked once for everybody who reads them, as long as nothing they depend on changes.

A query is to an attribute of a set what an activation is to a function: it is evaluated when it is asked for, and is
out of date once a cell that it read has grown (compare Hammer et al., "Adapton", PLDI 2014).
"""

from __future__ import annotations

from flowmap.analysis.calls import Calls
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.values import Instance, PointsTo, Query, Value


class Queries(Calls):
    """Reads an attribute of every value of a set."""

    def get_attributes(self, frame: Frame, values: PointsTo, name: str, site: int) -> PointsTo:
        items = values.items
        if len(items) == 1:
            return self.get_attribute(frame, items[0], name, site)
        queries = values.queries
        if queries is None:
            queries = values.queries = {}
        query = queries.get(name)
        if query is None:
            query = queries[name] = Query(frame.block, frame.scope)
            query.is_plain = all(map(self._is_plain, items))
        if query.is_plain and not query.is_current:
            self._evaluate(query, frame, values, name, site)
        if query.is_plain:
            frame.steps += 1
            return self.read(query.returns, frame)
        results: list[PointsTo] = []
        diverged = False
        for value in items:
            try:
                results.append(self.get_attribute(frame, value, name, site))
            except DivergedError:
                diverged = True
        result = self.space.join_all(results)
        if diverged and not result.items:
            raise DivergedError
        return result

    def _is_plain(self, value: Value) -> bool:
        """Whether an object's attributes are found without asking its class's own code."""
        return not isinstance(value, Instance) or (value.cls.hooks or self.hooks_of(value.cls)) == (None, None)

    def _evaluate(self, query: Query, frame: Frame, values: PointsTo, name: str, site: int) -> None:
        """Finds the attribute anew. What calls something for it is found by everybody for himself."""
        query.runs += 1
        query.is_current = True
        inner = Frame(query)
        # The site is one of who asks now, not of who asked first.
        inner.lines = frame.lines
        results: list[PointsTo] = []
        for value in values.items:
            try:
                results.append(self.get_attribute(inner, value, name, site))
            except DivergedError:
                query.is_plain = False
        frame.steps += inner.steps
        if inner.steps > len(values.items) or query.gaps or query.calls:
            query.is_plain = False
        if query.is_plain:
            query.returns.value = self.space.join_all(results)
