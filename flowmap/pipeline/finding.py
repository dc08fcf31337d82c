"""From a target to the source of the program that it and a project make up: all that there is to analyse."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from flowmap.errors import (
    AmbiguousFolderError,
    NoPackageError,
    OptionWithoutProjectError,
    ProjectMissingError,
    SeveralProjectsError,
    UnreadableSourceError,
)
from flowmap.frameworks import DISTRIBUTIONS, PROJECT_FILES, Framework, is_framework, recognise
from flowmap.names import Origin
from flowmap.pipeline.asking import Asked, asked_of
from flowmap.pipeline.assumptions import assumed_settings
from flowmap.pipeline.packages import Packages, chosen_framework, project_packages
from flowmap.pipeline.request import Progress, Request, silent
from flowmap.sources.cache import Cache, default_cache_folder
from flowmap.sources.config import IndexSettings, read_index_settings
from flowmap.sources.dependencies import resolve_dependencies
from flowmap.sources.directory import read_project
from flowmap.sources.distribution import Distribution, source_tree
from flowmap.sources.fetch import resolve, undigested
from flowmap.sources.files import SelectedFiles
from flowmap.sources.project import ProjectPlace, find_project, read_roots
from flowmap.sources.stdlib import standard_library
from flowmap.sources.target import FolderTarget, canonical_name, parse_target
from flowmap.sources.tree import Files, Root, SourceTree, module_name


@dataclass(frozen=True, slots=True)
class FoundProgram:
    """A program whose source is at hand. `python` is the version of the standard library, `project` a name."""

    distribution: Distribution
    framework: Framework
    entry: str
    frontier: tuple[str, ...]
    platform: str
    python: str
    project: str
    tree: SourceTree = field(repr=False)
    # The settings module that the user names, and what there is to say of what was found.
    settings: str | None = None
    notices: tuple[str, ...] = ()
    # What the user says of its environment and its settings.
    environment: Mapping[str, str] = field(default_factory=dict)
    assumed: Mapping[str, object] = field(default_factory=dict)
    asked: Asked = field(default_factory=Asked)


def find_program(request: Request, progress: Progress = silent) -> FoundProgram:
    """Finds the source of a target, its project and what it depends on. Nothing of it is parsed.

    Raises a FlowmapError for everything the user can mend.
    """
    # What is wrong with them is known at once.
    assumed, environment, asked = assumed_settings(request.assumed), _environment(request.env_files), asked_of(request)
    return replace(_find_source(request, progress), environment=environment, assumed=assumed, asked=asked)


def _environment(files: tuple[Path, ...]) -> dict[str, str]:
    if not files:
        return {}
    from flowmap.sources.dotenv import read_environment  # noqa: PLC0415  # a library that most runs do without

    return read_environment(files)


def _find_source(request: Request, progress: Progress) -> FoundProgram:
    progress(f"finding {request.target}")
    settings = read_index_settings(request.index_url, offline=request.offline)
    place, top = _target_project(request)
    if place is not None:
        progress("finding its packages")
        own = project_packages(
            request, place.folder, (place.folder, top), settings, chosen_framework(request, settings)
        )
        return _project_program(request, place, top, own)
    _refuse_options(request)
    cache = Cache(default_cache_folder())
    distribution = resolve(request.target, settings=settings, cache=cache, prefer=DISTRIBUTIONS)
    if request.project is not None and (request.env is not None or request.requirements):
        place = _named_project(request.project, request)
        progress("finding its packages")
        packages = project_packages(request, place.folder, (), settings, distribution)
        return _project_program(request, place, request.project, packages)
    return _release_program(request, distribution, settings, progress)


def _release_program(
    request: Request, distribution: Distribution, settings: IndexSettings, progress: Progress
) -> FoundProgram:
    """A release with what it requires, and a project of which no more is known than its own files."""
    library = standard_library(request.library)
    framework = recognise(distribution)
    place = None if request.project is None else _named_project(request.project, request)
    entry = _entry(request, framework, place)
    frontier = framework.frontier if request.frontier is None else request.frontier
    progress("finding what it depends on")
    dependencies = resolve_dependencies(
        distribution,
        python=library.version,
        settings=settings,
        cache=Cache(default_cache_folder()),
        platform=request.platform,
        only=imported_dependencies(distribution, frontier),
    )
    if place is None:
        roots, notices = read_roots(request.roots)
        own = (framework.render_project(), *roots)
    else:
        own, notices = _project_files(request, framework, place, ())
    return FoundProgram(
        distribution,
        framework,
        entry,
        frontier,
        request.platform,
        library.version,
        framework.default_project if request.project is None else _name(request.project),
        source_tree(
            distribution,
            library=library,
            dependencies=dependencies,
            others=[Root(Origin.PROJECT, files) for files in own],
        ),
        request.settings,
        notices,
    )


def _project_program(request: Request, place: ProjectPlace, named: Path, packages: Packages) -> FoundProgram:
    """A project with its packages, the framework among them. It is called as the folder that the user named."""
    framework = recognise(packages.framework)
    entry = _entry(request, framework, place)
    own, notices = _project_files(request, framework, place, packages.folders)
    return FoundProgram(
        packages.framework,
        framework,
        entry,
        framework.frontier if request.frontier is None else request.frontier,
        request.platform,
        packages.library.version,
        _name(named),
        source_tree(
            packages.framework,
            library=packages.library,
            others=[*(Root(Origin.PROJECT, files) for files in own), *packages.roots],
        ),
        request.settings,
        (f"packages: {packages.shown}", *packages.notices, *notices),
    )


def _target_project(request: Request) -> tuple[ProjectPlace | None, Path]:
    """The project that a target is, if it is one, and the folder that was named."""
    meaning = parse_target(request.target)
    if not isinstance(meaning, FolderTarget) or request.project is not None or _holds_framework(meaning.path):
        return None, Path()
    folder = meaning.path.resolve()
    place = find_project(folder, PROJECT_FILES[0], PROJECT_FILES[1:])
    if place is None and request.settings is not None:
        place = ProjectPlace(folder, "")
    if place is None and _holds_python(folder):
        raise ProjectMissingError(request.target, PROJECT_FILES)
    return place, folder


def _refuse_options(request: Request) -> None:
    """What is said of a project, and what is given twice: the target is the release to look at it on already."""
    told = {"--env": request.env is not None, "--requirements": bool(request.requirements)}
    options = [option for option, is_given in told.items() if is_given and request.project is None]
    options += ["--django"] if request.django is not None else []
    if options:
        raise OptionWithoutProjectError(options[0], request.target)


def _named_project(folder: Path, request: Request) -> ProjectPlace:
    # Several are as good as none: the error says where they are.
    found = None
    with suppress(SeveralProjectsError):
        found = find_project(folder.resolve(), PROJECT_FILES[0], PROJECT_FILES[1:])
    if found is None and request.settings is not None and folder.is_dir():
        return ProjectPlace(folder.resolve(), "")
    # Without one there is an error to be raised, with what is near it.
    return found or ProjectPlace(folder, PROJECT_FILES[0])


def _name(folder: Path) -> str:
    """What a project is called: its folder's name, as text that can be written down."""
    return os.fsencode(folder.resolve().name).decode("utf-8", "replace")


