"""What a framework is to flowmap: a frozen value of data and pure functions, made for one distribution."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from flowmap.analysis.entry import Application
from flowmap.callgraph.model import Function
from flowmap.flow.landmarks import FindLandmarks
from flowmap.flow.model import Decision, Flow, Subject
from flowmap.flow.routes import FoundRoutes
from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import SourceTree
from flowmap.syntax.frontend import Frontend


@dataclass(frozen=True, slots=True)
class SettingBinding:
    """A statement that binds or changes a setting.

    `asked` are the lines of it and of the tests around it. `lines` are those of its texts, as far as they stand there
    in so many words; `texts` are all, those of the tests too. `names` are the variables that it and the tests mention,
    `tested` those of the tests alone.
    """

    setting: str
    module: str
    file: str
    line: int
    asked: frozenset[int]
    lines: Mapping[str, int]
    names: frozenset[str]
    tested: frozenset[str]
    texts: frozenset[str]


@dataclass(frozen=True, slots=True)
class Entrance:
    """Where a project is entered, and what comes from outside its source.

    `module` is run as `__main__`; with `application` it is imported and that attribute of it is called as a server
    does. `program` is its text where the project has no such module. `environment` holds the variables whose value
    outside is known, None for those that are unset. `settings` is the settings module, None when the source does
    not say which, and `named_at` who names it: FILE:LINE or an option. `settings_modules` are those whose variables
    are settings, that one and what it takes everything from; `bindings` are where they bind them. `setting_strings`
    are the strings of its settings that name something in the source tree.
    """

    module: str
    argv: tuple[str, ...] = ()
    application: Application | None = None
    environment: Mapping[str, str | None] = field(default_factory=dict)
    settings: str | None = None
    setting_strings: frozenset[str] = frozenset()
    settings_modules: tuple[str, ...] = ()
    bindings: tuple[SettingBinding, ...] = ()
    named_at: str = ""
    program: str = ""


CanonicalEntry: TypeAlias = Callable[[str], str]
RenderProject: TypeAlias = Callable[[], MemoryFiles]
Enter: TypeAlias = Callable[[SourceTree, Frontend, str, str | None, Mapping[str, str]], Entrance]
SourceLink: TypeAlias = Callable[[Function, Subject], str | None]
Decide: TypeAlias = Callable[[Flow, Entrance, SourceTree], tuple[Decision, ...]]
OnTheWay: TypeAlias = Callable[[str, str], bool]


@dataclass(frozen=True, slots=True)
class UrlProgram:
    """A program that makes what a project's routes are read off: `text` is run as `module`, calls of the functions of
    the modules `told_apart` make an object each, and `read` finds the routes among them, in a Heap. `frontier` are the
    modules that are called and not entered unless the user says otherwise.
    """

    module: str
    text: str
    told_apart: frozenset[str]
    frontier: tuple[str, ...]
    read: Callable[[object], FoundRoutes]


@dataclass(frozen=True, slots=True)
class RequestAttributes:
    """The attributes that carry the path and the method of a request, the view that was found for it, and another URL
    configuration than the project's, each as `module:Class.attribute`, by all the names that releases have for them.
    """

    path: tuple[str, ...]
    method: tuple[str, ...]
    view: tuple[str, ...]
    urlconf: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """A framework as it is in one distribution. It may say what the source does not; it never lists edges.

    `package` is the top-level package; `entry_file` is the file that a project's folder must have; `frontier` are the
    modules that are called and not entered unless the user says otherwise. `render_project` makes the project that
    the distribution's own template describes. `canonical_entry` is the one way to write an entry; it raises
    InvalidEntryError. `enter` reads where a project is entered off its source, the settings module being the one
    that the project names unless the user names another, or the environment does; it raises InvalidEntryError,
    SettingsNotFoundError, UnreadableProjectError and ApplicationNotFoundError. `landmarks` finds
    where the stages of a request begin, by what functions are; `once` are the ids of those that happen once, before the
    first request. `source_link` gives
    the public address of a function's line, None where there is none. `notice` is the text of the licence under which
    the distribution's source may be quoted. `on_the_way` says of an origin and a file in it whether its functions
    are on the way of a request: where calls that were observed are counted. `decide` says what settings decided.
    `urls` is how routes are listed; `surroundings` gives, as `enter` does, what the settings module and the environment
    of a program are that the project starts by other means. `request` says which attributes tell one request from
    another.
    """

    name: str
    package: str
    entry_file: str
    default_entry: str
    default_project: str
    frontier: tuple[str, ...]
    canonical_entry: CanonicalEntry
    render_project: RenderProject
    enter: Enter
    landmarks: FindLandmarks
    once: frozenset[str]
    source_link: SourceLink
    notice: Callable[[], str]
    on_the_way: OnTheWay
    decide: Decide
    urls: UrlProgram
    surroundings: Enter
    request: RequestAttributes
