"""Where the stages of a request begin in Django, found by what a function is and does, never by what it is called.

What may be relied on: the names of the standard library's server, of the project's own modules and settings, the
protocols (PEP 3333, `X.management.commands.NAME`), why an edge is believed, and the order of calls.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import takewhile
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import Activation
from flowmap.flow.activations import IMPORTS, ActivationGraph
from flowmap.flow.landmarks import Landmark, Landmarks, Sight
from flowmap.flow.model import Subject
from flowmap.names import MODULE_BODY, FunctionName, Origin

COMMANDS: Final = ".management.commands."
_CONNECTS: Final = FunctionName("socketserver", "BaseServer.finish_request")
_RUNS_APPLICATION: Final = FunctionName("wsgiref.handlers", "BaseHandler.run")
_SOCKET_SERVER: Final = "socketserver"
_GATEWAY: Final = "wsgiref.handlers"
# Whoever imports it means to serve.
_SERVES: Final = FunctionName("wsgiref.simple_server", MODULE_BODY)
_CONSTRUCTORS: Final = ("__init__", "__new__")
_RESPONSE_PROTOCOL: Final = ("close", "__iter__")


def find_landmarks(graph: ActivationGraph, subject: Subject) -> Landmarks:
    """The landmarks of a request's way through a project, and what beside the way is worth seeing."""
    return _Finder(graph, subject).landmarks()


