from __future__ import annotations

import sys
from pathlib import Path

import pytest

from flowmap.errors import StandardLibraryError
from flowmap.names import Origin
from flowmap.sources.stdlib import library_version, standard_library
from flowmap.sources.tree import Root, SourceTree


def library(folder: Path) -> Path:
    names = {"os.py": "", "threading.py": "", "functools.py": ""}
    for name, text in names.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def test_the_running_pythons_library() -> None:
    found = standard_library()
    tree = SourceTree((Root(Origin.STDLIB, found.files),))

    assert found.version == f"{sys.version_info.major}.{sys.version_info.minor}"
    for name in ("wsgiref.simple_server", "socketserver", "http.server", "threading", "asyncio", "importlib.util"):
        assert tree.find(name) is not None, name
    for name in ("sys", "test", "test.support", "idlelib", "unittest.test", "_socket"):
        assert tree.find(name) is None, name
    assert len(tree.modules(Origin.STDLIB)) > 400


@pytest.mark.parametrize(
    ("folder", "file", "text", "version"),
    [
        ("python3.9", "x.py", "", "3.9"),
        ("python2.7", "x.py", "", "2.7"),
        ("pypy3.10", "x.py", "", "3.10"),
        ("python3.13t", "x.py", "", "3.13"),
        ("lib", "_sysconfigdata__linux_x86_64-linux-gnu.py", "build_time_vars = {'VERSION': '3.8'}", "3.8"),
        ("Lib", "../Include/patchlevel.h", "#define PY_MAJOR_VERSION\t3\n#define PY_MINOR_VERSION 14\n", "3.14"),
        ("lib", "__pycache__/os.cpython-312.pyc", "", "3.12"),
        ("lib", "lib-dynload/_ssl.cpython-37m-x86_64-linux-gnu.so", "", "3.7"),
        ("lib", "importlib/_bootstrap_external.py", "#     Python 3.9a2  3425\n#     Python 3.10a1 3430 (x)\n", "3.10"),
    ],
)
def test_a_library_says_to_which_version_it_belongs(
    tmp_path: Path, folder: str, file: str, text: str, version: str
) -> None:
    root = library(tmp_path / folder)
    (root / file).parent.mkdir(parents=True, exist_ok=True)
    (root / file).write_text(text)

    assert standard_library(root).version == version


def test_test_suites_and_installed_packages_are_left_out(tmp_path: Path) -> None:
    root = library(tmp_path / "python3.11")
    for name in ("test/a.py", "json/tests/b.py", "site-packages/c.py", "json/decoder.py"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()

    assert list(standard_library(root).files.paths()) == ["functools.py", "json/decoder.py", "os.py", "threading.py"]


def test_a_folder_that_is_no_library(tmp_path: Path) -> None:
    with pytest.raises(StandardLibraryError, match=r"os\.py"):
        standard_library(tmp_path)
    with pytest.raises(StandardLibraryError):
        standard_library(tmp_path / "nowhere")


def test_a_library_that_does_not_say(tmp_path: Path) -> None:
    root = library(tmp_path / "lib")

    assert library_version(root) is None
    with pytest.raises(StandardLibraryError, match="which version"):
        standard_library(root)
