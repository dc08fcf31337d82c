"""The releases a distribution depends on, chosen from its own metadata.

The markers are those of a CPython of the standard library that is read. The newest final release that every
requirement allows is taken; there is no backtracking, a dependency that narrows another one's choice makes it anew.
What was chosen is remembered, so that a second run needs no network and gives the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from flowmap.errors import (
    DependencyConflictError,
    HostileArchiveError,
    NoNetworkError,
    UnknownPackageError,
    UnknownVersionError,
)
from flowmap.sources.cache import Cache, DependencyRecord, ReleaseRecord
from flowmap.sources.config import IndexSettings
from flowmap.sources.distribution import Distribution
from flowmap.sources.files import MemoryFiles
from flowmap.sources.releases import NONE, Releases, Stated
from flowmap.sources.target import canonical_name

# Each round settles at least one level of dependencies; more than this is a quarrel that would never end.
MAX_ROUNDS = 50

_PLATFORMS = {
    "linux": ("posix", "Linux"),
    "darwin": ("posix", "Darwin"),
    "win32": ("nt", "Windows"),
}


def resolve_dependencies(
    distribution: Distribution,
    *,
    python: str,
    settings: IndexSettings,
    cache: Cache,
    platform: str = "linux",
    only: Collection[str] | None = None,
) -> tuple[Distribution, ...]:
    """The dependencies of a distribution and theirs, sorted by name; extras only where they were asked for.

    `python` is the version of the standard library ('3.11'), `only` the names of those that are wanted (None: all).
    Raises DependencyConflictError and what `Releases.find` raises.
    """
    wanted = None if only is None else frozenset(canonical_name(name) for name in only)
    solver = _Solver(distribution, python, platform, wanted)
    return _resolved(solver, settings, cache).chosen


# One of a project's many packages that cannot be had leaves a gap, where the target itself would be an error.
FORGIVEN: Final = (UnknownPackageError, HostileArchiveError)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What was chosen, sorted by name; see DependencyRecord for the rest."""

    chosen: tuple[Distribution, ...]
    missing: tuple[tuple[str, str], ...] = ()
    overruled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Limits:
    """What somebody else says about distributions, by canonical name: versions, and the digests of archives."""

    constraints: Mapping[str, tuple[Requirement, ...]] = field(default_factory=dict)
    stated: Mapping[str, Stated] = field(default_factory=dict)


def resolve_requirements(
    requires: Iterable[str],
    *,
    python: str,
    settings: IndexSettings,
    cache: Cache,
    platform: str = "linux",
    limits: Limits = Limits(),
) -> Resolved:
    """What a project requires, and what that requires in turn.

    What no index knows, what nothing satisfies, and archives that are refused, are left out. Raises what else
    `Releases.find` raises.
    """
    nothing = MemoryFiles({})
    # A project has no name that counts: the folder it lies in may be called as one of its packages is.
    project = Distribution("", "", "", (), tuple(requires), "", nothing, nothing)
    return _resolved(_Solver(project, python, platform, None, limits, is_lenient=True), settings, cache)


def _resolved(solver: _Solver, settings: IndexSettings, cache: Cache) -> Resolved:
    if not any(solver.requirements(())):
        return Resolved(())
    key = solver.key()
    with Releases(settings, cache, may_be_empty=solver.is_lenient) as releases:
        found = remembered(cache.dependencies(key, settings.key), releases)
        if found is None and settings.offline:
            found = remembered(cache.dependencies(key, ""), releases)
        if found is None:
            chosen = solver.solve(releases)
            missing = tuple(each for _, each in sorted(solver.missing.items()))
            found = Resolved(chosen, missing, tuple(text for _, text in sorted(solver.overruled.items())))
            if releases.fell_back:
                # Chosen among what happened to be cached: not what a run with the index would choose.
                return found
            record = tuple(ReleaseRecord(each.name, each.version, "", each.sha256) for each in found.chosen)
            cache.keep_dependencies(key, settings.key, DependencyRecord(record, found.missing, found.overruled))
        return found


def remembered(record: DependencyRecord | None, releases: Releases) -> Resolved | None:
    """What a record says was chosen; None when it is not all cached, or what was missing is there by now."""
    if record is None:
        return None
    found = [releases.recorded(each) for each in record.chosen]
    chosen = tuple(each for each in found if each is not None)
    if len(chosen) != len(found) or any(_is_there(requirement, releases) for requirement, _ in record.missing):
        return None
    return Resolved(chosen, record.missing, record.overruled)


def _is_there(requirement: str, releases: Releases) -> bool:
    """Whether an index that can be reached has by now what it had not."""
    if releases.settings.offline:
        return False
    try:
        releases.find(Requirement(requirement))
    except (*FORGIVEN, UnknownVersionError, NoNetworkError):
        return False
    return True


