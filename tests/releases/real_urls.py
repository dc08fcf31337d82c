"""Run by the tests inside a real project: prints its routes as Django itself has them, as JSON."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator

import django
from django.urls import URLResolver, get_resolver
from django.urls.resolvers import LocalePrefixPattern, RegexPattern


def text(pattern: object) -> str:
    """A part of a pattern as a listing writes it."""
    if isinstance(pattern, LocalePrefixPattern):
        return "<language>/"
    return str(pattern).removeprefix("^") if isinstance(pattern, RegexPattern) else str(pattern)


def routes(resolver: URLResolver, before: str, namespaces: tuple[str, ...]) -> Iterator[tuple[str, str | None, str]]:
    """The whole pattern, the full name and the module of the view of every route."""
    for each in resolver.url_patterns:
        pattern = before + text(each.pattern)
        if isinstance(each, URLResolver):
            inner = (*namespaces, each.namespace) if each.namespace else namespaces
            yield from routes(each, pattern, inner)
            continue
        view = each.callback
        cls = getattr(view, "view_class", None) or getattr(view, "cls", None)
        shown = cls or getattr(view, "__wrapped__", view)
        name = ":".join((*namespaces, each.name)) if each.name else None
        yield pattern, name, f"{shown.__module__}:{shown.__qualname__}"


django.setup()
json.dump(list(routes(get_resolver(), "", ())), sys.stdout)
