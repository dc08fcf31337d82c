from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from flowmap.errors import CacheError
from flowmap.sources.cache import STALE_AFTER_SECONDS, Cache, ReleaseRecord, default_cache_folder
from flowmap.sources.metadata import ReleaseMetadata
from flowmap.sources.pack import Pack, open_pack, pack_chunks

KEY = "ab" * 32
METADATA = ReleaseMetadata("Tower", "1.0", ("gate>=3",), ">=3.8")
SOURCES = {"tower/b.py": b"bb", "tower/__init__.py": b"", "tower/a.py": b"x = '\xff'\n" * 99}


def stored(cache: Cache) -> Pack:
    return cache.store_pack(KEY, pack_chunks(METADATA, ("tower",), SOURCES, {"LICENSE": b"free"}))


def test_a_pack_gives_back_what_was_put_in(cache: Cache) -> None:
    stored(cache)
    pack = cache.pack(KEY)

    assert pack is not None
    assert (pack.index.name, pack.index.version, pack.index.packages) == ("Tower", "1.0", ("tower",))
    assert (pack.index.requires, pack.index.requires_python) == (("gate>=3",), ">=3.8")
    assert {path: pack.sources.read(path) for path in pack.sources.paths()} == SOURCES
    assert list(pack.sources.paths()) == sorted(SOURCES)
    assert pack.notices.read("LICENSE") == b"free"
    with pytest.raises(KeyError):
        pack.sources.read("LICENSE")


def test_the_same_distribution_gives_the_same_bytes() -> None:
    backwards = dict(reversed(SOURCES.items()))

    one, other = (b"".join(pack_chunks(METADATA, ("tower",), files, {})) for files in (SOURCES, backwards))

    assert one == other


def test_a_pack_that_is_not_whole_counts_as_absent(cache: Cache, tmp_path: Path) -> None:
    stored(cache)
    whole = next(cache.folder.glob("packs/*/*.pack")).read_bytes()
    path = tmp_path / "x.pack"
    for end in (*range(60), 200, len(whole) // 2, len(whole) - 1):
        path.write_bytes(whole[:end])
        assert open_pack(path) is None, end
    for other in (whole + b"x", whole.replace(b"/1\n", b"/0\n", 1), whole.replace(b"{", b"[", 1)):
        path.write_bytes(other)
        assert open_pack(path) is None
    assert cache.pack("cd" * 32) is None


def test_altered_content_is_noticed(cache: Cache) -> None:
    pack = stored(cache)
    (path,) = cache.folder.glob("packs/*/*.pack")
    path.write_bytes(path.read_bytes().replace(b"bb", b"bc"))

    with pytest.raises(CacheError, match="damaged"):
        pack.sources.read("tower/b.py")
    path.unlink()
    with pytest.raises(CacheError):
        pack.sources.read("tower/b.py")


def download_until_interrupted(cache: Cache) -> None:
    with cache.work_folder() as folder:
        (folder / "half.whl").write_bytes(b"half")
        raise KeyboardInterrupt


def test_an_interrupted_write_leaves_nothing(cache: Cache) -> None:
    def interrupted() -> Iterator[bytes]:
        yield b"half"
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        cache.store_pack(KEY, interrupted())
    with pytest.raises(KeyboardInterrupt):
        download_until_interrupted(cache)

    assert [path for path in cache.folder.rglob("*") if path.is_file()] == []


def test_what_a_killed_run_left_is_swept_up_later(cache: Cache) -> None:
    work = cache.folder / "work"
    for name in ("download-old/x.whl", "write-old", "download-new/x.whl", "write-new"):
        (work / name).parent.mkdir(parents=True, exist_ok=True)
        (work / name).write_bytes(b"half")
    before = time.time() - STALE_AFTER_SECONDS - 60
    for name in ("download-old", "write-old"):
        os.utime(work / name, (before, before))

    stored(cache)

    assert sorted(path.name for path in work.iterdir()) == ["download-new", "write-new"]


def test_records_are_kept_by_index(cache: Cache) -> None:
    record = ReleaseRecord("Tower", "1.0", "tower-1.0.whl", KEY)
    cache.keep_release("tower", "1", "here", record)

    assert cache.release("tower", "1", "here") == record
    assert cache.release("tower", "1", "there") is None
    assert cache.release("tower", "1", "") == record
    assert cache.release("tower", "1.1", "") is None
    # Only what can be read without an index is named as cached.
    assert cache.releases("tower") == ()
    stored(cache)
    assert cache.releases("tower") == (record,)


def test_a_broken_record_counts_as_absent(cache: Cache) -> None:
    cache.keep_release("tower", "1", "here", ReleaseRecord("Tower", "1.0", "tower-1.0.whl", KEY))
    (path,) = cache.folder.glob("releases/tower/*")
    path.write_text("{")

    assert cache.release("tower", "1", "here") is None
    assert cache.releases("tower") == ()


def test_a_full_disk(cache: Cache) -> None:
    def full() -> Iterator[bytes]:
        yield b"half"
        raise OSError(28, "No space left on device")

    with pytest.raises(CacheError, match="No space left on device"):
        cache.store_pack(KEY, full())
    assert [path for path in cache.folder.rglob("*") if path.is_file()] == []


def test_the_folder_of_the_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("FLOWMAP_CACHE_DIR", str(tmp_path))
    assert default_cache_folder() == tmp_path
    monkeypatch.delenv("FLOWMAP_CACHE_DIR")
    assert "flowmap" in str(default_cache_folder())
