"""Nothing of an analysed tree is ever imported or executed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.properties.traps import PROGRAM, trap_tree, write_program
from tests.properties.watch import TOUCHED

ROOT = Path(__file__).parents[2]


def _watched(folder: Path, request: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.properties.watch", str(folder)]
    return subprocess.run(command, input=json.dumps(request), capture_output=True, text=True, cwd=ROOT, check=False)


def _python_files() -> list[str]:
    """The entry first."""
    return sorted((name for name in PROGRAM if name.endswith(".py")), key=lambda name: name != "main.py")


@pytest.mark.parametrize("module", ["trapped", "trapped.inner"])
def test_the_traps_and_the_watch_work(module: str, tmp_path: Path) -> None:
    tree, mark = tmp_path / "tree", tmp_path / "mark"
    write_program(tree, mark)

    watched = _watched(tree, {"import": module})
    assert (watched.returncode, mark.exists()) == (TOUCHED, False)

    unwatched = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(tree)!r}); import {module}"]
    subprocess.run(unwatched, check=True)
    assert "trapped/__init__.py" in mark.read_text().splitlines()


def test_a_trapped_program_is_mapped_and_leaves_no_mark(tmp_path: Path) -> None:
    tree, mark = tmp_path / "tree", tmp_path / "mark"
    # The dump looks for its programs in numbered folders.
    write_program(tree / "0", mark)

    done = _watched(tree, {"root": str(tree), "programs": [_python_files()]})

    assert done.returncode == 0, done.stderr
    assert not mark.exists()
    assert "trapped.inner" in done.stdout
    assert list(tree.rglob("__pycache__")) == []


@pytest.mark.releases
def test_a_trapped_release_and_project_are_mapped_and_leave_no_mark(tmp_path: Path) -> None:
    from tests.renamed.make import make
    from tests.renamed.mapping import release_files

    tree, mark = tmp_path / "tree", tmp_path / "mark"
    make(release_files(), tree, rename=False)
    assert trap_tree(tree, mark) > 500

    done = _watched(tree, {"target": str(tree / "site"), "project": str(tree / "project"), "jobs": 2})

    assert done.returncode == 0, done.stderr
    assert not mark.exists()
    assert "django.core.handlers.wsgi:WSGIHandler.__call__" in done.stdout
