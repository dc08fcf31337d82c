"""From what a project asks for to the distributions: pins of a lock as they are, ranges as a release's dependencies.

All that is pinned is fetched, several at a time: which of a project's imports a distribution answers is known only
once it is there (`yaml` is `PyYAML`). Later runs find everything in the cache.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from packaging.requirements import Requirement

from flowmap.errors import DownloadError, FlowmapError, HostileArchiveError, NoPackageError, UnknownVersionError
from flowmap.sources.cache import Cache, DependencyRecord, ReleaseRecord
from flowmap.sources.config import IndexSettings
from flowmap.sources.dependencies import (
    FORGIVEN,
    Limits,
    Resolved,
    applies,
    marker_environment,
    remembered,
    resolve_requirements,
)
from flowmap.sources.distribution import Distribution
from flowmap.sources.fetch import archive_distribution, folder_distribution
from flowmap.sources.locks import lock_kind, read_lock
from flowmap.sources.manifests import PYPROJECT, SETUP_FILES, read_build_files, read_pyproject
from flowmap.sources.releases import Releases, Stated
from flowmap.sources.requirements import Located, Wanted, Wishes, read_requirements
from flowmap.sources.target import canonical_name, pinned_version

_THREADS: Final = 8
# Where a project says what it needs, the surest first.
_USUAL_LOCKS: Final = ("pylock.toml", "uv.lock", "poetry.lock", "Pipfile.lock")
_USUAL_FILE: Final = "requirements.txt"
_OTHER_FILES: Final = ("requirements*.txt", "requirements/*.txt")


@dataclass(frozen=True, slots=True)
class Fetched:
    """The distributions that a project asks for, and what could not be had.

    `own` are those that lie in the project's folder, by canonical name, `folders` those from which it imports itself.
    """

    distributions: tuple[Distribution, ...]
    own: frozenset[str] = frozenset()
    folders: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()


def usual_requirements(places: Iterable[Path]) -> tuple[Path, ...]:
    """The files in which a project says what it needs, when it names none: a lock, requirements, how it is built."""
    for place in places:
        for name in (*_USUAL_LOCKS, _USUAL_FILE):
            if (place / name).is_file():
                return (place / name,)
        others = [path for pattern in _OTHER_FILES for path in sorted(place.glob(pattern)) if path.is_file()]
        if others:
            return tuple(others)
        with suppress(FlowmapError):
            if (place / PYPROJECT).is_file() and read_pyproject(place / PYPROJECT).wanted:
                return (place / PYPROJECT,)
        for name in SETUP_FILES:
            if read_build_files(place).wanted and (place / name).is_file():
                return (place / name,)
    return ()


def read_wishes(paths: Iterable[Path], *, python: str, platform: str) -> Wishes:
    """What these files ask for, each read as its name says. Raises RequirementsError."""
    total: Wishes | None = None
    for path in paths:
        if lock_kind(path):
            found = read_lock(path, marker_environment(python, platform))
        elif path.name in SETUP_FILES:
            found = read_build_files(path.parent)
        else:
            found = read_pyproject(path) if path.suffix == ".toml" else read_requirements(path)
        total = found if total is None else total + found
    return total or Wishes()


def fetch_wishes(
    wishes: Wishes, *, python: str, platform: str, settings: IndexSettings, cache: Cache, project: Path
) -> Fetched:
    """The distributions that were asked for and, unless the files say all, those that these require.

    What cannot be had is said in `notices`. Raises StatedDigestError, DependencyConflictError, NoNetworkError and what
    reading an archive raises.
    """
    archives = tuple(archive_distribution(path, cache) for path in wishes.archives)
    local, folders, notices = _local(wishes.folders, project)
    located, unreached = _located(wishes.located, settings, cache)
    archives += located
    notices += unreached
    markers = marker_environment(python, platform)
    wanted = [each for each in wishes.wanted if applies(each.requirement, markers, ())]
    if wishes.is_complete:
        found = _pinned(wanted, settings, cache)
    else:
        wanted += [each for folder in wishes.folders for each in read_build_files(folder).wanted]
        required = [Wanted(Requirement(text)) for each in archives for text in each.requires]
        _prefetch(wanted, settings, cache)
        found = resolve_requirements(
            [str(each.requirement) for each in (*wanted, *required)],
            python=python,
            platform=platform,
            settings=settings,
            cache=cache,
            limits=_limits(wanted, wishes.constraints),
        )
    given = {canonical_name(each.name): each for each in (*archives, *local.values())}
    own = frozenset(canonical_name(each.name) for folder, each in local.items() if folder.is_relative_to(project))
    others = [each for each in found.chosen if canonical_name(each.name) not in given]
    notices += [f"left out: {text}" for text in (*wishes.left_out, *(why for _, why in found.missing))]
    notices += found.overruled
    return Fetched(tuple(sorted((*given.values(), *others), key=lambda each: each.name)), own, folders, tuple(notices))


def _local(wished: Sequence[Path], project: Path) -> tuple[dict[Path, Distribution], tuple[Path, ...], list[str]]:
    """Packages in folders: the project itself is its own files, others are distributions."""
    found: dict[Path, Distribution] = {}
    own: list[Path] = []
    notices: list[str] = []
    for folder in dict.fromkeys(path.resolve() for path in wished):
        if project.is_relative_to(folder):
            source = folder / "src"
            own.append(source if source.is_dir() else folder)
            continue
        try:
            found[folder] = folder_distribution(folder)
        except NoPackageError as error:
            notices.append(f"left out: {error.message}")
    return found, tuple(own), notices


def _located(
    wished: Sequence[Located], settings: IndexSettings, cache: Cache
) -> tuple[tuple[Distribution, ...], list[str]]:
    """The distributions at addresses of their own, and in words those that could not be had."""
    found: list[Distribution] = []
    notices: list[str] = []
    with Releases(settings, cache, may_be_empty=True) as releases:
        for each in wished:
            try:
                found.append(releases.fetch_url(each.url, Stated(each.digests, each.place)))
            except (DownloadError, NoPackageError, HostileArchiveError) as error:
                notices.append(f"left out: {each.name} ({each.place}): {error.message}")
    return tuple(found), notices


def _limits(wanted: Iterable[Wanted], constraints: Iterable[Wanted]) -> Limits:
    known: dict[str, tuple[Requirement, ...]] = {}
    stated: dict[str, Stated] = {}
    for each in constraints:
        name = canonical_name(each.requirement.name)
        known[name] = (*known.get(name, ()), each.requirement)
    for each in (*constraints, *wanted):
        if each.digests:
            name = canonical_name(each.requirement.name)
            before = stated.get(name, Stated())
            stated[name] = Stated(before.digests | each.digests, before.place or each.place)
    return Limits(known, stated)


def _pinned(wanted: Sequence[Wanted], settings: IndexSettings, cache: Cache) -> Resolved:
    """The pins of a lock, which need not be made to agree. What was found is remembered, and what was not."""
    if not wanted:
        return Resolved(())
    key = hashlib.sha256("\n".join(_key(wanted)).encode()).hexdigest()
    with Releases(settings, cache) as releases:
        found = remembered(cache.dependencies(key, settings.key), releases)
        if found is None and settings.offline:
            found = remembered(cache.dependencies(key, ""), releases)
    if found is None:
        by_name, missing = _fetched(wanted, settings, cache)
        found = Resolved(tuple(by_name.values()), tuple(missing.values()))
        record = tuple(ReleaseRecord(each.name, each.version, "", each.sha256) for each in found.chosen)
        cache.keep_dependencies(key, settings.key, DependencyRecord(record, found.missing))
    return found


def _key(wanted: Iterable[Wanted]) -> Iterator[str]:
    yield "locked"
    for each in wanted:
        yield f"{each.requirement}#{','.join(sorted(each.digests))}"


def _prefetch(wanted: Iterable[Wanted], settings: IndexSettings, cache: Cache) -> None:
    """Fetches what is pinned, several at a time, so that choosing among the rest finds it in the cache."""
    if settings.offline:
        return
    with Releases(settings, cache) as releases:
        pinned = [
            each
            for each in wanted
            if pinned_version(each.requirement) is not None and releases.pinned(each.requirement, _stated(each)) is None
        ]
    if len(pinned) > 1:
        # What goes wrong goes wrong again where it is known who asked.
        with suppress(FlowmapError):
            _fetched(pinned, settings, cache)


def _fetched(
    wanted: Sequence[Wanted], settings: IndexSettings, cache: Cache
) -> tuple[dict[str, Distribution], dict[str, tuple[str, str]]]:
    """The distributions by name, and those that cannot be had with the reason, in the order of what is wanted."""
    # Threads are of use where there is a network to wait for.
    from concurrent.futures import ThreadPoolExecutor  # noqa: PLC0415  # loads much, and is not always needed

    def fetch(part: Sequence[Wanted]) -> list[Distribution | str]:
        # Connections of its own: those of an index are not made to be shared.
        with Releases(settings, cache, may_be_empty=True) as releases:
            return [_one(each, releases) for each in part]

    parts = [wanted[start::_THREADS] for start in range(min(_THREADS, len(wanted)))]
    found: dict[str, Distribution] = {}
    missing: dict[str, tuple[str, str]] = {}
    with ThreadPoolExecutor(len(parts)) as pool:
        for part, results in zip(parts, pool.map(fetch, parts), strict=True):
            for each, result in zip(part, results, strict=True):
                name = canonical_name(each.requirement.name)
                if isinstance(result, str):
                    missing[name] = (str(each.requirement), result)
                else:
                    found[name] = result
    return dict(sorted(found.items())), dict(sorted(missing.items()))


def _one(wanted: Wanted, releases: Releases) -> Distribution | str:
    try:
        return releases.find(wanted.requirement, stated=_stated(wanted))
    except (*FORGIVEN, UnknownVersionError) as error:
        return error.message


def _stated(wanted: Wanted) -> Stated:
    return Stated(wanted.digests, wanted.place)