def _holds_framework(folder: Path) -> bool:
    try:
        found = undigested(folder, DISTRIBUTIONS)
    except (NoPackageError, AmbiguousFolderError, UnreadableSourceError):
        return False
    if not is_framework(found):
        return False
    # A project may keep a checkout of its framework somewhere below.
    return not (folder / PROJECT_FILES[0]).is_file() or any((folder / each).is_dir() for each in found.packages)


def _holds_python(folder: Path) -> bool:
    """Whether there is a distribution in a folder, though none that is a framework."""
    try:
        undigested(folder, DISTRIBUTIONS)
    except (NoPackageError, AmbiguousFolderError):
        return False
    return True


def _entry(request: Request, framework: Framework, place: ProjectPlace | None) -> str:
    """Where to enter, in the framework's own words: a project without its entry file is entered by its application."""
    by_application = place is not None and place.file not in {"", framework.entry_file}
    default = place.file.removesuffix(".py") if place is not None and by_application else framework.default_entry
    return framework.canonical_entry(default if request.entry is None else request.entry)


def _project_files(
    request: Request, framework: Framework, place: ProjectPlace, folders: Iterable[Path]
) -> tuple[tuple[Files, ...], tuple[str, ...]]:
    """The roots of a project, and what there is to say of them."""
    if place.file == framework.entry_file and not (place.folder / place.file).is_file():
        # Says what is near it.
        read_project(place.folder, framework.entry_file)
    named = [place.folder, *(folder.resolve() for folder in (*request.roots, *folders))]
    roots, notices = read_roots(list(dict.fromkeys(named)))
    if place.file != framework.entry_file and request.settings is not None:
        # As the framework's own command does, which knows the settings from the environment.
        rendered = framework.render_project()
        roots = (*roots, SelectedFiles(rendered, {framework.entry_file: framework.entry_file}))
    return roots, notices


def imported_dependencies(distribution: Distribution, frontier: Iterable[str]) -> frozenset[str]:
    """Those of the distributions it requires that modules this side of the frontier import, by canonical name."""
    named = (re.match(r"[\w.-]+", requirement) for requirement in distribution.requires)
    names = {canonical_name(match[0]) for match in named if match}
    modules = {name.replace("-", "_"): name for name in sorted(names)}
    if not modules:
        return frozenset()
    closed = tuple(f"{name}." for name in frontier)
    words = [module.encode() for module in modules]
    pattern = re.compile(rf"^[ \t]*(?:from|import)[ \t]+({'|'.join(modules)})\b".encode(), re.MULTILINE)
    found: set[str] = set()
    for path in distribution.files.paths():
        name = module_name(path)
        if name is not None and not f"{name}.".startswith(closed):
            content = distribution.files.read(path)
            # Most files name none of them, and that is soon seen.
            if any(word in content for word in words):
                found.update(match.decode() for match in pattern.findall(content))
    return frozenset(modules[module] for module in found)
