"""Which interpreter and which program a command line means."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flowmap.cli.main import main
from flowmap.observe.interpreter import (
    InterpreterNotFoundError,
    NoProgramError,
    ObservedProgramNotFoundError,
    find_program,
)


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "manage.py").write_text("")


def _environment(folder: Path) -> str:
    python = folder / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("#!/bin/sh\n")
    python.chmod(0o755)
    return str(python)


def test_environments_in_their_order(tmp_path: Path) -> None:
    active = {"VIRTUAL_ENV": str(tmp_path / "elsewhere")}
    words = ("manage.py", "runserver")

    assert find_program(None, words, {}).python == sys.executable
    assert find_program(None, words, active).python == sys.executable
    for folder in ("elsewhere", "venv", ".venv"):
        expected = _environment(tmp_path / folder)
        assert find_program(None, words, active).python == expected
        assert find_program(str(tmp_path / folder), words, {}).python == expected
        assert find_program(f"{folder}/bin/python", words, {}).python == expected


def test_the_environment_beside_a_program_in_another_folder(tmp_path: Path) -> None:
    expected = _environment(tmp_path / "site" / ".venv")
    (tmp_path / "site" / "manage.py").write_text("")

    found = find_program(None, ("site/manage.py", "check"), {})

    assert (found.python, found.project, found.title) == (expected, tmp_path / "site", "manage.py")


def test_modules_and_scripts_of_the_environment(tmp_path: Path) -> None:
    python = _environment(tmp_path / ".venv")
    script = Path(python).with_name("gunicorn")
    script.write_text("#!/usr/bin/python\n")

    assert find_program(None, ("-m", "pytest", "-x"), {}).title == "-m pytest"
    found = find_program(None, ("gunicorn", "app"), {})
    assert (found.words, found.title, found.project) == ((str(script), "app"), "gunicorn", tmp_path)


def test_what_is_not_there() -> None:
    with pytest.raises(NoProgramError):
        find_program(None, (), {})
    with pytest.raises(ObservedProgramNotFoundError):
        find_program(None, ("mange.py",), {})
    with pytest.raises(InterpreterNotFoundError):
        find_program("no-such-python", ("manage.py",), {})


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["observe"], "there is no program to observe"),
        (["observe", "--"], "there is no program to observe"),
        (["observe", "--", "mange.py"], "there is no program 'mange.py'"),
        (["observe", "--python", "nowhere", "--", "manage.py"], "there is no interpreter 'nowhere'"),
        (["observe", "-o", "manage.py/x", "--", "manage.py"], "cannot write to 'manage.py'"),
        (["django==5.2.19", "--observed", "absent.json"], "cannot read 'absent.json'"),
        (["django==5.2.19", "--observed", "manage.py"], "manage.py is not a snapshot"),
    ],
)
def test_what_is_said(words: list[str], said: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert err.startswith(f"flowmap: {said}")
    assert err.splitlines()[1].startswith("hint: ")


def test_a_program_has_its_own_debug(capfd: pytest.CaptureFixture[str]) -> None:
    Path("manage.py").write_text("import sys\nprint(sys.argv)\n")

    assert main(["observe", "--", "manage.py", "--debug", "--help"]) == 0
    assert capfd.readouterr().out == "['manage.py', '--debug', '--help']\n"
