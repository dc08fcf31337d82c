from __future__ import annotations

from collections.abc import Mapping

import pytest

from flowmap.errors import AmbiguousFolderError, NoPackageError
from flowmap.sources.files import MemoryFiles
from flowmap.sources.layout import Layout, find_layout, is_kept
from tests.unit.sources.archives import metadata


def layout(files: Mapping[str, str], **options: object) -> Layout:
    contents = MemoryFiles({path: text.encode() for path, text in files.items()})
    return find_layout(contents, "here", **options)  # type: ignore[arg-type]  # the options of find_layout


def test_a_wheel_is_laid_out_as_it_is_imported() -> None:
    found = layout(
        {
            "pkg/__init__.py": "",
            "pkg/sub/t.py-tpl": "",
            "single.py": "",
            "tests/__init__.py": "",
            "pkg-1.0.data/purelib/pure/__init__.py": "",
            "pkg-1.0.data/scripts/run.py": "",
            "pkg-1.0.dist-info/METADATA": metadata("Pkg", "1.0", ["dep>=1"], ">=3.8"),
            "pkg-1.0.dist-info/licenses/LICENSE": "",
        }
    )

    assert (found.metadata.name, found.metadata.version) == ("Pkg", "1.0")
    assert (found.metadata.requires, found.metadata.requires_python) == (("dep>=1",), ">=3.8")
    # What a wheel holds is installed, so it can be imported.
    assert found.packages == ("pkg", "pure", "single", "tests")
    assert found.sources["pure/__init__.py"] == "pkg-1.0.data/purelib/pure/__init__.py"
    assert list(found.notices) == ["LICENSE"]


BESIDE = {"setup.py": "", "docs/conf.py": "", "tests/__init__.py": "", "extras/x.py": "", "scripts/__init__.py": ""}


@pytest.mark.parametrize("top", ["", "Pkg-1.0/"])
def test_an_old_sdist_has_its_package_among_other_folders(top: str) -> None:
    files = {**BESIDE, "PKG-INFO": metadata("Pkg", "1.0"), "pkg/__init__.py": "", "pkg/conf/app/models.py": ""}

    found = layout({top + path: text for path, text in files.items()})

    assert found.packages == ("pkg",)
    assert found.sources == {path: top + path for path in ("pkg/__init__.py", "pkg/conf/app/models.py")}


def test_packages_in_src() -> None:
    found = layout({**BESIDE, "src/pkg/__init__.py": "", "pyproject.toml": "[project]\nname = 'pkg'\nversion = '2'"})

    assert found.sources == {"pkg/__init__.py": "src/pkg/__init__.py"}
    assert found.metadata.version == "2"


def test_top_level_names_are_believed() -> None:
    found = layout(
        {
            **BESIDE,
            "lib/x.egg-info/PKG-INFO": metadata("X", "1"),
            "lib/x.egg-info/top_level.txt": "space\ntests\n",
            "lib/x.egg-info/requires.txt": "dep\n[extra]\nother\n[:python_version<'3']\nold\n",
            "lib/space/one.py": "",
            "lib/tests/__init__.py": "",
            "lib/more/__init__.py": "",
        }
    )

    assert found.packages == ("space", "tests")
    assert found.metadata.requires == ("dep", 'other ; extra == "extra"', "old ; (python_version<'3')")


def test_a_distribution_of_one_module() -> None:
    found = layout({"PKG-INFO": metadata("one-mod", "1"), "one_mod.py": "", "setup.py": "", "other.py": ""})

    assert found.sources == {"one_mod.py": "one_mod.py"}


@pytest.mark.parametrize(
    ("text", "version"),
    [
        ("VERSION = (5, 2, 19, 'final', 0)\n", "5.2.19"),
        ("VERSION = (5, 2, 0, 'final', 0)\n", "5.2"),
        ("VERSION = (6, 1, 0, 'rc', 1)\n\n__version__ = get_version(VERSION)\n", "6.1rc1"),
        ("VERSION = (\n    1, 1,\n    4)\n", "1.1.4"),
        ("__version__: str = '3.4'\n", "3.4"),
        ("print 'Python 2'\n__version__ = \"0.9\"\n", "0.9"),
        ("__version__ = read()\n", "0+unknown"),
    ],
)
def test_the_version_of_a_checkout_is_what_the_package_assigns(text: str, version: str) -> None:
    stale = {"pkg.egg-info/PKG-INFO": metadata("Pkg", "0.1")} if version != "0+unknown" else {}
    found = layout(
        {"pkg/__init__.py": text, "pyproject.toml": "[project]\nname = 'Pkg'\ndynamic = ['version']", **stale}
    )

    assert (found.metadata.name, found.metadata.version) == ("Pkg", version)


def test_what_setup_py_says_literally_is_read_not_run() -> None:
    setup = (
        "import sys\nname = 'x'\nsetup(name='Pkg', install_requires=['pytz', 'sqlparse'], version=open('v').read())\n"
    )

    found = layout({"setup.py": setup, "pkg/__init__.py": "VERSION = (2, 0, 1)\n"})

    assert (found.metadata.name, found.metadata.version) == ("Pkg", "2.0.1")
    assert found.metadata.requires == ("pytz", "sqlparse")


def test_one_distribution_of_several_in_a_folder() -> None:
    files = {
        "pkg/__init__.py": "",
        "pkg-1.0.dist-info/METADATA": metadata("Pkg", "1.0"),
        "pkg-1.0.dist-info/RECORD": "pkg/__init__.py,sha256=x,1\npkg-1.0.dist-info/METADATA,,\n",
        "other/__init__.py": "",
        "other-2.0.dist-info/METADATA": metadata("Other", "2.0"),
        "other-2.0.dist-info/RECORD": "other/__init__.py,,\n",
    }

    assert layout(files, prefer={"pkg"}).packages == ("pkg",)
    with pytest.raises(AmbiguousFolderError, match="other, pkg"):
        layout(files)


@pytest.mark.parametrize(
    "files",
    [
        {"docs/conf.py": ""},
        {"README.py": ""},
        {"setup.py": "", "tests/__init__.py": ""},
        {"x-1.dist-info/METADATA": metadata("x", "1")},
    ],
)
def test_no_package(files: dict[str, str]) -> None:
    with pytest.raises(NoPackageError, match="here"):
        layout(files)


def test_only_source_metadata_and_licence_are_kept() -> None:
    kept = ["a.py", "a/b.py-tpl", "x-1.dist-info/METADATA", "P-1/LICENSE", "x-1.dist-info/licenses/LICENSE.txt"]
    dropped = ["a.pyc", "a/x.so", "a/page.html", "P-1/a/static/LICENSE", "a.pyi"]

    assert [path for path in (*kept, *dropped) if is_kept(path)] == kept
