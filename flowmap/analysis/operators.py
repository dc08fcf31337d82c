"""Operators: constants fold in bounded sets, the rest goes through special methods (data model 3.3.8)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterable
from itertools import product

from flowmap.analysis.calls import NativeCall
from flowmap.analysis.containers import Containers
from flowmap.analysis.frame import Frame
from flowmap.analysis.result import Reason
from flowmap.analysis.values import (
    NOTHING,
    Arguments,
    Class,
    Constant,
    External,
    Instance,
    Native,
    PointsTo,
    Tuple,
    Unknown,
    Value,
)
from flowmap.characters import is_settled


class Operators(Containers):
    """Binary operators."""

    def binary(
        self, frame: Frame, op: str, left: PointsTo, right: PointsTo, site: int, *, in_place: bool = False
    ) -> PointsTo:
        if len(left.items) * len(right.items) > self.bounds.operand_pairs:
            left, right = self._summary(frame, left, site), self._summary(frame, right, site)
        if op == "+":
            left, right = self._few_tuples(frame, left, right, site)
        results: list[PointsTo] = []
        special = _SPECIAL[op]
        names = (f"__i{special[2:]}", special) if in_place else (special,)
        plain = []
        for one in left.items:
            # A method of the program is called once with all right operands, not pair by pair.
            made = self._own_of(frame, one, names, right, site)
            if made is None or self._is_not_implemented(made):
                plain.append(one)
            if made is not None:
                results.append(made)
        rest = self.space.of(plain)
        others = []
        for other in right.items if plain else ():
            made = self._own(frame, other, f"__r{special[2:]}", rest, site)
            if made is None:
                others.append(other)
            else:
                results.append(made)
        frame.steps += len(plain) * len(others)
        for one, other in product(plain, others):
            results.append(self._binary_pair(frame, op, one, other, site, in_place=in_place))
        return self.space.join_all(results)

    def _few_tuples(self, frame: Frame, left: PointsTo, right: PointsTo, site: int) -> tuple[PointsTo, PointsTo]:
        """Forgets the order of tuples where putting every one before every other would make too many."""
        counts = [sum(isinstance(v, Tuple) for v in values.items) for values in (left, right)]
        if counts[0] * counts[1] <= self.bounds.tuple_product:
            return left, right
        self.hit("tuple_product", frame.block.function)
        return self.blurred(frame, left, site), self.blurred(frame, right, site)

    def _own_of(self, frame: Frame, value: Value, names: Iterable[str], other: PointsTo, site: int) -> PointsTo | None:
        for name in names:
            made = self._own(frame, value, name, other, site)
            if made is not None:
                return made
        return None

    def _summary(self, frame: Frame, values: PointsTo, site: int) -> PointsTo:
        """The operands by kind: constants of a type as any one, objects of one class that only its methods combine as
        the first of them, containers of one kind as one list or tuple of all their items."""
        kept: dict[object, Value] = {}
        containers: dict[str, list[Value]] = {}
        for value in values.items:
            if isinstance(value, Constant):
                wide = self.space.wide.get(type(value.value), value)
                kept[wide] = wide
            elif isinstance(value, Tuple):
                containers.setdefault("tuple", []).append(value)
            elif isinstance(value, Instance) and value.cls.is_native and value.cls.name in {"tuple", "list", "set"}:
                containers.setdefault(value.cls.name, []).append(value)
            elif isinstance(value, Instance) and value.content is not None:
                kept[value] = value
            else:
                kept.setdefault(self._kind_of_operand(value), value)
        for kind, many in containers.items():
            if len(many) == 1:
                kept[many[0]] = many[0]
                continue
            items = self.elements_of(frame, self.space.of(many), site)
            made = self.any_tuple(items) if kind == "tuple" else self.make_list(frame, None, items, (kind, site), kind)
            kept[kind] = made.items[0]
        return self.space.of(list(kept.values()))

    def _kind_of_operand(self, value: Value) -> object:
        """Values of one kind give the same with every operand."""
        if isinstance(value, Instance):
            return value if not value.cls.is_native else value.cls
        return value if isinstance(value, (Class, External, Unknown)) else type(value)

    def _binary_pair(self, frame: Frame, op: str, left: Value, right: Value, site: int, *, in_place: bool) -> PointsTo:
        if not _fit(op, operand_kind(left), operand_kind(right), in_place=in_place):
            # A TypeError at run time.
            return NOTHING
        if isinstance(left, Constant):
            folded = self._fold(frame, op, left, right, site)
            if folded is not None:
                return folded
        if isinstance(left, (Unknown, External)):
            return self.space.unknown(Reason.UNKNOWN_VALUE.value)
        return self._native(frame, op, left, right, site, in_place=in_place)

    def _is_not_implemented(self, values: PointsTo) -> bool:
        return any(isinstance(v, External) and v.name == "builtins.NotImplemented" for v in values.items)

    def _own(self, frame: Frame, value: Value, special: str, other: PointsTo, site: int) -> PointsTo | None:
        """Calls a special method that is defined in source."""
        if isinstance(value, Class):
            meta = value.metaclass
            cls = meta if meta is not None and not meta.is_native else None
        else:
            cls = value.cls if isinstance(value, Instance) and not value.cls.is_native else None
        if cls is None:
            return None
        found = self.lookup(frame, cls, special)
        if found is None or found[0].is_native:
            return None
        return self.call_special(frame, value, special, Arguments((other,)), site, "operator")

    def _fold(self, frame: Frame, op: str, left: Constant, right: Value, site: int) -> PointsTo | None:
        text = left.value
        if op == "%" and isinstance(text, str):
            return self.format_percent(frame, text, right, site)
        if isinstance(right, Constant):
            if op == "*" and (isinstance(text, (str, bytes)) or isinstance(right.value, (str, bytes))):
                count = right.value if isinstance(right.value, int) else text
                if not isinstance(count, int) or count > self.bounds.string_length:
                    return self.any_of("str")
            if op == "**" or (op == "<<" and isinstance(right.value, int) and right.value > 64):
                return self.any_of("int")
            try:
                made = _FOLDED[op](text, right.value)
            except (ArithmeticError, TypeError, ValueError, KeyError):
                return None
            if isinstance(made, (str, bytes)) and len(made) > self.bounds.string_length:
                self.hit("string_length", frame.block.function)
                return self.any_of(type(made).__name__)
            return self.space.constant(made)
        kind = type(text).__name__
        if isinstance(right, Instance) and right.cls.is_native and right.cls.name in {"str", "int", "float", "bytes"}:
            return self.any_of(right.cls.name if kind in {"int", "float", "bool"} else kind)
        if isinstance(right, (Unknown, External)) and isinstance(text, (str, bytes)):
            return self.any_of(kind)
        return None

    def format_percent(self, frame: Frame, text: str, right: Value, site: int) -> PointsTo:
        """`text % right` (printf-style formatting): every combination of the constants, while they are few."""
        if _WIDE.search(text):
            # A width of five digits makes more text than a text may hold.
            return self.any_of("str")
        if isinstance(right, Tuple):
            columns = [self.text_of(frame, element, site) for element in right.elements]
            return self.combine(columns, lambda parts: text % tuple(parts) if _only_strings(text) else None)
        if isinstance(right, Instance) and right.content is not None and self.is_mapping(right):
            names = list(right.content.known)
            columns = [self.text_of(frame, self.read(right.content.known[n], frame), site) for n in names]
            keys = [n.value if isinstance(n, Constant) else None for n in names]
            return self.combine(columns, lambda parts: text % dict(zip(keys, parts, strict=True)))
        only = self.text_of(frame, self.space.one(right), site)
        return self.combine([only], lambda parts: text % parts[0] if _only_strings(text) else None)

    def combine(self, columns: list[PointsTo], make: Callable[[tuple[object, ...]], object]) -> PointsTo:
        """Folds an operation over every combination of constants; some text where one is not a constant.

        Nor is what would be written otherwise by another Python, see flowmap.characters.
        """
        count = 1
        for column in columns:
            count *= len(column.items)
        if count == 0:
            return NOTHING
        any_text = self.any_of("str")
        if count > self.bounds.string_product:
            self.hit("string_product", "text made of texts")
            return any_text
        result = NOTHING
        for row in product(*(column.items for column in columns)):
            parts = tuple(v.value for v in row if isinstance(v, Constant))
            if len(parts) == len(row) and all(is_settled(part) for part in parts if isinstance(part, str)):
                try:
                    made = make(parts)
                except (TypeError, ValueError, KeyError, IndexError, AttributeError, OverflowError):
                    made = None
                if isinstance(made, str) and len(made) <= self.bounds.string_length:
                    result = self.space.join(result, self.space.constant(made))
                    continue
            result = self.space.join(result, any_text)
        return result

    def _native(self, frame: Frame, op: str, left: Value, right: Value, site: int, *, in_place: bool) -> PointsTo:
        """Operators of builtin types."""
        is_text = isinstance(left, Instance) and left.cls.is_native and left.cls.name in {"str", "bytes"}
        if is_text and op in {"+", "%", "*"}:
            assert isinstance(left, Instance)
            if op == "%":
                self.text_of(frame, self.space.one(right), site)
            return self.any_of(left.cls.name)
        if isinstance(left, Tuple) or (isinstance(left, Instance) and left.content is not None):
            return self._combine_containers(frame, op, left, right, site, in_place=in_place)
        for value in (left, right):
            if isinstance(value, Instance) and value.cls.is_native and value.cls.name in {"int", "float", "bool"}:
                return self.any_of("float" if op == "/" else value.cls.name)
        modelled = self._modelled(frame, op, left, right, site)
        if modelled is not None:
            return modelled
        if isinstance(left, Class) and op == "|":
            return self.make_tuple([self.space.one(left), self.space.one(right)])
        if isinstance(left, Instance) and left.cls.open:
            return self.space.unknown(Reason.EXTERNAL.value)
        return self.space.unknown(Reason.NO_MODEL.value)

    def _modelled(self, frame: Frame, op: str, left: Value, right: Value, site: int) -> PointsTo | None:
        """An operator of a class written in C."""
        special = _SPECIAL[op]
        for value, other, name in ((left, right, special), (right, left, "__r" + special[2:])):
            found = self.lookup(frame, value.cls, name) if isinstance(value, Instance) else None
            for method in found[1].value.items if found is not None else ():
                if isinstance(method, Native) and method.model is not None:
                    arguments = Arguments((self.space.one(value), self.space.one(other)))
                    return method.model(NativeCall(self, frame, method.name, arguments, site))
        return None

    def _combine_containers(
        self, frame: Frame, op: str, left: Value, right: Value, site: int, *, in_place: bool
    ) -> PointsTo:
        space = self.space
        if isinstance(left, Instance) and self.is_mapping(left):
            result = space.one(left) if in_place else self.make_dict(frame, [], ("union", site))
            for target in result.items:
                if not in_place:
                    self.update_mapping(frame, target, space.one(left), site)
                self.update_mapping(frame, target, space.one(right), site)
            return result
        kind = (
            "tuple" if isinstance(left, Tuple) or (isinstance(left, Instance) and left.cls.name == "tuple") else "list"
        )
        if isinstance(left, Instance) and left.cls.name in {"set", "frozenset"}:
            kind = left.cls.name
        first = self.items_of(frame, left, site)
        second = self.items_of(frame, right, site) if op == "+" else None
        if op in {"-", "&", "%"}:
            return space.one(left)
        if in_place and isinstance(left, Instance) and left.content is not None:
            more = self.elements_of(frame, space.one(right), site)
            if first is not None and second is not None and kind == "list":
                return self.make_list(frame, [*first, *second], NOTHING, _sum_of("+=", frame, left, site))
            self.write_content(left.content.rest, more)
            return space.one(left)
        if first is not None and second is not None and kind == "tuple":
            return self.make_tuple([*first, *second])
        if first is not None and second is not None and kind == "list":
            return self.make_list(frame, [*first, *second], NOTHING, _sum_of("+", frame, left, site))
        rest = self.elements_of(frame, space.one(left), site)
        if op in {"+", "|", "^"}:
            rest = space.join_content(rest, self.elements_of(frame, space.one(right), site))
        if kind == "tuple":
            return self.any_tuple(rest)
        return self.make_list(frame, None, rest, (op, site), kind)


def _sum_of(op: str, frame: Frame, left: Value, site: int) -> object:
    """What a list that a sum makes is told apart by: in the body of a module, which runs once, by what it begins with.

    So settings that were changed in a branch stay two lists, each in its order.
    """
    if frame.block.code.kind == "module" and not frame.loops:
        return op, site, left
    return op, site


def operand_kind(value: Value) -> str | None:
    """What a value is to the operators of the builtin types; None: it may be anything."""
    if isinstance(value, Tuple):
        return "tuple"
    if isinstance(value, Constant):
        return _OPERANDS.get(type(value.value).__name__)
    if isinstance(value, Instance):
        return next((_OPERANDS[c.name] for c in value.cls.mro if c.is_native and c.name in _OPERANDS), None)
    return None


def _fit(op: str, left: str | None, right: str | None, *, in_place: bool) -> bool:
    """Whether the builtin types have this operator (library reference, "Built-in Types")."""
    if left in _OPERATORS and op not in _OPERATORS[left]:
        return False
    if left is None or right is None:
        return True
    if op == "%":
        return left in {"str", "bytes"} or left == right == "number"
    if op == "*":
        return "number" in {left, right} and not {left, right} & {"set", "dict"}
    if op == "+":
        return (left == right and left not in {"set", "dict"}) or (in_place and left == "list")
    if op in {"|", "&", "^"}:
        return left == right and left in ({"number", "set", "dict"} if op == "|" else {"number", "set"})
    return left == right == "number" or (op == "-" and left == right == "set")


_OPERANDS = {
    **dict.fromkeys(("int", "float", "bool", "complex"), "number"),
    **dict.fromkeys(("set", "frozenset"), "set"),
    **{name: name for name in ("str", "bytes", "list", "tuple", "dict")},
}
_OPERATORS = {
    "str": {"+", "*", "%"},
    "bytes": {"+", "*", "%"},
    "list": {"+", "*"},
    "tuple": {"+", "*"},
    "set": {"|", "&", "-", "^"},
    "dict": {"|"},
}
_WIDE = re.compile(r"\d{5}")


def _only_strings(text: str) -> bool:
    """Whether a format needs nothing but text: `%d` of a text that stands for a number would fail."""
    return "%" in text and all(
        c in "s%r("
        for c in (text[i + 1 : i + 2] for i in range(len(text)) if text[i] == "%" and text[i - 1 : i] != "%")
    )


_FOLDED: dict[str, Callable[[object, object], object]] = {
    "+": operator.add,
    "-": operator.sub,
    "*": operator.mul,
    "/": operator.truediv,
    "//": operator.floordiv,
    "%": operator.mod,
    "&": operator.and_,
    "|": operator.or_,
    "^": operator.xor,
    "<<": operator.lshift,
    ">>": operator.rshift,
}
_SPECIAL = {
    "+": "__add__",
    "-": "__sub__",
    "*": "__mul__",
    "/": "__truediv__",
    "//": "__floordiv__",
    "%": "__mod__",
    "**": "__pow__",
    "@": "__matmul__",
    "&": "__and__",
    "|": "__or__",
    "^": "__xor__",
    "<<": "__lshift__",
    ">>": "__rshift__",
}
