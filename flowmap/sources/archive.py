"""Reading sdists and wheels that may have been made to do harm: members are read, never unpacked.

The checks follow what PEP 706 refuses, and bound what a decompression bomb can cost. An archive is read whole before
anything of it is kept, so one that is refused leaves nothing behind.
"""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import stat
import tarfile
import tempfile
import unicodedata
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TypeAlias, cast

from flowmap.errors import DamagedArchiveError, HostileArchiveError, NotAnArchiveError, UnreadableSourceError

# Bounds for bombs. The largest framework release has some 7,000 members and 45 MB, at a ratio of 5.
MAX_ARCHIVE_BYTES = 256 * 1024 * 1024
MAX_MEMBERS = 60_000
MAX_MEMBER_BYTES = 32 * 1024 * 1024
MAX_KEPT_BYTES = 192 * 1024 * 1024
MAX_TOTAL_BYTES = 768 * 1024 * 1024
MAX_RATIO = 100
# A small archive may compress well by chance (a file of zeros); up to this size nobody is hurt.
RATIO_APPLIES_ABOVE = 16 * 1024 * 1024
MAX_NAME_LENGTH = 1024

_IN_MEMORY = 64 * 1024 * 1024
_CHUNK = 256 * 1024
_DRIVE = re.compile(r"[A-Za-z]:")
_BLOCK = tarfile.BLOCKSIZE

_DAMAGE = (
    EOFError,
    UnicodeError,
    NotImplementedError,
    gzip.BadGzipFile,
    lzma.LZMAError,
    tarfile.TarError,
    zipfile.BadZipFile,
    zlib.error,
)

Keep = Callable[[str], bool]


def read_members(archive: Path, keep: Keep) -> dict[str, bytes]:
    """The content of the members whose path `keep` accepts, by path.

    Raises NotAnArchiveError, DamagedArchiveError, HostileArchiveError, or UnreadableSourceError.
    """
    try:
        with archive.open("rb") as stream:
            size = archive.stat().st_size
            if size > MAX_ARCHIVE_BYTES:
                raise HostileArchiveError(archive.name, f"it is larger than {MAX_ARCHIVE_BYTES:,} bytes")
            reader = _READERS[_kind(archive.name, stream)]
            return reader(_Members(archive.name, size, keep), stream)
    except _DAMAGE as error:
        raise DamagedArchiveError(archive.name, _sentence(error)) from error
    except OSError as error:
        # bz2 reports a broken stream as an OSError without a number.
        if error.errno is None:
            raise DamagedArchiveError(archive.name, _sentence(error)) from error
        raise UnreadableSourceError(archive.name, error.strerror or str(error)) from error


class _Members:
    """What has been met in one archive so far, held against the rules."""

    def __init__(self, archive: str, size: int, keep: Keep) -> None:
        self.archive = archive
        self.contents: dict[str, bytes] = {}
        self._size = size
        self._keep = keep
        self._count = 0
        self._kept_bytes = 0
        self._files: set[str] = set()
        self._links: set[str] = set()
        self._folded: dict[str, str] = {}

    def refuse(self, reason: str) -> HostileArchiveError:
        return HostileArchiveError(self.archive, reason)

    def total(self, unpacked: int) -> None:
        """Checks the bytes that all members together unpack to."""
        if unpacked > MAX_TOTAL_BYTES:
            raise self.refuse(f"it unpacks to more than {MAX_TOTAL_BYTES:,} bytes")
        if unpacked > RATIO_APPLIES_ABOVE and unpacked > MAX_RATIO * self._size:
            raise self.refuse(f"it unpacks to more than {MAX_RATIO} times its size")

    def count(self) -> None:
        self._count += 1
        if self._count > MAX_MEMBERS:
            raise self.refuse(f"it has more than {MAX_MEMBERS:,} members")

    def path(self, name: str) -> str:
        """The path of a member, without `.` and doubled slashes; refuses one that leads out of the archive."""
        shown = ascii(name[:80])
        if "\\" in name or "\0" in name or len(name) > MAX_NAME_LENGTH:
            raise self.refuse(f"the name {shown} is not a portable path")
        if name.startswith("/") or _DRIVE.match(name):
            raise self.refuse(f"the path {shown} is absolute")
        parts = [part for part in name.split("/") if part not in {"", "."}]
        if ".." in parts:
            raise self.refuse(f"the path {shown} leads out of the archive")
        return "/".join(parts)

    def link(self, path: str, target: str) -> None:
        """Notes a symbolic link, which is never followed; refuses one that matters or leads out of the archive.

        Real sdists have harmless ones, between pictures of their documentation.
        """
        parts = path.split("/")[:-1]
        for part in target.split("/"):
            if part == ".." and parts:
                parts.pop()
            elif part == "..":
                raise self.refuse(f"the link {path!a} leads out of the archive")
            elif part not in {"", "."}:
                parts.append(part)
        if target.startswith("/") or "\\" in target or _DRIVE.match(target) or parts[:1] != path.split("/")[:1]:
            raise self.refuse(f"the link {path!a} leads out of the archive")
        if self._keep(path):
            raise self.refuse(f"{path!a} is a symbolic link")
        self._links.add(path)

    def wants(self, path: str, size: int) -> bool:
        """Notes a file; says whether its content is kept."""
        if not path or path in self._files:
            raise self.refuse(f"two members are called {path!a}")
        self._files.add(path)
        if not self._keep(path):
            return False
        if not path.isprintable():
            raise self.refuse(f"the name {path!a} is not printable text")
        # Two names that are one on a Mac or on Windows hide a file from whoever looks there.
        folded = unicodedata.normalize("NFC", path).casefold()
        if folded in self._folded:
            raise self.refuse(f"the names {self._folded[folded]!a} and {path!a} collide")
        self._folded[folded] = path
        self._kept_bytes += size
        if size > MAX_MEMBER_BYTES or self._kept_bytes > MAX_KEPT_BYTES:
            raise self.refuse(f"its source is too large at {path!a} ({size:,} bytes)")
        return True

    def finish(self) -> dict[str, bytes]:
        """The kept contents, after the check that no file or link is also a folder of another."""
        for path in self.contents:
            parent = path.rpartition("/")[0]
            while parent:
                if parent in self._files or parent in self._links:
                    raise self.refuse(f"{parent!a} is a file and a folder")
                parent = parent.rpartition("/")[0]
        return dict(sorted(self.contents.items()))


