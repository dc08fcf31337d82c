"""`def` and `class` statements (language reference 8.7, 8.8)."""

from __future__ import annotations

from flowmap.analysis.bounds import Bounds
from flowmap.analysis.frame import DivergedError, Frame
from flowmap.analysis.machine import Library, Outside
from flowmap.analysis.result import Reason
from flowmap.analysis.texts import Texts
from flowmap.analysis.values import NOTHING, Activation, Arguments, Cell, Class, Instance, PointsTo, Unknown
from flowmap.syntax import ir


class Definitions(Texts):
    """Makes functions and classes and applies their decorators."""

    def __init__(self, library: Library, outside: Outside, bounds: Bounds) -> None:
        super().__init__(library, outside, bounds)
        self._bodies: dict[object, Activation] = {}

    def define_function(self, frame: Frame, node: ir.FunctionDef) -> None:
        decorators = [self.evaluate(frame, decorator) for decorator in node.decorators]
        function = self.make_function(frame, node.code, node.defaults)
        for annotation in node.annotations:
            self.evaluate(frame, annotation)
        value = self._decorate(frame, decorators, self.space.one(function), node)
        self.assign_name(frame, node.name, value)

    def _decorate(
        self, frame: Frame, decorators: list[PointsTo], value: PointsTo, node: ir.FunctionDef | ir.ClassDef
    ) -> PointsTo:
        for decorator in reversed(decorators):
            if not decorator.items or all(isinstance(d, Unknown) for d in decorator.items):
                # What an unknown decorator makes is unknown; most return what they are given.
                self.gap(frame, node.site, Reason.UNKNOWN_VALUE.value)
                continue
            made = self.call(frame, decorator, Arguments((value,)), node.site, "decorator")
            known = [v for v in made.items if not isinstance(v, Unknown)]
            value = made if known or not made.items else self.space.join(made, value)
        return value

    # --- classes ---

    def define_class(self, frame: Frame, node: ir.ClassDef) -> None:
        decorators = [self.evaluate(frame, decorator) for decorator in node.decorators]
        arguments = self.evaluate_arguments(frame, node.arguments, node.site)
        bases = list(arguments.positional)
        if arguments.star is not None:
            bases.append(arguments.star)
        keywords = [(key, value) for key, value in arguments.keywords if key != "metaclass"]
        explicit = next((value for key, value in arguments.keywords if key == "metaclass"), NOTHING)
        body = self._run_body(frame, node)
        namespace = dict(body.namespace)
        self._implicit_names(frame, node, namespace)
        result = NOTHING
        for metaclass in self._metaclasses(explicit, bases):
            made = self._create(frame, node, metaclass, bases, keywords, namespace, body)
            result = self.space.join(result, made)
        cell = body.scope.cells.setdefault("__class__", Cell())
        self.write(cell, self.space.of([v for v in result.items if isinstance(v, Class)]))
        value = self._decorate(frame, decorators, result, node)
        self.assign_name(frame, node.name, value)

    def _run_body(self, frame: Frame, node: ir.ClassDef) -> Activation:
        block = self.block_of(node.code, frame.block)
        key = (block, frame.scope)
        body = self._bodies.get(key)
        if body is None:
            body = self._bodies[key] = self.new_activation(block, None, (), frame.scope)
            self.class_bodies[block.function] = body
        frame.activation.calls[(frame.lines[node.site], "body", body)] = None
        self.ensure(frame, body)
        return body

    def _implicit_names(self, frame: Frame, node: ir.ClassDef, namespace: dict[str, PointsTo]) -> None:
        namespace.setdefault("__module__", self.space.constant(frame.module.run_name))
        namespace.setdefault("__qualname__", self.space.constant(node.code.qualname))

    def _metaclasses(self, explicit: PointsTo, bases: list[PointsTo]) -> list[Class | PointsTo]:
        """The metaclasses a class statement may call (3.3.3.3)."""
        classes = [v for base in bases for v in base.items]
        if explicit.items:
            found: list[Class | PointsTo] = []
            for value in explicit.items:
                if isinstance(value, Class) and self.native_class("type") in value.mro:
                    derived = self.derived_metaclass(classes)
                    found.append(derived if value in derived.mro else value)
                else:
                    found.append(self.space.one(value))
            return found
        return [self.derived_metaclass(classes)]

    def _create(
        self, frame: Frame, node: ir.ClassDef, metaclass: Class | PointsTo, bases: list[PointsTo],
        keywords: list[tuple[str, PointsTo]], namespace: dict[str, PointsTo], body: Activation,
    ) -> PointsTo:  # fmt: skip
        site = node.site
        block = body.block
        prepared = NOTHING
        if isinstance(metaclass, Class) and metaclass.is_native and metaclass.name == "type":
            key = (block, body.scope.parent)
            made = self.make_class(frame, key, node.name, bases, namespace, block, site, keywords=tuple(keywords))
            return self.space.one(made)
        if isinstance(metaclass, Class):
            prepared = self._prepare(frame, metaclass, node, bases, keywords)
            metaclass = self.space.one(metaclass)
        pairs = [(self.space.constant(key), value) for key, value in namespace.items()]
        table = self._fill(frame, prepared, pairs, body)
        for value in table.items:
            if isinstance(value, Instance):
                self.class_bodies[value] = body
        arguments = Arguments((self.space.constant(node.name), self.make_tuple(bases), table), tuple(keywords))
        try:
            return self.call(frame, metaclass, arguments, site, "class-body")
        except DivergedError:
            return NOTHING

    def _prepare(
        self, frame: Frame, metaclass: Class, node: ir.ClassDef, bases: list[PointsTo],
        keywords: list[tuple[str, PointsTo]],
    ) -> PointsTo:  # fmt: skip
        found = self.lookup(frame, metaclass, "__prepare__")
        if found is None or (found[0].is_native and found[0].name == "type"):
            return NOTHING
        hook = self.get_attribute(frame, metaclass, "__prepare__", node.site)
        arguments = Arguments((self.space.constant(node.name), self.make_tuple(bases)), tuple(keywords))
        return self.call(frame, hook, arguments, node.site, "class-body")

    def _fill(
        self, frame: Frame, prepared: PointsTo, pairs: list[tuple[PointsTo, PointsTo]], body: Activation
    ) -> PointsTo:
        """The namespace of a class: a mapping of a class of its own that `__prepare__` made, or a dict."""
        tables = [
            v for v in prepared.items if isinstance(v, Instance) and v.cls.name not in _PLAIN and self.is_mapping(v)
        ]
        for table in tables:
            for key, value in pairs:
                self.put(table, key, value)
        return self.space.of(tables) if tables else self.make_dict(frame, pairs, ("namespace", body))


_PLAIN = frozenset({"dict", "OrderedDict"})
