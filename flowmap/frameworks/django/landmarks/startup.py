"""The landmarks before the first request: the command, the application it gets made, the server it starts."""

from __future__ import annotations

from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.frameworks.django.landmarks.facts import COMMANDS, Facts, is_command, is_constructor
from flowmap.names import MODULE_BODY, Origin

_SOCKET_SERVER: Final = "socketserver"


class StartupFinder:
    """Finds what happens between the command line and the server. `handlers` are the application's constructors."""

    def __init__(self, facts: Facts) -> None:
        self.facts = facts
        self.commands = self._commands()
        self.handlers = facts.constructed(facts.applications)

    def server(self) -> frozenset[int]:
        """What the command calls to serve: the last call of the distribution's before the socket server's loop."""
        graph = self.facts.graph
        way = graph.between(self.commands or self.facts.entry, self.facts.connections)
        found: set[int] = set()
        for number in way:
            if graph.function(number).module == _SOCKET_SERVER:
                continue
            for call in graph.calls[number]:
                if call.callee in way and graph.function(call.callee).module == _SOCKET_SERVER:
                    found.add(call.callee if is_command(graph.activations[number]) else number)
        return frozenset(found) - self.facts.entry

    def command_modules(self) -> frozenset[int]:
        """The command's module, found by a string, and those of the same name that it builds upon."""
        wanted = {
            self.facts.graph.activations[number].receiver.module  # type: ignore[union-attr]  # commands have receivers
            for number in self.commands
        }
        names = {module.rpartition(".")[2] for module in wanted}
        return self.facts.graph.where(
            lambda each: (
                each.function.qualname == MODULE_BODY
                and COMMANDS in each.function.module
                and each.function.module.rpartition(".")[2] in names
            )
        )

    def _commands(self) -> frozenset[int]:
        """The first calls of methods of a command that lead to the server; without a server, of any command's."""
        graph = self.facts.graph
        way = graph.between(self.facts.entry, self.facts.connections or graph.where(is_command))
        before = graph.reached(self.facts.entry, lambda call: not is_command(graph.activations[call.callee]))
        return frozenset(
            call.callee
            for number in way & before
            for call in graph.calls[number]
            if call.callee in way
            and is_command(graph.activations[call.callee])
            and not is_constructor(graph.function(call.callee))
        )

    def work(self) -> frozenset[int]:
        """Of a command that does not serve: the methods that its own class defines, for they are what it is for."""
        if self.facts.connections:
            return frozenset()
        graph = self.facts.graph
        return frozenset(
            number
            for number in graph.reached(self.commands)
            if is_command(graph.activations[number])
            and graph.function(number).module == graph.activations[number].receiver.module  # type: ignore[union-attr]  # commands have receivers
            and not is_constructor(graph.function(number))
        )

    def by_work(self, work: frozenset[int]) -> frozenset[int]:
        """What those methods call of the program's, that is no method of a command."""
        graph = self.facts.graph
        return frozenset(
            call.callee
            for number in work
            for call in graph.calls[number]
            if call.evidence is Evidence.CALL
            and graph.origin(call.callee) in {Origin.PROJECT, Origin.DISTRIBUTION}
            and not is_command(graph.activations[call.callee])
        )

    def application(self) -> frozenset[int]:
        """Where the command leaves its own methods to get the handler made."""
        graph = self.facts.graph
        if not self.commands:
            # A test makes its handler itself.
            return self.facts.entry - self.facts.tests()
        way = graph.between(self.commands, self.facts.connections)
        side = graph.between(way, self.handlers)
        return frozenset(
            call.callee
            for number in side
            if is_command(graph.activations[number])
            for call in graph.calls[number]
            if call.callee in side and call.callee not in way and not is_command(graph.activations[call.callee])
        )

    def before_application(self, application: frozenset[int]) -> frozenset[int]:
        """The command's methods that lead to the application and not on to the server."""
        graph = self.facts.graph
        way = graph.between(self.commands, self.facts.connections)
        side = graph.between(way, application) - way
        return frozenset(number for number in side if is_command(graph.activations[number]))

    def application_modules(self, application: frozenset[int]) -> frozenset[int]:
        """The project's modules that make the handler when they are imported."""
        graph = self.facts.graph
        return frozenset(
            number
            for number in graph.between(application, self.handlers)
            if graph.is_module(number) and graph.origin(number) is Origin.PROJECT
        )

    def beside_application(self, made_by: frozenset[int]) -> frozenset[int]:
        """What those functions call themselves by which the project's module gets its handler."""
        graph = self.facts.graph
        return frozenset(
            call.callee
            for number in graph.between(made_by, self.handlers) - self.handlers
            if not graph.is_module(number)
            for call in graph.calls[number]
            if call.evidence is Evidence.CALL and graph.origin(call.callee) is Origin.DISTRIBUTION
        )

    def settings_module(self) -> frozenset[int]:
        """The project's modules that are imported by a string and named by no setting: the settings themselves."""
        graph = self.facts.graph
        modules = {name.module for name in graph.graph.functions}
        packages = {name.rpartition(".")[0] for name in modules}
        named = {*self.facts.strings, *(text.rpartition(".")[0] for text in self.facts.strings)}
        return frozenset(
            call.callee
            for calls in graph.calls
            for call in calls
            if call.evidence is Evidence.IMPORT_STRING
            and graph.origin(call.callee) is Origin.PROJECT
            and graph.is_module(call.callee)
            and graph.function(call.callee).module not in named | packages
            and not any(graph.function(call.callee).module.startswith(f"{text}.") for text in self.facts.strings)
        )

    def from_settings(self) -> dict[tuple[int, int], Evidence]:
        """Calls of what was found by a part of a string that stands in the settings."""
        graph = self.facts.graph
        parts = {*self.facts.strings, *(text.rpartition(".")[0] for text in self.facts.strings)}
        found: dict[tuple[int, int], Evidence] = {}
        for calls in graph.calls:
            for call in calls:
                if call.evidence is not Evidence.IMPORT_STRING:
                    continue
                name, receiver = graph.function(call.callee), graph.activations[call.callee].receiver
                owner = receiver if receiver is not None and is_constructor(name) else name
                text = owner.module if graph.is_module(call.callee) else f"{owner.module}.{owner.qualname}"
                if text in parts:
                    found[call.caller, call.callee] = Evidence.SETTING
        return found