def _read_zip(members: _Members, stream: IO[bytes]) -> dict[str, bytes]:
    with zipfile.ZipFile(stream) as opened:
        infos = opened.infolist()
        members.total(sum(info.file_size for info in infos))
        for info in infos:
            members.count()
            # `filename` is already cut at a NUL.
            path = members.path(info.orig_filename)
            kind = stat.S_IFMT(info.external_attr >> 16)
            if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
                raise members.refuse(f"{path!a} is a {_ZIP_KINDS.get(kind, 'special file')}")
            if info.is_dir():
                continue
            if members.wants(path, info.file_size):
                if info.flag_bits & 1:
                    raise members.refuse(f"{path!a} is encrypted")
                members.contents[path] = opened.read(info)
    return members.finish()


def _read_tar(members: _Members, stream: IO[bytes]) -> dict[str, bytes]:
    with tarfile.open(fileobj=stream, mode="r:", encoding="utf-8") as opened:
        for info in opened:
            members.count()
            path = members.path(info.name)
            if info.isdir():
                continue
            if info.issym():
                members.link(path, info.linkname)
                continue
            if info.type not in {tarfile.REGTYPE, tarfile.AREGTYPE, tarfile.CONTTYPE} or info.issparse():
                raise members.refuse(f"{path!a} is a {_TAR_KINDS.get(info.type, 'special file')}")
            if members.wants(path, info.size):
                content = cast("IO[bytes]", opened.extractfile(info)).read()
                if len(content) != info.size:
                    raise tarfile.ReadError("unexpected end of data")
                members.contents[path] = content
        # tarfile takes a header that is cut off or broken for the end, which is a block of zeros.
        stream.seek(opened.offset)
        if stream.read(_BLOCK) != bytes(_BLOCK):
            raise tarfile.ReadError("unexpected end of data")
    return members.finish()


_Compressed: TypeAlias = gzip.GzipFile | bz2.BZ2File | lzma.LZMAFile


def _read_compressed_tar(
    decompress: Callable[[IO[bytes]], _Compressed],
) -> Callable[[_Members, IO[bytes]], dict[str, bytes]]:
    def read(members: _Members, stream: IO[bytes]) -> dict[str, bytes]:
        with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as plain, decompress(stream) as packed:
            total = 0
            for chunk in _chunks(packed):
                total += len(chunk)
                members.total(total)
                plain.write(chunk)
            plain.seek(0)
            return _read_tar(members, cast("IO[bytes]", plain))

    return read


def _open_gzip(stream: IO[bytes]) -> _Compressed:
    return gzip.GzipFile(fileobj=stream)


def _open_bzip2(stream: IO[bytes]) -> _Compressed:
    return bz2.BZ2File(stream)


def _open_xz(stream: IO[bytes]) -> _Compressed:
    return lzma.LZMAFile(stream)


def _chunks(stream: _Compressed) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


def _kind(name: str, stream: IO[bytes]) -> str:
    """What the first bytes say the archive is; its name says nothing."""
    head = stream.read(_BLOCK)
    stream.seek(0)
    for magic, offset, kind in _MAGIC:
        if head[offset : offset + len(magic)] == magic:
            return kind
    raise NotAnArchiveError(name)


def _sentence(error: BaseException) -> str:
    return str(error).splitlines()[0].rstrip(".") if str(error) else type(error).__name__


_MAGIC = (
    (b"PK\x03\x04", 0, "zip"),
    (b"PK\x05\x06", 0, "zip"),
    (b"\x1f\x8b", 0, "gz"),
    (b"BZh", 0, "bz2"),
    (b"\xfd7zXZ\x00", 0, "xz"),
    (b"ustar", 257, "tar"),
)
_READERS: dict[str, Callable[[_Members, IO[bytes]], dict[str, bytes]]] = {
    "zip": _read_zip,
    "tar": _read_tar,
    "gz": _read_compressed_tar(_open_gzip),
    "bz2": _read_compressed_tar(_open_bzip2),
    "xz": _read_compressed_tar(_open_xz),
}
_ZIP_KINDS = {stat.S_IFLNK: "symbolic link", stat.S_IFCHR: "device", stat.S_IFBLK: "device", stat.S_IFIFO: "pipe"}
_TAR_KINDS = {
    tarfile.LNKTYPE: "hard link",
    tarfile.CHRTYPE: "device",
    tarfile.BLKTYPE: "device",
    tarfile.FIFOTYPE: "pipe",
    tarfile.GNUTYPE_SPARSE: "sparse file",
}
