"""From a target to its source: a release, an archive or a folder becomes a distribution."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path
from typing import assert_never

from flowmap.sources.cache import Cache, ReleaseRecord
from flowmap.sources.config import IndexSettings
from flowmap.sources.directory import list_distribution
from flowmap.sources.distribution import Distribution
from flowmap.sources.files import SelectedFiles
from flowmap.sources.layout import find_layout
from flowmap.sources.releases import Releases, archive_digest, distribution_of, pack_archive
from flowmap.sources.target import ArchiveTarget, FolderTarget, ReleaseTarget, canonical_name, parse_target
from flowmap.sources.tree import content_digest


def resolve(target: str, *, settings: IndexSettings, cache: Cache, prefer: Collection[str] = ()) -> Distribution:
    """The distribution that a target means.

    `prefer` are the names of the distributions that are meant when a folder (site-packages) holds several. flowmap's
    own Python limits no release. Raises a FlowmapError of section "sources" for everything the user can mend.
    """
    meaning = parse_target(target)
    match meaning:
        case ReleaseTarget(requirement):
            with Releases(settings, cache) as releases:
                return releases.find(requirement)
        case ArchiveTarget(path):
            return archive_distribution(path, cache)
        case FolderTarget(path):
            return folder_distribution(path, prefer)
        case _:
            assert_never(meaning)


def archive_distribution(path: Path, cache: Cache) -> Distribution:
    """The distribution in a wheel or sdist on disk."""
    sha256 = archive_digest(path)
    pack = cache.pack(sha256) or pack_archive(path, sha256, cache)
    return distribution_of(pack, ReleaseRecord(pack.index.name, pack.index.version, path.name, sha256))


def folder_distribution(folder: Path, prefer: Collection[str] = ()) -> Distribution:
    """The distribution that a folder holds; of several the one that `prefer` names."""
    found = undigested(folder, prefer)
    return replace(found, sha256=content_digest(found.files))


def undigested(folder: Path, prefer: Collection[str] = ()) -> Distribution:
    """As `folder_distribution`, without its digest: no source of it is read."""
    files, package = list_distribution(folder)
    names = {canonical_name(name) for name in prefer}
    layout = find_layout(files, str(folder), prefer=names, package=package)
    known = layout.metadata
    return Distribution(
        known.name,
        known.version,
        "",
        layout.packages,
        known.requires,
        known.requires_python,
        SelectedFiles(files, layout.sources),
        SelectedFiles(files, layout.notices),
    )
