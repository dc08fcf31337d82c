from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from flowmap.errors import InvalidTargetError, NotAnArchiveError, TargetNotFoundError, UnreadableSourceError
from flowmap.sources.cache import Cache
from flowmap.sources.config import IndexSettings
from flowmap.sources.fetch import resolve
from flowmap.sources.target import (
    ArchiveTarget,
    FolderTarget,
    ReleaseTarget,
    canonical_name,
    canonical_version,
    parse_target,
    pinned_version,
)
from tests.unit.sources.archives import sdist, wheel


@pytest.mark.parametrize("text", ["tower", "Tower<2", "tower==5.2.19", "tower~=4.2", "tower[stone]>=1", " tower "])
def test_requirements(text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # As for pip, a folder of that name here is not meant.
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tower").mkdir()

    assert parse_target(text) == ReleaseTarget(Requirement(text.strip()))


def test_paths(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tower").mkdir()
    (tmp_path / "tower-1.0.tar.gz").write_text("")

    assert parse_target("./tower") == FolderTarget(Path("tower"))
    assert parse_target(".") == FolderTarget(Path())
    assert parse_target(str(tmp_path)) == FolderTarget(tmp_path)
    assert parse_target("tower-1.0.tar.gz") == ArchiveTarget(Path("tower-1.0.tar.gz"))
    for missing in ("./gate", "tower-2.0.whl", "a/b"):
        with pytest.raises(TargetNotFoundError, match=missing):
            parse_target(missing)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("tower=5.2", "tower==5.2"),
        ("tower @ https://a.example/t.whl", "URL"),
        ("https://a.example/t.whl", "URL"),
        ("tower==", "tower=="),
        ("-x", "-x"),
    ],
)
def test_what_is_no_target(text: str, why: str) -> None:
    with pytest.raises(InvalidTargetError, match=why):
        parse_target(text)


def test_what_is_pinned() -> None:
    pins = {"t==1.0": "1.0", "t===1.0": "1.0", "t>=1,==1.2": "1.2", "t==1.*": None, "t~=1.0": None, "t": None}

    for text, version in pins.items():
        assert pinned_version(Requirement(text)) == (None if version is None else Version(version))


def test_equal_names_and_versions_have_one_spelling() -> None:
    assert {canonical_name(name) for name in ("Gate_House", "gate.house", "gate--house")} == {"gate-house"}
    assert {canonical_version(Version(text)) for text in ("5.2", "5.2.0", "5.2.0.0")} == {"5.2"}
    assert canonical_version(Version("6.0.0rc1")) == canonical_version(Version("6.0rc1"))
    assert canonical_version(Version("10.0")) == "10"
    assert canonical_version(Version("0.0")) == "0"


def test_an_archive_on_disk_needs_no_index(tmp_path: Path, cache: Cache) -> None:
    offline = IndexSettings(offline=True)
    path = wheel(tmp_path, "Tower", "1.0")
    source = sdist(tmp_path, "Old", "1.1.3", {"old/__init__.py": ""}, pkg_info="Metadata-Version: 1.0\n")

    assert resolve(str(path), settings=offline, cache=cache).version == "1.0"
    found = resolve(str(source), settings=offline, cache=cache)
    assert (found.name, found.version) == ("Old", "1.1.3")


def test_a_file_that_is_no_archive(tmp_path: Path, cache: Cache) -> None:
    (tmp_path / "tower-1.0.whl").write_text("<html>Not found</html>")

    with pytest.raises(NotAnArchiveError):
        resolve(str(tmp_path / "tower-1.0.whl"), settings=IndexSettings(), cache=cache)
    assert not cache.folder.exists()


def test_a_file_that_cannot_be_read(tmp_path: Path, cache: Cache) -> None:
    (tmp_path / "loop.whl").symlink_to("loop.whl")

    with pytest.raises((UnreadableSourceError, TargetNotFoundError)):
        resolve(str(tmp_path / "loop.whl"), settings=IndexSettings(), cache=cache)
