"""Django as a framework: recognised by its structure, whatever its package and its functions are called."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Final

from flowmap.analysis.entry import Application, Protocol
from flowmap.errors import ApplicationNotFoundError, EntryFileMissingError, SettingsNotFoundError, SettingsUnknownError
from flowmap.frameworks.django.entries import DEFAULT_ENTRY, ENTRY_FILE, CommandEntry, canonical_entry, parse_entry
from flowmap.frameworks.django.landmarks import find_landmarks
from flowmap.frameworks.django.links import source_link
from flowmap.frameworks.django.project import PROJECT, TEMPLATE_FOLDER, render, render_project, template_files
from flowmap.frameworks.django.scope import is_on_the_way
from flowmap.frameworks.django.settings import (
    Default,
    environment_defaults,
    imported_module,
    project_file,
    read_project_module,
    setting_strings,
)
from flowmap.frameworks.django.urls import request_attributes, url_program
from flowmap.frameworks.model import Entrance, Framework
from flowmap.names import Origin
from flowmap.sources.distribution import Distribution
from flowmap.sources.tree import PACKAGE_FILE, SourceTree
from flowmap.syntax import ir
from flowmap.syntax.frontend import Frontend

NAME: Final = "Django"
DEFAULT_PROJECT: Final = "startproject"

_MANAGEMENT: Final = f"core/management/{PACKAGE_FILE}"
_ENTRY_MODULE: Final = ENTRY_FILE.removesuffix(".py")
_APPLICATION: Final = "application"


def recognise_django(distribution: Distribution) -> Framework | None:
    """The framework, when the distribution has a package with a project template and a command line beside it."""
    paths = frozenset(distribution.files.paths())
    for package in distribution.packages:
        template = f"{package}/{TEMPLATE_FOLDER}/{ENTRY_FILE}"
        if f"{package}/{_MANAGEMENT}" in paths and (template in paths or f"{template}-tpl" in paths):
            return _framework(distribution, package)
    return None


def _framework(distribution: Distribution, package: str) -> Framework:
    return Framework(
        name=NAME,
        package=package,
        entry_file=ENTRY_FILE,
        default_entry=DEFAULT_ENTRY,
        default_project=DEFAULT_PROJECT,
        # Everything a request reaches is entered.
        frontier=(),
        canonical_entry=canonical_entry,
        render_project=partial(render_project, distribution.files, package, distribution.version),
        enter=partial(enter, distribution, package),
        landmarks=find_landmarks,
        source_link=source_link,
        notice=partial(_notice, distribution),
        on_the_way=partial(is_on_the_way, package),
        urls=url_program(package),
        surroundings=partial(surroundings, distribution, package),
        request=request_attributes(package),
    )


def enter(
    distribution: Distribution,
    package: str,
    tree: SourceTree,
    frontend: Frontend,
    text: str,
    chosen: str | None = None,
) -> Entrance:
    """Where the project in a tree is entered. `chosen` is the settings module that the environment names.

    Raises InvalidEntryError, EntryFileMissingError, UnreadableProjectError, SettingsNotFoundError and
    ApplicationNotFoundError.
    """
    entry = parse_entry(text)
    variables = _settings_variables(distribution, package, frontend)
    manage = read_project_module(_ENTRY_MODULE, tree, frontend)
    defaults = environment_defaults(manage) if manage is not None else ()
    outside = _chosen(chosen, variables, tree)
    settings = chosen or _settings(defaults, variables, tree, ENTRY_FILE)
    if settings is None and manage is not None and not defaults:
        settings = imported_module(manage, tree)
    strings = setting_strings(settings, tree, frontend) if settings is not None else frozenset()
    if isinstance(entry, CommandEntry):
        if manage is None:
            raise EntryFileMissingError("the project", ENTRY_FILE, ())
        environment = {**_unset(defaults), **outside}
        return Entrance(_ENTRY_MODULE, entry.argv, None, environment, settings, strings)
    module, name = _application(tree, settings, strings, entry.protocol)
    application = Application(name, entry.protocol)
    wsgi = read_project_module(module, tree, frontend)
    own = environment_defaults(wsgi) if wsgi is not None else ()
    named = chosen or _settings(own, variables, tree, f"{module.replace('.', '/')}.py") or settings
    if named is not None and named != settings:
        strings = setting_strings(named, tree, frontend)
    return Entrance(module, (), application, {**_unset(own), **outside}, named, strings)


def surroundings(
    distribution: Distribution,
    package: str,
    tree: SourceTree,
    frontend: Frontend,
    text: str,
    chosen: str | None = None,
) -> Entrance:
    """As `enter`, for a program that manage.py does not start: the environment is what manage.py would make of it.

    Raises SettingsUnknownError besides what `enter` raises.
    """
    entrance = enter(distribution, package, tree, frontend, text, chosen)
    if entrance.settings is None:
        raise SettingsUnknownError(ENTRY_FILE)
    started = read_project_module(entrance.module, tree, frontend)
    defaults = environment_defaults(started) if started is not None else ()
    variables = _settings_variables(distribution, package, frontend)
    return replace(
        entrance,
        environment={
            **{each.variable: each.value for each in reversed(defaults)},
            **dict.fromkeys(sorted(variables), entrance.settings),
        },
    )


def _chosen(settings: str | None, variables: frozenset[str], tree: SourceTree) -> dict[str, str]:
    """The environment in which the user's settings module is the one that holds. Raises SettingsNotFoundError."""
    if settings is None:
        return {}
    if tree.find(settings) is None:
        raise SettingsNotFoundError(settings, "--settings", "the project")
    return dict.fromkeys(sorted(variables), settings)


