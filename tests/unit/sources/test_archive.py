from __future__ import annotations

import gzip
import io
import stat
import tarfile
import zipfile
from pathlib import Path

import pytest

from flowmap.errors import DamagedArchiveError, HostileArchiveError, NotAnArchiveError, UnreadableSourceError
from flowmap.sources import archive as archive_module
from flowmap.sources.archive import read_members
from tests.unit.sources.archives import special, tar


def keep(path: str) -> bool:
    return path.endswith(".py")


def zipped(path: Path, members: dict[str, str], *, attributes: int | None = None) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, text in members.items():
            info = zipfile.ZipInfo(name)
            info.compress_type = zipfile.ZIP_DEFLATED
            if attributes is not None:
                info.external_attr = attributes << 16
            opened.writestr(info, text)
    return path


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz", "w"])
def test_kept_members_are_read_from_every_kind_of_tar(tmp_path: Path, mode: str) -> None:
    # The name says nothing about the kind.
    path = tar(tmp_path / "a.bin", {"p/b.py": "b", "./p//a.py": "a", "p/c.txt": "c"}, mode)

    assert read_members(path, keep) == {"p/a.py": b"a", "p/b.py": b"b"}


def test_kept_members_are_read_from_a_zip(tmp_path: Path) -> None:
    assert read_members(zipped(tmp_path / "a.whl", {"p/": "", "p/a.py": "a", "p/c.txt": "c"}), keep) == {"p/a.py": b"a"}


@pytest.mark.parametrize(
    "name", ["/etc/cron.py", "../up.py", "p/../../up.py", "C:/x.py", "p\\..\\x.py", "..", "p/x.txt/../../../y"]
)
def test_paths_that_lead_out_are_refused(tmp_path: Path, name: str) -> None:
    for path in (tar(tmp_path / "a.tar.gz", {name: "x"}), zipped(tmp_path / "a.zip", {name: "x"})):
        with pytest.raises(HostileArchiveError):
            read_members(path, keep)


@pytest.mark.parametrize(
    "member",
    [
        special("p/a.py", tarfile.SYMTYPE, "b.py"),
        special("p/a", tarfile.SYMTYPE, "/etc/passwd"),
        special("p/a", tarfile.SYMTYPE, "../../etc/passwd"),
        special("a", tarfile.SYMTYPE, "../p"),
        special("p/a", tarfile.LNKTYPE, "p/b.py"),
        special("p/a", tarfile.CHRTYPE),
        special("p/a", tarfile.BLKTYPE),
        special("p/a", tarfile.FIFOTYPE),
        special("p/a", b"Z"),
    ],
    ids=lambda member: f"{member.type!r}-{member.name}-{member.linkname}",
)
def test_links_and_devices_are_refused(tmp_path: Path, member: tarfile.TarInfo) -> None:
    path = tar(tmp_path / "a.tar.gz", {"p/b.py": "b", "bad": member})

    with pytest.raises(HostileArchiveError):
        read_members(path, keep)


