"""The three scopes in which recall is counted, as fixtures/traces/README.md defines them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from flowmap.frameworks.django.scope import is_on_the_way, is_server
from flowmap.names import Origin
from flowmap.observe.identity import Identity


def in_flow(function: Identity) -> bool:
    """Part of the way of a request: the project, the server modules, and the distribution's request path."""
    return is_on_the_way("django", function.origin, function.file)


def in_subject(function: Identity) -> bool:
    """The distribution, the project and the server modules."""
    return function.origin in {Origin.DISTRIBUTION, Origin.PROJECT} or is_server(function.origin, function.file)


def anywhere(_: Identity) -> bool:
    """Everything."""
    return True


SCOPES: Mapping[str, Callable[[Identity], bool]] = {"flow": in_flow, "subject": in_subject, "all": anywhere}
