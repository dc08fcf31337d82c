"""The releases a distribution depends on, chosen from its own metadata.

The markers are those of a CPython of the standard library that is read. The newest final release that every
requirement allows is taken; there is no backtracking, a dependency that narrows another one's choice makes it anew.
What was chosen is remembered, so that a second run needs no network and gives the same.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Iterable, Mapping

from packaging.markers import UndefinedEnvironmentName
from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet

from flowmap.errors import DependencyConflictError, UnknownVersionError
from flowmap.sources.cache import Cache, DependencyRecord, ReleaseRecord
from flowmap.sources.config import IndexSettings
from flowmap.sources.distribution import Distribution
from flowmap.sources.releases import Releases
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
    if not any(solver.requirements(())):
        return ()
    key = solver.key(distribution)
    with Releases(settings, cache) as releases:
        found = _remembered(cache.dependencies(key, settings.key), releases)
        if found is None and settings.offline:
            found = _remembered(cache.dependencies(key, ""), releases)
        if found is None:
            found = solver.solve(releases)
            if releases.fell_back:
                # Chosen among what happened to be cached: not what a run with the index would choose.
                return found
            record = tuple(ReleaseRecord(each.name, each.version, "", each.sha256) for each in found)
            cache.keep_dependencies(key, settings.key, DependencyRecord(record))
        return found


def _remembered(record: DependencyRecord | None, releases: Releases) -> tuple[Distribution, ...] | None:
    if record is None:
        return None
    found = [releases.recorded(each) for each in record.chosen]
    return tuple(each for each in found if each is not None) if None not in found else None


class _Solver:
    def __init__(self, distribution: Distribution, python: str, platform: str, only: frozenset[str] | None) -> None:
        self._distribution = distribution
        self._python = python
        self._only = only
        self._markers = marker_environment(python, platform)

    def key(self, distribution: Distribution) -> str:
        """A digest over all that the choice depends on, but for the index."""
        only = "*" if self._only is None else ",".join(sorted(self._only))
        parts = (
            *distribution.requires,
            "",
            *distribution.extras,
            "",
            only,
            *map("=".join, sorted(self._markers.items())),
        )
        return hashlib.sha256("\n".join((distribution.name, distribution.version, *parts)).encode()).hexdigest()

    def solve(self, releases: Releases) -> tuple[Distribution, ...]:
        chosen: dict[str, Distribution] = {}
        for _ in range(MAX_ROUNDS):
            before = dict(chosen)
            wanted = self.requirements(chosen.values())
            chosen = {name: self._choose(name, wanted[name], before.get(name), releases) for name in sorted(wanted)}
            if chosen == before:
                return tuple(chosen.values())
        raise DependencyConflictError("one of its dependencies", sorted(chosen), self._python)

    def requirements(self, chosen: Iterable[Distribution]) -> dict[str, list[Requirement]]:
        """What the distribution and those chosen so far require, by canonical name."""
        wanted: dict[str, list[Requirement]] = {}
        own = canonical_name(self._distribution.name)
        for each in (self._distribution, *chosen):
            for text in each.requires:
                requirement = _parsed(text)
                if requirement is None or not self._applies(requirement, each.extras):
                    continue
                name = canonical_name(requirement.name)
                if name != own and (self._only is None or name in self._only):
                    wanted.setdefault(name, []).append(requirement)
        return wanted

    def _choose(
        self, name: str, wanted: list[Requirement], before: Distribution | None, releases: Releases
    ) -> Distribution:
        extras = tuple(sorted({extra for requirement in wanted for extra in requirement.extras}))
        specifier = SpecifierSet(",".join(sorted({str(each.specifier) for each in wanted if each.specifier})))
        if before is not None and before.extras == extras and specifier.contains(before.version, prereleases=True):
            return before
        combined = Requirement(f"{name}[{','.join(extras)}]{specifier}" if extras else f"{name}{specifier}")
        try:
            return releases.find(combined, accepts=self._runs_here, cached=True)
        except UnknownVersionError as error:
            raise DependencyConflictError(name, sorted({str(each) for each in wanted}), self._python) from error

    def _applies(self, requirement: Requirement, extras: Iterable[str]) -> bool:
        if requirement.marker is None:
            return True
        for extra in (*extras, ""):
            try:
                if requirement.marker.evaluate({**self._markers, "extra": extra}):
                    return True
            except UndefinedEnvironmentName:
                return False
        return False

    def _runs_here(self, requires_python: str) -> bool:
        try:
            return SpecifierSet(requires_python).contains(f"{self._python}.99", prereleases=True)
        except InvalidSpecifier:
            return True


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


def _parsed(text: str) -> Requirement | None:
    """A requirement; where an old release wrote a version that is none any more, the name alone."""
    try:
        return Requirement(text)
    except InvalidRequirement:
        name = re.match(r"[A-Za-z0-9][A-Za-z0-9._-]*", text)
        return Requirement(name.group().rstrip("._-")) if name else None
