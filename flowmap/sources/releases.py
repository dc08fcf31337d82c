"""The release that a requirement means, from the cache when it is pinned, else from the index."""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.version import InvalidVersion, Version

from flowmap.errors import (
    DownloadError,
    HostileArchiveError,
    NoNetworkError,
    NoPackageError,
    StatedDigestError,
    UnknownPackageError,
    UnknownVersionError,
    UnreadableSourceError,
)
from flowmap.sources.archive import read_members
from flowmap.sources.cache import Cache, DependencyRecord, ReleaseRecord
from flowmap.sources.config import IndexSettings
from flowmap.sources.distribution import Distribution
from flowmap.sources.files import MemoryFiles
from flowmap.sources.layout import find_layout, is_kept
from flowmap.sources.metadata import ReleaseMetadata
from flowmap.sources.offer import Candidate, Lister, Listing
from flowmap.sources.pack import Pack, pack_chunks
from flowmap.sources.target import canonical_name, canonical_version, pinned_version

# How many versions an error names on each side of the one that does not exist.
_NEIGHBOURS = 3

Accepts = Callable[[str], bool]


def _accept_all(requires_python: str) -> bool:  # noqa: ARG001  # the shape of a filter
    return True


@dataclass(frozen=True, slots=True)
class Stated:
    """The SHA-256 digests that an archive may have, none for any, and the file that says so."""

    digests: frozenset[str] = frozenset()
    place: str = ""


NONE: Final = Stated()


