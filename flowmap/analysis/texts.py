"""The text of a value: `str()`, `repr()`, formatting (data model 3.3.1)."""

from __future__ import annotations

from collections.abc import Iterable

from flowmap.analysis.frame import Frame
from flowmap.analysis.operators import Operators, operand_kind
from flowmap.analysis.values import NOTHING, Arguments, Constant, Instance, PointsTo, Tuple, Value
from flowmap.characters import is_settled


class Texts(Operators):
    """Constants keep their text, objects are asked for theirs, containers for that of their items."""

    def text_of(self, frame: Frame, value: PointsTo, site: int, conversion: str = "s") -> PointsTo:
        result = NOTHING
        order = ("__str__", "__repr__") if conversion == "s" else ("__repr__",)
        seen: set[Value] = set()
        for each in value.items:
            if isinstance(each, Constant):
                text = str(each.value) if conversion == "s" else repr(each.value)
                known = conversion == "s" or not isinstance(each.value, str) or is_settled(each.value)
                result = self.space.join(result, self.space.constant(text) if known else self.any_of("str"))
                continue
            made = self._text_by_method(frame, each, order, site) if isinstance(each, Instance) else None
            if made is None and len(value.items) <= self.bounds.texts_of_items:
                self.text_of_parts(frame, each, conversion, site, seen)
            elif made is None and isinstance(each, Instance) and each.content is not None:
                self.hit("texts_of_items", frame.block.function)
            result = self.space.join(result, made if made is not None and made.items else self.any_of("str"))
        return result

    def text_of_parts(
        self, frame: Frame, value: Value, conversion: str, site: int, seen: set[Value], depth: int = 0
    ) -> None:
        """Calls what the text of a container, or of an exception, is made of: the `__repr__` of each item not yet seen.

        An exception of one argument is written as that argument is (library reference, "Built-in Exceptions").
        """
        if depth >= self.bounds.text_depth:
            self.hit("text_depth", frame.block.function)
            return
        if isinstance(value, Instance) and value.content is None:
            arguments = value.attributes.get("args")
            if arguments is None or self.native_class("BaseException") not in value.cls.mro:
                return
            holders = self.read(arguments, frame).items
            as_text = conversion == "s" and all(isinstance(v, Tuple) and len(v.elements) == 1 for v in holders)
            parts = self.elements_of(frame, self.space.of(holders), site)
        elif isinstance(value, Instance) and value.content is not None:
            as_text = False
            # The text does not ask the `__iter__` of a derived class.
            parts = self.elements_of(frame, self.content_iterator(frame, value), site)
            if value.cls.is_mapping:
                parts = self.space.join_content(parts, self.read(value.content.values, frame))
        elif isinstance(value, Tuple):
            as_text = False
            parts = self.elements_of(frame, self.space.one(value), site)
        else:
            return
        for part in parts.items:
            if isinstance(part, (Instance, Tuple)) and part not in seen:
                seen.add(part)
                order = ("__str__", "__repr__") if as_text else ("__repr__",)
                made = self._text_by_method(frame, part, order, site) if isinstance(part, Instance) else None
                if made is None:
                    self.text_of_parts(frame, part, "s" if as_text else "r", site, seen, depth + 1)

    def _text_by_method(self, frame: Frame, value: Instance, order: Iterable[str], site: int) -> PointsTo | None:
        for special in order:
            found = self.lookup(frame, value.cls, special)
            if found is not None and not found[0].is_native:
                made = self.call_special(frame, value, special, Arguments(), site, "operator") or NOTHING
                # Anything else is a TypeError at run time.
                return self.space.of([each for each in made.items if operand_kind(each) in {None, "str"}])
        return None
