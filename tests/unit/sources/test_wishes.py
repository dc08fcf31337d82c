from __future__ import annotations

import hashlib
from functools import partial
from pathlib import Path

import pytest

from flowmap.errors import NoNetworkError, StatedDigestError
from flowmap.sources.cache import Cache
from flowmap.sources.config import IndexSettings
from flowmap.sources.wishes import Fetched, fetch_wishes, read_wishes, usual_requirements
from tests.unit.sources.archives import FileIndex, wheel
from tests.unit.sources.environments import write
from tests.unit.sources.test_http import _Quiet, serve


def publish(index: FileIndex, name: str, version: str, *requires: str, files: dict[str, str] | None = None) -> str:
    archive = wheel(index.files, name, version, files, requires=requires)
    index.publish(name, archive)
    return hashlib.sha256(archive.read_bytes()).hexdigest()


def fetched(files: list[Path], settings: IndexSettings, cache: Cache, project: Path) -> Fetched:
    wishes = read_wishes(files, python="3.11", platform="linux")
    return fetch_wishes(wishes, python="3.11", platform="linux", settings=settings, cache=cache, project=project)


def asked(text: str, tmp_path: Path, settings: IndexSettings, cache: Cache, name: str = "requirements.txt") -> Fetched:
    write(tmp_path / "project", {name: text})
    return fetched([tmp_path / "project" / name], settings, cache, tmp_path / "project")


def chosen(found: Fetched) -> list[tuple[str, str]]:
    return [(each.name, each.version) for each in found.distributions]


def test_ranges_pins_and_what_they_require(
    tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "5.2", "gate>=3", "wall; extra == 'stone'")
    for version in ("3.0", "3.1", "4.0"):
        publish(index, "gate", version)
    publish(index, "wall", "1.0")
    write(tmp_path / "project", {"limits.txt": "gate<4\nmoat==9\n"})
    text = "tower[stone]==5.2\n-c limits.txt\nwine ; sys_platform == 'win32'\n"

    assert chosen(asked(text, tmp_path, settings, cache)) == [("gate", "3.1"), ("tower", "5.2"), ("wall", "1.0")]


def test_a_project_in_a_folder_that_is_called_as_a_package(
    tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "project", "1.0")

    assert chosen(asked("project==1.0\n", tmp_path, settings, cache)) == [("project", "1.0")]


