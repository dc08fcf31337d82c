"""Bad input, each through the command as a process: status 2, one clear line and a hint, and nothing written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.unit.frameworks.tiny import tiny_files, write_tiny
from tests.unit.sources.archives import FileIndex, wheel

SCRIPT = [sys.executable, "-c", "from flowmap.cli.main import run; run()"]
ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOWMAP_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def tiny(tmp_path: Path, own_cache: Path) -> str:
    return str(write_tiny(tmp_path / "site"))


def _limit_files() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (600, 600))


def _refused(*words: str, says: str, before: Callable[[], None] | None = None) -> None:
    """Runs a command line that must be refused."""
    environ = {**os.environ, "PYTHONPATH": str(ROOT), "FLOWMAP_DEBUG": ""}
    done = subprocess.run(
        [*SCRIPT, *words, "--quiet"], capture_output=True, text=True, check=False, env=environ, preexec_fn=before
    )

    lines = done.stderr.splitlines()
    assert done.returncode == 2, done.stderr
    assert done.stdout == ""
    assert len(lines) == 2, done.stderr
    assert lines[0].startswith("flowmap: ")
    assert says in lines[0]
    assert lines[1].startswith("hint: ")
    assert list(Path().iterdir()) == []


@pytest.mark.releases
@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("django==5.2.999", "there is no release of django==5.2.999"),
        ("flowmap-no-such-package==1", "there is no package 'flowmap-no-such-package'"),
        ("requests==2.32.3", "requests 2.32.3 is no framework we know"),
        ("django==1.4.22", "Django 1.4.22 is written in the syntax of Python 2"),
        ("django==1.1.4", "Django 1.1.4 is written in the syntax of Python 2"),
    ],
)
def test_on_the_real_index(target: str, says: str) -> None:
    _refused(target, says=says)


def test_no_network(own_cache: Path) -> None:
    _refused("django==5.2.19", "--index-url", "https://127.0.0.1:9/simple/", says="cannot look up django==5.2.19")
    _refused("django~=4.2", "--offline", says="told to stay offline")


def test_an_empty_directory(own_cache: Path, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    _refused(str(tmp_path / "empty"), says="it has no Python files")


def test_files_that_are_no_archive(own_cache: Path, tmp_path: Path) -> None:
    text = tmp_path / "tiny-1-py3-none-any.whl"
    text.write_text("no archive at all\n")
    _refused(str(text), says="is not an archive")

    whole = wheel(tmp_path, "tiny", "9.1.2", _sources())
    whole.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    _refused(str(whole), says=f"the archive '{whole.name}' is damaged")


def test_a_wrong_digest(own_cache: Path, tmp_path: Path) -> None:
    index = FileIndex(tmp_path / "index")
    index.publish("tiny", wheel(index.files, "tiny", "9.1.2", _sources()), digest="0" * 64)

    _refused("tiny==9.1.2", "--index-url", index.url, says="the index says")
    assert not [path for path in own_cache.rglob("*") if path.is_file()]


def test_a_project_without_manage_py(tiny: str, tmp_path: Path) -> None:
    _refused(tiny, "--project", str(tmp_path), says="there is no manage.py")
    _refused(tiny, "--project", str(tmp_path / "nowhere"), says="there is no manage.py")


def test_settings_that_cannot_be_found(tiny: str, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    (project / "manage.py").write_text("import os\nos.environ.setdefault('TINY_SETTINGS', 'shop.settings')\n")

    _refused(tiny, "--project", str(project), says="the settings module 'shop.settings', named in manage.py")


def test_a_syntax_error_in_the_settings(tiny: str, tmp_path: Path) -> None:
    project = tmp_path / "shop"
    project.mkdir()
    (project / "manage.py").write_text("import os\nos.environ.setdefault('TINY_SETTINGS', 'settings')\n")
    (project / "settings.py").write_text("DEBUG = True\nMIDDLEWARE = [\n    'a'\n    'b': 1\n]\n")

    _refused(tiny, "--project", str(project), says="settings.py:4: ")


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder in which even root cannot write")
def test_an_output_directory_that_cannot_be_written(tiny: str, tmp_path: Path) -> None:
    _refused(tiny, "-o", "/proc/flowmap", says="cannot write to '/proc/flowmap/tiny-9.1.2'")
    (tmp_path / "file").write_text("")
    _refused(tiny, "-o", str(tmp_path / "file"), says="is no folder")


def test_a_disk_that_is_full(tiny: str) -> None:
    # A bound on the size of files fails in the same place and in the same way as a disk without space.
    _refused(tiny, "--format", "json", says="cannot write to 'outputs/tiny-9.1.2'", before=_limit_files)


def _sources() -> dict[str, str]:
    files = tiny_files()
    return {path: files.read(path).decode() for path in files.paths()}
