"""The cached form of a distribution: what was kept of its archive, in one file whose index decodes at once.

Layout: a magic line, the length of the index (8 bytes, big-endian), the index as JSON, the contents one after another.
JSON and bytes cannot run code; every content carries its CRC-32, and the length of the whole is checked on opening.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from flowmap.errors import CacheError
from flowmap.sources.metadata import ReleaseMetadata

# Raise it whenever what is kept, or where it is found, changes: older packs are then made anew.
PACK_VERSION = 1
_MAGIC = f"flowmap-pack/{PACK_VERSION}\n".encode()
_LENGTH_BYTES = 8


class Member(msgspec.Struct, frozen=True, array_like=True):
    """Where a content is, counted from the first byte after the index."""

    offset: int
    size: int
    crc: int


class PackIndex(msgspec.Struct, frozen=True):
    """What a distribution is, and where its files are in the pack."""

    name: str
    version: str
    packages: tuple[str, ...]
    requires: tuple[str, ...]
    requires_python: str
    sources: dict[str, Member]
    notices: dict[str, Member]


class PackFiles:
    """Some files of a pack."""

    __slots__ = ("_base", "_members", "_path", "_paths")

    def __init__(self, path: Path, base: int, members: Mapping[str, Member]) -> None:
        self._path = path
        self._base = base
        self._members = members
        self._paths = tuple(sorted(members))

    def paths(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        member = self._members[path]
        # Opened for every file: a descriptor that is kept would be shared, with its position, by forked processes.
        try:
            with self._path.open("rb") as stream:
                stream.seek(self._base + member.offset)
                content = stream.read(member.size)
        except OSError as error:
            raise CacheError(str(self._path.parent), error.strerror or str(error)) from error
        if len(content) != member.size or zlib.crc32(content) != member.crc:
            raise CacheError(str(self._path.parent), f"{self._path.name} is damaged; delete it")
        return content


class Pack:
    """An opened pack."""

    __slots__ = ("_base", "_path", "index")

    def __init__(self, path: Path, index: PackIndex, base: int) -> None:
        self._path = path
        self.index = index
        self._base = base

    @property
    def sources(self) -> PackFiles:
        """Source files; paths as seen from the import root."""
        return PackFiles(self._path, self._base, self.index.sources)

    @property
    def notices(self) -> PackFiles:
        """Licence files, by name."""
        return PackFiles(self._path, self._base, self.index.notices)


def pack_chunks(
    metadata: ReleaseMetadata, packages: tuple[str, ...], sources: Mapping[str, bytes], notices: Mapping[str, bytes]
) -> Iterator[bytes]:
    """The bytes of a pack; the same for the same distribution."""
    contents: list[bytes] = []
    offset = 0

    def members(files: Mapping[str, bytes]) -> dict[str, Member]:
        nonlocal offset
        placed = {}
        for path in sorted(files):
            content = files[path]
            placed[path] = Member(offset, len(content), zlib.crc32(content))
            contents.append(content)
            offset += len(content)
        return placed

    index = PackIndex(
        metadata.name,
        metadata.version,
        packages,
        metadata.requires,
        metadata.requires_python,
        members(sources),
        members(notices),
    )
    encoded = msgspec.json.encode(index)
    yield _MAGIC
    yield len(encoded).to_bytes(_LENGTH_BYTES, "big")
    yield encoded
    yield from contents


def open_pack(path: Path) -> Pack | None:
    """The pack in a file; None when there is none, or it is not whole, or of another version."""
    try:
        with path.open("rb") as stream:
            if stream.read(len(_MAGIC)) != _MAGIC:
                return None
            length = int.from_bytes(stream.read(_LENGTH_BYTES), "big")
            size = path.stat().st_size
            base = len(_MAGIC) + _LENGTH_BYTES + length
            if base > size:
                return None
            index = _decode(stream.read(length))
    except OSError:
        return None
    if index is None:
        return None
    contents = sum(member.size for members in (index.sources, index.notices) for member in members.values())
    return Pack(path, index, base) if base + contents == size else None


def _decode(encoded: bytes) -> PackIndex | None:
    try:
        return msgspec.json.decode(encoded, type=PackIndex)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
