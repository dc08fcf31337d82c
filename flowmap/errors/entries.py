"""Where a program is entered, and with which settings and request."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.errors.base import FlowmapError, listing


class UnknownFrameworkError(FlowmapError):
    """The distribution is none that flowmap knows how to enter."""

    def __init__(self, distribution: str, known: Sequence[str]) -> None:
        super().__init__(
            f"{distribution} is no framework we know",
            hint=f"flowmap maps {listing(known)}; for any other program use 'flowmap callgraph FILE'",
        )


class InvalidEntryError(FlowmapError):
    """The text of --entry does not say where to enter."""

    def __init__(self, entry: str, why: str, examples: Sequence[str]) -> None:
        super().__init__(
            f"'{entry}' is no entry: {why}",
            hint=f"entries are written as {listing([repr(each) for each in examples])}",
        )


class ApplicationNotFoundError(FlowmapError):
    """The project has no module that could be entered as a WSGI application."""

    def __init__(self, searched: str) -> None:
        super().__init__(
            f"the project has no {searched} that makes an application",
            hint="give the folder that holds it as --project, or enter at the command line with --entry",
        )


class SettingsNotFoundError(FlowmapError):
    """The settings module that the entry names is not in the source tree."""

    def __init__(self, module: str, named_in: str, project: str) -> None:
        super().__init__(
            f"the settings module '{module}', named in {named_in}, is not in {project}",
            hint=f"check the name in {named_in}, or give the folder from which it is imported as --project",
        )


class SettingsUnknownError(FlowmapError):
    """The project's own files do not say in so many words which its settings module is."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"which settings module holds is not said in so many words by {file}",
            hint="name it with --settings, as the environment would",
        )


class InvalidFrontierError(FlowmapError):
    """A name in --frontier cannot be that of a module."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"'{name}' is no name of a module", hint="--frontier takes dotted names with commas between them"
        )


class InvalidSettingError(FlowmapError):
    """What --set is given is not the name of a setting and its value."""

    def __init__(self, word: str) -> None:
        super().__init__(
            f"'{word}' sets no setting",
            hint="--set takes NAME=VALUE, the name in capitals: --set DEBUG=False, --set \"INSTALLED_APPS=['shop']\"",
        )


class UnknownSettingError(FlowmapError):
    """A setting is given a value, and nothing that was read knows of it; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(
            f"nothing that was read knows a setting '{name}'",
            hint=f"did you mean {listing(near)}?" if near else "--set takes the name of a setting: --set DEBUG=False",
        )


class UnknownSettingsModuleError(FlowmapError):
    """Settings are given values, and which module they are in is not known."""

    def __init__(self, names: Sequence[str]) -> None:
        super().__init__(
            f"cannot set {listing(names)}: the project does not say which module its settings are in",
            hint="name it with --settings",
        )


class InvalidUrlError(FlowmapError):
    """The text of --url is no path."""

    def __init__(self, url: str) -> None:
        super().__init__(f"'{url}' is no URL of the project", hint="--url takes a path that begins with '/': /cart/7/")


class InvalidMethodError(FlowmapError):
    """The text of --method is no HTTP method."""

    def __init__(self, method: str) -> None:
        super().__init__(f"'{method}' is no HTTP method", hint="--method takes a word: GET, POST, DELETE")


class UnknownViewError(FlowmapError):
    """No route leads to a view of this name; `near` are some that sound like it."""

    def __init__(self, name: str, near: Sequence[str]) -> None:
        super().__init__(
            f"no route that was found leads to '{name}'",
            hint=f"did you mean {listing(near)}?" if near else "'flowmap urls' lists the routes with their views",
        )


class AmbiguousViewError(FlowmapError):
    """The end of a name fits several views."""

    def __init__(self, name: str, found: Sequence[str]) -> None:
        super().__init__(f"'{name}' may be {listing(found)}", hint="write more of the name")
