"""The packages that a project runs with, and the framework among them: of an environment, or of a lock file."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from flowmap.errors import FrameworkMissingError, PackagesMissingError, StandardLibraryError
from flowmap.frameworks import DISTRIBUTIONS, is_framework, recognise
from flowmap.names import Origin
from flowmap.pipeline.request import Request
from flowmap.sources.cache import Cache, default_cache_folder
from flowmap.sources.config import IndexSettings
from flowmap.sources.dependencies import applies, marker_environment, parsed, resolve_dependencies
from flowmap.sources.distribution import Distribution
from flowmap.sources.entries import Entries
from flowmap.sources.environment import Environment, read_environment, usual_environments
from flowmap.sources.fetch import resolve
from flowmap.sources.installed import DIGESTS_FOLDER, MOST_DIGEST_BYTES, InstalledPackages, installed_packages
from flowmap.sources.requirements import Wishes, indexed
from flowmap.sources.stdlib import StandardLibrary, standard_library
from flowmap.sources.target import canonical_name
from flowmap.sources.tree import Root
from flowmap.sources.wishes import fetch_wishes, read_wishes, usual_requirements

FRAMEWORK: Final = DISTRIBUTIONS[0]


@dataclass(frozen=True, slots=True)
class Packages:
    """What a project runs with. `shown` says in words where it was found; `folders` are further ones of the project."""

    framework: Distribution
    library: StandardLibrary
    roots: tuple[Root, ...] = field(repr=False)
    shown: str
    folders: tuple[Path, ...] = ()
    notices: tuple[str, ...] = ()


def project_packages(
    request: Request, project: Path, places: Iterable[Path], settings: IndexSettings, framework: Distribution | None
) -> Packages:
    """The packages of the project in a folder; `places` are the folders in which it keeps its environment and files.

    `framework` is the one to look at it on, None for the one among its packages. What the request names is taken,
    else the first environment that holds the framework, else a lock or requirements file. Raises PackagesMissingError,
    FrameworkMissingError, NotAnEnvironmentError, RequirementsError and what fetching raises.
    """
    finder = _Finder(request, project, settings, Cache(default_cache_folder()), framework)
    if request.env is not None:
        return finder.from_environment(read_environment(request.env))
    if request.requirements:
        return finder.from_files(request.requirements)
    places = tuple(dict.fromkeys(places))
    without: list[str] = []
    found: Packages | None = None
    for environment in usual_environments(places, os.environ):
        try:
            found = finder.from_environment(environment)
        except FrameworkMissingError as error:
            without.append(error.searched)
        else:
            break
    files = usual_requirements(places) if found is None else ()
    if files:
        found = finder.from_files(files)
    elif found is None and framework is not None:
        found = finder.alone(framework)
    if found is None:
        raise (
            FrameworkMissingError(FRAMEWORK, ", ".join(without))
            if without
            else PackagesMissingError(str(project), FRAMEWORK)
        )
    notices = (f"passed over, as there is no {FRAMEWORK} in it: {', '.join(without)}",) if without else ()
    return replace(found, notices=(*notices, *found.notices))


def framework_target(text: str) -> str:
    """The target that `--django` means: a version, a specifier, or whatever else a target may be."""
    text = text.strip()
    if re.match(r"\d", text):
        return f"{FRAMEWORK}=={text}"
    return f"{FRAMEWORK}{text}" if re.match(r"[<>=!~](?!/)", text) else text


@dataclass(frozen=True, slots=True)
class _Finder:
    request: Request
    project: Path
    settings: IndexSettings
    cache: Cache
    framework: Distribution | None

    def from_environment(self, environment: Environment) -> Packages:
        shown = _shown(environment.folder, self.project)
        known = None if self.request.no_cache else default_cache_folder() / DIGESTS_FOLDER
        entries = Entries(known, ".digest", most=MOST_DIGEST_BYTES)
        installed = installed_packages(environment, entries, project=self.project)
        own = _among(installed)
        framework = self.framework or own
        if framework is None:
            raise FrameworkMissingError(FRAMEWORK, shown)
        library = self._library_of(environment)
        notices = list(installed.notices)
        if environment.python not in {None, library.version}:
            notices.append(
                f"the Python of {shown} is {environment.python}; the library that is read is {library.version}"
            )
        newer = self._required(framework, installed.version, library) if self.framework is not None else ()
        replaced = [each.name for each in (*newer, own) if each is not None]
        roots = (*_roots(newer), *installed.all_roots(without=replaced))
        python = f" (Python {environment.python})" if environment.python else ""
        return Packages(framework, library, roots, f"{shown}{python}", (), tuple(notices))

    def _library_of(self, environment: Environment) -> StandardLibrary:
        if self.request.library is None and environment.library is not None:
            # One that is not whole, as some systems have it, is as good as none; the difference is told.
            with suppress(StandardLibraryError):
                return standard_library(environment.library)
        return standard_library(self.request.library)

    def from_files(self, files: tuple[Path, ...]) -> Packages:
        shown = ", ".join(_shown(path, self.project) for path in files)
        library = standard_library(self.request.library)
        wishes = read_wishes(files, python=library.version, platform=self.request.platform)
        if self.framework is not None:
            wishes = _without(wishes, DISTRIBUTIONS)
        found = fetch_wishes(
            wishes,
            python=library.version,
            platform=self.request.platform,
            settings=indexed(self.settings, wishes, own_index=self.request.index_url is not None),
            cache=self.cache,
            project=self.project,
        )
        by_name = {canonical_name(each.name): each for each in found.distributions}
        own = [by_name.pop(name) for name, each in sorted(by_name.items()) if is_framework(each)]
        framework = self.framework or (own[0] if own else None)
        if framework is None:
            why = [text for text in found.notices if FRAMEWORK in text.lower()]
            raise FrameworkMissingError(FRAMEWORK, shown, why[0] if why else "")
        versions = {name: each.version for name, each in by_name.items()}
        newer = self._required(framework, versions.get, library) if self.framework is not None else ()
        by_name.update({canonical_name(each.name): each for each in newer})
        roots = [
            each.root(Origin.PROJECT if name in found.own else Origin.DEPENDENCY)
            for name, each in sorted(by_name.items())
        ]
        notices = tuple(text.replace(f"{self.project}{os.sep}", "") for text in found.notices)
        return Packages(framework, library, tuple(roots), shown, found.folders, notices)

    def alone(self, framework: Distribution) -> Packages:
        """A framework and what it requires itself; nothing is known of the project's other packages."""
        library = standard_library(self.request.library)
        roots = _roots(self._required(framework, lambda _: None, library))
        return Packages(framework, library, tuple(roots), f"those of {framework.name} {framework.version} alone")

    def _required(
        self, framework: Distribution, version_of: Callable[[str], str | None], library: StandardLibrary
    ) -> tuple[Distribution, ...]:
        """What another release of the framework requires and the project does not have in a version that is right."""
        markers = marker_environment(library.version, self.request.platform)
        lacking = set()
        for text in framework.requires:
            requirement = parsed(text)
            if requirement is None or not applies(requirement, markers, framework.extras):
                continue
            version = version_of(requirement.name)
            if version is None or not requirement.specifier.contains(version, prereleases=True):
                lacking.add(canonical_name(requirement.name))
        if not lacking:
            return ()
        return resolve_dependencies(
            framework,
            python=library.version,
            settings=self.settings,
            cache=self.cache,
            platform=self.request.platform,
            only=lacking,
        )