class Releases:
    """Releases by requirement. A context manager, which holds the connections to the indexes once one is needed."""

    def __init__(self, settings: IndexSettings, cache: Cache, *, may_be_empty: bool = False) -> None:
        self.settings = settings
        self.cache = cache
        # Whether an archive without source is kept as such: one of many that a project installs, such as type stubs.
        self._may_be_empty = may_be_empty
        self._index: Lister | None = None
        self._listings: dict[str, Listing] = {}
        self._open = ExitStack()
        # Whether a range was answered from the cache because an index was silent.
        self.fell_back = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def find(
        self, requirement: Requirement, *, accepts: Accepts = _accept_all, cached: bool = False, stated: Stated = NONE
    ) -> Distribution:
        """The newest release the requirement allows, or the one it pins.

        A pinned release that is cached needs no network. `accepts` filters by Requires-Python; `cached` lets a range
        be answered from the cache when no index can be reached; `stated` says which digests the archive may have.
        Raises NoNetworkError, UnknownPackageError, UnknownVersionError, StatedDigestError and what reading an archive
        raises.
        """
        found = self._found(requirement, accepts, stated, cached=cached)
        if stated.digests and found.sha256 not in stated.digests:
            raise StatedDigestError(str(requirement), stated.place, [found.sha256])
        return found

    def pinned(self, requirement: Requirement, stated: Stated = NONE) -> Distribution | None:
        """The release that a requirement pins, if it is cached; nobody is asked."""
        pin = pinned_version(requirement)
        return None if pin is None else self._cached_pin(requirement, pin, self.settings.key, stated)

    def _found(self, requirement: Requirement, accepts: Accepts, stated: Stated, *, cached: bool) -> Distribution:
        pin = pinned_version(requirement)
        if pin is not None:
            found = self._cached_pin(requirement, pin, self.settings.key, stated)
            if found is not None and accepts(found.requires_python):
                return found
        listing = self._list(requirement.name)
        if listing.unreachable or not listing.candidates:
            found = self._without_index(requirement, pin, listing, accepts, cached=cached)
            if found is not None:
                return found
        return self.fetch(requirement, self._choose(requirement, pin, listing, accepts, stated))

    def fetch(self, requirement: Requirement, candidate: Candidate) -> Distribution:
        """The distribution in one file of an index, downloaded unless its digest is cached."""
        sha256 = candidate.digests.get("sha256", "")
        pack = self.cache.pack(sha256) if sha256 else None
        if pack is None:
            with self.cache.work_folder() as folder:
                archive = self._connected().download(candidate, folder)
                sha256 = archive_digest(archive)
                pack = self.cache.pack(sha256) or self._packed(archive, sha256, requirement.name, candidate)
        name = canonical_name(requirement.name)
        if canonical_name(pack.index.name) != name:
            raise HostileArchiveError(candidate.file, f"it calls itself {pack.index.name}")
        record = ReleaseRecord(pack.index.name, str(candidate.version), candidate.file, sha256)
        self.cache.keep_release(name, canonical_version(candidate.version), self.settings.key, record)
        return distribution_of(pack, record, extras=requirement.extras)

    def fetch_url(self, url: str, stated: Stated = NONE) -> Distribution:
        """The distribution in an archive at an address, which is downloaded once.

        Raises DownloadError, StatedDigestError and what reading an archive raises.
        """
        key = hashlib.sha256(f"at {url}".encode()).hexdigest()
        known = self.cache.dependencies(key, "url")
        record = known.chosen[0] if known is not None and known.chosen else None
        found = None if record is None else self.recorded(record)
        if found is None:
            file = urlsplit(url).path.rpartition("/")[2]
            if self.settings.offline:
                raise DownloadError(file, "flowmap was told to stay offline")
            candidate = Candidate(Version("0"), file, url, 0, "", False, {}, 0)
            with self.cache.work_folder() as folder:
                archive = self._connected().download(candidate, folder)
                sha256 = archive_digest(archive)
                pack = self.cache.pack(sha256) or pack_archive(archive, sha256, self.cache)
            record = ReleaseRecord(pack.index.name, pack.index.version, file, sha256)
            self.cache.keep_dependencies(key, "url", DependencyRecord((record,)))
            found = distribution_of(pack, record)
        if stated.digests and found.sha256 not in stated.digests:
            raise StatedDigestError(url, stated.place, [found.sha256])
        return found

    def recorded(self, record: ReleaseRecord, extras: Iterable[str] = ()) -> Distribution | None:
        """The distribution of a record, if its pack is still cached."""
        pack = self.cache.pack(record.sha256)
        return None if pack is None else distribution_of(pack, record, extras=extras)

    def _packed(self, archive: Path, sha256: str, name: str, candidate: Candidate) -> Pack:
        try:
            return pack_archive(archive, sha256, self.cache)
        except NoPackageError:
            if not self._may_be_empty:
                raise
            known = ReleaseMetadata(name, str(candidate.version))
            return self.cache.store_pack(sha256, pack_chunks(known, (), {}, {}))

    def _cached_pin(
        self, requirement: Requirement, pin: Version, index: str, stated: Stated = NONE
    ) -> Distribution | None:
        if not requirement.specifier.contains(pin, prereleases=True):
            return None
        name = canonical_name(requirement.name)
        record = self.cache.release(name, canonical_version(pin), index)
        if record is None or (stated.digests and record.sha256 not in stated.digests):
            return None
        return self.recorded(record, requirement.extras)

    def _list(self, name: str) -> Listing:
        if self.settings.offline:
            return Listing((), (), ("flowmap was told to stay offline",))
        if name not in self._listings:
            self._listings[name] = self._connected().list(name)
        return self._listings[name]

    def _connected(self) -> Lister:
        if self._index is None:
            # An HTTP client takes longer to import than a run from the cache takes: only for the network.
            from flowmap.sources.index import Index  # noqa: PLC0415  # loads much, and is not always needed

            self._index = self._open.enter_context(Index(self.settings))
        return self._index

    def _without_index(
        self, requirement: Requirement, pin: Version | None, listing: Listing, accepts: Accepts, *, cached: bool
    ) -> Distribution | None:
        """What can be had when an index is silent; None when the others have what is pinned."""
        if not listing.unreachable:
            raise UnknownPackageError(requirement.name, listing.searched)
        if pin is not None:
            if any(candidate.version == pin for candidate in listing.candidates):
                return None
            found = self._cached_pin(requirement, pin, "")
            if found is not None and accepts(found.requires_python):
                return found
        known = self.cache.releases(canonical_name(requirement.name))
        if cached:
            found = self._newest_cached(requirement, known, accepts)
            if found is not None:
                self.fell_back = True
                return found
        named = [
            f"{record.name}=={record.version}" for record in sorted(known, key=lambda record: Version(record.version))
        ]
        raise NoNetworkError(str(requirement), listing.unreachable[0], named)

    def _newest_cached(
        self, requirement: Requirement, known: Iterable[ReleaseRecord], accepts: Accepts
    ) -> Distribution | None:
        for record in sorted(known, key=lambda record: Version(record.version), reverse=True):
            if requirement.specifier.contains(record.version, prereleases=_prereleases(requirement, self.settings)):
                found = self.recorded(record, requirement.extras)
                if found is not None and accepts(found.requires_python):
                    return found
        return None

    def _choose(
        self, requirement: Requirement, pin: Version | None, listing: Listing, accepts: Accepts, stated: Stated
    ) -> Candidate:
        matching = [
            candidate
            for candidate in listing.candidates
            if requirement.specifier.contains(candidate.version, prereleases=True)
        ]
        allowed = [
            candidate
            for candidate in matching
            if (pin is not None or not candidate.yanked)
            and (_prereleases(requirement, self.settings) or not candidate.version.is_prerelease)
            and accepts(candidate.requires_python)
        ]
        if not allowed:
            raise UnknownVersionError(
                str(requirement), _near(requirement, listing.candidates), withheld=_withheld(matching)
            )
        newest = max(candidate.version for candidate in allowed)
        newest_files = [candidate for candidate in allowed if candidate.version == newest]
        if stated.digests:
            newest_files = _stated_files(requirement, newest_files, stated)
        # A file that was withdrawn and replaced within one version is the last resort.
        return min(newest_files, key=lambda candidate: (candidate.yanked, candidate.preference))


