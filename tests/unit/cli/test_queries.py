"""`flowmap callers`, `callees` and `path`."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.cli.main import main
from flowmap.cli.status import Status

SOURCE = "def f(): g()\ndef g(): h()\ndef h(): eval('1')\nf()\n"


@pytest.fixture
def saved(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    program = tmp_path / "main.py"
    program.write_text(SOURCE, encoding="utf-8")
    assert main(["callgraph", str(program), "-o", str(tmp_path / "callgraph.json"), "--quiet"]) == Status.DONE
    return tmp_path / "callgraph.json"


@pytest.mark.usefixtures("saved")
@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (["callers", "g"], ["main:g", "  <- main:f  main.py:1  call"]),
        (["callees", "main:f"], ["main:f", "  -> main:g  main.py:1  call"]),
        (
            ["path", "f", "h"],
            ["main:f", "  -> main:g  main.py:1  call", "  -> main:h  main.py:2  call"],
        ),
        (["path", "h", "f"], ["no chain of calls leads from main:h to main:f, as far as was followed"]),
    ],
)
def test_answers(words: list[str], lines: list[str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(words) == Status.DONE
    assert capsysbinary.readouterr().out.decode().splitlines() == lines


@pytest.mark.usefixtures("saved")
def test_gaps_are_answers(capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["callees", "h"]) == Status.DONE
    assert "  ?  exec, eval or compile  main.py:3" in capsysbinary.readouterr().out.decode()


def test_a_file_may_be_named(saved: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)

    assert main(["callers", "g", "--in", str(saved)]) == Status.DONE
    assert main(["callers", "g", "--in", str(saved.parent)]) == Status.DONE
    assert main(["callers", "g"]) == Status.MENDABLE
    assert main(["callers", "g", "--in", "nosuch.json"]) == Status.MENDABLE


def test_one_that_is_below_outputs_is_found(saved: Path, tmp_path: Path) -> None:
    folder = tmp_path / "outputs" / "django-5.2.19"
    folder.mkdir(parents=True)
    saved.rename(folder / "callgraph.json")

    assert main(["callers", "g"]) == Status.DONE


@pytest.mark.parametrize("words", [["callers", "nosuch"], ["path", "f", "nosuch"], ["callers"]])
@pytest.mark.usefixtures("saved")
def test_what_is_wrong_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == Status.MENDABLE
    assert "hint: " in capsys.readouterr().err


def test_a_class_that_calls_nobody_names_its_methods(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    program = tmp_path / "main.py"
    program.write_text("class C:\n    def one(self): pass\n    def two(self): pass\nC().one()\nC().two()\n", "utf-8")

    assert main(["callees", "C", "--in", str(program)]) == Status.DONE
    assert capsysbinary.readouterr().out.decode().splitlines() == [
        "main:C", "  its body calls nobody", "  what is in it has names of its own: main:C.one, main:C.two"
    ]  # fmt: skip