def test_a_link_between_pictures_is_passed_over(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", {"p/b.py": "b", "l": special("p/doc/x.png", tarfile.SYMTYPE, "y.png")})

    assert read_members(path, keep) == {"p/b.py": b"b"}


def test_a_file_below_a_link_is_refused(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar.gz", {"l": special("p/doc", tarfile.SYMTYPE, "other"), "p/doc/x.py": "x"})

    with pytest.raises(HostileArchiveError, match="file and a folder"):
        read_members(path, keep)


def test_links_and_devices_in_a_zip_are_refused(tmp_path: Path) -> None:
    for kind in (stat.S_IFLNK, stat.S_IFCHR, stat.S_IFIFO):
        path = zipped(tmp_path / "a.zip", {"p/a": "/etc/passwd"}, attributes=kind | 0o644)
        with pytest.raises(HostileArchiveError):
            read_members(path, keep)


@pytest.mark.parametrize(
    "members",
    [
        {"p/a.py": "1", "p//a.py": "2"},
        {"p/x.txt": "1", "./p/x.txt": "2"},
        {"p/a.py": "1", "p/A.py": "2"},
        {"p/\u00e9.py": "1", "p/e\u0301.py": "2"},
        {"p": "1", "p/a.py": "2"},
        {"p/a\u202e.py": "1"},
    ],
    ids=["doubled slash", "dot", "case", "normal form", "file and folder", "not printable"],
)
def test_names_that_collide_are_refused(tmp_path: Path, members: dict[str, str]) -> None:
    for path in (tar(tmp_path / "a.tar.gz", members), zipped(tmp_path / "a.zip", members)):
        with pytest.raises(HostileArchiveError):
            read_members(path, keep)


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    size = 64 * 1024 * 1024
    path = tmp_path / "a.tar.gz"
    with gzip.open(path, "wb") as stream:
        header = tarfile.TarInfo("p/zeros.txt")
        header.size = size
        stream.write(header.tobuf())
        for _ in range(64):
            stream.write(bytes(size // 64))

    with pytest.raises(HostileArchiveError, match="100 times"):
        read_members(path, keep)
    with pytest.raises(HostileArchiveError, match="100 times"):
        read_members(zipped(tmp_path / "a.zip", {"p/zeros.txt": "0" * size}), keep)


def test_each_bound_is_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tar(tmp_path / "a.tar", {f"p/{number}.py": "x" * 100 for number in range(5)}, "w")
    for bound, value in (
        ("MAX_ARCHIVE_BYTES", 1000),
        ("MAX_MEMBERS", 4),
        ("MAX_MEMBER_BYTES", 99),
        ("MAX_KEPT_BYTES", 499),
        ("MAX_NAME_LENGTH", 3),
    ):
        with monkeypatch.context() as patched:
            patched.setattr(archive_module, bound, value)
            with pytest.raises(HostileArchiveError):
                read_members(path, keep)
    monkeypatch.setattr(archive_module, "MAX_TOTAL_BYTES", 499)
    with pytest.raises(HostileArchiveError):
        read_members(zipped(tmp_path / "a.zip", {f"p/{number}.py": "x" * 100 for number in range(5)}), keep)
    assert len(read_members(path, keep)) == 5


def test_an_encrypted_member_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"p/a.py": "x"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    data[6] |= 1
    path.write_bytes(data)

    with pytest.raises(HostileArchiveError, match="encrypted"):
        read_members(path, keep)


@pytest.mark.parametrize("content", [b"", b"hello", b"MZ" + bytes(600)])
def test_a_file_that_is_no_archive(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.whl"
    path.write_bytes(content)

    with pytest.raises(NotAnArchiveError) as raised:
        read_members(path, keep)
    assert "a.whl" in raised.value.message
    assert str(tmp_path) not in raised.value.message


@pytest.mark.parametrize("mode", ["w:gz", "w:bz2", "w:xz", "w"])
@pytest.mark.parametrize("share", [0.3, 0.6, 0.9])
def test_a_truncated_tar(tmp_path: Path, mode: str, share: float) -> None:
    noise = "".join(chr(33 + (number * number) % 90) for number in range(30_000))
    path = tar(tmp_path / "a.tar", {f"p/{number}.py": noise[number:] for number in range(3)}, mode)
    whole = path.read_bytes()
    end = len(whole) if mode != "w" else whole.rindex(noise[-10:].encode()) + 10
    path.write_bytes(whole[: int(end * share)])

    with pytest.raises(DamagedArchiveError):
        read_members(path, keep)


def test_a_tar_cut_between_two_members(tmp_path: Path) -> None:
    path = tar(tmp_path / "a.tar", {"p/a.py": "x" * 512, "p/b.py": "y"}, "w")
    path.write_bytes(path.read_bytes()[:1024])

    with pytest.raises(DamagedArchiveError):
        read_members(path, keep)


def test_a_truncated_or_altered_zip(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"p/a.py": "x = 1\n" * 50})
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(DamagedArchiveError):
        read_members(path, keep)
    altered = bytearray(whole)
    altered[45] ^= 0xFF
    path.write_bytes(altered)
    with pytest.raises(DamagedArchiveError):
        read_members(path, keep)


def test_a_lying_size_in_a_zip_is_not_believed(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        opened.writestr("p/a.py", "x" * 1000)
    data = bytearray(buffer.getvalue())
    place = data.index(b"PK\x01\x02") + 24
    data[place : place + 4] = (10).to_bytes(4, "little")
    path = tmp_path / "a.zip"
    path.write_bytes(data)

    with pytest.raises(DamagedArchiveError):
        read_members(path, keep)


def test_a_folder_in_the_place_of_an_archive(tmp_path: Path) -> None:
    with pytest.raises(UnreadableSourceError):
        read_members(tmp_path, keep)
