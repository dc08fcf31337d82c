"""Reads what the recorder wrote: one file a process, one line a call, in the paths of the machine."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

SUFFIX: Final = ".part"
_ESCAPES: Final = {"\\": "\\", "t": "\t", "n": "\n", "r": "\r"}


class RawFunction(NamedTuple):
    """A code object as it ran. `kind` is function, generator, comprehension, class or module."""

    file: str
    line: int
    name: str
    kind: str


class RawCall(NamedTuple):
    """A call; `caller` is None at the root of a thread."""

    kind: str
    caller: RawFunction | None
    callee: RawFunction


@dataclass(frozen=True, slots=True)
class Part:
    """What one process wrote. `paths` are all that ever stood in its sys.path; calls come in the order in which each
    happened first."""

    python: str
    cwd: str
    library: str
    paths: tuple[str, ...]
    calls: tuple[RawCall, ...]


def read_parts(folder: Path) -> tuple[Part, ...]:
    """The parts in a folder, by name. What a process that was killed did not write to its end is left out."""
    return tuple(_part(path.read_bytes()) for path in sorted(folder.glob(f"*{SUFFIX}")))


def _part(content: bytes) -> Part:
    heads: dict[str, dict[str, None]] = {}
    calls: dict[RawCall, None] = {}
    lines = content.decode("utf-8", "backslashreplace").split("\n")
    # After the last newline stands nothing, or half a line.
    for line in lines[:-1]:
        fields = [_unescaped(field) for field in line.split("\t")]
        if fields[0].startswith("@") and len(fields) == 2:
            heads.setdefault(fields[0][1:], {})[fields[1]] = None
        elif len(fields) == 9:
            calls.update(dict.fromkeys(_call(fields)))
    first = {key: next(iter(values)) for key, values in heads.items()}
    paths = tuple(heads.get("path", {}))
    return Part(first.get("python", ""), first.get("cwd", ""), first.get("library", ""), paths, tuple(calls))


def _call(fields: list[str]) -> Iterator[RawCall]:
    kind, *ends = fields
    if ends[1].isdecimal() and ends[5].isdecimal():
        caller = RawFunction(ends[0], int(ends[1]), ends[2], ends[3]) if ends[0] else None
        yield RawCall(kind, caller, RawFunction(ends[4], int(ends[5]), ends[6], ends[7]))


def _unescaped(text: str) -> str:
    if "\\" not in text:
        return text
    pieces = iter(text.split("\\"))
    result = [next(pieces)]
    for piece in pieces:
        if piece:
            result.append(_ESCAPES.get(piece[0], "\\" + piece[0]) + piece[1:])
        else:
            # Two in a row are one of the text itself, and what follows is no escape.
            result.append("\\" + next(pieces, ""))
    return "".join(result)
