"""Revisions of a working copy of git, unpacked beside it: no work tree, index or branch is touched."""

from __future__ import annotations

import io
import os
import subprocess
import tarfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowmap.errors import GitFailedError, GitMissingError, UnknownRevisionError, WorkingCopyError

# A hook that git would run when it looks at files; what is analysed never runs.
_QUIET: Final = ("-c", "core.fsmonitor=false", "--no-replace-objects")


@dataclass(frozen=True, slots=True)
class Span:
    """What is compared: `old` and `new` are revisions; None for `new` is the working copy as it is. With
    `since_parting`, the old side is the newest ancestor that both have.
    """

    old: str
    new: str | None
    since_parting: bool = False


def parse_span(text: str) -> Span:
    """`REV`, `OLD..NEW` and `OLD...NEW` as git means them; an end that is left out is HEAD, as for git."""
    for dots in ("...", ".."):
        old, found, new = text.partition(dots)
        if found:
            return Span(old or "HEAD", new or "HEAD", since_parting=dots == "...")
    return Span(text, None)


def working_copy(folder: Path) -> Path:
    """The root of the working copy that a folder is in. Raises GitMissingError and WorkingCopyError."""
    found = _git(folder, "rev-parse", "--show-toplevel")
    if found.returncode:
        raise WorkingCopyError(str(folder), _last_line(found.stderr))
    return Path(os.fsdecode(found.stdout.rstrip(b"\n")))


def commits_of(root: Path, span: Span) -> tuple[str, str | None]:
    """The ids of the commits that a span names, None for the working copy. Raises UnknownRevisionError."""
    new = None if span.new is None else _commit(root, span.new)
    old = _commit(root, span.old)
    if span.since_parting:
        found = _git(root, "merge-base", old, new or "HEAD")
        if found.returncode:
            raise UnknownRevisionError(f"{span.old}...{span.new}", "the two have no common ancestor")
        old = found.stdout.decode("ascii").split()[0]
    return old, new


def unpack(root: Path, commit: str, folder: Path) -> None:
    """Writes the files of a commit below a folder. Links that lead out of it, and what is no file, are left out.

    Raises GitFailedError.
    """
    found = _git(root, "archive", "--format=tar", commit)
    if found.returncode:
        raise GitFailedError("archive", _last_line(found.stderr))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with tarfile.open(fileobj=io.BytesIO(found.stdout)) as archive:
            archive.extractall(folder, filter=_inside)  # noqa: S202  # nothing leads out of the folder
    except (OSError, tarfile.TarError) as error:
        raise GitFailedError("archive", str(error)) from error


def _inside(member: tarfile.TarInfo, folder: str) -> tarfile.TarInfo | None:
    try:
        return tarfile.data_filter(member, folder)
    except tarfile.FilterError:
        return None


def _commit(root: Path, revision: str) -> str:
    found = _git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if found.returncode:
        raise UnknownRevisionError(revision)
    return found.stdout.decode("ascii").strip()


def _git(folder: Path, *words: str) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0"}
    try:
        return subprocess.run(  # noqa: S603  # words of ours, and revisions behind --end-of-options
            ["git", *_QUIET, *words],  # noqa: S607  # the user's own git
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise GitMissingError from error
    except OSError as error:
        raise GitFailedError(words[0], error.strerror or str(error)) from error


def _last_line(said: bytes) -> str:
    lines = said.decode("utf-8", "replace").strip().splitlines() or ["it does not say why"]
    return lines[-1].removeprefix("fatal: ")
