"""Revisions of a working copy: each is read as it was, and nothing of the working copy is touched."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from flowmap.cli.main import main
from flowmap.errors import FlowmapError, NotAFolderError, UnknownRevisionError, WorkingCopyError
from flowmap.pipeline.request import Request
from flowmap.pipeline.revisions import revisions
from flowmap.sources.revisions import Span, parse_span
from tests.unit.frameworks.tiny import write_tiny


def git(folder: Path, *words: str) -> str:
    identity = ["-c", "user.name=n", "-c", "user.email=e@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *words], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


@pytest.fixture
def copy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working copy with three states of one file: at `first`, at HEAD, and as it lies there."""
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    folder = tmp_path / "work"
    (folder / "site").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    for text in ("one", "two"):
        (folder / "site" / "a.txt").write_text(text, "utf-8")
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", text)
        git(folder, "tag", text)
    (folder / "site" / "a.txt").write_text("three", "utf-8")
    return folder


def texts(request: Request, span: str) -> list[str]:
    with revisions(request, span) as sides:
        return [(Path(each.target) / "a.txt").read_text("utf-8") for each in sides]


def test_what_a_span_means() -> None:
    assert parse_span("main") == Span("main", None)
    assert parse_span("a..b") == Span("a", "b")
    assert parse_span("a..") == Span("a", "HEAD")
    assert parse_span("..b") == Span("HEAD", "b")
    assert parse_span("a...b") == Span("a", "b", since_parting=True)


def test_every_revision_is_as_it_was(copy: Path) -> None:
    site = Request(str(copy / "site"))

    assert texts(site, "HEAD") == ["two", "three"]
    assert texts(site, "one") == ["one", "three"]
    assert texts(site, "one..two") == ["one", "two"]
    assert texts(site, "two..one") == ["two", "one"]


def test_since_two_parted(copy: Path) -> None:
    git(copy, "checkout", "-q", "-f", "-b", "side", "one")
    (copy / "site" / "a.txt").write_text("aside", "utf-8")
    git(copy, "commit", "-qam", "aside")

    assert texts(Request(str(copy / "site")), "main...side") == ["one", "aside"]
    assert texts(Request(str(copy / "site")), "main..side") == ["two", "aside"]


def test_the_working_copy_is_not_touched(copy: Path) -> None:
    def state() -> list[tuple[str, int, bytes]]:
        files = sorted(each for each in copy.rglob("*") if each.is_file())
        return [(str(each), each.stat().st_mtime_ns, each.read_bytes()) for each in files]

    before = state()
    texts(Request(str(copy / "site")), "one..two")
    assert state() == before


def test_what_is_named_in_the_working_copy_is_that_of_the_revision(copy: Path) -> None:
    (copy / "site" / "new").mkdir()
    request = Request(str(copy / "site"), roots=(copy / "site", copy / "site" / "new"), env=copy / "venv")

    with revisions(request, "one") as (old, new):
        assert new == request
        assert old.roots == (Path(old.target), copy / "site" / "new")
        assert old.env == copy / "venv"
        # A project is called as its folder is.
        assert Path(old.target).name == "site"
    assert not Path(old.target).exists()


def test_an_environment_is_that_of_the_working_copy(copy: Path) -> None:
    (copy / "site" / ".venv").mkdir()

    with revisions(Request(str(copy / "site")), "one") as (old, _):
        assert (Path(old.target) / ".venv").resolve() == (copy / "site" / ".venv").resolve()


def test_links_that_lead_out_are_left_out(copy: Path) -> None:
    (copy / "site" / "out").symlink_to("/etc")
    git(copy, "add", "-A")
    git(copy, "commit", "-qm", "link")

    with revisions(Request(str(copy / "site")), "HEAD") as (old, _):
        assert sorted(each.name for each in Path(old.target).iterdir()) == ["a.txt"]


@pytest.mark.parametrize(
    ("target", "span", "error"),
    [
        ("site", "nosuch", UnknownRevisionError),
        ("site", "--output=x", UnknownRevisionError),
        ("site", "", UnknownRevisionError),
        ("later", "one", WorkingCopyError),
        ("..", "one", WorkingCopyError),
    ],
)
def test_what_cannot_be_compared(copy: Path, target: str, span: str, error: type[FlowmapError]) -> None:
    (copy / "later").mkdir()
    with pytest.raises(error), revisions(Request(str(copy / target)), span):
        pass
    with pytest.raises(NotAFolderError), revisions(Request("django==5.2"), "one"):
        pass


def test_a_checkout_of_a_framework(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMAP_CACHE_DIR", str(tmp_path / "cache"))
    fork = write_tiny(tmp_path / "fork")
    git(fork, "init", "-q")
    git(fork, "add", "-A")
    git(fork, "commit", "-qm", "one")
    words = ["diff", "--offline", "-q", "--entry", "manage.py check", "--git", "HEAD"]
    monkeypatch.chdir(fork)

    assert main(words) == 0
    management = fork / "tiny" / "core" / "management" / "__init__.py"
    text = management.read_text("utf-8")
    management.write_text(text.replace("execute(argv):", "execute(argv, more=()):"), "utf-8")
    assert main([*words, "."]) == 1
    assert main([*words, ".", "."]) == 2
    assert main(["diff", "-q", "."]) == 2
