"""`flowmap open` shows the page that is there, or makes it, and says what to do where there is no browser."""

from __future__ import annotations

import webbrowser
from pathlib import Path

import pytest

from flowmap.cli.main import main
from tests.unit.frameworks.tiny import write_tiny


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """The addresses that the browser was given, which is never started; below an empty folder."""
    found: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: not found.append(address))
    monkeypatch.chdir(tmp_path)
    return found


def written(folder: Path) -> Path:
    folder.mkdir(parents=True)
    (folder / "flow.html").write_text("page")
    return folder / "flow.html"


def test_a_page_that_is_there_is_shown_by_its_name_its_folder_or_alone(opened: list[str], tmp_path: Path) -> None:
    page = written(tmp_path / "outputs" / "a b")

    for words in (["outputs/a b/flow.html"], ["outputs/a b"], []):
        assert main(["open", *words]) == 0
    assert opened == [page.as_uri()] * 3


def test_a_target_is_mapped_first(opened: list[str], tmp_path: Path) -> None:
    assert main(["open", str(write_tiny(tmp_path / "site")), "--offline", "--jobs", "1", "-q"]) == 0

    (page,) = tmp_path.glob("outputs/*/flow.html")
    assert opened == [page.as_uri()]


@pytest.mark.parametrize("count", [0, 2])
def test_which_page_must_be_plain(
    count: int, opened: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    for number in range(count):
        written(tmp_path / "outputs" / str(number))

    assert main(["open"]) == 2
    assert "hint: name" in capfd.readouterr().err
    assert opened == []


def test_without_a_browser_the_user_is_told_what_to_open(
    opened: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    written(tmp_path / "outputs" / "one")
    monkeypatch.setattr(webbrowser, "open", lambda address: False)

    assert main(["open"]) == 2
    assert "outputs/one/flow.html" in capfd.readouterr().err
