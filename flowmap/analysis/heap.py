"""What a program has made when nothing grows any more: objects, their attributes, their elements, read from outside.

Nothing that is read here is evaluated; what a lookup would call is not called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from operator import attrgetter
from typing import Final

from flowmap.analysis.result import Place
from flowmap.analysis.values import (
    NOTHING,
    Activation,
    BoundMethod,
    CallPlace,
    Cells,
    Class,
    Constant,
    Crowd,
    External,
    Foreign,
    Function,
    Instance,
    Module,
    Partial,
    PointsTo,
    Scope,
    Tuple,
    Value,
)

# More than so many texts are as good as any.
_MOST_TEXTS: Final = 16


class Heap:
    """The objects of a run at its fixpoint."""

    def __init__(
        self, modules: Mapping[str, Module], files: Mapping[str, str], called_at: Mapping[Activation, CallPlace]
    ) -> None:
        self._modules = modules
        self._files = files
        self._called_at = called_at

    # --- modules ---

    def variable(self, module: str, name: str) -> PointsTo:
        """What a module's name may be; nothing where the module was not run or does not bind it."""
        found = self._modules.get(module)
        cell = found.cells.get(name) if found is not None else None
        return cell.value if cell is not None else NOTHING

    def module(self, name: str) -> Module | None:
        """The module of that name, if it was run."""
        return self._modules.get(name)

    def unresolved(self, module: Module) -> Iterator[tuple[Place, str, str]]:
        """What the body of a module could not follow: where, the reason, and the name of what is not there."""
        if module.activation is not None:
            for line, reason, name in module.activation.gaps:
                yield Place(self._files.get(module.name, ""), line), reason, name

    # --- objects ---

    def attribute(self, value: Value, *names: str) -> PointsTo:
        """What the first of these attributes that an object itself has may be; else the first that its class has. What
        a property would compute is not known here.
        """
        for cells in self._tables(value):
            for name in names:
                cell = cells.get(name)
                if cell is not None and cell.value.items and not any(map(_is_property, cell.value.items)):
                    return cell.value
        return NOTHING

    def has(self, value: Value, *names: str) -> bool:
        """Whether one of these attributes was ever given a value."""
        return bool(self.attribute(value, *names).items)

    def objects(self, values: Iterable[Value]) -> Iterator[Value]:
        """The values, and in place of each crowd its members."""
        seen: set[Value] = set()
        pending = [*values][::-1]
        while pending:
            value = pending.pop()
            if value in seen:
                continue
            seen.add(value)
            if isinstance(value, Crowd):
                members: list[Value] = [*value.members, *value.tuples]
                pending.extend(sorted(members, key=attrgetter("seq"), reverse=True))
            else:
                yield value

    def elements(self, value: Value) -> list[PointsTo] | None:
        """The items of a list or tuple in their order, then those whose position is not known, a set each; None for
        what is neither.
        """
        if isinstance(value, Tuple):
            return list(value.elements)
        if not isinstance(value, Instance) or value.content is None:
            return None
        content = value.content
        found = [cell.value for cell in content.fixed or ()]
        return [*found, content.rest.value] if content.rest.value.items else found

    def items(self, value: Value) -> list[tuple[str, PointsTo]]:
        """The text keys of a mapping with their values."""
        if not isinstance(value, Instance) or value.content is None:
            return []
        return [
            (key.value, cell.value)
            for key, cell in value.content.known.items()
            if isinstance(key, Constant) and isinstance(key.value, str)
        ]

    def texts(self, values: PointsTo) -> tuple[str, ...] | None:
        """The texts that all of the values are, sorted; None where one is no known text, or they are too many."""
        found = [value.value for value in values.items if isinstance(value, Constant) and isinstance(value.value, str)]
        known = len(found) == len(values.items) <= _MOST_TEXTS and not values.is_overflow
        return tuple(sorted(found)) if known else None

    # --- where from ---

    def calls(self, value: Value) -> list[Place]:
        """Where an object that is told apart by its call was made: the call, whoever called that, and so on."""
        maker = value.key[-1] if isinstance(value, Instance) and isinstance(value.key, tuple) else None
        found: list[Place] = []
        while isinstance(maker, Activation) and (at := self._called_at.get(maker)) is not None:
            maker, site = at
            found.append(Place(self._file(maker), maker.block.lines[site]))
        return found

    def defined(self, value: Value) -> Place | None:
        """Where a function or class is defined."""
        block = value.block if isinstance(value, (Function, Class)) else None
        if block is None:
            return None
        return Place(self._files.get(block.module.name, ""), block.code.line)

    def _file(self, activation: Activation) -> str:
        return self._files.get(activation.block.module.name, "")

    # --- callables ---

    def wrapped(self, value: Value) -> list[Value]:
        """What a callable passes its calls on to, in so far as it is seen: `__wrapped__`, else callables that an inner
        function closes over.
        """
        if isinstance(value, (BoundMethod, Partial)):
            inner = value.function
            return self.wrapped(inner) or ([inner] if isinstance(value, Partial) else [])
        if not isinstance(value, Function) or value.scope is None:
            return []
        outer = f"{value.block.function.qualname.rpartition('.')[0]}."
        closed = [
            each
            for name in value.block.code.free
            for each in self.objects(self.closed_over(value, name).items)
            if isinstance(each, (Function, BoundMethod, Partial, Foreign, External))
            # A neighbour, which helps it.
            and not (isinstance(each, Function) and each.block.function.qualname.startswith(outer))
        ]
        named = [each for each in self.attribute(value, "__wrapped__").items if isinstance(each, Function)]
        # It may have been named after others on the way.
        both = [each for each in named if each in closed]
        return [each for each in both or named or closed if each is not value]

    def closed_over(self, function: Function, name: str) -> PointsTo:
        """What a free variable of a function may be."""
        scope: Scope | None = function.scope
        while scope is not None:
            cell = scope.cells.get(name)
            if cell is not None and cell.value.items:
                return cell.value
            scope = scope.parent
        return NOTHING

    @staticmethod
    def _tables(value: Value) -> Iterator[Cells]:
        if isinstance(value, (Instance, Function)):
            yield value.attributes
        kind = value.cls if isinstance(value, Instance) else value
        if isinstance(kind, Class):
            yield from (each.attributes for each in kind.mro)


def _is_property(value: Value) -> bool:
    return isinstance(value, Instance) and value.cls.is_native and value.cls.name == "property"
