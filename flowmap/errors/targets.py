"""What is named to be mapped, and the files that it is made of."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.errors.base import FlowmapError, listing


class InvalidTargetError(FlowmapError):
    """The target is neither a requirement nor the path of something."""

    def __init__(self, target: str, why: str) -> None:
        super().__init__(
            f"'{target}' is not a target: {why}",
            hint="name a release as NAME==VERSION, or the path of a folder, wheel or sdist (./NAME for one here)",
        )


class TargetNotFoundError(FlowmapError):
    """The target is a path and nothing is there."""

    def __init__(self, target: str) -> None:
        super().__init__(
            f"there is no file or folder '{target}'", hint="check the path, or name a release as NAME==VERSION"
        )


class ProgramNotFoundError(FlowmapError):
    """What is to be read as a program is not a file."""

    def __init__(self, path: str, *, exists: bool) -> None:
        super().__init__(
            f"'{path}' is not a file" if exists else f"there is no file '{path}'",
            hint="name the program's files, first the one that it starts with",
        )


class NotebookError(FlowmapError):
    """What is to be read as a program is a notebook, whose text is JSON."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"'{path}' is a notebook, not a Python file",
            hint=f"make a program of it first: jupyter nbconvert --to script '{path}'",
        )


class FileNameError(FlowmapError):
    """A file has a name that is no text in the locale's encoding."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"the name of {path!a} is no text in the encoding of file names",
            hint="rename it, or set a locale with UTF-8, as LC_ALL=C.UTF-8",
        )


class UnreadableSourceError(FlowmapError):
    """A file or folder is there and the system does not let us read it."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"cannot read '{path}': {reason}", hint="check the permissions of the file and of its folders")


class NoPackageError(FlowmapError):
    """A folder or archive that should hold a distribution holds no importable package."""

    def __init__(self, where: str, why: str) -> None:
        super().__init__(
            f"there is no package in '{where}': {why}",
            hint="name the folder of a manage.py, one that holds the package's folder, or a release as NAME==VERSION",
        )


class AmbiguousFolderError(FlowmapError):
    """A folder holds several distributions, and none of them is the one that was meant."""

    def __init__(self, where: str, names: Sequence[str]) -> None:
        super().__init__(
            f"'{where}' holds several distributions: {listing(names)}",
            hint="name the folder of one package in it",
        )


class EntryFileMissingError(FlowmapError):
    """A project's folder lacks the file in which the program starts."""

    def __init__(self, project: str, entry: str, nearby: Sequence[str]) -> None:
        where = f"it is in {listing(nearby)}: name that folder" if nearby else f"name the folder that holds {entry}"
        super().__init__(f"there is no {entry} in '{project}'", hint=where)


class OldSyntaxError(FlowmapError):
    """The distribution is written in the syntax of Python 2."""

    def __init__(self, distribution: str, example: str) -> None:
        super().__init__(
            f"{distribution} is written in the syntax of Python 2, which flowmap does not read yet ({example})",
            hint="map a release that runs on Python 3",
        )


class NotATargetError(FlowmapError):
    """A saved graph was named where the source is needed, or nothing."""

    def __init__(self, source: str | None) -> None:
        super().__init__(
            "the source has to be read again" if source is None else f"'{source}' is a graph, and the source is needed",
            hint="name a target: --in NAME==VERSION, a folder, or a Python file that the program starts with",
        )
