"""Options in pyproject.toml: what the user types goes before them, and a key that is none is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.cli import check, diff, mapping, queries, why
from flowmap.cli.configuration import configured_words, options_of
from flowmap.cli.main import main
from flowmap.errors import ConfigurationError, UnknownKeyError
from tests.unit.frameworks.tiny import write_tiny
from tests.unit.sources.environments import write


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


def configured(folder: Path, table: str, *words: str) -> list[str]:
    write(folder, {"pyproject.toml": f"[project]\nname = 'x'\n[tool.flowmap]\n{table}\n"})
    return configured_words(mapping._app, [*words, str(folder)])


def test_every_kind_of_value(tmp_path: Path) -> None:
    table = """
    format = ["svg", "json"]
    frontier = "a.b,c"
    strict = true
    offline = false
    jobs = 2
    env = "../env"
    root = ["apps", "/libs"]
    requirements = "dev.txt"
    settings = "site.dev"
    """

    assert configured(tmp_path, table) == [
        "--format=svg,json",
        "--frontier=a.b,c",
        "--strict",
        "--jobs=2",
        f"--env={tmp_path}/../env",
        f"--root={tmp_path}/apps",
        "--root=/libs",
        f"--requirements={tmp_path}/dev.txt",
        "--settings=site.dev",
    ]


def test_what_the_user_types_wins(tmp_path: Path) -> None:
    table = "root = ['apps']\noutput = 'maps'\nentry = 'wsgi'\n"

    assert configured(tmp_path, table, "--root=libs", "-o", "here") == ["--entry=wsgi"]
    assert configured(tmp_path, table, "--entry", "wsgi", "--output=x", "--root", "y") == []


def test_the_file_of_the_target_else_of_where_one_stands(tmp_path: Path) -> None:
    write(Path(), {"pyproject.toml": "[tool.flowmap]\nentry = 'wsgi'\n"})
    (tmp_path / "other").mkdir()

    assert configured_words(mapping._app, ["django==5.2"]) == ["--entry=wsgi"]
    assert configured_words(mapping._app, ["."]) == ["--entry=wsgi"]
    assert configured_words(mapping._app, [str(tmp_path / "other")]) == []
    assert configured_words(mapping._app, ["--help"]) == []


def test_what_is_said_of_the_project_is_not_said_of_a_release() -> None:
    write(Path(), {"pyproject.toml": "[tool.flowmap]\nenv = 'x'\nsettings = 'y'\nentry = 'wsgi'\n"})

    assert configured_words(mapping._app, ["django==5.2"]) == ["--entry=wsgi"]
    assert configured_words(mapping._app, ["."]) == ["--env=x", "--settings=y", "--entry=wsgi"]


def test_without_a_target_the_project_is_where_one_stands() -> None:
    write(Path(), {"pyproject.toml": "[tool.flowmap]\nenv = 'x'\nentry = 'wsgi'\n"})
    (Path() / "main").mkdir()

    assert configured_words(check._app, []) == ["--env=x", "--entry=wsgi"]
    assert configured_words(check._app, ["-q", "--detail", "full", "-o", "main"]) == ["--env=x", "--entry=wsgi"]
    # What is the value of an option is no folder that is mapped.
    assert configured_words(diff._app, ["--git", "main"]) == ["--env=x", "--entry=wsgi"]
    assert configured_words(diff._app, ["--git", "main", "django"]) == ["--entry=wsgi"]


def test_how_a_map_is_written_is_no_concern_of_others() -> None:
    write(
        Path(), {"pyproject.toml": "[tool.flowmap]\nformat = ['svg']\noutput = 'x'\n[tool.flowmap.check]\nfail = []\n"}
    )

    assert configured_words(check._app, []) == []
    assert configured_words(mapping._app, ["."]) == ["--format=svg", "--output=x"]


def test_keys_of_other_commands_are_passed_over(tmp_path: Path) -> None:
    write(Path(), {"pyproject.toml": "[tool.flowmap]\nstrict = true\nno-cache = true\n"})

    assert configured_words(queries._callers, ["f"]) == ["--no-cache"]
    assert "strict" not in options_of(why._app)
    assert "in" not in options_of(why._app)


@pytest.mark.parametrize(("key", "near"), [("fromat", "format"), ("no_cache", "no-cache"), ("zzz", "long names")])
def test_an_unknown_key(key: str, near: str, tmp_path: Path) -> None:
    with pytest.raises(UnknownKeyError, match=f"'{key}' in \\[tool.flowmap\\]") as raised:
        configured(tmp_path, f"{key} = 1")
    assert near in raised.value.hint


@pytest.mark.parametrize(
    "table", ["strict = 'yes'", "jobs = '2'", "format = 1", "root = [1]", "env = true", "jobs = true"]
)
def test_a_value_of_another_kind(table: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"pyproject\.toml"):
        configured(tmp_path, table)


@pytest.mark.parametrize("text", ["[tool", "tool = 1\n", "[tool]\nflowmap = 1\n", "x = " + "[" * 100_000])
def test_a_file_that_cannot_be_understood(text: str, tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": text})

    if text == "tool = 1\n":
        assert configured_words(mapping._app, [str(tmp_path)]) == []
    else:
        with pytest.raises(ConfigurationError, match=r"pyproject\.toml"):
            configured_words(mapping._app, [str(tmp_path)])


def test_a_command_is_given_what_is_configured(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = write_tiny(tmp_path / "site")
    write(target, {"pyproject.toml": "[tool.flowmap]\nformat = 'text'\noutput = 'maps'\n"})

    assert main([str(target), "--offline", "--quiet", "--entry", "manage.py check"]) == 0
    assert [path.name for path in (target / "maps").rglob("*.*") if path.is_file()] == ["flow.txt"]
    write(target, {"pyproject.toml": "[tool.flowmap]\nfromat = 'text'\n"})
    assert main([str(target)]) == 2
    assert "hint: did you mean format" in capfd.readouterr().err


def test_a_table_of_names_and_values(tmp_path: Path) -> None:
    table = "[tool.flowmap.set]\nDEBUG = true\nNAME = 'x'\nAPPS = ['a', 'b']\n"
    write(tmp_path, {"pyproject.toml": table})

    words = configured_words(mapping._app, [str(tmp_path)])
    assert words == ["--set=DEBUG=True", "--set=NAME='x'", "--set=APPS=['a', 'b']"]


@pytest.mark.parametrize("asked", [["--in", "{}"], ["--in={}"]])
def test_a_question_reads_the_file_of_the_target(asked: list[str], tmp_path: Path) -> None:
    write(tmp_path, {"pyproject.toml": "[tool.flowmap]\nenv = 'venv'\nset = ['DEBUG=1']\nformat = 'svg'\n"})
    # A folder that happens to be called as the function is.
    (tmp_path / "f").mkdir()
    words = [str(tmp_path / "f"), *(word.format(tmp_path) for word in asked)]

    assert configured_words(queries._callers, words) == [f"--env={tmp_path / 'venv'}", "--set=DEBUG=1"]
