"""The two sides of a comparison of revisions, as requests to map folders that hold them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from flowmap.errors import NotAFolderError, WorkingCopyError
from flowmap.pipeline.request import Request
from flowmap.sources.environment import usual_folders
from flowmap.sources.revisions import commits_of, parse_span, unpack, working_copy
from flowmap.sources.target import FolderTarget, parse_target


@contextmanager
def revisions(request: Request, text: str) -> Iterator[tuple[Request, Request]]:
    """What a request asks for, at both ends of a span (see `parse_span`), for as long as the context lasts.

    What the request names in the working copy is read from the revision, where that has it; an environment is that of
    the working copy for both. Raises NotAFolderError and what `working_copy`, `commits_of` and `unpack` raise.
    """
    target = parse_target(request.target)
    if not isinstance(target, FolderTarget):
        raise NotAFolderError(request.target)
    root = working_copy(target.path)
    commits = commits_of(root, parse_span(text))
    with TemporaryDirectory(prefix="flowmap-") as folder:
        old, new = (
            request if commit is None else _unpacked(request, target.path, root, commit, Path(folder) / side)
            for side, commit in zip(("old", "new"), commits, strict=True)
        )
        yield old, new


def _unpacked(request: Request, target: Path, root: Path, commit: str, folder: Path) -> Request:
    # A project is called as its folder is.
    copy = folder / root.resolve().name
    unpack(root, commit, copy)

    def moved(path: Path) -> Path:
        try:
            other = copy / path.resolve().relative_to(root.resolve())
        except ValueError:
            return path
        return other if other.exists() else path

    place = moved(target)
    if place == target:
        raise WorkingCopyError(str(target), "the revision does not have it")
    # Environments are in no revision: that of the working copy is found where it would be.
    for environment in usual_folders(target):
        if not (place / environment.name).exists():
            (place / environment.name).symlink_to(environment.resolve(), target_is_directory=True)
    return replace(
        request,
        target=str(place),
        project=request.project and moved(request.project),
        roots=tuple(map(moved, request.roots)),
        requirements=tuple(map(moved, request.requirements)),
        env_files=tuple(map(moved, request.env_files)),
    )
