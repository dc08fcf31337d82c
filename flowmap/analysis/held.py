"""What is assumed of a run: attributes that hold a known text, or one of some callables, whatever is stored in them.

An assumption says which of all runs are looked at. What it cannot decide is kept.
"""

from __future__ import annotations

from flowmap.analysis.attribute_binding import AttributeBinding
from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.values import (
    BoundMethod,
    Cell,
    Class,
    Constant,
    Function,
    Instance,
    Partial,
    PointsTo,
    Value,
)

# Wrappers in wrappers; who wraps more is kept.
_DEEPEST = 32


class HeldAttributes(AttributeBinding):
    """Stores what is assumed in place of what is stored."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        # Written when an attribute was stored that lifts restrictions.
        self._lifted = Cell()

    def generic_set(self, frame: Frame, owner: Instance, name: str, value: PointsTo, site: int) -> None:
        outside = self.outside
        if outside.held or outside.only:
            for cls in owner.cls.mro:
                attribute = f"{cls.module}:{cls.qualname}.{name}"
                text = outside.held.get(attribute)
                if attribute in outside.lifting and any(not _is_none(each) for each in value.items):
                    self.write(self._lifted, value)
                if text is not None:
                    # Without the setter of a property: it would compute of the text what it computes of others.
                    self._put_attribute(frame, owner, name, self.space.constant(text))
                    return
                names = outside.only.get(attribute)
                if names is not None and not self.read(self._lifted, frame).items:
                    value = self.space.of([each for each in value.items if self._may_lead_to(frame, each, names, 0)])
                    if not value.items:
                        return
        super().generic_set(frame, owner, name, value, site)

    def _may_lead_to(self, frame: Frame, value: Value, names: frozenset[str], depth: int) -> bool:
        """Whether a callable is one of these names, or wraps one that is, as far as is seen."""
        if isinstance(value, Partial):
            return self._may_lead_to(frame, value.function, names, depth + 1)
        function = value.function if isinstance(value, BoundMethod) else value
        if isinstance(function, Class):
            return _name(function) in names
        if not isinstance(function, Function) or depth > _DEEPEST:
            return True
        if str(function.block.function) in names:
            return True
        inner = [
            each
            for name in function.block.code.free
            for each in self._closed_over(frame, function, name).items
            if isinstance(each, (Function, BoundMethod, Partial, Class, Instance))
        ]
        return any(self._may_lead_to(frame, each, names, depth + 1) for each in inner if self._is_called(frame, each))

    def _is_called(self, frame: Frame, value: Value) -> bool:
        """Whether what a function closes over can be what it calls: most objects cannot."""
        return not isinstance(value, Instance) or self.lookup(frame, value.cls, "__call__") is not None

    def _closed_over(self, frame: Frame, function: Function, name: str) -> PointsTo:
        scope = function.scope
        while scope is not None:
            if name in scope.cells:
                return self.read(scope.cells[name], frame)
            scope = scope.parent
        return self.space.of(())


def _is_none(value: Value) -> bool:
    return isinstance(value, Constant) and value.value is None


def _name(cls: Class) -> str:
    return f"{cls.module}:{cls.qualname}"
