from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.errors import NotAnEnvironmentError
from flowmap.sources.environment import read_environment, usual_environments
from tests.unit.sources.environments import environment, site, write


def test_the_configuration_says_for_which_python(tmp_path: Path) -> None:
    found = read_environment(environment(tmp_path / "env", "3.12"))
    site(tmp_path / "env", "3.9").mkdir(parents=True)

    assert (found.python, found.sites, found.library) == ("3.12", (site(tmp_path / "env", "3.12"),), None)
    assert read_environment(tmp_path / "env") == found


@pytest.mark.parametrize("line", ["version_info = 3.12.1.final.0", "VERSION=3.12", "version = 3.12.1+local"])
def test_ways_of_writing_the_version(line: str, tmp_path: Path) -> None:
    env = environment(tmp_path / "env", "3.12")
    (env / "pyvenv.cfg").write_text(f"\ufeffhome = /x\nprompt = a = b\n{line}\n", "utf-8")

    assert read_environment(env).python == "3.12"


def test_the_library_of_the_python_it_was_made_with(tmp_path: Path) -> None:
    write(tmp_path / "python", {"lib/python3.11/os.py": ""})
    env = environment(tmp_path / "env")
    (env / "pyvenv.cfg").write_text(f"home = {tmp_path}/python/bin\nversion = 3.11.7\n")

    assert read_environment(env).library == tmp_path / "python/lib/python3.11"


def test_a_prefix_without_configuration(tmp_path: Path) -> None:
    for version in ("3.9", "3.10"):
        site(tmp_path, version).mkdir(parents=True)

    assert read_environment(tmp_path).sites == (site(tmp_path, "3.10"),)
    assert read_environment(tmp_path).python == "3.10"


def test_windows_and_target_folders(tmp_path: Path) -> None:
    write(tmp_path / "w", {"pyvenv.cfg": "home = C:\\Python\nversion = 3.11.1\n", "Lib/site-packages/a.py": ""})
    write(tmp_path / "t", {"a.py": "", "a-1.0.dist-info/METADATA": ""})

    assert read_environment(tmp_path / "w").sites == (tmp_path / "w/Lib/site-packages",)
    assert read_environment(tmp_path / "t").sites == (tmp_path / "t",)


def test_packages_of_the_system_come_after(tmp_path: Path) -> None:
    system = tmp_path / "usr"
    for folder in ("lib/python3.11/site-packages", "local/lib/python3.11/dist-packages", "lib/python3/dist-packages"):
        (system / folder).mkdir(parents=True)
    env = environment(tmp_path / "env")
    (env / "pyvenv.cfg").write_text(f"home = {system}/bin\nversion = 3.11\ninclude-system-site-packages = TRUE\n")

    assert [path.relative_to(tmp_path).as_posix() for path in read_environment(env).sites] == [
        "env/lib/python3.11/site-packages",
        "usr/lib/python3.11/site-packages",
        "usr/local/lib/python3.11/dist-packages",
        "usr/lib/python3/dist-packages",
    ]
    (env / "pyvenv.cfg").write_text("home = /nowhere/bin\nversion = 3.11\ninclude-system-site-packages = true\n")
    assert "packages of the system's Python" in read_environment(env).notices[0]


def test_a_link_to_the_same_folder_counts_once(tmp_path: Path) -> None:
    env = environment(tmp_path / "env")
    (env / "lib64").symlink_to("lib")

    assert len(read_environment(env).sites) == 1


@pytest.mark.parametrize("config", ["", "home = \0\nversion = 3.11\n", "nonsense\n=\n", "version = x.y\n"])
def test_what_is_no_environment(config: str, tmp_path: Path) -> None:
    write(tmp_path / "x", {"pyvenv.cfg": config})

    with pytest.raises(NotAnEnvironmentError, match="no site-packages"):
        read_environment(tmp_path / "x")
    with pytest.raises(NotAnEnvironmentError, match="no such folder"):
        read_environment(tmp_path / "nowhere")


def test_those_of_the_project_come_before_the_active_one(tmp_path: Path) -> None:
    for name in ("project/env", "project/.venv", "active", "conda"):
        environment(tmp_path / name)
    (tmp_path / "project/venv").write_text("a file\n")
    active = {"VIRTUAL_ENV": str(tmp_path / "active"), "CONDA_PREFIX": str(tmp_path / "conda"), "PATH": ""}

    found = [each.folder.name for each in usual_environments([tmp_path / "project"], active)]

    assert found == [".venv", "env", "active", "conda"]
    assert list(usual_environments([tmp_path], {"VIRTUAL_ENV": str(tmp_path / "gone")})) == []
