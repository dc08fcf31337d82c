"""Keeps parsed modules by the content of their files, and asks the parser for those it has not seen."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from pathlib import Path

import msgspec

from flowmap.sources.entries import Entries
from flowmap.syntax import ir
from flowmap.syntax.unreadable import Unreadable


class _Entry(msgspec.Struct, frozen=True, array_like=True):
    """What a cache file holds: a module, or the reason and line of an unreadable one."""

    module: ir.Module | None
    reason: str = ""
    line: int = 0


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(_Entry)
# Everything that the IR of a content depends on.
_VERSION = f"{ir.IR_VERSION} {version('libcst')}".encode()


def encoded(result: ir.Module | Unreadable) -> bytes:
    """A parse result as bytes."""
    if isinstance(result, Unreadable):
        return _ENCODER.encode(_Entry(None, result.reason, result.line))
    return _ENCODER.encode(_Entry(result))


def decoded(content: bytes) -> ir.Module | Unreadable:
    """The inverse of `encoded`; raises msgspec.DecodeError for anything else."""
    entry = _DECODER.decode(content)
    return Unreadable(entry.reason, entry.line) if entry.module is None else entry.module


def key_of(content: bytes) -> str:
    """The key of a file's content: it changes with the IR's version and with libcst's."""
    return hashlib.sha256(_VERSION + b"\0" + content).hexdigest()


class ParseCache:
    """Parse results by key, in a folder; without a folder nothing is kept. An entry that cannot be read is a miss."""

    def __init__(self, folder: Path | None) -> None:
        self._entries = Entries(folder, ".ir")

    def load(self, key: str) -> ir.Module | Unreadable | None:
        """The result under `key`, None for a miss."""
        body = self._entries.load(key)
        try:
            return None if body is None else decoded(body)
        except (msgspec.MsgspecError, RecursionError):
            return None

    def has(self, key: str) -> bool:
        """Whether there is an entry under `key`, sound or not."""
        return self._entries.has(key)

    def store(self, key: str, body: bytes) -> None:
        """Keep an encoded result under `key`."""
        self._entries.store(key, body)
