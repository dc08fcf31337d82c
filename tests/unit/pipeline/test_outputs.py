"""Files are written whole or not at all, in a folder that says what was mapped."""

from __future__ import annotations

import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from flowmap.callgraph.model import CallGraph
from flowmap.errors import OutputError, UnknownChoiceError
from flowmap.flow.model import Subject
from flowmap.frameworks import Entrance, recognise
from flowmap.pipeline import (
    DEFAULT_FORMATS,
    FORMATS,
    Manner,
    MappedProgram,
    check_writable,
    chosen_formats,
    chosen_renderer,
    output_folder,
    render_outputs,
    result_of,
    write_outputs,
)
from flowmap.snapshot import read_callgraph, read_flow
from flowmap.sources.tree import SourceTree
from tests.unit.frameworks.tiny import tiny_distribution

SUBJECT = Subject("Tiny_App", "9.1.2", "0" * 64, "3.11", "manage.py runserver", "startproject", "linux", {})
NEEDS_A_USER = pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
FULL = Path("/dev/full")


FRAMEWORK = recognise(tiny_distribution())


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "tiny-app-9.1.2"),
        ({"project": "shop"}, "tiny-app-9.1.2+shop"),
        ({"entry": "manage.py check"}, "tiny-app-9.1.2@manage.py-check"),
        ({"project": "my shop", "entry": "wsgi"}, "tiny-app-9.1.2+my-shop@wsgi"),
        ({"entry": "manage.py load '../../x y'"}, "tiny-app-9.1.2@manage.py-load-..-..-x-y"),
    ],
)
def test_the_folder_says_what_was_mapped(changes: dict[str, str], name: str) -> None:
    assert output_folder(replace(SUBJECT, **changes), FRAMEWORK) == name


def test_formats() -> None:
    assert chosen_formats(None) == DEFAULT_FORMATS
    assert chosen_formats("json, svg,json") == ("json", "svg")
    for text in ("jpeg", "", "svg,"):
        with pytest.raises(UnknownChoiceError, match="is no value of --format"):
            chosen_formats(text)


def test_renderers() -> None:
    assert chosen_renderer("auto").name == "embedded"
    with pytest.raises(UnknownChoiceError, match="'paint' is no value of --renderer"):
        chosen_renderer("paint")


def test_every_format_has_its_files() -> None:
    program = MappedProgram(SUBJECT, CallGraph({}, (), (), ()), FRAMEWORK, Entrance("manage"), SourceTree(()), 0)
    result, manner = result_of(program), Manner(chosen_renderer("auto"))

    files = {name: render_outputs(result, FRAMEWORK, [name], manner) for name in FORMATS}

    assert {name: tuple(found) for name, found in files.items()} == {
        "svg": ("flow.svg",),
        "html": ("flow.html",),
        "dot": ("flow.dot",),
        "graphml": ("flow.graphml",),
        "json": ("flow.json", "callgraph.json"),
        "markdown": ("flow.md",),
        "text": ("flow.txt",),
        "mermaid": ("flow.mmd", "sequence.mmd"),
    }
    assert read_flow(files["json"]["flow.json"]).subject == SUBJECT
    assert read_callgraph(files["json"]["callgraph.json"]).subject == SUBJECT


def test_files_are_written_and_replace_older_ones(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"

    assert write_outputs({"x": b"1", "y": b"2"}, folder) == (folder / "x", folder / "y")
    write_outputs({"x": b"3"}, folder)

    assert {path.name: path.read_bytes() for path in folder.iterdir()} == {"x": b"3", "y": b"2"}
    mask = os.umask(0)
    os.umask(mask)
    assert stat.S_IMODE((folder / "x").stat().st_mode) == 0o666 & ~mask


def test_a_pipe_is_written_to_and_stays_one(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    # Open for both, so that writing does not wait for a reader.
    descriptor = os.open(tmp_path / "pipe", os.O_RDWR)

    write_outputs({"pipe": b"content", "file": b"other"}, tmp_path)

    assert os.read(descriptor, 100) == b"content"
    assert stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "pipe"]
    os.close(descriptor)


def test_a_link_stays_one_and_what_it_leads_to_is_replaced(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "kept.svg").write_bytes(b"old")
    (tmp_path / "flow.svg").symlink_to(elsewhere / "kept.svg")

    write_outputs({"flow.svg": b"new"}, tmp_path)

    assert (tmp_path / "flow.svg").is_symlink()
    assert (elsewhere / "kept.svg").read_bytes() == b"new"


def test_nothing_is_left_when_one_file_cannot_be_written(tmp_path: Path) -> None:
    folder = tmp_path / "a" / "b"

    # No file system takes a name of this length.
    with pytest.raises(OutputError):
        write_outputs({"x": b"1", "n" * 300: b"2"}, folder)

    assert list(tmp_path.iterdir()) == []


def test_what_was_there_stays_when_one_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"old")
    (tmp_path / "y").mkdir()

    with pytest.raises(OutputError, match="it is a folder"):
        write_outputs({"x": b"new", "y": b"new"}, tmp_path)

    assert sorted(path.name for path in tmp_path.iterdir()) == ["x", "y"]
    assert (tmp_path / "x").read_bytes() == b"old"


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fdopen

    def full(descriptor: int, mode: str) -> object:
        os.close(descriptor)
        return real(os.open(FULL, os.O_WRONLY), mode)

    monkeypatch.setattr(os, "fdopen", full)

    with pytest.raises(OutputError, match="No space left on device"):
        write_outputs({"x": b"1"}, tmp_path / "a")

    assert list(tmp_path.iterdir()) == []


@NEEDS_A_USER
def test_a_folder_that_may_not_be_written(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)

    with pytest.raises(OutputError, match="Permission denied"):
        check_writable(tmp_path / "a")
    with pytest.raises(OutputError, match="Permission denied"):
        write_outputs({"x": b"1"}, tmp_path / "a")


def test_a_file_where_a_folder_should_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")

    check_writable(tmp_path / "new" / "folder")
    with pytest.raises(OutputError, match="is no folder"):
        check_writable(tmp_path / "file" / "folder")
    with pytest.raises(OutputError):
        write_outputs({"x": b"1"}, tmp_path / "file" / "folder")
