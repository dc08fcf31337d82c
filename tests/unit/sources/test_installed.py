from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from flowmap.names import Origin
from flowmap.sources import installed as module
from flowmap.sources.entries import Entries
from flowmap.sources.environment import read_environment
from flowmap.sources.installed import InstalledFiles, InstalledPackages, installed_packages
from flowmap.sources.licences import Licence
from flowmap.sources.tree import Root, SourceTree, content_digest
from tests.unit.sources.environments import environment, installed, site, write

TOWER = installed("Tower", "5.2", {"tower/__init__.py": "t", "tower/core.py": "", "tower_extra.py": ""}, "gate>=3")
GATE = installed("gate", "3.1", {"gate.py": "g"})


def packages(folder: Path, project: Path | None = None) -> InstalledPackages:
    return installed_packages(read_environment(folder), Entries(None, ""), project=project or folder.parent / "project")


def where(found: InstalledPackages, name: str) -> tuple[Origin, str] | None:
    source = SourceTree(found.all_roots()).find(name)
    return None if source is None or source.file is None else (source.origin, source.file.path)


def test_a_distribution_by_its_record(tmp_path: Path) -> None:
    env = environment(tmp_path / "env", files={**TOWER, **GATE, "loose.py": "", "Tower-5.2.dist-info/LICENSE": "L"})
    found = packages(env)
    tower = found.distribution("tower")

    assert tower is not None
    assert (tower.name, tower.version, tower.packages) == ("Tower", "5.2", ("tower", "tower_extra"))
    assert (tower.requires, list(tower.notices.paths())) == (("gate>=3",), ["LICENSE"])
    assert list(tower.files.paths()) == ["tower/__init__.py", "tower/core.py", "tower_extra.py"]
    assert tower.sha256 == content_digest(tower.files)
    assert (found.version("Gate"), found.version("moat"), found.distribution("moat")) == ("3.1", None, None)


def test_each_file_has_the_licence_of_who_brought_it(tmp_path: Path) -> None:
    own = {"Tower-5.2.dist-info/LICENSE": "MIT", "Tower-5.2.dist-info/NOTICE": "N", "Tower-5.2.dist-info/AUTHORS": "A"}
    tree = SourceTree(
        packages(environment(tmp_path / "env", files={**TOWER, **GATE, **own, "loose.py": ""})).all_roots()
    )
    files = {name: source.file for name in ("tower.core", "gate", "loose") if (source := tree.find(name)) is not None}

    licences = {name: tree.licence(file) for name, file in files.items() if file is not None}

    assert licences == {"tower.core": Licence("Tower 5.2", "MIT\nN"), "gate": None, "loose": None}


def test_the_rest_is_importable_recorded_or_not(tmp_path: Path) -> None:
    found = packages(environment(tmp_path / "env", files={**TOWER, **GATE, "loose.py": "", "a/tests/x.py": ""}))
    (root,) = found.all_roots(without=["TOWER"])

    assert list(root.files.paths()) == ["a/tests/x.py", "gate.py", "loose.py"]
    assert where(found, "tower.core") == (Origin.DEPENDENCY, "tower/core.py")


def test_older_kinds_of_metadata(tmp_path: Path) -> None:
    files = {
        "tower/__init__.py": "",
        "Tower-1.8.egg-info/PKG-INFO": "Metadata-Version: 1.0\nName: Tower\nVersion: 1.8\n",
        "Tower-1.8.egg-info/top_level.txt": "tower\n",
        "Tower-1.8.egg-info/requires.txt": "gate\n",
        "wall.py": "",
        "wall-2.0-py3.11.egg-info": "Metadata-Version: 1.0\nName: wall\nVersion: 2.0\n",
        "moat/__init__.py": "",
        "moat-1.0.egg-info/installed-files.txt": "../moat/__init__.py\nPKG-INFO\n",
    }
    found = packages(environment(tmp_path / "env", files=files))

    kinds = {name: found.distribution(name) for name in ("tower", "wall", "moat")}
    assert [each and (each.version, each.packages) for each in kinds.values()] == [
        ("1.8", ("tower",)),
        ("2.0", ("wall",)),
        ("1.0", ("moat",)),
    ]
    assert kinds["tower"] is not None
    assert kinds["tower"].requires == ("gate",)


