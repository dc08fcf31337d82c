"""Which route a path takes, and which routes are near to a name: questions to a list of routes."""

from __future__ import annotations

import difflib
import enum
import re
from collections.abc import Sequence
from typing import Final

from flowmap.errors import AmbiguousViewError, UnknownViewError
from flowmap.flow.routes import PartKind, Route, View, ViewKind

_NEAR: Final = 5
_PLACEHOLDER: Final = re.compile(r"<(?:(?P<converter>[^>:]+):)?(?P<name>[^>]+)>")
# What the converters of a release match that every release has; others may match anything.
_CONVERTERS: Final = {
    "int": "[0-9]+",
    "path": ".+",
    "slug": "[-a-zA-Z0-9_]+",
    "str": "[^/]+",
    "uuid": "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}",
}


class Match(enum.IntEnum):
    """Whether a route is one of a path."""

    NO = 0
    PERHAPS = 1
    YES = 2


def serving(routes: Sequence[Route], path: str) -> list[Route]:
    """The routes that a path may take: up to the first that surely is its own, in the order in which they are tried."""
    found: list[Route] = []
    for route in routes:
        match = matched(route, path)
        if match is not Match.NO:
            found.append(route)
        if match is Match.YES:
            break
    return found


def is_known(view: View) -> bool:
    """Whether a view is told by its name."""
    return view.kind in {ViewKind.FUNCTION, ViewKind.CLASS}


def matched(route: Route, path: str) -> Match:
    """Whether a route is one of a path, as far as it is known."""
    sure = Match.YES
    text = path.removeprefix("/")
    for number, part in enumerate(route.parts):
        is_last = number == len(route.parts) - 1
        if part.text is None:
            return Match.PERHAPS
        if part.kind is PartKind.LANGUAGE:
            # One of the languages of the settings, or none.
            sure = Match.PERHAPS
            found = re.match(r"(?:[a-z]{2,3}(?:-[a-z0-9]+)*/)?", text)
        elif part.kind is PartKind.PATH:
            if any((match["converter"] or "str") not in _CONVERTERS for match in _PLACEHOLDER.finditer(part.text)):
                sure = Match.PERHAPS
            found = re.match(_expression(part.text) + (r"\Z" if is_last else ""), text)
        else:
            try:
                found = re.search(part.text, text)
            except re.error:
                return Match.PERHAPS
        if found is None:
            return Match.NO
        text = text[found.end() :]
    return sure


def _expression(route: str) -> str:
    """What a route of converters matches, as a regular expression."""
    parts: list[str] = []
    position = 0
    for match in _PLACEHOLDER.finditer(route):
        parts += [re.escape(route[position : match.start()]), _CONVERTERS.get(match["converter"] or "str", ".+")]
        position = match.end()
    return "".join((*parts, re.escape(route[position:])))


def near_patterns(routes: Sequence[Route], path: str) -> list[str]:
    """The patterns most like a path."""
    patterns = list(dict.fromkeys(route.pattern for route in routes))
    return difflib.get_close_matches(path.removeprefix("/"), patterns, n=_NEAR, cutoff=0.4)


def view_named(routes: Sequence[Route], text: str) -> str:
    """The view that a name means: its id, the same with dots, or the end of it.

    Raises UnknownViewError and AmbiguousViewError.
    """
    names = sorted({view.name for route in routes for view in route.views})
    wanted = text.replace(":", ".")
    exact = [name for name in names if name.replace(":", ".") == wanted]
    found = exact or [name for name in names if f".{name.replace(':', '.')}".endswith(f".{wanted}")]
    if len(found) > 1:
        raise AmbiguousViewError(text, found)
    if not found:
        dotted = {name.replace(":", "."): name for name in names}
        tails = {name.rpartition(".")[2]: name for name in dotted}
        near = difflib.get_close_matches(wanted, dotted, n=_NEAR) or [
            tails[tail] for tail in difflib.get_close_matches(wanted.rpartition(".")[2], tails, n=_NEAR)
        ]
        raise UnknownViewError(text, near)
    return found[0]
