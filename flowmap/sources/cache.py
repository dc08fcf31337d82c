"""The per-user cache: packs by the digest of their archive, and which digest a release had on which index.

Every file appears by a rename within one file system, so readers, other runs and a run that is killed never see half
of one. Nothing is ever changed in place, so no lock is needed.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

import msgspec
import platformdirs

from flowmap.errors import CacheError
from flowmap.sources.pack import PACK_VERSION, Pack, open_pack

FOLDER_VARIABLE = "FLOWMAP_CACHE_DIR"
# Work files of a run that was killed are swept up by a later one after this long.
STALE_AFTER_SECONDS = 24 * 60 * 60

_Record = TypeVar("_Record", bound=msgspec.Struct)


class ReleaseRecord(msgspec.Struct, frozen=True):
    """A release that was fetched: `sha256` is its archive's."""

    name: str
    version: str
    file: str
    sha256: str


class DependencyRecord(msgspec.Struct, frozen=True):
    """The releases that were chosen as a distribution's dependencies.

    `missing` are requirements that no index could answer, each with the reason in words, `overruled` says in words what
    was chosen against somebody's will.
    """

    chosen: tuple[ReleaseRecord, ...]
    missing: tuple[tuple[str, str], ...] = ()
    overruled: tuple[str, ...] = ()


def default_cache_folder() -> Path:
    """FLOWMAP_CACHE_DIR, or the platform's folder for caches of a user."""
    named = os.environ.get(FOLDER_VARIABLE)
    return Path(named).expanduser() if named else platformdirs.user_cache_path("flowmap", appauthor=False)


class Cache:
    """One folder. It is made when something is first written; every failure to write is a CacheError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / f"sources-{PACK_VERSION}"

    def pack(self, sha256: str) -> Pack | None:
        """The pack of the archive with that digest; None when there is none, or none that is whole."""
        return open_pack(self._pack_path(sha256))

    def store_pack(self, sha256: str, chunks: Iterable[bytes]) -> Pack:
        """Keeps a pack; of two runs that do so at once either may win, as both write the same."""
        path = self._pack_path(sha256)
        self._write(path, chunks)
        pack = open_pack(path)
        if pack is None:
            raise CacheError(str(self.folder), "what was just written cannot be read back")
        return pack

    def release(self, name: str, version: str, index: str) -> ReleaseRecord | None:
        """What a release (canonical name and version) was on that index; with '' on any, the first by name."""
        return self._record(self._releases(name), f"{version}@{index}", ReleaseRecord)

    def releases(self, name: str) -> tuple[ReleaseRecord, ...]:
        """The releases of a package (canonical name) that are cached, from whichever index, in order of file name."""
        found: dict[str, ReleaseRecord] = {}
        for path in _listed(self._releases(name)):
            record = _decode(path, ReleaseRecord)
            if record is not None and self._pack_path(record.sha256).is_file():
                found.setdefault(record.version, record)
        return tuple(found.values())

    def keep_release(self, name: str, version: str, index: str, record: ReleaseRecord) -> None:
        self._write(self._releases(name) / f"{version}@{index}.json", [msgspec.json.encode(record)])

    def dependencies(self, key: str, index: str) -> DependencyRecord | None:
        """What was chosen for `key` (a digest over all that the choice depends on) on that index; '' is any."""
        return self._record(self.folder / "dependencies", f"{key}@{index}", DependencyRecord)

    def keep_dependencies(self, key: str, index: str, record: DependencyRecord) -> None:
        self._write(self.folder / "dependencies" / f"{key}@{index}.json", [msgspec.json.encode(record)])

    @contextmanager
    def work_folder(self) -> Iterator[Path]:
        """A folder for a download, gone afterwards."""
        with (
            self._failing(),
            tempfile.TemporaryDirectory(dir=self._work(), prefix="download-", ignore_cleanup_errors=True) as name,
        ):
            yield Path(name)

    def _pack_path(self, sha256: str) -> Path:
        return self.folder / "packs" / sha256[:2] / f"{sha256}.pack"

    def _releases(self, name: str) -> Path:
        return self.folder / "releases" / name

    def _record(self, folder: Path, stem: str, kind: type[_Record]) -> _Record | None:
        if not stem.endswith("@"):
            return _decode(folder / f"{stem}.json", kind)
        for path in _listed(folder):
            if path.name.startswith(stem):
                record = _decode(path, kind)
                if record is not None:
                    return record
        return None

    def _write(self, path: Path, chunks: Iterable[bytes]) -> None:
        with self._failing():
            path.parent.mkdir(parents=True, exist_ok=True)
            descriptor, name = tempfile.mkstemp(dir=self._work(), prefix="write-")
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.writelines(chunks)
                Path(name).replace(path)
            except BaseException:
                with suppress(OSError):
                    Path(name).unlink()
                raise

    def _work(self) -> Path:
        work = self.folder / "work"
        work.mkdir(parents=True, exist_ok=True)
        self._sweep(work)
        return work

    def _sweep(self, work: Path) -> None:
        limit = time.time() - STALE_AFTER_SECONDS
        for path in _listed(work):
            with suppress(OSError):
                if path.stat().st_mtime < limit:
                    if path.is_dir():
                        shutil.rmtree(path, ignore_errors=True)
                    else:
                        path.unlink()

    @contextmanager
    def _failing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise CacheError(str(self.folder), error.strerror or str(error)) from error


def _listed(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _decode(path: Path, kind: type[_Record]) -> _Record | None:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return None