def test_what_is_installed_to_be_edited(tmp_path: Path) -> None:
    project = write(tmp_path / "project", {"src/shop/__init__.py": "", "manage.py": ""})
    write(tmp_path / "libs", {"one/gate/__init__.py": "", "two/wall/__init__.py": "", "three/src/moat/__init__.py": ""})
    write(tmp_path / "libs/three", {"pyproject.toml": "[project]\nname = 'moat'\nversion = '1'\n"})
    url = {"url": f"file://{tmp_path}/libs/three", "dir_info": {"editable": True}}
    finder = f"MAPPING = {{'renamed': '{tmp_path}/libs/two/wall', 'lone': '{tmp_path}/libs/lone.py'}}\n"
    write(tmp_path / "libs", {"lone.py": ""})
    env = environment(
        tmp_path / "env",
        files={
            "a.pth": f"{tmp_path}/libs/one\n{project}/src\n{project}\n",
            "b.pth": "import __editable___b_finder; __editable___b_finder.install()\n",
            "__editable___b_finder.py": finder,
            "moat-1.dist-info/direct_url.json": json.dumps(url),
            "moat-1.dist-info/METADATA": "Name: moat\nVersion: 1\n",
            "moat-1.dist-info/RECORD": "b.pth,,\n",
        },
    )
    found = packages(env, project)

    assert where(found, "gate") == (Origin.DEPENDENCY, "gate/__init__.py")
    assert where(found, "renamed") == (Origin.DEPENDENCY, "renamed/__init__.py")
    assert where(found, "lone") == (Origin.DEPENDENCY, "lone.py")
    assert where(found, "shop") == (Origin.PROJECT, "shop/__init__.py")
    # Nothing in the site folder leads to it but the record of how it was installed.
    assert where(found, "moat") == (Origin.DEPENDENCY, "moat/__init__.py")
    moat = found.distribution("moat")
    assert moat is not None
    assert moat.packages == ("moat",)
    assert SourceTree(found.all_roots(without=["moat"])).find("moat") is None
    # The project's own folder is a root already.
    assert len([each for each in found.elsewhere if each.root.origin is Origin.PROJECT]) == 1


def test_code_and_folders_that_are_too_large_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "huge", {f"m{number}.py": "" for number in range(3)})
    env = environment(tmp_path / "env", files={"z.pth": f"import os\n{tmp_path}/huge\n", "a.pth": "import sys\n"})
    monkeypatch.setattr(module.list_files, "__kwdefaults__", {**module.list_files.__kwdefaults__, "most": 2})

    found = packages(env)

    assert found.elsewhere == ()
    assert found.notices == (
        f"left out: '{tmp_path}/huge' holds more than 2 files of source",
        "code in .pth files of env was not run: a.pth, z.pth",
    )


# --- the digest of many files ---


@pytest.fixture
def known(tmp_path: Path) -> Entries:
    return Entries(tmp_path / "digests", ".digest")


def _files(folder: Path, known: Entries) -> InstalledFiles:
    return InstalledFiles(folder, ["a.py", "b.py"], known)


def test_the_digest_is_that_of_the_contents(tmp_path: Path, known: Entries) -> None:
    one, other = (write(tmp_path / name, {"a.py": "1", "b.py": "2"}) for name in ("one", "other"))
    first = _files(one, known).digest()

    assert first == _files(other, known).digest() == content_digest(_files(one, known))
    assert first != _files(one, known).without(["b.py"]).digest()


def test_it_is_remembered_once_the_times_prove_something(
    tmp_path: Path, known: Entries, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write(tmp_path / "site", {"a.py": "1", "b.py": "2"})
    read: list[str] = []
    monkeypatch.setattr(module, "content_digest", lambda files: read.append("all") or content_digest(files))

    _files(folder, known).digest()
    _files(folder, known).digest()
    assert read == ["all", "all"]

    now = module.time.time_ns()
    monkeypatch.setattr(module.time, "time_ns", lambda: now + 3 * 10**9)
    first = _files(folder, known).digest()
    assert {_files(folder, known).digest() for _ in range(3)} == {first}
    assert read == ["all"] * 3

    # The same size and the same time of modification: the time of the change tells.
    stat = (folder / "a.py").stat()
    (folder / "a.py").write_text("9")
    os.utime(folder / "a.py", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert _files(folder, known).digest() != first
    assert read == ["all"] * 4


def test_a_file_that_is_gone_is_a_change(tmp_path: Path, known: Entries) -> None:
    folder = write(tmp_path / "site", {"a.py": "1", "b.py": "2"})
    files = _files(folder, known)
    files.digest()
    (folder / "b.py").unlink()

    with pytest.raises(KeyError):
        files.digest()


def test_what_is_in_site_packages_changes_the_tree(tmp_path: Path) -> None:
    env = environment(tmp_path / "env", files=TOWER)

    def digest() -> str:
        return SourceTree([Root(Origin.PROJECT, packages(env).sites[0])]).digest()

    before = digest()
    assert digest() == before
    write(site(env), {"tower/core.py": "x = 1\n"})
    assert digest() != before