def test_the_projects_own_pin_goes_before_what_others_want(
    tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    for version in ("4.2", "5.2"):
        publish(index, "tower", version)
    publish(index, "gate", "3.0", "tower>=5", "wall>=7")
    publish(index, "wall", "1.0")

    found = asked("tower==4.2\ngate\n", tmp_path, settings, cache)

    assert chosen(found) == [("gate", "3.0"), ("tower", "4.2")]
    (left_out, overruled) = found.notices
    assert left_out.startswith("left out: no release of wall is right for wall>=7")
    assert overruled.startswith(
        "tower==4.2 is what the project asks for, though no release of tower is right for tower==4.2"
    )
    assert asked("tower==4.2\ngate\n", tmp_path, settings, cache) == found


def test_a_lock_is_taken_as_it_is(tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    for version in ("1.0", "2.0"):
        publish(index, "tower", version, "gate>=7")
        publish(index, "gate", version)
    text = "".join(f'[[package]]\nname = "{name}"\nversion = "1.0"\noptional = false\n' for name in ("tower", "gate"))

    found = asked(text, tmp_path, settings, cache, "poetry.lock")
    index.withdraw()

    assert chosen(found) == [("gate", "1.0"), ("tower", "1.0")]
    assert asked(text, tmp_path, settings, cache, "poetry.lock") == found


def test_what_cannot_be_had_is_named_and_the_rest_is_there(
    tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "5.2")
    text = "tower\nnowhere\ntower-extras==1 ; python_version > '3'\ngit+https://x/y.git\n"

    found = asked(text, tmp_path, settings, cache)
    assert chosen(found) == [("tower", "5.2")]
    assert len(found.notices) == 3
    assert "git+https://x/y.git" in found.notices[0]
    assert "no package 'nowhere'" in found.notices[1]
    index.withdraw()
    assert asked(text, tmp_path, settings, cache) == found

    pinned = '[[package]]\nname = "{}"\nversion = "{}"\noptional = false\n'
    publish(index, "tower", "5.2")
    lock = pinned.format("tower", "5.2") + pinned.format("tower2", "1")
    assert [text.partition(" on ")[0] for text in asked(lock, tmp_path, settings, cache, "poetry.lock").notices] == [
        "left out: there is no package 'tower2'"
    ]


@pytest.mark.parametrize("name", ["requirements.txt", "poetry.lock"])
def test_what_was_missing_is_asked_for_again(
    name: str, tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "5.2")
    lock = "".join(f'[[package]]\nname = "{each}"\nversion = "5.2"\noptional = false\n' for each in ("gate", "tower"))
    text = lock if name == "poetry.lock" else "gate==5.2\ntower\n"

    assert len(asked(text, tmp_path, settings, cache, name).notices) == 1
    publish(index, "gate", "5.1")
    assert len(asked(text, tmp_path, settings, cache, name).notices) == 1
    publish(index, "gate", "5.2")
    assert asked(text, tmp_path, settings, cache, name).notices == ()


def test_an_archive_without_source_is_kept_as_such(
    tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "stubs", "1.0", files={"stubs/a.pyi": ""})
    publish(index, "tower", "1.0")

    found = asked("stubs==1.0\ntower==1.0\n", tmp_path, settings, cache)
    index.withdraw()

    assert chosen(found) == [("stubs", "1.0"), ("tower", "1.0")]
    assert [list(each.files.paths()) for each in found.distributions] == [[], ["tower/__init__.py"]]
    assert asked("stubs==1.0\ntower==1.0\n", tmp_path, settings, cache) == found


def test_stated_digests_are_verified(tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    digest = publish(index, "tower", "1.0")
    publish(index, "gate", "1.0")
    right = f"tower==1.0 --hash=sha256:{digest}\ngate==1.0\n"
    wrong = f"tower==1.0 --hash=sha256:{'0' * 64}\ngate==1.0\n"

    with pytest.raises(StatedDigestError, match=rf"stated in .*requirements\.txt:1: there is {digest}"):
        asked(wrong, tmp_path, settings, cache)
    assert chosen(asked(right, tmp_path, settings, cache)) == [("gate", "1.0"), ("tower", "1.0")]
    # What is cached is no more believed than what an index has.
    with pytest.raises(StatedDigestError):
        asked(wrong, tmp_path, settings, cache)


def test_of_several_files_the_one_that_is_stated(
    tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "1.0")
    other = wheel(index.files, "tower", "1.0", {"tower/__init__.py": "x\n"}, tag="cp311-cp311-manylinux_2_17_x86_64")
    index.publish("tower", other)
    digest = hashlib.sha256(other.read_bytes()).hexdigest()

    assert asked("tower==1.0\n", tmp_path, settings, cache).distributions[0].sha256 != digest
    stated = asked(f"tower==1.0 --hash=sha256:{digest}\n", tmp_path, settings, cache)
    assert stated.distributions[0].sha256 == digest


def test_an_index_that_does_not_say_what_it_has(tmp_path: Path, cache: Cache) -> None:
    links = tmp_path / "links"
    links.mkdir()
    wheel(links, "tower", "1.0")
    settings = IndexSettings(no_index=True, find_links=(str(links),))

    with pytest.raises(StatedDigestError):
        asked(f"tower==1.0 --hash=sha256:{'0' * 64}\n", tmp_path, settings, cache)


def test_packages_on_the_disk(tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "gate", "1.0")
    publish(index, "wall", "1.0")
    publish(index, "moat", "9.0")
    write(
        tmp_path,
        {
            "moat/pyproject.toml": "[project]\nname = 'moat'\nversion = '2'\ndependencies = ['gate']\n",
            "moat/moat/__init__.py": "",
            "project/setup.py": "from setuptools import setup\nsetup(install_requires=['wall'])\n",
            "project/src/shop/__init__.py": "",
            "project/libs/yard/yard/__init__.py": "",
        },
    )
    archive = wheel(tmp_path, "hall", "1.0")

    found = asked(f"-e .\n-e ../moat\nmoat\n-e libs/yard\n../{archive.name}\n", tmp_path, settings, cache)

    names = [("gate", "1.0"), ("hall", "1.0"), ("moat", "2"), ("wall", "1.0"), ("yard", "0+unknown")]
    assert chosen(found) == names
    assert (found.own, found.folders) == ({"yard"}, (tmp_path / "project/src",))


def test_archives_at_an_address_of_their_own(
    tmp_path: Path, index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "gate", "1.0")
    files = tmp_path / "files"
    files.mkdir()
    archive = wheel(files, "tower", "9.0", requires=["gate"])
    digest = hashlib.sha256(archive.read_bytes()).hexdigest()
    server = serve(partial(_Quiet, directory=str(files)))
    url = f"http://127.0.0.1:{server.server_port}/{archive.name}"
    try:
        found = asked(f"tower @ {url}#sha256={digest}\nmoat @ {url}x.whl\n", tmp_path, settings, cache)
        assert chosen(found) == [("gate", "1.0"), ("tower", "9.0")]
        assert found.notices[0].startswith("left out: moat (")
    finally:
        server.shutdown()
    assert chosen(asked(f"{url}\n", tmp_path, settings, cache)) == [("gate", "1.0"), ("tower", "9.0")]
    with pytest.raises(StatedDigestError):
        asked(f"{url} --hash=sha256:{'0' * 64}\n", tmp_path, settings, cache)


def test_no_network_is_an_error(tmp_path: Path, cache: Cache) -> None:
    settings = IndexSettings("https://127.0.0.1:9/simple")

    with pytest.raises(NoNetworkError):
        asked("tower==1.0\ngate==1.0\n", tmp_path, settings, cache)


def test_where_a_project_says_what_it_needs(tmp_path: Path) -> None:
    def usual(*names: str) -> list[str]:
        place = tmp_path / str(len(list(tmp_path.iterdir())))
        write(place, {name: "[project]\ndependencies = ['x']\n" if name.endswith(".toml") else "" for name in names})
        return [path.relative_to(place).as_posix() for path in usual_requirements([place / "nowhere", place])]

    assert usual("Pipfile.lock", "uv.lock", "requirements.txt") == ["uv.lock"]
    assert usual("requirements.txt", "requirements-dev.txt", "pyproject.toml") == ["requirements.txt"]
    assert usual("requirements/base.txt", "requirements/dev.txt") == ["requirements/base.txt", "requirements/dev.txt"]
    assert usual("pyproject.toml") == ["pyproject.toml"]
    assert usual("readme.txt", "setup.py") == []
    write(tmp_path / "e", {"pyproject.toml": "[tool.black]\n"})
    assert usual_requirements([tmp_path / "e"]) == ()
    write(tmp_path / "e", {"setup.cfg": "", "setup.py": "setup(install_requires=['x'])\n"})
    assert [path.name for path in usual_requirements([tmp_path / "e"])] == ["setup.cfg"]
    wishes = read_wishes([tmp_path / "e/setup.cfg"], python="3.11", platform="linux")
    assert [str(each.requirement) for each in wishes.wanted] == ["x"]
