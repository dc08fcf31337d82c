"""Nothing of an analysed tree is ever imported or executed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.properties.traps import PROGRAM, trap_tree, write_environment, write_program
from tests.properties.watch import TOUCHED
from tests.unit.frameworks.tiny import write_tiny

ROOT = Path(__file__).parents[2]
SITE = """\
import os
import sys
os.environ.setdefault('TINY_SETTINGS', 'conf')
from tiny.core.management import execute
execute(sys.argv)
"""


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


def _site(tmp_path: Path) -> Path:
    """A project in whose environment everything is trapped, the framework and the project's own files included."""
    tree, mark = tmp_path / "tree", tmp_path / "mark"
    site = write_environment(tree / ".venv", mark, "3.11")
    write_tiny(site)
    (site / "tiny-9.1.2.dist-info").mkdir()
    (site / "tiny-9.1.2.dist-info/METADATA").write_text("Name: tiny\nVersion: 9.1.2\n")
    (site / "tiny-9.1.2.dist-info/top_level.txt").write_text("tiny\n")
    (tree / "manage.py").write_text(SITE)
    for name in ("conf.py", "setup.py", "conftest.py", "sitecustomize.py", "json.py"):
        (tree / name).write_text("ROOT_URLCONF = 'routes'\n")
    (tree / "routes.py").write_text("urlpatterns = [('x/', lambda argv: None)]\n")
    assert trap_tree(tree, mark) > 20
    return tree


def test_the_traps_of_an_environment_work(tmp_path: Path) -> None:
    tree, mark = _site(tmp_path), tmp_path / "mark"

    script = f"import site; site.addsitedir({str(tree / '.venv/lib/python3.11/site-packages')!r})"
    subprocess.run([sys.executable, "-S", "-c", script], check=False, capture_output=True)
    assert {"code.pth", "_virtualenv.py", "__editable___near_1_0_finder.py"} <= set(mark.read_text().splitlines())
    mark.unlink()
    subprocess.run([tree / ".venv/bin/python"], check=True)
    assert mark.read_text() == "python\n"


@pytest.mark.parametrize("is_required", [False, True])
def test_a_project_with_a_trapped_environment_is_mapped_and_leaves_no_mark(is_required: bool, tmp_path: Path) -> None:
    tree, mark = _site(tmp_path), tmp_path / "mark"
    if is_required:
        (tree / ".venv").rename(tree / "kept")
        # An installer would run their setup.py.
        (tree / "requirements.txt").write_text("-e .\n./kept/lib/python3.11/site-packages/tiny\n-e kept\n")

    done = _watched(tree, {"target": f"{tree}/"})

    assert done.returncode == 0, done.stderr
    assert not mark.exists()
    assert "tiny.core.management:execute" in done.stdout
    assert "routes:<lambda>" in done.stdout
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
