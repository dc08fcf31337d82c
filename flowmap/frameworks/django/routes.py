"""The routes of a project, read off what it made: which attributes of which objects mean what."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from flowmap.analysis.heap import Heap
from flowmap.analysis.result import Place, Reason
from flowmap.analysis.values import (
    BoundMethod,
    Class,
    Constant,
    External,
    Foreign,
    Function,
    Instance,
    Module,
    Partial,
    PointsTo,
    Unknown,
    Value,
)
from flowmap.flow.routes import FoundRoutes, Part, PartKind, Route, RouteGap, View, ViewKind
from flowmap.frameworks.django.urls import MODULE
from flowmap.names import FunctionName

_URLCONF: Final = "urlconf"
_PATTERNS: Final = "urlpatterns"

# Attributes, by what they say; of several releases, the first that an object has counts.
_PATTERN: Final = ("pattern",)
_ROUTE: Final = ("_route",)
_REGEX: Final = ("_regex", "_raw_regex")
_LANGUAGE: Final = ("prefix_default_language",)
# 1.x has no such attribute: the class is told by its property.
_LANGUAGE_CLASS: Final = "LocaleRegexURLResolver"
_CALLBACK: Final = ("callback", "_callback", "_callback_str")
_NAME: Final = ("name",)
_INCLUDED: Final = ("urlconf_name",)
_NAMESPACE: Final = ("namespace",)
# Of the function that `as_view` makes: its class, and (REST framework) which method does what.
_CLASS: Final = ("view_class", "cls")
_ACTIONS: Final = ("actions",)
_METHODS: Final = "http_method_names"
_AS_VIEW: Final = "as_view"

_CONVERTER: Final = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<name>[^>]+)>")
_GROUP: Final = re.compile(r"\(\?P<(\w+)>")
_OPEN: Final = "…"
# Includes in includes; deeper ones are a gap.
_DEPTH: Final = 3_000


def read_routes(heap: Heap) -> FoundRoutes:
    """The routes of a project whose patterns were made, in the order in which they are tried."""
    reader = _RouteReader(heap)
    reader.read()
    return FoundRoutes(reader.urlconf, tuple(reader.routes.values()), tuple(reader.gaps))


@dataclass(frozen=True, slots=True)
class _Around:
    """What stands around a route: the includes that it is in, from the outside in."""

    parts: tuple[Part, ...] = ()
    namespaces: tuple[str, ...] = ()
    included: tuple[Place, ...] = ()
    modules: tuple[Value, ...] = ()


class _RouteReader:
    """Reads the routes off the heap, in the order in which they are tried."""

    def __init__(self, heap: Heap) -> None:
        self._heap = heap
        self.routes: dict[tuple[object, ...], Route] = {}
        self.gaps: dict[RouteGap, None] = {}
        self.urlconf = ""
        self._told: set[Value] = set()

    def read(self) -> None:
        """Follows the root URL configuration."""
        roots = self._heap.variable(MODULE, _URLCONF).items
        modules = [each for each in roots if isinstance(each, Module)]
        self.urlconf = ", ".join(each.name for each in modules)
        if not modules:
            self._gap(_Around(), Reason.UNKNOWN_VALUE, "ROOT_URLCONF")
        pending: list[Iterator[tuple[Value, _Around]]] = [iter([(each, _Around()) for each in roots])]
        # A stack of our own: projects may nest includes as deep as they like.
        while pending:
            found = next(pending[-1], None)
            if found is None:
                pending.pop()
            elif len(pending) > _DEPTH:
                self._gap(found[1], Reason.BOUND)
            else:
                pending.append(iter(list(self._entries(*found))))

    def _entries(self, value: Value, around: _Around) -> Iterator[tuple[Value, _Around]]:
        """What is to be read next, in order; routes are added."""
        heap = self._heap
        elements = heap.elements(value)
        if isinstance(value, Module):
            yield from self._module(value, around)
        elif isinstance(value, Instance) and heap.has(value, *_INCLUDED):
            yield from self._include(value, around)
        elif isinstance(value, Instance) and heap.has(value, *_CALLBACK):
            self._route(value, around)
        elif elements is not None:
            for element in elements:
                yield from ((each, around) for each in self._ordered(element))
        elif isinstance(value, (External, Foreign)):
            self._gap(around, Reason.EXTERNAL, value.name)
        elif isinstance(value, Unknown):
            self._gap(around, value.reason)

    def _ordered(self, values: PointsTo) -> Sequence[Value]:
        """Objects whose positions are not known: by the line that makes them, where one file makes them all."""
        found = list(self._heap.objects(values.items))
        lines = [places[-1] for places in map(self._heap.calls, found) if places]
        if len(lines) == len(found) and len({place.file for place in lines}) == 1:
            order = sorted(range(len(found)), key=lambda i: lines[i].line)
            return [found[i] for i in order]
        return found

    def _module(self, module: Module, around: _Around) -> Iterator[tuple[Value, _Around]]:
        if module in around.modules:
            self._gap(around, "it includes itself", module.name)
            return
        if module not in self._told:
            self._told.add(module)
            for place, reason, name in self._heap.unresolved(module):
                self._gap(around, reason, name, place)
        patterns = self._heap.variable(module.name, _PATTERNS)
        if not patterns.items:
            self._gap(around, f"no {_PATTERNS} were found in the module", module.name)
        inside = _Around(around.parts, around.namespaces, around.included, (*around.modules, module))
        yield from ((each, inside) for each in patterns.items)

    def _include(self, resolver: Instance, around: _Around) -> Iterator[tuple[Value, _Around]]:
        heap = self._heap
        namespaces = heap.texts(heap.attribute(resolver, *_NAMESPACE)) or ()
        calls = heap.calls(resolver)
        for part in self._parts(resolver):
            inside = _Around(
                (*around.parts, part),
                (*around.namespaces, *(["|".join(namespaces)] if namespaces else [])),
                (*around.included, *calls[-1:]),
                around.modules,
            )
            if part.text is None:
                self._gap(inside, Reason.OVERFULL)
            for each in heap.objects(heap.attribute(resolver, *_INCLUDED).items):
                if isinstance(each, Constant):
                    # An old release imports it when it is asked for the first time.
                    yield from self._named(str(each.value), inside)
                else:
                    yield each, inside

    def _named(self, name: str, around: _Around) -> Iterator[tuple[Value, _Around]]:
        module = self._heap.module(name)
        if module is None:
            self._gap(around, Reason.MODULE_MISSING, name)
        else:
            yield module, around

    def _parts(self, value: Instance) -> list[Part]:
        """What a pattern adds: one part, or several that it may be."""
        heap = self._heap
        carriers = [each for each in heap.objects(heap.attribute(value, *_PATTERN).items) if isinstance(each, Instance)]
        found: dict[Part, None] = {}
        for each in carriers or [value]:
            for kind, names in ((PartKind.PATH, _ROUTE), (PartKind.REGEX, _REGEX)):
                values = heap.attribute(each, *names)
                if values.items and not _is_none(values):
                    found[Part(kind, _only(heap.texts(values)))] = None
                    break
            else:
                if heap.has(each, *_LANGUAGE) or each.cls.name == _LANGUAGE_CLASS:
                    found[Part(PartKind.LANGUAGE, "")] = None
        return list(found) or [Part(PartKind.PATH, None)]

    def _route(self, value: Instance, around: _Around) -> None:
        heap = self._heap
        names = heap.attribute(value, *_NAME)
        name = None
        if names.items and not _is_none(names):
            name = ":".join((*around.namespaces, _only(heap.texts(names)) or _OPEN))
        calls = heap.calls(value)
        views = tuple(dict.fromkeys(each for name in _CALLBACK for each in self._views(heap.attribute(value, name))))
        for part in self._parts(value):
            parts = (*around.parts, part)
            route = Route(
                whole(parts), parts, name, parameters(parts), views, calls[-1] if calls else None, around.included
            )
            key = (route.pattern, name, route.declared, around.included)
            known = self.routes.get(key)
            if known is not None:
                # Made twice, in what was found of a value first and in what was found later.
                route = replace(known, views=tuple(dict.fromkeys((*known.views, *views))))
            self.routes[key] = route
            if part.text is None:
                self._gap(around, Reason.OVERFULL, "", route.declared)

    def _gap(self, around: _Around, reason: str, name: str = "", place: Place | None = None) -> None:
        where = place or (around.included[-1] if around.included else None)
        self.gaps[RouteGap(whole(around.parts), str(reason), name, where)] = None

    # --- views ---

    def _views(self, values: PointsTo) -> Iterator[View]:
        for value in self._heap.objects(values.items):
            if not (isinstance(value, Constant) and value.value is None):
                yield from self._view(value, (), ())

    def _view(self, value: Value, decorators: tuple[FunctionName, ...], seen: tuple[Value, ...]) -> Iterator[View]:
        """The views behind a callable: through decorators, as far as they say what they call."""
        heap = self._heap
        cls = self._class_of(value)
        if cls is not None:
            assert isinstance(value, Function)
            yield self._class_view(cls, value, decorators)
            return
        inner = [each for each in heap.wrapped(value) if each not in seen] if len(seen) < 64 else []
        if inner:
            outer = (*decorators, *_decorator(value))
            for each in inner:
                yield from self._view(each, outer, (*seen, value))
            return
        match value:
            case Function():
                yield View(str(value.block.function), ViewKind.FUNCTION, heap.defined(value), decorators)
            case BoundMethod(function=Function() as function):
                yield View(str(function.block.function), ViewKind.FUNCTION, heap.defined(function), decorators)
            case Class():
                yield View(f"{value.module}:{value.qualname}", ViewKind.CLASS, heap.defined(value), decorators)
            case Instance():
                cls = value.cls
                yield View(f"{cls.module}:{cls.qualname}", ViewKind.OBJECT, heap.defined(cls), decorators)
            case External() | Foreign():
                yield View(value.name, ViewKind.EXTERNAL, None, decorators)
            case Constant(value=str(text)):
                yield View(text, ViewKind.EXTERNAL, None, decorators)
            case Unknown():
                yield View(value.reason, ViewKind.UNKNOWN, None, decorators)
            case _:
                yield View(Reason.UNKNOWN_VALUE, ViewKind.UNKNOWN, None, decorators)

    def _class_of(self, value: Value) -> Class | None:
        """The class whose `as_view` made a function: it says so, and closes over it."""
        if not isinstance(value, Function) or f"{_AS_VIEW}.<locals>." not in value.block.function.qualname:
            return None
        closed = {
            each
            for name in value.block.code.free
            for each in self._heap.closed_over(value, name).items
            if isinstance(each, Class) and self._heap.has(each, _AS_VIEW)
        }
        named = [each for each in self._heap.attribute(value, *_CLASS).items if isinstance(each, Class)]
        found = [each for each in named if each in closed] or sorted(closed, key=lambda each: each.seq)
        return found[0] if found else None

    def _class_view(self, cls: Class, view: Function, decorators: tuple[FunctionName, ...]) -> View:
        heap = self._heap
        root = next((each for each in reversed(cls.mro) if _AS_VIEW in each.attributes and not each.is_native), cls)
        mixins = tuple(
            FunctionName(each.module, each.qualname)
            for each in cls.mro[1:]
            if root not in each.mro and not each.is_native
        )
        return View(
            f"{cls.module}:{cls.qualname}", ViewKind.CLASS, heap.defined(cls), decorators, mixins,
            tuple(dict(self._handlers(cls, view)).items()),
        )  # fmt: skip

    def _handlers(self, cls: Class, view: Function) -> Iterator[tuple[str, str]]:
        """The functions that handle each method: by what the view says, else those of that name."""
        heap = self._heap
        actions = [pair for each in heap.attribute(view, *_ACTIONS).items for pair in heap.items(each)]
        if actions:
            named = [(method, text) for method, values in actions for text in heap.texts(values) or ()]
        else:
            lists = [heap.elements(each) or [] for each in heap.attribute(cls, _METHODS).items]
            names = [text for elements in lists for element in elements for text in heap.texts(element) or ()]
            named = [(name, name) for name in dict.fromkeys(map(str.lower, names))]
        for method, name in named:
            for handler in heap.objects(heap.attribute(cls, name).items):
                for found in self._behind(handler):
                    yield method.upper(), found

    def _behind(self, value: Value) -> Iterator[str]:
        """The names of the functions behind a callable."""
        seen: dict[Value, None] = {}
        pending = [value]
        while pending:
            each = pending.pop()
            if each in seen:
                continue
            seen[each] = None
            inner = self._heap.wrapped(each)
            pending.extend(reversed(inner))
            function = each.function if isinstance(each, BoundMethod) else each
            if not inner and isinstance(function, Function):
                yield str(function.block.function)


def _decorator(value: Value) -> Iterator[FunctionName]:
    """The decorator that made a wrapper: the function that the wrapper is nested in."""
    function = value.function if isinstance(value, (BoundMethod, Partial)) else value
    if isinstance(value, Partial):
        yield FunctionName("functools", "partial")
    if isinstance(function, Function):
        name = function.block.function
        outer, nested, _ = name.qualname.partition(".<locals>.")
        if nested:
            yield FunctionName(name.module, outer)


def _only(texts: tuple[str, ...] | None) -> str | None:
    return texts[0] if texts is not None and len(texts) == 1 else None


def _is_none(values: PointsTo) -> bool:
    return all(isinstance(value, Constant) and value.value is None for value in values.items)


def whole(parts: Sequence[Part]) -> str:
    """A pattern as one text, without the anchors at which its expressions begin: each goes on after the last."""
    texts = []
    for part in parts:
        if part.kind is PartKind.LANGUAGE:
            texts.append("<language>/")
        elif part.text is None:
            texts.append(_OPEN)
        elif part.kind is PartKind.REGEX:
            texts.append(part.text.removeprefix("^"))
        else:
            texts.append(part.text)
    return "".join(texts)


def parameters(parts: Sequence[Part]) -> tuple[tuple[str, str], ...]:
    """What a pattern captures by name: the converter, or the expression of a group."""
    found: dict[str, str] = {}
    for part in parts:
        text = part.text or ""
        if part.kind is PartKind.PATH:
            found.update((match["name"], match["converter"] or "str") for match in _CONVERTER.finditer(text))
        elif part.kind is PartKind.REGEX:
            found.update((match[1], _group(text, match.end())) for match in _GROUP.finditer(text))
    return tuple(found.items())


def _group(text: str, start: int) -> str:
    """The expression of a group that is open at `start`, up to where it is closed."""
    depth, position, in_set = 1, start, False
    while position < len(text):
        character = text[position]
        if character == "\\":
            position += 1
        elif in_set:
            in_set = character != "]"
        elif character == "[":
            in_set = True
            # A bracket that comes first closes nothing.
            position += text.startswith(("]", "^]"), position + 1) and (2 if text[position + 1] == "^" else 1)
        else:
            depth += {"(": 1, ")": -1}.get(character, 0)
            if not depth:
                return text[start:position]
        position += 1
    return text[start:]
