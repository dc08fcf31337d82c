"""What TARGET means: a requirement, an archive, or a folder."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from packaging.requirements import InvalidRequirement, Requirement
from packaging.version import InvalidVersion, Version

from flowmap.errors import InvalidTargetError, TargetNotFoundError

ARCHIVE_SUFFIXES = (".whl", ".tar.gz", ".tgz", ".tar.bz2", ".tbz", ".tar.xz", ".txz", ".tar", ".zip")


@dataclass(frozen=True, slots=True)
class ReleaseTarget:
    """A release to be chosen from an index."""

    requirement: Requirement


@dataclass(frozen=True, slots=True)
class ArchiveTarget:
    """A wheel or sdist on disk."""

    path: Path


@dataclass(frozen=True, slots=True)
class FolderTarget:
    """A folder that holds a distribution."""

    path: Path


Target: TypeAlias = ReleaseTarget | ArchiveTarget | FolderTarget


def parse_target(text: str) -> Target:
    """A path when it looks like one (a separator, a leading dot, an archive's suffix), else a requirement, as for pip.

    Raises TargetNotFoundError and InvalidTargetError.
    """
    text = text.strip()
    if not text:
        raise InvalidTargetError(text, "it is empty")
    if _looks_like_path(text):
        path = Path(text).expanduser()
        if path.is_dir():
            return FolderTarget(path)
        if path.is_file():
            return ArchiveTarget(path)
        if path.exists():
            # A device or a pipe may never end.
            raise InvalidTargetError(text, "it is neither a file nor a folder")
        raise TargetNotFoundError(text)
    try:
        requirement = Requirement(text)
    except InvalidRequirement as error:
        if Path(text).is_file():
            return ArchiveTarget(Path(text))
        raise InvalidTargetError(text, _why(text, error)) from error
    if requirement.url:
        raise InvalidTargetError(text, "a release is named by its version, not by a URL")
    if requirement.marker is not None:
        raise InvalidTargetError(
            text, "whether it is meant must not depend on an environment: leave out what follows the semicolon"
        )
    return ReleaseTarget(requirement)


def pinned_version(requirement: Requirement) -> Version | None:
    """The one version a requirement allows; None for a range, a prefix (`==4.2.*`) or a bare name."""
    for specifier in requirement.specifier:
        if specifier.operator in {"==", "==="} and not specifier.version.endswith(".*"):
            try:
                return Version(specifier.version)
            except InvalidVersion:
                return None
    return None


def canonical_name(name: str) -> str:
    """The one spelling of a distribution's name (PEP 503)."""
    # packaging.utils has this too, at the price of importing subprocess and logging in every run.
    return re.sub(r"[-_.]+", "-", name).lower()


def canonical_version(version: Version) -> str:
    """The same text for equal versions: 5.2 and 5.2.0."""
    release = list(version.release)
    while len(release) > 1 and release[-1] == 0:
        release.pop()
    return str(version).replace(".".join(map(str, version.release)), ".".join(map(str, release)), 1)


def _looks_like_path(text: str) -> bool:
    if "://" in text or " @ " in text:
        return False
    separators = [separator for separator in (os.sep, os.altsep) if separator]
    is_archive = text.lower().endswith(ARCHIVE_SUFFIXES) and "=" not in text
    return text.startswith((".", "~")) or any(separator in text for separator in separators) or is_archive


def _why(text: str, error: InvalidRequirement) -> str:
    if "://" in text:
        return "a release is named by its version, not by a URL"
    name, equals, version = text.partition("=")
    if equals and not version.startswith("=") and name.strip():
        return f"a version is pinned with two signs, {name.strip()}=={version.strip()}"
    return str(error).splitlines()[0].rstrip(":")
