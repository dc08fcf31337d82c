"""What is kept of a mapped program, so that nobody has to map it again: snapshots, and what a summary says."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from typing import Final

import msgspec

from flowmap.flow.model import Detail, Flow
from flowmap.pipeline.keys import result_key
from flowmap.snapshot import read_flow
from flowmap.sources.cache import default_cache_folder
from flowmap.sources.entries import Entries
from flowmap.sources.tree import SourceTree

RESULTS_FOLDER: Final = "results"
# A release takes less than one MiB.
MOST_BYTES: Final = 256 * 1024 * 1024

# JSON with its indentation becomes an eighth of its size, faster than it is written to a disk.
_COMPRESSION: Final = 1


class Hole(msgspec.Struct, frozen=True, array_like=True):
    """A gap through which the flow breaks off; `place` is FILE:LINE, `why` says why a module could not be read."""

    reason: str
    name: str
    place: str
    why: str


class Counts(msgspec.Struct, frozen=True, array_like=True):
    """What a summary counts. `bounds`: in how many places each was hit, by name."""

    files: int
    functions: int
    edges: int
    gaps: int
    bounds: dict[str, int]


class Result(msgspec.Struct, frozen=True, array_like=True):
    """A mapped program. `callgraph` and `flows` hold the bytes of callgraph.json and, by detail, of flow.json.

    `titles` are those of the stages, by id. Programs without a framework have no flows; `uncalled` names those of their
    functions that no call leads to. `absent` are modules that the project imports and that are not in the source, with
    the first place, FILE:LINE, that asks for each. `notes` say which route was asked for.
    """

    callgraph: bytes
    counts: Counts
    flows: dict[Detail, bytes] = {}
    titles: dict[str, str] = {}
    holes: tuple[Hole, ...] = ()
    uncalled: tuple[str, ...] = ()
    absent: dict[str, str] = {}
    notes: tuple[str, ...] = ()


def flow_in(result: Result, detail: Detail) -> Flow:
    """The flow of a result, as a value.

    Read back even when the result is new: what is drawn cannot depend on whether it was kept.
    """
    return read_flow(result.flows[detail], where="the result")


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    """What a cache file holds. An entry that was moved to the place of another names the wrong key."""

    key: str
    result: Result


_ENCODER: Final = msgspec.msgpack.Encoder()
_DECODER: Final = msgspec.msgpack.Decoder(_Entry)


def encoded(key: str, result: Result) -> bytes:
    """An entry as bytes."""
    return zlib.compress(_ENCODER.encode(_Entry(key, result)), _COMPRESSION)


def decoded(key: str, content: bytes) -> Result | None:
    """The inverse of `encoded`; None for anything else."""
    try:
        entry = _DECODER.decode(zlib.decompress(content))
    except (zlib.error, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return entry.result if entry.key == key else None


def kept_result(tree: SourceTree, facts: Sequence[object], compute: Callable[[], Result]) -> tuple[Result, bool]:
    """The result of a program and whether it was kept; one that is computed is kept, and what goes wrong is not.

    `facts` are what it depends on besides the files of the tree (see `result_key`).
    """
    key = result_key(tree, facts)
    if key is None:
        return compute(), False
    entries = Entries(default_cache_folder() / RESULTS_FOLDER, ".result", most=MOST_BYTES)
    content = entries.load(key)
    known = None if content is None else decoded(key, content)
    if known is not None:
        return known, True
    result = compute()
    # Files that were changed meanwhile may have been read before or after: whose result it is nobody knows.
    if result_key(tree, facts) == key:
        entries.store(key, encoded(key, result))
    return result, False
