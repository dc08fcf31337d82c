"""The facts that several landmarks need, found once in a call graph and its settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from flowmap.callgraph.model import Activation
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.model import Subject
from flowmap.frameworks.django.client import MODULE as CLIENT_MODULE
from flowmap.names import MODULE_BODY, FunctionName, Origin

COMMANDS: Final = ".management.commands."
RUNS_APPLICATION: Final = FunctionName("wsgiref.handlers", "BaseHandler.run")
RESPONSE_PROTOCOL: Final = ("close", "__iter__")
_CONNECTS: Final = FunctionName("socketserver", "BaseServer.finish_request")
# Whoever imports it means to serve.
_SERVES: Final = FunctionName("wsgiref.simple_server", MODULE_BODY)
_CONSTRUCTORS: Final = ("__init__", "__new__")


class Facts:
    """What is known of a program before its landmarks are.

    `strings` are all that stand in the settings; `entry` the modules that the program is entered by, `connections`
    what the socket server hands a connection to, `applications` what the WSGI server calls, `handler_tree` all that
    leads to; `order` ranks the middleware; `urlconfs` are root URL configurations. `serves`: the program means to
    serve; `is_test`: a test makes the request; `is_command`: it is entered at a command line, not at its application.
    """

    def __init__(self, graph: ActivationGraph, subject: Subject) -> None:
        self.graph = graph
        self.strings = dict.fromkeys(subject.texts())
        entered = graph.calls[0] if graph.calls else ()
        self.entry = frozenset(call.callee for call in entered if graph.is_module(call.callee))
        self.is_test = any(graph.function(number).module == CLIENT_MODULE for number in self.entry)
        self.serves = not self.is_test and _SERVES in graph.graph.functions
        self.connections = self.called_by(_CONNECTS)
        self.urlconfs = self._urlconfs(subject)
        self.applications = self._called_by_test() if self.is_test else self._applications()
        self.is_command = not self.is_test and not any(call.callee in self.applications for call in entered)
        self.handler_tree = graph.reached(self.applications)
        self.order = self._order(subject)

    def entry_of_command(self) -> frozenset[int]:
        """The modules by which a command line enters the program."""
        return self.entry if self.is_command else frozenset()

    def tests(self) -> frozenset[int]:
        """The module of a test that makes a request."""
        return self.entry if self.is_test else frozenset()

    def called_by(self, function: FunctionName) -> frozenset[int]:
        graph = self.graph
        return frozenset(call.callee for number in graph.of(function) for call in graph.calls[number])

    def constructed(self, methods: Iterable[int]) -> frozenset[int]:
        """The constructors of the objects that some methods are called on."""
        classes = {self.graph.activations[number].receiver for number in methods} - {None}
        return self.graph.where(lambda each: each.receiver in classes and is_constructor(each.function))

    def wraps(self, activation: Activation) -> bool:
        outer = activation.function.qualname.partition(".<locals>.")[0]
        return activation.receiver in self.order or FunctionName(activation.function.module, outer) in self.order

    def _applications(self) -> frozenset[int]:
        """Callables outside the standard library that are called by a WSGI server, or by who enters the program."""
        found = self.called_by(RUNS_APPLICATION) | frozenset(
            call.callee
            for call in (self.graph.calls[0] if self.graph.calls else ())
            if not self.graph.is_module(call.callee)
        )
        server = {self.graph.activations[number].receiver for number in self.graph.of(RUNS_APPLICATION)}
        return frozenset(
            number
            for number in found
            if self.graph.origin(number) not in {Origin.STDLIB, None}
            and self.graph.activations[number].receiver not in server
            and len(self.graph.activations[number].arguments) > 1
            and last_word(self.graph.function(number)) not in RESPONSE_PROTOCOL
        )

    def _called_by_test(self) -> frozenset[int]:
        """The first objects that are called as functions on the way from a test to the URL configuration."""
        graph = self.graph
        way = graph.between(self.entry, self.urlconfs)
        before = graph.reached(self.entry, lambda call: not self._is_called_object(call.callee))
        return frozenset(
            call.callee
            for number in way & before
            for call in graph.calls[number]
            if call.callee in way and self._is_called_object(call.callee)
        )

    def _is_called_object(self, number: int) -> bool:
        return last_word(self.graph.function(number)) == "__call__" and self.graph.origin(number) is not Origin.STDLIB

    def _order(self, subject: Subject) -> Mapping[FunctionName, int]:
        """The middleware in the order of the settings: of the lists there, the one most of which handles requests."""
        owners: dict[FunctionName, None] = {}
        for number in sorted(self.handler_tree):
            activation = self.graph.activations[number]
            if activation.receiver is not None:
                owners[activation.receiver] = None
            outer, closure, _ = activation.function.qualname.partition(".<locals>.")
            if closure:
                owners[FunctionName(activation.function.module, outer)] = None
        best: dict[FunctionName, int] = {}
        for value in subject.settings.values():
            if not isinstance(value, list | tuple):
                continue
            found: dict[FunctionName, int] = {}
            for position, text in enumerate(value):
                if isinstance(text, str) and (owner := _named(text, owners)) is not None:
                    found.setdefault(owner, position)
            if len(found) > len(best):
                best = found
        return best

    def _urlconfs(self, subject: Subject) -> frozenset[int]:
        """The project's modules that a setting is, or may be, the name of: those in lists are no URL configuration."""
        names: set[str] = set()
        for value in subject.settings.values():
            names.update({value} if isinstance(value, str) else value if isinstance(value, frozenset) else ())
        graph = self.graph
        named = graph.where(lambda each: each.function.qualname == MODULE_BODY and each.function.module in names)
        return frozenset(number for number in named if graph.origin(number) is Origin.PROJECT)


def is_command(activation: Activation) -> bool:
    """Whether an activation is of a method of a management command."""
    return activation.receiver is not None and COMMANDS in activation.receiver.module


def is_constructor(function: FunctionName) -> bool:
    """Whether a function makes objects."""
    return last_word(function) in _CONSTRUCTORS


def last_word(function: FunctionName) -> str:
    """The name of a function without those it is nested in."""
    return function.qualname.rpartition(".")[2]


def _named(text: str, owners: Mapping[FunctionName, None]) -> FunctionName | None:
    """The class or function that a dotted path names; by its last word where a package passes it on."""
    module, _, name = text.rpartition(".")
    exact = FunctionName(module, name)
    if exact in owners:
        return exact
    package = f"{module}."
    passed_on = [each for each in owners if each.qualname == name and f"{each.module}.".startswith(package)]
    return passed_on[0] if len(passed_on) == 1 else None
