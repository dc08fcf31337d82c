"""The three scopes in which recall is counted, as fixtures/traces/README.md defines them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from flowmap.names import Origin
from tests.recall.identity import Identity

_FLOW_FILES = re.compile(
    r"""django/(
        core/(management|servers|handlers|wsgi|asgi|urlresolvers|signals)(\.py|/.*)
      | (urls|http|middleware|apps|dispatch|views)(\.py|/.*)
      | conf/__init__\.py
      | utils/(autoreload|deprecation|module_loading|functional|decorators)(\.py|/.*)
      | contrib/[^/]+/middleware(\.py|/.*)
      | contrib/staticfiles/(handlers|management)(\.py|/.*)
      | __init__\.py
    )""",
    re.VERBOSE,
)
_SERVER_FILES = re.compile(r"wsgiref/.*|socketserver\.py|http/server\.py")


def _is_server(function: Identity) -> bool:
    return function.origin == Origin.STDLIB and _SERVER_FILES.fullmatch(function.file) is not None


def in_flow(function: Identity) -> bool:
    """Part of the way of a request: the project, the server modules, and the distribution's request path."""
    if function.origin == Origin.DISTRIBUTION:
        return _FLOW_FILES.fullmatch(function.file) is not None
    return function.origin == Origin.PROJECT or _is_server(function)


def in_subject(function: Identity) -> bool:
    """The distribution, the project and the server modules."""
    return function.origin in {Origin.DISTRIBUTION, Origin.PROJECT} or _is_server(function)


def anywhere(_: Identity) -> bool:
    """Everything."""
    return True


SCOPES: Mapping[str, Callable[[Identity], bool]] = {"flow": in_flow, "subject": in_subject, "all": anywhere}
