"""Where a project is entered: what the text of an entry means."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final, TypeAlias

from flowmap.analysis.entry import Protocol
from flowmap.errors import InvalidEntryError

ENTRY_FILE: Final = "manage.py"
DEFAULT_ENTRY: Final = "manage.py runserver"
# Called, by convention, as the protocol is by which the application in them is called.
APPLICATION_FILES: Final = tuple(f"{protocol}.py" for protocol in Protocol)

# The last word names a class: what a test sends its requests with.
_CLIENT: Final = re.compile(r"(?P<module>[^\W\d]\w*(\.[^\W\d]\w*)*)\.(?P<name>[A-Z]\w*)")

_EXAMPLES: Final = (DEFAULT_ENTRY, "manage.py check", *Protocol, "django.test.Client")


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command line that starts with the project's manage.py."""

    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """A request that a server brings to the project's application."""

    protocol: Protocol


@dataclass(frozen=True, slots=True)
class ClientEntry:
    """A request that a test makes, with the client of a module and of that name."""

    module: str
    name: str


Entry: TypeAlias = CommandEntry | ServerEntry | ClientEntry


def parse_entry(text: str) -> Entry:
    """What `--entry` asks for; `python` before manage.py is taken as what one types. Raises InvalidEntryError."""
    try:
        words = shlex.split(text)
    except ValueError as error:
        raise InvalidEntryError(text, str(error).lower().rstrip("."), _EXAMPLES) from error
    if words and words[0] in {"python", "python3"}:
        words = words[1:]
    if len(words) == 1 and words[0] in set(Protocol):
        return ServerEntry(Protocol(words[0]))
    if words and words[0].removeprefix("./") == ENTRY_FILE:
        return CommandEntry((ENTRY_FILE, *words[1:]))
    client = _CLIENT.fullmatch(words[0]) if len(words) == 1 else None
    if client is not None:
        return ClientEntry(client["module"], client["name"])
    why = f"it is neither a command of {ENTRY_FILE} nor '{Protocol.WSGI}' nor '{Protocol.ASGI}' nor the client of tests"
    raise InvalidEntryError(text, why, _EXAMPLES)


def unknown_client(entry: ClientEntry) -> InvalidEntryError:
    """The error for a client that neither the project nor its packages have."""
    why = f"neither the project nor its packages have a {entry.name} in {entry.module}"
    return InvalidEntryError(f"{entry.module}.{entry.name}", why, _EXAMPLES)


def canonical_entry(text: str) -> str:
    """The one way to write an entry. Raises InvalidEntryError."""
    entry = parse_entry(text)
    if isinstance(entry, CommandEntry):
        return shlex.join(entry.argv)
    return str(entry.protocol) if isinstance(entry, ServerEntry) else f"{entry.module}.{entry.name}"
