"""Cache entries: whole or absent, and no more of them than there is room for."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from flowmap.sources.entries import Entries

KEYS = ("aa01", "aa02", "bb03")
BODY = b"x" * 968  # with its digest 1,000 bytes

# Reads the entry while another process writes it: what is there must be one of the two bodies.
WRITER = """\
import sys
from pathlib import Path
from flowmap.sources.entries import Entries
entries, body = Entries(Path(sys.argv[1]), ".e"), sys.argv[2].encode() * 100_000
for _ in range(60):
    entries.store("aa01", body)
    found = entries.load("aa01")
    assert found is not None and len(set(found)) == 1 and len(found) == 100_000, found and len(found)
"""


def _kept(folder: Path) -> list[str]:
    return sorted(f"{path.parent.name}{path.name}" for path in folder.glob("*/*"))


def _used(folder: Path, key: str, seconds_ago: float) -> None:
    then = time.time() - seconds_ago
    os.utime(folder / key[:2] / f"{key[2:]}.e", (then, then))


def test_what_was_not_used_for_the_longest_time_makes_room(tmp_path: Path) -> None:
    entries = Entries(tmp_path, ".e", most=2_500)
    for age, key in enumerate(KEYS[:2], start=1):
        entries.store(key, BODY)
        _used(tmp_path, key, 1_000 * age)
    # Loaded, the older one becomes the one that was used last.
    assert entries.load("aa02") == BODY

    entries.store("bb03", BODY)

    assert _kept(tmp_path) == ["aa02.e", "bb03.e"]
    assert entries.load("aa01") is None


def test_what_a_killed_run_left_makes_room_too(tmp_path: Path) -> None:
    (tmp_path / "aa").mkdir()
    left = tmp_path / "aa" / ".half.tmp"
    left.write_bytes(BODY)
    os.utime(left, (0, 0))

    Entries(tmp_path, ".e", most=1_500).store("aa01", BODY)

    assert _kept(tmp_path) == ["aa01.e"]


def test_without_a_bound_everything_stays(tmp_path: Path) -> None:
    entries = Entries(tmp_path, ".e")
    for key in KEYS:
        entries.store(key, BODY)

    assert _kept(tmp_path) == [f"{key}.e" for key in KEYS]


@pytest.mark.parametrize("position", [0, 40, -1])
def test_an_altered_entry_is_absent(position: int, tmp_path: Path) -> None:
    entries = Entries(tmp_path, ".e")
    entries.store("aa01", BODY)
    path = tmp_path / "aa" / "01.e"
    content = bytearray(path.read_bytes())
    content[position] ^= 1
    path.write_bytes(content)

    assert entries.has("aa01")
    assert entries.load("aa01") is None


def test_two_processes_that_write_at_once(tmp_path: Path) -> None:
    writers = [subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), letter]) for letter in "ab"]

    assert [writer.wait(60) for writer in writers] == [0, 0]
    assert _kept(tmp_path) == ["aa01.e"]
