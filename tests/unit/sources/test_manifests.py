from __future__ import annotations

from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet

from flowmap.errors import RequirementsError
from flowmap.sources.manifests import read_build_files, read_pyproject, specifiers
from tests.unit.sources.environments import write


def asked(tmp_path: Path, text: str) -> list[str]:
    return [str(each.requirement) for each in read_pyproject(write(tmp_path, {"p.toml": text}) / "p.toml").wanted]


def test_a_project_and_its_groups(tmp_path: Path) -> None:
    text = """
    [project]
    dependencies = ["tower~=5.2", "gate; sys_platform == 'win32'"]
    [project.optional-dependencies]
    moss = ["garden"]
    [dependency-groups]
    dev = ["debugger", {include-group = "test"}, {other = 1}]
    test = ["runner>=1", {include-group = "dev"}, "tower~=5.2"]
    """

    assert asked(tmp_path, text) == ["tower~=5.2", 'gate; sys_platform == "win32"', "debugger", "runner>=1"]


def test_a_project_that_requires_itself(tmp_path: Path) -> None:
    text = """
    [project]
    name = "The_Castle"
    dependencies = ["tower"]
    [project.optional-dependencies]
    moss = ["garden"]
    all = ["the-castle[moss, all]", "wall"]
    other = ["moat"]
    [dependency-groups]
    dev = ["the-castle[all]>=1", "runner"]
    """

    assert asked(tmp_path, text) == ["tower", "garden", "wall", "runner"]


def test_poetrys_tables(tmp_path: Path) -> None:
    (tmp_path / "libs").mkdir()
    text = """
    [tool.poetry.dependencies]
    python = "^3.11"
    tower = "^5.2"
    gate = {version = "~3.1", extras = ["iron"], markers = "sys_platform == 'linux'"}
    maybe = {version = "1", optional = true}
    mine = {git = "https://x/mine.git"}
    beside = {path = "libs"}
    split = [{version = "1.0", python = "<3.9"}, {version = "2.0", python = "^3.9"}]
    [tool.poetry.dev-dependencies]
    old = "*"
    [tool.poetry.group.dev.dependencies]
    debugger = "<7"
    [tool.poetry.group.docs]
    optional = true
    [tool.poetry.group.docs.dependencies]
    sphinx = "*"
    """
    found = read_pyproject(write(tmp_path, {"pyproject.toml": text}) / "pyproject.toml")

    assert [str(each.requirement) for each in found.wanted] == [
        "tower<6,>=5.2",
        'gate[iron]<3.2,>=3.1; sys_platform == "linux"',
        'split==1.0; python_full_version < "3.9"',
        'split==2.0; python_full_version >= "3.9" and python_full_version < "4"',
        "old",
        "debugger<7",
    ]
    assert (found.folders, found.left_out) == (
        (tmp_path / "libs",),
        (f"mine ({tmp_path}/pyproject.toml), which is on no index",),
    )


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("^1.2.3", ">=1.2.3,<2"),
        ("^0.2.3", ">=0.2.3,<0.3"),
        ("^0.0.3", ">=0.0.3,<0.0.4"),
        ("^0.0", ">=0.0,<0.1"),
        ("^1", ">=1,<2"),
        ("~1.2.3", ">=1.2.3,<1.3"),
        ("~1", ">=1,<2"),
        ("~=1.2", "~=1.2"),
        ("1.2", "==1.2"),
        ("=1.2", "==1.2"),
        ("1.*", "==1.*"),
        ("*", ""),
        ("", ""),
        (">=1.2, <3 ", ">=1.2,<3"),
        (">=1.2 <3", ">=1.2,<3"),
        (">= 1.2", ">=1.2"),
        ("!=1.5", "!=1.5"),
        ("^1.0 || ^2.0", ">=2.0,<3"),
        ("^2.0b1", ">=2.0b1,<3"),
    ],
)
def test_poetrys_constraints(written: str, means: str) -> None:
    assert SpecifierSet(specifiers(written)) == SpecifierSet(means)


@pytest.mark.parametrize(
    "text", ["x = [", "[project]\ndependencies = ['a=1']\n", "[tool.poetry.dependencies]\na = '@'\n"]
)
def test_what_cannot_be_understood(text: str, tmp_path: Path) -> None:
    with pytest.raises(RequirementsError, match=r"p\.toml"):
        asked(tmp_path, text)


def test_a_project_that_is_built_is_itself_importable(tmp_path: Path) -> None:
    write(tmp_path, {"p.toml": "[build-system]\nrequires = ['x']\n"})

    assert read_pyproject(tmp_path / "p.toml").folders == (tmp_path,)


def test_a_folder_that_was_never_built(tmp_path: Path) -> None:
    write(
        tmp_path, {"setup.py": "open('mark', 'w')\nfrom setuptools import setup\nsetup(install_requires=['gate>=3'])\n"}
    )

    assert [str(each.requirement) for each in read_build_files(tmp_path).wanted] == ["gate>=3"]
    assert not (tmp_path / "mark").exists()
    assert read_build_files(tmp_path / "nowhere").wanted == ()