def _settings(defaults: tuple[Default, ...], variables: frozenset[str], tree: SourceTree, named_in: str) -> str | None:
    """The settings module that a file names; None when it does not name it in so many words."""
    for default in defaults:
        if default.variable in variables:
            if tree.find(default.value) is None:
                raise SettingsNotFoundError(default.value, named_in, "the project")
            return default.value
    return None


def _application(
    tree: SourceTree, settings: str | None, strings: frozenset[str], protocol: Protocol
) -> tuple[str, str]:
    """The module and attribute of the project's application: as the settings name it, else by its file's name."""
    # By convention the file is called as the protocol is.
    word = protocol.value
    for text in sorted(strings):
        module, _, attribute = text.rpartition(".")
        if module.rpartition(".")[2] == word and project_file(module, tree) is not None:
            return module, attribute
    beside = f"{settings.rpartition('.')[0]}.{word}" if settings and "." in settings else word
    named = [name for name in tree.modules(Origin.PROJECT) if name.rpartition(".")[2] == word]
    for name in (beside, *named):
        if project_file(name, tree) is not None:
            return name, _APPLICATION
    raise ApplicationNotFoundError(f"{word}.py")


def _settings_variables(distribution: Distribution, package: str, frontend: Frontend) -> frozenset[str]:
    """The environment variables by which the release's own template names its settings module."""
    templates = template_files(distribution.files, package)
    text = render(templates.get(ENTRY_FILE, ""), {"project_name": PROJECT})
    module = frontend.module(_ENTRY_MODULE, text.encode())
    if not isinstance(module, ir.Module):
        return frozenset()
    return frozenset(each.variable for each in environment_defaults(module) if each.value == f"{PROJECT}.settings")


def _unset(defaults: tuple[Default, ...]) -> dict[str, str | None]:
    """An environment that sets none of the variables for which a file has a default: what the project says holds."""
    return dict.fromkeys(sorted({default.variable for default in defaults}))


def _notice(distribution: Distribution) -> str:
    """The licence of the release, as it came with it."""
    texts = [
        distribution.notices.read(path).decode("utf-8", "replace")
        for path in distribution.notices.paths()
        if path.rpartition("/")[2].upper().startswith(("LICENSE", "LICENCE", "COPYING"))
    ]
    return "\n".join(texts)
