"""Where a project is entered: what the text of an entry means."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Final, TypeAlias

from flowmap.analysis.entry import Protocol
from flowmap.errors import InvalidEntryError

ENTRY_FILE: Final = "manage.py"
DEFAULT_ENTRY: Final = "manage.py runserver"
# Called, by convention, as the protocol is by which the application in them is called.
APPLICATION_FILES: Final = tuple(f"{protocol}.py" for protocol in Protocol)

_EXAMPLES: Final = (DEFAULT_ENTRY, "manage.py check", *Protocol)


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command line that starts with the project's manage.py."""

    argv: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ServerEntry:
    """A request that a server brings to the project's application."""

    protocol: Protocol


Entry: TypeAlias = CommandEntry | ServerEntry


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
    raise InvalidEntryError(
        text, f"it is neither a command of {ENTRY_FILE} nor '{Protocol.WSGI}' nor '{Protocol.ASGI}'", _EXAMPLES
    )


def canonical_entry(text: str) -> str:
    """The one way to write an entry. Raises InvalidEntryError."""
    entry = parse_entry(text)
    return shlex.join(entry.argv) if isinstance(entry, CommandEntry) else str(entry.protocol)
