"""How a project's routes are made, and which attributes tell one request from another; loads no engine."""

from __future__ import annotations

from typing import Final

from flowmap.flow.routes import FoundRoutes
from flowmap.frameworks.model import RequestAttributes, UrlProgram

MODULE: Final = "_flowmap_urls"
# What manage.py does before a command, as far as URLs need it, and the root URL configuration.
_PROGRAM: Final = """\
from importlib import import_module
import {package}
setup = getattr({package}, "setup", None)
if setup is not None:
    setup()
from {package}.conf import settings
urlconf = import_module(settings.ROOT_URLCONF)
"""
# The modules whose functions make patterns: each call of them makes one.
_MAKERS: Final = ("urls.conf", "conf.urls", "conf.urls.i18n")
# Those of other packages, whose functions make several.
_OTHER_MAKERS: Final = ("rest_framework.routers", "rest_framework.urlpatterns")

# What fields, options and queries do inside makes no route, and is most of what the models of a large project cost.
# That models are classes is not closed: administration and generic views ask.
_CLOSED: Final = (
    *(
        f"db.models.{name}"
        for name in (
            "aggregates",
            "constraints",
            "deletion",
            "expressions",
            "fields",
            "functions",
            "indexes",
            "lookups",
            "manager",
            "options",
            "query",
            "sql",
        )
    ),
    "db.backends",
)


def url_program(package: str) -> UrlProgram:
    """The program that makes a project's patterns, and how they are read."""
    makers = frozenset((*(f"{package}.{name}" for name in _MAKERS), *_OTHER_MAKERS))
    closed = tuple(f"{package}.{name}" for name in _CLOSED)
    return UrlProgram(MODULE, _PROGRAM.format(package=package), makers, closed, _read)


def request_attributes(package: str) -> RequestAttributes:
    """Where a request has its path and method, and a resolved URL its view."""
    requests = [f"{package}.{module}:HttpRequest" for module in ("http.request", "http")]
    matches = [f"{package}.{module}:ResolverMatch" for module in ("urls.resolvers", "core.urlresolvers")]
    return RequestAttributes(
        path=tuple(f"{each}.{name}" for each in requests for name in ("path_info", "path")),
        method=tuple(f"{each}.method" for each in requests),
        view=tuple(f"{each}.func" for each in matches),
        urlconf=tuple(f"{each}.urlconf" for each in requests),
    )


def _read(heap: object) -> FoundRoutes:
    from flowmap.analysis.heap import Heap  # noqa: PLC0415  # of the engine, which a result that was kept does not need
    from flowmap.frameworks.django.routes import read_routes  # noqa: PLC0415  # as above

    assert isinstance(heap, Heap)
    return read_routes(heap)
