"""Files of environment variables are data: what every program reads the same way is known, all else is left out."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.errors import EnvironmentFileError
from flowmap.sources.dotenv import read_environment


def _read(folder: Path, *texts: str | bytes) -> dict[str, str]:
    files = []
    for number, text in enumerate(texts):
        files.append(folder / f"{number}.env")
        files[-1].write_bytes(text.encode() if isinstance(text, str) else text)
    return read_environment(files)


def test_lines_of_a_dotenv_file(tmp_path: Path) -> None:
    text = "# a comment\n\nA=1\nexport B = two words # why\nC='x y'\nD=\"p\\nq\"\nE=\nF=a=b\nG\n"

    assert _read(tmp_path, text) == {"A": "1", "B": "two words", "C": "x y", "D": "p\nq", "E": "", "F": "a=b"}


def test_the_last_one_counts(tmp_path: Path) -> None:
    assert _read(tmp_path, "A=1\nB=1\nA=2\n", "B=3\n") == {"A": "2", "B": "3"}


def test_nothing_comes_from_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HERE", "secret")

    assert _read(tmp_path, "A=${HERE}\nB='${A}'\nC=$HERE\nHERE=mine\n") == {"C": "$HERE", "HERE": "mine"}
    assert _read(tmp_path, "A=1\nA=${HERE}\n") == {}


def test_nothing_is_run(tmp_path: Path) -> None:
    assert _read(tmp_path, f"A=$(touch {tmp_path}/ran)\nB=`touch {tmp_path}/ran`\n")
    assert not (tmp_path / "ran").exists()


def test_a_byte_order_mark_is_no_part_of_a_name(tmp_path: Path) -> None:
    assert _read(tmp_path, b"\xef\xbb\xbfA=1\r\nB=2\r\n") == {"A": "1", "B": "2"}


@pytest.mark.parametrize(
    ("content", "reason"),
    [(b"A=1\nB='x\n", "line 2"), (b"A=\xff\n", "UTF-8"), (b"A=" + b"x" * (1 << 20), "larger")],
)
def test_what_cannot_be_read_is_said(content: bytes, reason: str, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFileError, match=reason):
        _read(tmp_path, content)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.env", tmp_path):
        with pytest.raises(EnvironmentFileError, match=path.name):
            read_environment([path])
