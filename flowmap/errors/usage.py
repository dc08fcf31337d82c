"""How flowmap was called, and where it writes."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.errors.base import FlowmapError, listing


class ConfigurationError(FlowmapError):
    """A configuration file that says where packages come from cannot be understood."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"cannot read the configuration '{file}': {reason}", hint="mend the file, or move it away")


class UnknownKeyError(FlowmapError):
    """A key of the configuration is no option; `near` are some that sound like it."""

    def __init__(self, file: str, key: str, near: Sequence[str]) -> None:
        super().__init__(
            f"'{key}' in [tool.flowmap] of '{file}' is no option",
            hint=f"did you mean {listing(near)}?" if near else "keys are the long names of options, without dashes",
        )


class UnknownChoiceError(FlowmapError):
    """An option has a value that it does not take."""

    def __init__(self, option: str, value: str, choices: Sequence[str]) -> None:
        super().__init__(f"'{value}' is no value of {option}", hint=f"it takes {listing(choices, most=20)}")


class OutputError(FlowmapError):
    """A result cannot be written: no permission, no space, something else in its place."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"cannot write to '{place}': {reason}",
            hint="free some space or mend the permissions, or name another place with -o",
        )


class UsageError(FlowmapError):
    """The command line cannot be understood."""

    def __init__(self, message: str, command: str) -> None:
        super().__init__(message, hint=f"'{command} --help' lists the arguments and options")


class NoSavedPageError(FlowmapError):
    """No page is named, and there is none below outputs, or more than one."""

    def __init__(self, found: Sequence[str]) -> None:
        super().__init__(
            f"{len(found)} pages are below outputs: {listing(found)}" if found else "no flow.html is below outputs",
            hint="name the page, its folder, or a target: 'flowmap open .'",
        )


class NoBrowserError(FlowmapError):
    """No browser could be started for a page, which is there."""

    def __init__(self, path: str) -> None:
        super().__init__("no browser could be started", hint=f"open {path} yourself, or name a browser in BROWSER")
