from __future__ import annotations

import os
from pathlib import Path

import pytest

from flowmap.errors import SeveralProjectsError
from flowmap.sources.project import find_project, read_roots
from tests.unit.sources.environments import write


def found(folder: Path) -> tuple[str, str] | None:
    place = find_project(folder, "start.py", ("app.py", "other.py"))
    return None if place is None else (place.folder.relative_to(folder).as_posix(), place.file)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (["start.py", "back/start.py"], (".", "start.py")),
        (["back/start.py", "site/app.py"], ("back", "start.py")),
        ([".venv/start.py", "env/pyvenv.cfg", "env/start.py", "src/start.py"], ("src", "start.py")),
        (["app.py"], (".", "app.py")),
        (["site/__init__.py", "site/app.py"], (".", "app.py")),
        (["site/app.py"], (".", "app.py")),
        (["site/other.py", "src/site/app.py"], (".", "other.py")),
        (["src/site/app.py"], ("src", "app.py")),
        (["shop/__init__.py", "shop/site/app.py"], (".", "app.py")),
        (["a/b/c/app.py", "readme.md"], None),
    ],
)
def test_where_a_project_begins(files: list[str], expected: tuple[str, str] | None, tmp_path: Path) -> None:
    assert found(write(tmp_path, dict.fromkeys(files, ""))) == expected


def test_of_several_one_has_to_be_named(tmp_path: Path) -> None:
    write(tmp_path, {"back/start.py": "", "front/start.py": ""})

    with pytest.raises(SeveralProjectsError) as raised:
        found(tmp_path)
    assert f"{tmp_path}/back, {tmp_path}/front" in raised.value.message
    assert f"{tmp_path}/back" in raised.value.hint


def test_what_has_no_name_and_what_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {"a.py": "", "shut/b.py": ""} | {f"x{number}\x07.py": "" for number in range(7)})
    (tmp_path / "caf\udcff.py").touch()
    (tmp_path / "\udcff.jpg").touch()
    scandir = os.scandir

    def scan(path: Path) -> object:
        if Path(path).name == "shut":
            raise PermissionError(13, "Permission denied")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", scan)
    (files,), notices = read_roots([tmp_path])

    assert list(files.paths()) == ["a.py"]
    names = r"caf\udcff.py, x0\x07.py, x1\x07.py, x2\x07.py, x3\x07.py and 3 more"
    assert notices == (f"names that are no text were passed over: {names}", "folders cannot be read: shut")


def test_links_that_lead_out_are_named_and_not_followed(tmp_path: Path) -> None:
    write(tmp_path, {"out/x.py": "", "site/a.py": "", "site/inner/b.py": ""})
    for name, leads in {"out": "../out", "x.py": "../out/x.py", "root": "/", "inside": "inner", "c.py": "a.py"}.items():
        (tmp_path / "site" / name).symlink_to(leads)

    (files,), notices = read_roots([tmp_path / "site"])

    assert list(files.paths()) == ["a.py", "c.py", "inner/b.py", "inside/b.py"]
    assert notices == ("links that lead out of the project were not followed: out, root, x.py",)
    assert read_roots([tmp_path / "out"])[1] == ()