def chosen_framework(request: Request, settings: IndexSettings) -> Distribution | None:
    """The framework that `--django` names; None when it names none."""
    if request.django is None:
        return None
    cache = Cache(default_cache_folder())
    return resolve(framework_target(request.django), settings=settings, cache=cache, prefer=DISTRIBUTIONS)


def _among(installed: InstalledPackages) -> Distribution | None:
    """The framework that is installed: under its own name, or under that of a fork."""
    for name in DISTRIBUTIONS:
        found = installed.distribution(name)
        if found is not None and is_framework(found):
            return found
    for files in installed.sites:
        tops = tuple(sorted({path.partition("/")[0] for path in files.paths()}))
        everything = Distribution("", "", "", tops, (), "", files, files)
        if is_framework(everything):
            return installed.owner(files, recognise(everything).package)
    return None


def _roots(distributions: Iterable[Distribution]) -> Iterator[Root]:
    return (each.root(Origin.DEPENDENCY) for each in distributions)


def _without(wishes: Wishes, names: Iterable[str]) -> Wishes:
    left_out = frozenset(map(canonical_name, names))
    kept = tuple(each for each in wishes.wanted if canonical_name(each.requirement.name) not in left_out)
    return replace(wishes, wanted=kept)


def _shown(path: Path, project: Path) -> str:
    """A path as short as it can be said: from the project, else from where the user stands, else as it is."""
    for base in (project, Path.cwd()):
        if path.absolute().is_relative_to(base):
            return path.absolute().relative_to(base).as_posix()
    return str(path)
