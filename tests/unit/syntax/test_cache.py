"""What the parse cache keeps, and what it takes for a miss."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec
import pytest

from flowmap.syntax import cache, ir
from flowmap.syntax.cache import ParseCache, decoded, encoded, key_of
from flowmap.syntax.parse import parse
from flowmap.syntax.unreadable import Unreadable

SOURCE = b"class C:\n    def f(self, x=1):\n        return [y for y in x]\n"
RESULT = parse(SOURCE, "m")
KEY = key_of(SOURCE)


def entry(folder: Path) -> Path:
    (path,) = (path for path in folder.rglob("*") if path.is_file())
    return path


@pytest.mark.parametrize("result", [RESULT, Unreadable("NUL byte in the text", 3)])
def test_what_is_stored_is_loaded(tmp_path: Path, result: ir.Module | Unreadable) -> None:
    ParseCache(tmp_path / "new").store(KEY, encoded(result))

    assert ParseCache(tmp_path / "new").load(KEY) == result


def test_without_a_folder_nothing_is_kept() -> None:
    kept = ParseCache(None)
    kept.store(KEY, encoded(RESULT))

    assert kept.load(KEY) is None
    assert not kept.has(KEY)


def test_another_content_is_a_miss(tmp_path: Path) -> None:
    kept = ParseCache(tmp_path)
    kept.store(KEY, encoded(RESULT))

    assert kept.load(key_of(SOURCE + b"\n")) is None
    assert kept.has(KEY)
    assert not kept.has(key_of(SOURCE + b"\n"))


def test_the_key_changes_with_what_the_ir_depends_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_VERSION", b"another")

    assert key_of(SOURCE) != KEY


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content[: len(content) // 2],
        lambda content: content + b"\0",
        lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
        lambda content: b"\0" * len(content),
        lambda content: hashlib.sha256(b"\xc1").digest() + b"\xc1",
        lambda content: hashlib.sha256(b"\x93\x01\x02\x03").digest() + b"\x93\x01\x02\x03",
    ],
)
def test_a_damaged_entry_is_a_miss_and_is_mended(tmp_path: Path, damage: object) -> None:
    kept = ParseCache(tmp_path)
    kept.store(KEY, encoded(RESULT))
    path = entry(tmp_path)
    assert callable(damage)
    path.write_bytes(damage(path.read_bytes()))

    assert kept.load(KEY) is None
    kept.store(KEY, encoded(RESULT))
    assert kept.load(KEY) == RESULT


def test_an_entry_that_is_a_folder_is_a_miss(tmp_path: Path) -> None:
    kept = ParseCache(tmp_path)
    kept.store(KEY, encoded(RESULT))
    path = entry(tmp_path)
    path.unlink()
    path.mkdir()

    assert kept.load(KEY) is None
    kept.store(KEY, encoded(RESULT))
    assert [each.name for each in path.parent.iterdir()] == [path.name]


def test_a_folder_that_cannot_be_written_is_as_good_as_none(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    kept = ParseCache(blocked / "below")

    kept.store(KEY, encoded(RESULT))
    assert kept.load(KEY) is None


def test_a_write_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path, _: Path) -> Path:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", fail)
        ParseCache(tmp_path).store(KEY, encoded(RESULT))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []
    assert ParseCache(tmp_path).load(KEY) is None


def test_bytes_that_are_no_entry_are_refused() -> None:
    with pytest.raises(msgspec.MsgspecError):
        decoded(b"\x80\x04K\x01.")
