"""A folder of cache entries by key: each is there whole or not at all, whatever became of the run that wrote it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

_DIGEST_BYTES: Final = 32


class Entries:
    """Bytes by key (hexadecimal), in a folder; without a folder nothing is kept.

    Several processes may share a folder: an entry is written beside its place and moved there whole. An entry that
    cannot be read is absent, and a folder that cannot be written is as good as none. `most` bounds the bytes in the
    folder: past it, what was not used for the longest time goes.
    """

    def __init__(self, folder: Path | None, suffix: str, *, most: int | None = None) -> None:
        self._folder = folder
        self._suffix = suffix
        self._most = most

    def load(self, key: str) -> bytes | None:
        """What is kept under `key`; None when that is nothing, or damaged."""
        if self._folder is None:
            return None
        path = self._path(self._folder, key)
        try:
            content = path.read_bytes()
        except OSError:
            return None
        # The first part is the digest of the second: a torn or altered entry must not decode by luck.
        digest, body = content[:_DIGEST_BYTES], content[_DIGEST_BYTES:]
        if hashlib.sha256(body).digest() != digest:
            return None
        if self._most is not None:
            with suppress(OSError):
                os.utime(path)
        return body

    def has(self, key: str) -> bool:
        """Whether there is an entry under `key`, sound or not."""
        return self._folder is not None and self._path(self._folder, key).exists()

    def store(self, key: str, body: bytes) -> None:
        """Keep `body` under `key`."""
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
        if self._most is not None:
            _prune(self._folder, self._most)

    def _path(self, folder: Path, key: str) -> Path:
        return folder / key[:2] / f"{key[2:]}{self._suffix}"


def _prune(folder: Path, most: int) -> None:
    """Deletes files, the one that was used longest ago first, until all together have at most so many bytes."""
    total = 0
    # What a run that was killed left half written is never used, so it goes as well.
    for path, _, size in sorted(_files(folder), key=lambda found: found[1], reverse=True):
        total += size
        if total > most:
            with suppress(OSError):
                path.unlink()


def _files(folder: Path) -> Iterator[tuple[Path, int, int]]:
    """Each file of the folders in a folder, when it was last used (ns), and its bytes."""
    for path in folder.glob("*/*"):
        # Another process may delete the same.
        with suppress(OSError):
            found = path.stat()
            yield path, found.st_mtime_ns, found.st_size
