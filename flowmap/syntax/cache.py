"""Keeps parsed modules by the content of their files, and asks the parser for those it has not seen."""

from __future__ import annotations

import hashlib
import os
import tempfile
from importlib.metadata import version
from pathlib import Path

import msgspec

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
    """Parse results by key, in a folder; without a folder nothing is kept.

    Several processes may share a folder: an entry is written beside its place and moved there whole. An entry that
    cannot be read is a miss, and a folder that cannot be written is as good as none.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder

    def load(self, key: str) -> ir.Module | Unreadable | None:
        """The result under `key`, None for a miss."""
        if self._folder is None:
            return None
        try:
            content = self._path(self._folder, key).read_bytes()
            # The first half is the digest of the second: a torn or altered entry must not decode by luck.
            digest, body = content[:32], content[32:]
            if hashlib.sha256(body).digest() != digest:
                return None
            return decoded(body)
        except (OSError, msgspec.MsgspecError, RecursionError):
            return None

    def has(self, key: str) -> bool:
        """Whether there is an entry under `key`, sound or not."""
        return self._folder is not None and self._path(self._folder, key).exists()

    def store(self, key: str, body: bytes) -> None:
        """Keep an encoded result under `key`."""
        if self._folder is None:
            return
        path = self._path(self._folder, key)
        temporary: str | None = None
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".tmp")
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).digest() + body)
            Path(temporary).replace(path)
        except OSError:
            if temporary is not None:
                Path(temporary).unlink(missing_ok=True)

    @staticmethod
    def _path(folder: Path, key: str) -> Path:
        return folder / key[:2] / f"{key[2:]}.ir"
