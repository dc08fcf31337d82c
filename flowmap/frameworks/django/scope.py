"""Which files are on the way of a request: the scope in which recall is counted (fixtures/traces/README.md)."""

from __future__ import annotations

import re
from typing import Final

from flowmap.names import Origin

# Below the distribution's own package.
_FLOW_FILES: Final = re.compile(
    r"""
        core/(management|servers|handlers|wsgi|asgi|urlresolvers|signals)(\.py|/.*)
      | (urls|http|middleware|apps|dispatch|views)(\.py|/.*)
      | conf/__init__\.py
      | utils/(autoreload|deprecation|module_loading|functional|decorators)(\.py|/.*)
      | contrib/[^/]+/middleware(\.py|/.*)
      | contrib/staticfiles/(handlers|management)(\.py|/.*)
      | __init__\.py
    """,
    re.VERBOSE,
)
_SERVER_FILES: Final = re.compile(r"wsgiref/.*|socketserver\.py|http/server\.py")


def is_on_the_way(package: str, origin: str, file: str) -> bool:
    """The project, the server modules, and the request path of the distribution, whose package is named."""
    if origin == Origin.DISTRIBUTION:
        top, _, below = file.partition("/")
        return top == package and _FLOW_FILES.fullmatch(below) is not None
    return origin == Origin.PROJECT or is_server(origin, file)


def is_server(origin: str, file: str) -> bool:
    """The standard library's part in serving a request."""
    return origin == Origin.STDLIB and _SERVER_FILES.fullmatch(file) is not None