def _stated_files(requirement: Requirement, files: Sequence[Candidate], stated: Stated) -> list[Candidate]:
    """The files that have a digest that was stated, else those of which the index does not say which they have."""
    found = [file for file in files if file.digests.get("sha256") in stated.digests]
    found = found or [file for file in files if "sha256" not in file.digests]
    if not found:
        raise StatedDigestError(str(requirement), stated.place, [file.digests["sha256"] for file in files])
    return found


def archive_digest(archive: Path) -> str:
    """The SHA-256 of a file, in hex. Raises UnreadableSourceError."""
    try:
        with archive.open("rb") as stream:
            return hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise UnreadableSourceError(str(archive), error.strerror or str(error)) from error


def pack_archive(archive: Path, sha256: str, cache: Cache) -> Pack:
    """Reads a wheel or sdist and keeps what is needed of it."""
    files = MemoryFiles(read_members(archive, is_kept))
    layout = find_layout(files, archive.name, file_name=archive.name)
    sources = {seen: files.read(path) for seen, path in layout.sources.items()}
    notices = {seen: files.read(path) for seen, path in layout.notices.items()}
    chunks = pack_chunks(layout.metadata, layout.packages, sources, notices)
    return cache.store_pack(sha256, chunks)


def distribution_of(pack: Pack, record: ReleaseRecord, *, extras: Iterable[str] = ()) -> Distribution:
    """The distribution in a pack; the version is the one under which it was found."""
    index = pack.index
    return Distribution(
        index.name,
        record.version or index.version,
        record.sha256,
        index.packages,
        index.requires,
        index.requires_python,
        pack.sources,
        pack.notices,
        tuple(sorted(extras)),
    )


def _prereleases(requirement: Requirement, settings: IndexSettings) -> bool:
    return settings.prereleases or bool(requirement.specifier.prereleases)


def _withheld(matching: Sequence[Candidate]) -> str:
    if not matching:
        return ""
    if all(candidate.yanked for candidate in matching):
        return "what matches was withdrawn; pin it exactly to have it all the same"
    if all(candidate.version.is_prerelease or candidate.yanked for candidate in matching):
        return "only pre-releases match; pin one to have it"
    return "none that matches runs on this Python"


def _near(requirement: Requirement, candidates: Iterable[Candidate]) -> list[str]:
    """The versions next to the one asked for, or the newest, and always the newest of all."""
    versions = sorted({candidate.version for candidate in candidates if not candidate.version.is_prerelease})
    if not versions:
        versions = sorted({candidate.version for candidate in candidates})
    asked = _asked(requirement.specifier)
    place = bisect_left(versions, asked) if asked is not None else len(versions)
    near = versions[max(0, place - _NEIGHBOURS) : place + _NEIGHBOURS]
    return list(dict.fromkeys(str(version) for version in (*near, *versions[-1:])))


def _asked(specifiers: SpecifierSet) -> Version | None:
    for specifier in sorted(specifiers, key=str):
        try:
            return Version(specifier.version.removesuffix(".*"))
        except InvalidVersion:
            continue
    return None
