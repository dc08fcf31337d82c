"""A server's calls of an application, as its protocol has them."""

from __future__ import annotations

from flowmap.analysis.entry import Application, Protocol
from flowmap.analysis.frame import Frame
from flowmap.analysis.interpreter import Interpreter
from flowmap.analysis.result import Reason
from flowmap.analysis.values import Arguments, Module, PointsTo


def call_application(machine: Interpreter, root: Frame, module: Module, application: Application) -> None:
    """Calls the module's application, if it has one, as a server of its protocol does, until nothing grows."""
    cell = module.cells.get(application.name)
    if cell is None:
        return
    callee = machine.read(cell, root)
    if application.protocol is Protocol.ASGI:
        _call_asgi(machine, root, callee)
    else:
        _call_wsgi(machine, root, callee)
    machine.drain(root.activation)


def _call_wsgi(machine: Interpreter, root: Frame, application: PointsTo) -> None:
    """Calls an application with an environ and a start_response, iterates over what it returns and closes that
    (PEP 3333).
    """
    text = machine.any_of("str")
    environ = machine.make_dict(root, [(text, text)], "environ")
    writer = machine.space.unknown(Reason.EXTERNAL.value)
    response = machine.call_from_root(root, application, Arguments((environ, writer)))
    machine.elements_of(root, response, 0)
    for value in response.items:
        machine.call_special(root, value, "close", Arguments(), 0, "call")


def _call_asgi(machine: Interpreter, root: Frame, application: PointsTo) -> None:
    """Calls an application with the scope of a request, receive and send, and awaits what it returns (ASGI 3.0)."""
    constant, text = machine.space.constant, machine.any_of("str")
    octets, number, none = machine.any_of("bytes"), machine.any_of("int"), constant(None)
    address = machine.space.join(machine.make_tuple([text, number]), none)
    headers = machine.make_list(root, None, machine.make_tuple([octets, octets]), "headers")
    scope = {
        "type": constant("http"),
        "asgi": machine.make_dict(
            root, [(constant("version"), constant("3.0")), (constant("spec_version"), text)], "asgi"
        ),
        "http_version": text,
        "method": text,
        "scheme": text,
        "path": text,
        "raw_path": octets,
        "query_string": octets,
        "root_path": text,
        "headers": headers,
        "client": address,
        "server": address,
    }
    given = machine.make_dict(root, [(constant(name), value) for name, value in scope.items()], "scope")
    server = machine.space.unknown(Reason.EXTERNAL.value)
    running = machine.call_from_root(root, application, Arguments((given, server, server)))
    machine.await_values(root, running, 0)
