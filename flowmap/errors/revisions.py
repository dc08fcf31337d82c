"""Working copies of git, and revisions of them."""

from __future__ import annotations

from flowmap.errors.base import FlowmapError


class GitMissingError(FlowmapError):
    """There is no git to ask."""

    def __init__(self) -> None:
        super().__init__("git is not installed, or not on the PATH", hint="install it, or compare two folders")


class GitFailedError(FlowmapError):
    """git did not do what it was asked for."""

    def __init__(self, command: str, why: str) -> None:
        super().__init__(f"'git {command}' failed: {why}", hint="mend the working copy, or compare two folders")


class WorkingCopyError(FlowmapError):
    """The target is in no working copy of git."""

    def __init__(self, folder: str, why: str) -> None:
        super().__init__(
            f"'{folder}' is in no working copy of git ({why})",
            hint="name a folder of one: flowmap diff --git REV FOLDER",
        )


class NotAFolderError(FlowmapError):
    """Revisions are asked for of what is no folder."""

    def __init__(self, target: str) -> None:
        super().__init__(
            f"'{target}' is no folder, and --git compares revisions of one",
            hint="name the folder of a project or of a checkout: flowmap diff --git REV FOLDER (./NAME for one here)",
        )


class UnknownRevisionError(FlowmapError):
    """The working copy has no such revision."""

    def __init__(self, revision: str, why: str = "") -> None:
        super().__init__(
            f"'{revision}' is no revision of the working copy{f': {why}' if why else ''}",
            hint="name a branch, a tag or a commit; in CI, fetch it first (fetch-depth: 0)",
        )
