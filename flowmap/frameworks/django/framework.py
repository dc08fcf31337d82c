"""Django as a framework: recognised by its structure, whatever its package and its functions are called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from types import MappingProxyType
from typing import Final

from flowmap.analysis.entry import Application, Protocol
from flowmap.errors import ApplicationNotFoundError, EntryFileMissingError, SettingsNotFoundError, SettingsUnknownError
from flowmap.frameworks.django.bindings import setting_bindings
from flowmap.frameworks.django.client import MODULE as CLIENT_MODULE
from flowmap.frameworks.django.client import client_program, is_there
from flowmap.frameworks.django.decisions import decide
from flowmap.frameworks.django.entries import (
    DEFAULT_ENTRY,
    ENTRY_FILE,
    ClientEntry,
    CommandEntry,
    canonical_entry,
    parse_entry,
    unknown_client,
)
from flowmap.frameworks.django.landmarks import START_UP, find_landmarks
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
    settings_modules,
)
from flowmap.frameworks.django.urls import request_attributes, url_program
from flowmap.frameworks.model import Entrance, Framework
from flowmap.names import Origin
from flowmap.sources.distribution import Distribution
from flowmap.sources.tree import PACKAGE_FILE, SourceTree, module_name
from flowmap.syntax import ir
from flowmap.syntax.frontend import Frontend

NAME: Final = "Django"
DEFAULT_PROJECT: Final = "startproject"

_NOTHING: Final[Mapping[str, str]] = MappingProxyType({})
_MANAGEMENT: Final = f"core/management/{PACKAGE_FILE}"
_ENTRY_MODULE: Final = ENTRY_FILE.removesuffix(".py")
_APPLICATION: Final = "application"
_DEFAULTS: Final = "conf.global_settings"


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
        once=START_UP,
        source_link=source_link,
        notice=partial(_notice, distribution),
        on_the_way=partial(is_on_the_way, package),
        decide=decide,
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
    known: Mapping[str, str] = _NOTHING,
) -> Entrance:
    """Where the project in a tree is entered. `chosen` is the settings module that the user names, `known` are the
    variables of the environment that are known.

    Raises InvalidEntryError, EntryFileMissingError, UnreadableProjectError, SettingsNotFoundError and
    ApplicationNotFoundError.
    """
    entry = parse_entry(text)
    variables = _settings_variables(distribution, package, frontend)
    manage = read_project_module(_ENTRY_MODULE, tree, frontend)
    defaults = environment_defaults(manage) if manage is not None else ()
    chosen, option = _chosen(chosen, known, variables, tree)
    outside = {**known, **(dict.fromkeys(sorted(variables), chosen) if chosen is not None else {})}
    settings = chosen or _settings(defaults, variables, tree, ENTRY_FILE)
    if settings is None and manage is not None and not defaults:
        settings = imported_module(manage, tree)
    strings = setting_strings(settings, tree, frontend) if settings is not None else frozenset()
    if isinstance(entry, CommandEntry):
        if manage is None:
            raise EntryFileMissingError("the project", ENTRY_FILE, ())
        environment = {**_unset(defaults), **outside}
        named_at = _named_at(settings, ENTRY_FILE, tree, chosen=option)
        entrance = Entrance(_ENTRY_MODULE, entry.argv, None, environment, settings, strings, named_at=named_at)
        return _with_bindings(entrance, package, tree, frontend)
    if isinstance(entry, ClientEntry):
        if not is_there(entry, tree):
            raise unknown_client(entry)
        if settings is None:
            raise SettingsUnknownError(ENTRY_FILE)
        entrance = Entrance(
            CLIENT_MODULE,
            environment=_as_started(defaults, known, variables, settings),
            settings=settings,
            setting_strings=strings,
            named_at=_named_at(settings, ENTRY_FILE, tree, chosen=option),
            program=client_program(package, entry),
        )
        return _with_bindings(entrance, package, tree, frontend)
    module, name = _application(tree, settings, strings, entry.protocol)
    application = Application(name, entry.protocol)
    wsgi = read_project_module(module, tree, frontend)
    own = environment_defaults(wsgi) if wsgi is not None else ()
    named = chosen or _settings(own, variables, tree, f"{module.replace('.', '/')}.py") or settings
    if named is not None and named != settings:
        strings = setting_strings(named, tree, frontend)
    named_at = _named_at(named, f"{module.replace('.', '/')}.py", tree, chosen=option)
    entrance = Entrance(module, (), application, {**_unset(own), **outside}, named, strings, named_at=named_at)
    return _with_bindings(entrance, package, tree, frontend)


def surroundings(
    distribution: Distribution,
    package: str,
    tree: SourceTree,
    frontend: Frontend,
    text: str,
    chosen: str | None = None,
    known: Mapping[str, str] = _NOTHING,
) -> Entrance:
    """As `enter`, for a program that manage.py does not start: the environment is what manage.py would make of it.

    Raises SettingsUnknownError besides what `enter` raises.
    """
    entrance = enter(distribution, package, tree, frontend, text, chosen, known)
    if entrance.settings is None:
        raise SettingsUnknownError(ENTRY_FILE)
    if entrance.program:
        return entrance
    started = read_project_module(entrance.module, tree, frontend)
    defaults = environment_defaults(started) if started is not None else ()
    variables = _settings_variables(distribution, package, frontend)
    return replace(entrance, environment=_as_started(defaults, known, variables, entrance.settings))


def _as_started(
    defaults: tuple[Default, ...], known: Mapping[str, str], variables: frozenset[str], settings: str
) -> dict[str, str]:
    """The environment after a file has set what it has defaults for."""
    own = {each.variable: each.value for each in reversed(defaults)}
    return {**own, **known, **dict.fromkeys(sorted(variables), settings)}


def _with_bindings(entrance: Entrance, package: str, tree: SourceTree, frontend: Frontend) -> Entrance:
    """The entrance, and which modules the settings are spread over: the project's, and where their defaults are."""
    if entrance.settings is None:
        return entrance
    modules = settings_modules(entrance.settings, tree, frontend)
    defaults = f"{package}.{_DEFAULTS}"
    return replace(
        entrance,
        settings_modules=(*modules, *([defaults] if tree.find(defaults) is not None else ())),
        bindings=setting_bindings(modules, tree, frontend),
    )


def _named_at(settings: str | None, path: str, tree: SourceTree, *, chosen: str) -> str:
    """Who names the settings module: an option, else the line of a file, else a file."""
    if chosen or settings is None:
        return chosen
    name = module_name(path)
    file = project_file(name, tree) if name is not None else None
    lines = file.read().decode("utf-8", "replace").splitlines() if file is not None else ()
    line = next((i for i, text in enumerate(lines, 1) if f"'{settings}'" in text or f'"{settings}"' in text), None)
    return path if line is None else f"{path}:{line}"


def _chosen(
    settings: str | None, known: Mapping[str, str], variables: frozenset[str], tree: SourceTree
) -> tuple[str | None, str]:
    """The settings module that the user or the environment names, and by which option.

    Raises SettingsNotFoundError.
    """
    option = "--settings"
    if settings is None:
        settings, option = next((known[name] for name in sorted(variables) if name in known), None), "--env-file"
    if settings is None:
        return None, ""
    if tree.find(settings) is None:
        raise SettingsNotFoundError(settings, option, "the project")
    return settings, option


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
    licence = distribution.licence()
    return licence.text if licence is not None else ""
