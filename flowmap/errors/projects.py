"""A project, its packages and its environment."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.errors.base import FlowmapError, listing

_MEND_SYNTAX = "mend the file: what Python cannot read flowmap cannot read"
_MEND_NESTING = "write it flatter: flowmap reads 200 levels of brackets, operators, calls and branches in each other"


class RequirementsError(FlowmapError):
    """A file that says what a project needs cannot be read or understood."""

    def __init__(self, place: str, reason: str) -> None:
        super().__init__(
            f"cannot read the requirements in '{place}': {reason}",
            hint="mend the file, or name another one with --requirements, or an environment with --env",
        )


class StatedDigestError(FlowmapError):
    """What an index has of a release is not what a lock file or requirements file says it must be."""

    def __init__(self, requirement: str, place: str, found: Sequence[str]) -> None:
        super().__init__(
            f"no file of {requirement} has a digest that is stated in {place}: there is {listing(found, most=2)}",
            hint="do not trust this index before you know why; if the release was replaced, lock it again",
        )


class NotAnEnvironmentError(FlowmapError):
    """A folder that should be an environment has nowhere that packages could lie."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"'{folder}' is no environment: {why}",
            hint="name the folder of a virtual environment, the one with pyvenv.cfg in it",
        )


class SeveralProjectsError(FlowmapError):
    """A folder holds several projects; `folders` are where they begin."""

    def __init__(self, folder: str, file: str, folders: Sequence[str]) -> None:
        super().__init__(
            f"'{folder}' holds several projects, each with its {file}: {listing(folders)}",
            hint=f"name the folder of one: flowmap {folders[0]}",
        )


class ProjectMissingError(FlowmapError):
    """A folder holds neither a project nor the source of a framework."""

    def __init__(self, folder: str, files: Sequence[str]) -> None:
        super().__init__(
            f"'{folder}' is no project: there is no {', '.join(files[:-1])} or {files[-1]} in it",
            hint="name the folder of manage.py, or the settings module with --settings; a release as NAME==VERSION",
        )


class OptionWithoutProjectError(FlowmapError):
    """An option says something of a project where there is none."""

    def __init__(self, option: str, target: str) -> None:
        super().__init__(
            f"{option} is about a project, and '{target}' is none",
            hint="name the project's folder as the target, or with --project",
        )


class FrameworkMissingError(FlowmapError):
    """A project's packages do not hold the framework that it is made with; `searched` says where they are."""

    def __init__(self, name: str, searched: str, why: str = "") -> None:
        super().__init__(
            f"there is no {name} in {searched}" + (f" ({why})" if why else ""),
            hint=f"name a release with --{name} VERSION, an environment with --env, or a lock file with --requirements",
        )
        self.searched = searched


class PackagesMissingError(FlowmapError):
    """Nothing says which packages a project needs."""

    def __init__(self, project: str, name: str) -> None:
        super().__init__(
            f"nothing in '{project}' says which packages it needs: no environment, lock file or requirements",
            hint=f"name an environment with --env, a file with --requirements, or a release with --{name} VERSION",
        )


class StandardLibraryError(FlowmapError):
    """A folder is not the standard library of a Python, or does not say of which."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"'{folder}' cannot be read as a standard library: {why}",
            hint="name the library folder of an installed Python with --stdlib, such as /usr/lib/python3.11",
        )


class DependencyConflictError(FlowmapError):
    """No release of a dependency satisfies all that is asked of it."""

    def __init__(self, name: str, wanted: Sequence[str], python: str) -> None:
        super().__init__(
            f"no release of {name} is right for {listing(wanted)} on Python {python}",
            hint="read another standard library with --stdlib, or another release",
        )


class EnvironmentFileError(FlowmapError):
    """A file of environment variables cannot be read."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"cannot read the variables in '{file}': {reason}",
            hint="--env-file takes a file of lines such as DEBUG=True, in UTF-8",
        )


class UnreadableProjectError(FlowmapError):
    """A file of the user's own project that the flow cannot do without is not Python."""

    def __init__(self, file: str, line: int, reason: str) -> None:
        super().__init__(
            f"{file}:{line}: {reason}",
            hint=_MEND_NESTING if reason.startswith("nested") else _MEND_SYNTAX,
        )