class _Solver:
    def __init__(
        self,
        distribution: Distribution,
        python: str,
        platform: str,
        only: frozenset[str] | None,
        limits: Limits = Limits(),
        *,
        is_lenient: bool = False,
    ) -> None:
        self._distribution = distribution
        self._python = python
        self._only = only
        self._markers = marker_environment(python, platform)
        self._limits = limits
        self.is_lenient = is_lenient
        # What could not be had, where that is forgiven, by name: the requirement and why.
        self.missing: dict[str, tuple[str, str]] = {}
        # What was chosen as the project itself asks, against what others require.
        self.overruled: dict[str, str] = {}

    def key(self) -> str:
        """A digest over all that the choice depends on, but for the index."""
        distribution = self._distribution
        only = "*" if self._only is None else ",".join(sorted(self._only))
        limits = [f"{name}!{each}" for name, known in sorted(self._limits.constraints.items()) for each in known]
        limits += [f"{name}#{','.join(sorted(each.digests))}" for name, each in sorted(self._limits.stated.items())]
        parts = (
            *distribution.requires,
            "",
            *distribution.extras,
            "",
            only,
            *map("=".join, sorted(self._markers.items())),
            *limits,
            *(["lenient"] if self.is_lenient else []),
        )
        return hashlib.sha256("\n".join((distribution.name, distribution.version, *parts)).encode()).hexdigest()

    def solve(self, releases: Releases) -> tuple[Distribution, ...]:
        chosen: dict[str, Distribution] = {}
        for _ in range(MAX_ROUNDS):
            before = dict(chosen)
            wanted = self.requirements(chosen.values())
            chosen = {}
            self.overruled = {}
            for name in sorted(wanted):
                found = self._choose(name, wanted[name], before.get(name), releases)
                if found is not None:
                    chosen[name] = found
            if chosen == before:
                return tuple(chosen.values())
        raise DependencyConflictError("one of its dependencies", sorted(chosen), self._python)

    def requirements(self, chosen: Iterable[Distribution]) -> dict[str, list[Requirement]]:
        """What the distribution and those chosen so far require, by canonical name."""
        wanted: dict[str, list[Requirement]] = {}
        own = canonical_name(self._distribution.name)
        for each in (self._distribution, *chosen):
            for text in each.requires:
                requirement = parsed(text)
                if requirement is None or not applies(requirement, self._markers, each.extras):
                    continue
                name = canonical_name(requirement.name)
                if name != own and (self._only is None or name in self._only):
                    wanted.setdefault(name, []).append(requirement)
        for name, limits in self._limits.constraints.items():
            if name in wanted:
                wanted[name] += [limit for limit in limits if applies(limit, self._markers, ())]
        return wanted

    def _choose(
        self, name: str, wanted: list[Requirement], before: Distribution | None, releases: Releases
    ) -> Distribution | None:
        if name in self.missing:
            return None
        combined = _combined(name, wanted)
        extras = tuple(sorted(combined.extras))
        is_right = before is not None and combined.specifier.contains(before.version, prereleases=True)
        if before is not None and before.extras == extras and is_right:
            return before
        stated = self._limits.stated.get(name, NONE)
        try:
            return self._find(combined, releases, stated)
        except FORGIVEN as error:
            if not self.is_lenient:
                raise
            self.missing[name] = (str(combined), error.message)
        except UnknownVersionError as error:
            conflict = DependencyConflictError(name, sorted({str(each) for each in wanted}), self._python)
            if not self.is_lenient:
                raise conflict from error
            return self._overruling(name, wanted, conflict, releases, stated)
        return None

    def _overruling(
        self,
        name: str,
        wanted: list[Requirement],
        conflict: DependencyConflictError,
        releases: Releases,
        stated: Stated,
    ) -> Distribution | None:
        """What the project itself asks for, where others want something that does not go with it."""
        own = [each for each in self.requirements(()).get(name, ()) if each in wanted]
        combined = _combined(name, own)
        if own and len(own) < len(wanted):
            with suppress(UnknownVersionError):
                found = self._find(combined, releases, stated)
                self.overruled[name] = f"{combined} is what the project asks for, though {conflict.message}"
                return found
        self.missing[name] = (str(combined), conflict.message)
        return None

    def _find(self, requirement: Requirement, releases: Releases, stated: Stated) -> Distribution:
        try:
            return releases.find(requirement, accepts=self._runs_here, cached=True, stated=stated)
        except UnknownVersionError:
            if not self.is_lenient:
                raise
        # The project's Python is not ours: one that runs elsewhere only is better than none.
        return releases.find(requirement, cached=True, stated=stated)

    def _runs_here(self, requires_python: str) -> bool:
        try:
            return SpecifierSet(requires_python).contains(f"{self._python}.99", prereleases=True)
        except InvalidSpecifier:
            return True


def _combined(name: str, wanted: Iterable[Requirement]) -> Requirement:
    """One requirement that says all that these say."""
    wanted = tuple(wanted)
    extras = sorted({extra for requirement in wanted for extra in requirement.extras})
    specifier = SpecifierSet(",".join(sorted({str(each.specifier) for each in wanted if each.specifier})))
    return Requirement(f"{name}[{','.join(extras)}]{specifier}" if extras else f"{name}{specifier}")


def applies(requirement: Requirement, markers: Mapping[str, str], extras: Iterable[str]) -> bool:
    """Whether a requirement's marker holds, with one of the extras or without any."""
    if requirement.marker is None:
        return True
    for extra in (*extras, ""):
        try:
            if requirement.marker.evaluate({**markers, "extra": extra}):
                return True
        except UndefinedEnvironmentName:
            return False
    return False


def marker_environment(python: str, platform: str) -> Mapping[str, str]:
    """The values of PEP 508's markers on a CPython of that version and `sys.platform`."""
    os_name, system = _PLATFORMS.get(platform, ("posix", platform.capitalize()))
    return {
        "implementation_name": "cpython",
        "implementation_version": f"{python}.0",
        "os_name": os_name,
        "platform_machine": "x86_64",
        "platform_python_implementation": "CPython",
        "platform_release": "",
        "platform_system": system,
        "platform_version": "",
        "python_full_version": f"{python}.0",
        "python_version": python,
        "sys_platform": platform,
    }


def parsed(text: str) -> Requirement | None:
    """A requirement; where an old release wrote a version that is none any more, the name alone."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
        return Requirement(name.group().rstrip("._-")) if name else None
