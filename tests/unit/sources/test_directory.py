from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.errors import EntryFileMissingError, NoPackageError, TooManyFilesError
from flowmap.sources.cache import Cache
from flowmap.sources.config import IndexSettings
from flowmap.sources.directory import list_files, read_project
from flowmap.sources.distribution import Distribution
from flowmap.sources.fetch import resolve
from tests.unit.sources.archives import metadata


def write(root: Path, files: dict[str, str]) -> Path:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    return root


def read(folder: Path, cache: Cache, *prefer: str) -> Distribution:
    return resolve(str(folder), settings=IndexSettings(offline=True), cache=cache, prefer=prefer)


CHECKOUT = {
    "pyproject.toml": "[project]\nname = 'Tower'\ndynamic = ['version']\ndependencies = ['gate>=3']\n",
    "tower/__init__.py": "VERSION = (5, 2, 0, 'final', 0)\n",
    "tower/core.py": "",
    "tests/__init__.py": "",
    ".git/hook.py": "",
    "LICENSE": "",
}


def test_a_checkout(tmp_path: Path, cache: Cache) -> None:
    found = read(write(tmp_path / "c", CHECKOUT), cache)

    assert (found.name, found.version, found.requires) == ("Tower", "5.2", ("gate>=3",))
    assert list(found.files.paths()) == ["tower/__init__.py", "tower/core.py"]
    assert list(found.notices.paths()) == ["LICENSE"]
    assert not cache.folder.exists()


def test_the_folder_of_the_package_itself(tmp_path: Path, cache: Cache) -> None:
    whole = read(write(tmp_path / "c", CHECKOUT), cache)
    inner = read(tmp_path / "c/tower", cache)

    assert (inner.name, inner.version, inner.requires, inner.sha256) == ("Tower", "5.2", ("gate>=3",), whole.sha256)


def test_a_package_in_someone_elses_checkout(tmp_path: Path, cache: Cache) -> None:
    files = {**CHECKOUT, "pyproject.toml": "[project]\nname = 'monorepo'\nversion = '9'\n"}

    found = read(write(tmp_path / "c", files) / "tower", cache)

    assert (found.name, found.version) == ("tower", "5.2")


def test_an_installed_distribution(tmp_path: Path, cache: Cache) -> None:
    site = write(
        tmp_path / "site-packages",
        {
            "tower/__init__.py": "",
            "tower-1.0.dist-info/METADATA": metadata("Tower", "1.0", ["gate"]),
            "tower-1.0.dist-info/RECORD": "tower/__init__.py,,\n",
            "gate/__init__.py": "",
            "gate-2.0.dist-info/METADATA": metadata("gate", "2.0"),
            "gate-2.0.dist-info/RECORD": "gate/__init__.py,,\n",
        },
    )

    for found in (read(site, cache, "Tower"), read(site / "tower", cache)):
        assert (found.name, found.version, found.packages, found.requires) == ("Tower", "1.0", ("tower",), ("gate",))


def test_the_digest_is_of_the_content(tmp_path: Path, cache: Cache) -> None:
    one, other = read(write(tmp_path / "a", CHECKOUT), cache), read(write(tmp_path / "b", CHECKOUT), cache)
    assert one == other
    write(tmp_path / "b", {"tower/core.py": "x = 1\n"})

    assert read(tmp_path / "b", cache).sha256 != one.sha256


def test_a_folder_without_source(tmp_path: Path, cache: Cache) -> None:
    with pytest.raises(NoPackageError):
        read(tmp_path, cache)


def test_a_project(tmp_path: Path) -> None:
    files = {
        "manage.py": "m",
        "site_/settings.py": "s",
        "site_/page.html": "",
        ".venv/x.py": "",
        "env/pyvenv.cfg": "",
        "env/lib/y.py": "",
        "node_modules/z.py": "",
        "site_/__pycache__/w.py": "",
    }
    project = read_project(write(tmp_path, files), "manage.py")

    assert list(project.paths()) == ["manage.py", "site_/settings.py"]
    assert project.read("manage.py") == b"m"
    with pytest.raises(KeyError):
        project.read("none.py")


def test_a_project_without_its_entry(tmp_path: Path) -> None:
    write(tmp_path, {"web/manage.py": "", "web/site_/urls.py": ""})

    with pytest.raises(EntryFileMissingError) as raised:
        read_project(tmp_path, "manage.py")
    assert "manage.py" in raised.value.message
    assert str(tmp_path / "web") in raised.value.hint
    with pytest.raises(EntryFileMissingError):
        read_project(tmp_path / "nowhere", "manage.py")


def test_links_that_lead_round_in_circles(tmp_path: Path) -> None:
    write(tmp_path / "root", {"a/x.py": ""})
    write(tmp_path / "shared", {"y.py": ""})
    (tmp_path / "root/a/up").symlink_to(tmp_path / "root")
    (tmp_path / "root/a/self").symlink_to(tmp_path / "root/a")
    (tmp_path / "root/b").symlink_to(tmp_path / "shared")
    (tmp_path / "root/gone.py").symlink_to(tmp_path / "nothing.py")

    assert list(list_files(tmp_path / "root", lambda path: path.endswith(".py")).paths()) == ["a/x.py", "b/y.py"]


def test_names_that_are_no_text_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": ""})
    (tmp_path / "b\udcff.py").touch()

    assert list(list_files(tmp_path, lambda _: True).paths()) == ["a.py"]


def test_too_many_files(tmp_path: Path) -> None:
    write(tmp_path, {f"m{number}.py": "" for number in range(4)})

    with pytest.raises(TooManyFilesError, match="more than 3"):
        list_files(tmp_path, lambda _: True, most=3)
