"""Which schemas there are, and what is said of a file that follows none of them."""

from __future__ import annotations

import importlib.resources
import json
from typing import Final, TypeVar

import msgspec

from flowmap.errors import FlowmapError

CALLGRAPH: Final = "flowmap-callgraph/1"
CHECK: Final = "flowmap-check/1"
DIFF: Final = "flowmap-diff/1"
FLOW: Final = "flowmap-flow/1"
OBSERVED: Final = "flowmap-observed/1"
SIGHTINGS: Final = "flowmap-sightings/1"
URLS: Final = "flowmap-urls/1"

# Characters of somebody else's file that a message shows.
_SHOWN: Final = 160

Wire = TypeVar("Wire", bound=msgspec.Struct)


def _shown(text: str) -> str:
    """What a stranger's file says, as a part of one line that does nothing to a terminal or to a log of CI."""
    short = text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"
    return "".join(each if each.isprintable() else "?" for each in short)


class NotASnapshotError(FlowmapError):
    """The file is no JSON, or no JSON of ours, or breaks its own schema."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"{where} is not a snapshot: {_shown(why)}", hint="name a callgraph.json or flow.json that flowmap wrote"
        )


class UnknownSchemaError(FlowmapError):
    """The file is a snapshot, but of another kind or of a number that this flowmap does not know."""

    def __init__(self, where: str, found: str, wanted: str) -> None:
        super().__init__(
            f"{where} follows the schema '{_shown(found)}', not '{wanted}'",
            hint="name a file of that schema, or install the flowmap that wrote this one",
        )


class _Header(msgspec.Struct):
    schema: str


def schema_in(data: bytes) -> str:
    """What schema a file says it follows; empty where it says none."""
    try:
        return msgspec.json.decode(data, type=_Header).schema
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return ""


def decode(data: bytes, shape: type[Wire], *, schema: str, where: str) -> Wire:
    """The bytes of a snapshot as `shape`. Raises NotASnapshotError or UnknownSchemaError."""
    try:
        header = msgspec.json.decode(data, type=_Header)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotASnapshotError(where, str(error)) from error
    except RecursionError as error:
        raise NotASnapshotError(where, "it is nested too deeply") from error
    if header.schema != schema:
        raise UnknownSchemaError(where, header.schema, schema)
    try:
        return msgspec.json.decode(data, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise NotASnapshotError(where, str(error)) from error
    except RecursionError as error:
        raise NotASnapshotError(where, "it is nested too deeply") from error


def encode(value: msgspec.Struct) -> bytes:
    """Canonical bytes: keys in the order of the schema, one space of indentation, a newline at the end."""
    return msgspec.json.format(msgspec.json.encode(value), indent=1) + b"\n"


def json_schema(name: str) -> dict[str, object]:
    """The JSON Schema (draft 2020-12) of one of the schemas above."""
    file = importlib.resources.files("flowmap.snapshot") / "schemas" / f"{name.replace('/', '-')}.json"
    loaded = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict):
        raise TypeError(f"the schema {name} is no object")
    return loaded
