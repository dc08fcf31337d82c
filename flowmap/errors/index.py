"""The package index, what it gives, and the cache."""

from __future__ import annotations

from collections.abc import Sequence

from flowmap.errors.base import FlowmapError, listing


class TooManyFilesError(FlowmapError):
    """A folder is too large to be a project or a distribution."""

    def __init__(self, where: str, bound: int) -> None:
        super().__init__(
            f"'{where}' holds more than {bound:,} files of source",
            hint="name the folder of the project itself, not one above it",
        )


class UnknownPackageError(FlowmapError):
    """No index knows a package of that name."""

    def __init__(self, name: str, searched: Sequence[str]) -> None:
        super().__init__(
            f"there is no package '{name}' on {listing(searched, empty='any configured index')}",
            hint=f"check the spelling; another index is named with --index-url, a folder in this one as ./{name}",
        )


class UnknownVersionError(FlowmapError):
    """The package exists, the version does not."""

    def __init__(self, requirement: str, near: Sequence[str], *, withheld: str = "") -> None:
        super().__init__(
            f"there is no release of {requirement}" + (f" ({withheld})" if withheld else ""),
            hint=f"releases near it: {listing(near)}",
        )


class NoNetworkError(FlowmapError):
    """The index is needed and cannot be reached."""

    def __init__(self, requirement: str, reason: str, cached: Sequence[str]) -> None:
        super().__init__(
            f"cannot look up {requirement}: {reason}",
            hint=f"these releases are cached and need no network: {listing(cached, most=20)}"
            if cached
            else "connect to the network, name another index with --index-url, or give a wheel, sdist or folder",
        )


class UntrustedIndexError(FlowmapError):
    """An index is read over plain HTTP and is not marked as trusted."""

    def __init__(self, index: str) -> None:
        super().__init__(
            f"the index {index} is not read over https and is not trusted",
            hint="use its https address, or name its host in pip's trusted-host setting",
        )


class WrongDigestError(FlowmapError):
    """What was downloaded is not what the index said it would be."""

    def __init__(self, file: str, expected: str, actual: str) -> None:
        super().__init__(
            f"{file} has the digest {actual}, the index says {expected}",
            hint="run again; if it stays so, do not trust this index or the proxy before it",
        )


class DownloadError(FlowmapError):
    """A release is listed and cannot be downloaded."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"cannot download {file}: {reason}", hint="run again, or name another index with --index-url")


class NotAnArchiveError(FlowmapError):
    """A file is neither a wheel nor an sdist."""

    def __init__(self, file: str) -> None:
        super().__init__(
            f"'{file}' is not an archive", hint="give a wheel (.whl) or a source archive (.tar.gz, .tar.bz2, .zip)"
        )


class DamagedArchiveError(FlowmapError):
    """An archive breaks off or does not agree with its own checksums."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(f"the archive '{file}' is damaged: {reason}", hint="download it again")


class HostileArchiveError(FlowmapError):
    """An archive holds something that no distribution of Python source needs."""

    def __init__(self, file: str, reason: str) -> None:
        super().__init__(
            f"refused the archive '{file}': {reason}", hint="nothing of it was kept; do not install it either"
        )


class CacheError(FlowmapError):
    """The cache cannot be written or read: no permission, no space."""

    def __init__(self, folder: str, reason: str) -> None:
        super().__init__(
            f"cannot use the cache in '{folder}': {reason}",
            hint="free some space there, or name another folder in FLOWMAP_CACHE_DIR",
        )