class _Finder:
    """The facts that several landmarks need, found once."""

    def __init__(self, graph: ActivationGraph, subject: Subject) -> None:
        self.graph = graph
        self.strings = dict.fromkeys(_strings(subject.settings.values()))
        self.entry = (
            frozenset(call.callee for call in graph.calls[0] if graph.is_module(call.callee))
            if graph.calls
            else frozenset()
        )
        self.connections = self._called_by(_CONNECTS)
        self.applications = self._applications()
        self.handler_tree = graph.reached(self.applications)
        self.order = self._order(subject)
        self.urlconfs = self._urlconfs(subject)
        called = self._views()
        first = min(called, default=None)
        self.views = frozenset(n for n in called if first is not None and graph.function(n) == graph.function(first))
        self.other_views = called - self.views
        self.commands = self._commands()
        self.turn = frozenset() if self.views else self._turn()
        self.views_way = graph.between(self.applications, self.views or self.turn)

    def landmarks(self) -> Landmarks:
        graph = self.graph
        serves = _SERVES in graph.graph.functions
        server = self._server()
        handlers = self._constructed(self.applications)
        application = self._application(handlers)
        urls = self._urls()
        finish, responses, sights = self._response()
        is_command = not graph.calls or not any(call.callee in self.applications for call in graph.calls[0])
        stages = (
            Landmark("command-line", "Command line", self.entry if is_command else frozenset(), expected=is_command),
            Landmark("command", "Management command", self.commands, expected=is_command),
            Landmark("application", "Application", application, on_way=False, expected=serves),
            Landmark("server", "Server", server, expected=serves),
            Landmark("connection", "Connection", self.connections, expected=serves),
            Landmark("handler", "Handler", self.applications, expected=serves or not is_command),
            Landmark("url", "URL", urls, on_way=False, expected=serves or not is_command),
            Landmark("view", "View", self.views, expected=self.are_views_handed),
            Landmark("response", "Response", finish, on_way=False, expected=serves),
        )
        signals = self._signals()
        hooks = self._hooks()
        made_by = self._application_modules(application, handlers)
        return Landmarks(
            stages,
            sights=(
                Sight(application, 0, every=True),
                Sight(self._before_application(application), 1, every=True),
                Sight(made_by, 0, starts=application),
                Sight(handlers, 0, starts=made_by or application, every=True),
                Sight(self._requests(), 0, starts=self.applications),
                Sight(urls, 0, starts=self.views_way),
                Sight(self.urlconfs, 0, starts=urls),
                Sight(finish, 0, every=True),
                *sights,
                Sight(self._command_modules(), 0, every=True),
                # Where nothing wraps the view, the first hook opens the stage.
                Sight(frozenset() if self._is_wrapped() else hooks, 0, "middleware"),
                Sight(hooks, 1, "middleware", every=True),
                Sight(self._beside_application(made_by, handlers), 1, starts=made_by, every=True),
                Sight(frozenset(callee for _, callee in signals), 1, every=True),
                Sight(self._responses(responses), 1, starts=self.views),
                Sight(self._middleware_made(), 1, starts=handlers | self.applications, every=True),
                Sight(self._settings_module(), 1),
                Sight(self.other_views, 2, "view", every=True),
            ),
            turn=self.turn,
            order=self.order,
            layer_stage="middleware",
            layer_title="Middleware",
            layers_before="url",
            evidence={**self._from_settings(), **dict.fromkeys(signals, Evidence.SIGNAL)},
        )

    # --- server and handler ---

    def _called_by(self, function: FunctionName) -> frozenset[int]:
        graph = self.graph
        numbers = graph.where(lambda each: each.function == function)
        return frozenset(call.callee for number in numbers for call in graph.calls[number])

    def _applications(self) -> frozenset[int]:
        """Callables outside the standard library that are called by a WSGI server, or by who enters the program."""
        found = self._called_by(_RUNS_APPLICATION) | frozenset(
            call.callee
            for call in (self.graph.calls[0] if self.graph.calls else ())
            if not self.graph.is_module(call.callee)
        )
        server = {
            self.graph.activations[number].receiver
            for number in self.graph.where(lambda each: each.function == _RUNS_APPLICATION)
        }
        return frozenset(
            number
            for number in found
            if self.graph.origin(number) not in {Origin.STDLIB, None}
            and self.graph.activations[number].receiver not in server
            and len(self.graph.activations[number].arguments) > 1
            and _last_word(self.graph.function(number)) not in _RESPONSE_PROTOCOL
        )

    def _server(self) -> frozenset[int]:
        """What the command calls to serve: the last call of the distribution's before the socket server's loop."""
        graph = self.graph
        way = graph.between(self.commands or self.entry, self.connections)
        found: set[int] = set()
        for number in way:
            if graph.function(number).module == _SOCKET_SERVER:
                continue
            for call in graph.calls[number]:
                if call.callee in way and graph.function(call.callee).module == _SOCKET_SERVER:
                    is_command = _is_command(graph.activations[number])
                    found.add(call.callee if is_command else number)
        return frozenset(found) - self.entry

    # --- command ---

    def _command_modules(self) -> frozenset[int]:
        """The command's module, found by a string, and those of the same name that it builds upon."""
        wanted = {
            self.graph.activations[number].receiver.module  # type: ignore[union-attr]  # commands have receivers
            for number in self.commands
        }
        names = {module.rpartition(".")[2] for module in wanted}
        return self.graph.where(
            lambda each: (
                each.function.qualname == MODULE_BODY
                and COMMANDS in each.function.module
                and each.function.module.rpartition(".")[2] in names
            )
        )

    def _commands(self) -> frozenset[int]:
        """The first calls of methods of a command that lead to the server; without a server, of any command's."""
        graph = self.graph
        way = graph.between(self.entry, self.connections or graph.where(_is_command))
        before = graph.reached(self.entry, lambda call: not _is_command(graph.activations[call.callee]))
        return frozenset(
            call.callee
            for number in way & before
            for call in graph.calls[number]
            if call.callee in way
            and _is_command(graph.activations[call.callee])
            and not _is_constructor(graph.function(call.callee))
        )

    # --- application ---

    def _constructed(self, methods: Iterable[int]) -> frozenset[int]:
        """The constructors of the objects that some methods are called on."""
        classes = {self.graph.activations[number].receiver for number in methods} - {None}
        return self.graph.where(lambda each: each.receiver in classes and _is_constructor(each.function))

    def _application(self, handlers: frozenset[int]) -> frozenset[int]:
        """Where the command leaves its own methods to get the handler made."""
        graph = self.graph
        if not self.commands:
            return self.entry
        way = graph.between(self.commands, self.connections)
        side = graph.between(way, handlers)
        return frozenset(
            call.callee
            for number in side
            if _is_command(graph.activations[number])
            for call in graph.calls[number]
            if call.callee in side and call.callee not in way and not _is_command(graph.activations[call.callee])
        )

    def _before_application(self, application: frozenset[int]) -> frozenset[int]:
        """The command's methods that lead to the application and not on to the server."""
        graph = self.graph
        way = graph.between(self.commands, self.connections)
        side = graph.between(way, application) - way
        return frozenset(number for number in side if _is_command(graph.activations[number]))

    def _application_modules(self, application: frozenset[int], handlers: frozenset[int]) -> frozenset[int]:
        """The project's modules that make the handler when they are imported."""
        graph = self.graph
        return frozenset(
            number
            for number in graph.between(application, handlers)
            if graph.is_module(number) and graph.origin(number) is Origin.PROJECT
        )

    def _beside_application(self, made_by: frozenset[int], handlers: frozenset[int]) -> frozenset[int]:
        """What those functions call themselves by which the project's module gets its handler."""
        graph = self.graph
        return frozenset(
            call.callee
            for number in graph.between(made_by, handlers) - handlers
            if not graph.is_module(number)
            for call in graph.calls[number]
            if call.evidence is Evidence.CALL and graph.origin(call.callee) is Origin.DISTRIBUTION
        )

    def _settings_module(self) -> frozenset[int]:
        """The project's modules that are imported by a string and named by no setting: the settings themselves."""
        graph = self.graph
        modules = {name.module for name in graph.graph.functions}
        packages = {name.rpartition(".")[0] for name in modules}
        named = {*self.strings, *(text.rpartition(".")[0] for text in self.strings)}
        return frozenset(
            call.callee
            for calls in graph.calls
            for call in calls
            if call.evidence is Evidence.IMPORT_STRING
            and graph.origin(call.callee) is Origin.PROJECT
            and graph.is_module(call.callee)
            and graph.function(call.callee).module not in named | packages
            and not any(graph.function(call.callee).module.startswith(f"{text}.") for text in self.strings)
        )

    def _from_settings(self) -> dict[tuple[int, int], Evidence]:
        """Calls of what was found by a part of a string that stands in the settings."""
        graph = self.graph
        parts = {*self.strings, *(text.rpartition(".")[0] for text in self.strings)}
        found: dict[tuple[int, int], Evidence] = {}
        for calls in graph.calls:
            for call in calls:
                if call.evidence is not Evidence.IMPORT_STRING:
                    continue
                name, receiver = graph.function(call.callee), graph.activations[call.callee].receiver
                owner = receiver if receiver is not None and _is_constructor(name) else name
                text = owner.module if graph.is_module(call.callee) else f"{owner.module}.{owner.qualname}"
                if text in parts:
                    found[call.caller, call.callee] = Evidence.SETTING
        return found

    # --- middleware ---

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

    def _middleware_made(self) -> frozenset[int]:
        graph = self.graph
        return frozenset(
            call.callee
            for calls in graph.calls
            for call in calls
            if call.evidence in IMPORTS
            and not graph.is_module(call.callee)
            and (graph.activations[call.callee].receiver in self.order or graph.function(call.callee) in self.order)
        )

    def _hooks(self) -> frozenset[int]:
        """Methods of middleware that are called from the way between handler and view."""
        graph = self.graph
        return frozenset(
            call.callee
            for number in self.views_way
            for call in graph.calls[number]
            if call.callee not in self.views_way
            and graph.activations[call.callee].receiver in self.order
            and call.evidence is not Evidence.ATTRIBUTE
        )

    # --- URL and view ---

    def _urlconfs(self, subject: Subject) -> frozenset[int]:
        """The project's modules that a setting is the name of: those in lists are no URL configuration."""
        names = {value for value in subject.settings.values() if isinstance(value, str)}
        graph = self.graph
        named = graph.where(lambda each: each.function.qualname == MODULE_BODY and each.function.module in names)
        return frozenset(number for number in named if graph.origin(number) is Origin.PROJECT)

    def _views(self) -> frozenset[int]:
        """What the URL configuration was handed and the handler calls; else the first of the project's functions."""
        graph = self.graph
        handed = {
            function
            for number in graph.reached(self.urlconfs, lambda call: graph.origin(call.callee) is Origin.PROJECT)
            for call in graph.calls[number]
            if not graph.is_module(call.callee)
            for function in graph.activations[call.callee].callables
        }
        self.are_views_handed = bool(handed)
        plain = frozenset(self._view_calls(handed))
        return plain or frozenset(self._view_calls(None))

    def _view_calls(self, handed: set[FunctionName] | None) -> Iterator[int]:
        graph = self.graph
        for number in sorted(self.handler_tree):
            if graph.origin(number) is not Origin.DISTRIBUTION:
                continue
            for call in graph.calls[number]:
                activation = graph.activations[call.callee]
                if call.callee not in self.handler_tree or graph.is_module(call.callee) or self._wraps(activation):
                    continue
                if call.evidence not in {Evidence.CALL, Evidence.CALLBACK}:
                    continue
                if handed is None:
                    if graph.origin(call.callee) is Origin.PROJECT and not _is_constructor(activation.function):
                        yield call.callee
                elif activation.function in handed and graph.activations[number].receiver is not None:
                    yield call.callee

    def _is_wrapped(self) -> bool:
        return any(self._wraps(self.graph.activations[number]) for number in self.views_way)

    def _wraps(self, activation: Activation) -> bool:
        outer = activation.function.qualname.partition(".<locals>.")[0]
        return activation.receiver in self.order or FunctionName(activation.function.module, outer) in self.order

    def _urls(self) -> frozenset[int]:
        """The calls, nearest to the view, from its way, that lead to the root URL configuration."""
        graph = self.graph
        way = self.views_way
        leads = graph.reaching(self.urlconfs)
        callers = sorted(self.turn or {c for number in self.views for c in graph.callers(number) if c in way})
        seen = set(self.views)
        while callers:
            found = frozenset(
                call.callee
                for number in callers
                for call in takewhile(lambda each: each.callee not in way, graph.calls[number])
                if call.callee in leads
                and not self._wraps(graph.activations[call.callee])
                and call.evidence is Evidence.CALL
                and not graph.graph.conditions.is_handler(graph.function(number), call.line)
            )
            if found:
                return found
            seen.update(callers)
            callers = sorted({c for number in callers for c in graph.callers(number) if c in way} - seen)
        return frozenset()

    def _turn(self) -> frozenset[int]:
        """Where a request turns that meets no view of the program: the handler's innermost method, or the one that
        calls middleware, on the way to the root URL configuration.
        """
        graph = self.graph
        classes = {graph.activations[number].receiver for number in self.applications} - {None}
        inside = frozenset(
            number
            for number in graph.between(self.applications, self.urlconfs)
            if graph.activations[number].receiver in classes
        )
        outside = graph.reaching(inside)
        calling = frozenset(
            number
            for number in inside
            if any(
                call.callee not in outside
                and graph.activations[call.callee].receiver in self.order
                and not graph.graph.conditions.is_handler(graph.function(number), call.line)
                for call in graph.calls[number]
            )
        )
        found = calling or inside
        return frozenset(
            number
            for number in found
            if {graph.function(other) for other in found & graph.reached({number})} == {graph.function(number)}
        )

    # --- request and response ---

    def _requests(self) -> frozenset[int]:
        """The constructors of what the view is called with."""
        return self._constructed(self.views)

    def _responses(self, responses: frozenset[int]) -> frozenset[int]:
        """The constructors of what the server iterates over or closes."""
        return self._constructed(responses)

    def _response(self) -> tuple[frozenset[int], frozenset[int], tuple[Sight, ...]]:
        """What the server does with what the application returned (PEP 3333: iterates over it and closes it)."""
        graph = self.graph
        runners = graph.where(lambda each: each.function == _RUNS_APPLICATION)
        servers = {graph.activations[number].receiver for number in runners}
        starts = runners or frozenset({0})
        found: dict[str, set[int]] = {}
        for number in range(len(graph)):
            if graph.function(number).module != _GATEWAY and number not in starts:
                continue
            for call in graph.calls[number]:
                activation = graph.activations[call.callee]
                last = _last_word(activation.function)
                is_ours = graph.origin(call.callee) in {Origin.DISTRIBUTION, Origin.PROJECT}
                if last in _RESPONSE_PROTOCOL and is_ours and activation.receiver not in {*servers, None}:
                    found.setdefault(last, set()).add(call.callee)
        closes, iterations = (frozenset(found.get(name, ())) for name in _RESPONSE_PROTOCOL)
        leads = graph.reaching(iterations | closes if not runners or not iterations else iterations)
        finish = frozenset(
            call.callee
            for number in starts
            for call in graph.calls[number]
            if call.callee in leads
            and call.callee not in self.applications
            and not graph.is_module(call.callee)
            and not graph.graph.conditions.is_handler(graph.function(number), call.line)
        )
        sights: list[Sight] = []
        before = finish
        for goals in (iterations, closes):
            # The server's own call: a subclass may have another one for special requests.
            callers = frozenset(
                caller
                for goal in goals
                for caller in graph.callers(goal)
                if graph.function(caller).module == _GATEWAY
                and not all(
                    graph.graph.conditions.is_handler(graph.function(caller), call.line)
                    for call in graph.calls[caller]
                    if call.callee in goals
                )
            )
            sights += [
                Sight(callers, 0, "response", before, is_landmark=False),
                Sight(goals, 0, "response", callers or before),
            ]
            before = callers or before
        return finish, closes | iterations, tuple(sights)

    def _signals(self) -> frozenset[tuple[int, int]]:
        """Calls of functions that someone else handed, earlier, to another method of the object that calls them."""
        graph = self.graph
        handed: dict[FunctionName | None, dict[FunctionName, set[FunctionName]]] = {}
        for number, calls in enumerate(graph.calls):
            giver = graph.activations[number].receiver
            for call in calls:
                taker = graph.activations[call.callee]
                if taker.receiver in {None, giver} or not taker.callables or _is_constructor(taker.function):
                    continue
                own = handed.setdefault(taker.receiver, {})
                for function in taker.callables:
                    own.setdefault(function, set()).add(taker.function)
        served = graph.reached(self._called_by(_RUNS_APPLICATION) | self.applications)
        return frozenset(
            (call.caller, call.callee)
            for number in sorted(served)
            if graph.origin(number) is Origin.DISTRIBUTION
            and (known := handed.get(graph.activations[number].receiver)) is not None
            for call in graph.calls[number]
            if call.evidence is Evidence.CALL
            and graph.origin(call.callee) is not Origin.STDLIB
            and known.get(graph.function(call.callee), set()) - {graph.function(number)}
        )


def _is_command(activation: Activation) -> bool:
    return activation.receiver is not None and COMMANDS in activation.receiver.module


def _is_constructor(function: FunctionName) -> bool:
    return _last_word(function) in _CONSTRUCTORS


def _last_word(function: FunctionName) -> str:
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


def _strings(values: Iterable[object]) -> Iterator[str]:
    for value in values:
        if isinstance(value, str):
            yield value
        elif isinstance(value, Mapping):
            yield from _strings(value.values())
        elif isinstance(value, list | tuple):
            yield from _strings(value)
