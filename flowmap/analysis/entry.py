"""Where a program is entered, and how a server calls its application: plain values, which load no engine."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field


class Protocol(enum.StrEnum):
    """How a server calls an application."""

    WSGI = "wsgi"
    ASGI = "asgi"


@dataclass(frozen=True, slots=True)
class Application:
    """The attribute of the entry's module that a server calls, and how."""

    name: str
    protocol: Protocol


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a program is entered, and what its surroundings say.

    The module of that name is run as `__main__` (with `application`: imported, and that attribute is called as a
    server of that protocol does). `assumed` are literals that variables of modules hold, by the module's name and
    their own, whatever the modules say. Functions of the modules `told_apart`, and all that are called by the body of a
    module, are told apart by where they are called from, and so is what they make: every entry of a table that calls
    make is an object of its own. None: by their arguments alone.

    `held` says which texts attributes hold, whatever is stored in them; `only` which callables, by their names: of
    others only those that may call one of these, or of which that is not known, are stored. Nothing is left out any
    more once something other than None is stored in an attribute of `lifting`.
    """

    module: str
    argv: tuple[str, ...] = ()
    environment: Mapping[str, str | None] = field(default_factory=dict)
    platform: str = "linux"
    python: tuple[int, int] = (3, 11)
    frontier: tuple[str, ...] = ()
    setting_strings: frozenset[str] = frozenset()
    application: Application | None = None
    assumed: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    told_apart: frozenset[str] = frozenset()
    # By `module:Class.attribute`, of the class's objects and those of classes derived from it.
    held: Mapping[str, str] = field(default_factory=dict)
    only: Mapping[str, frozenset[str]] = field(default_factory=dict)
    lifting: frozenset[str] = frozenset()
