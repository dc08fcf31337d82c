"""The interpreters that pyenv has, and programs run by them with and without a recording."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

ROOT = Path(__file__).parents[3]
VERSIONS = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
# One for each way in which the recorder works: no f-strings and no co_qualname, generators that are closed like
# started ones, `sys.monitoring`.
EVERY = ("2.7", "3.6", "3.8", "3.10", "3.11", "3.12", "3.13")
MODERN = ("3.8", "3.11", "3.13")


def python(version: str) -> str:
    """The interpreter of a version; skips the test where there is none."""
    found = sorted(VERSIONS.glob(f"{version}.*/bin/python"))
    if not found:
        if sys.version_info[:2] == tuple(int(part) for part in version.split(".")):
            return sys.executable
        pytest.skip(f"pyenv has no Python {version}")
    return str(found[-1])


@dataclass(frozen=True, slots=True)
class Ran:
    """How a program ended, and what was recorded."""

    status: int
    stdout: bytes
    stderr: bytes
    recording: dict[str, Any] | None = None

    @property
    def end(self) -> tuple[int, bytes, bytes]:
        return self.status, self.stdout, self.stderr

    def edges(self) -> set[tuple[str, str]]:
        """Calls of the program's own functions, by their ids."""
        return {(caller, callee) for caller, callee, _ in self.kinds()}

    def kinds(self, tree: str = "project") -> set[tuple[str, str, str]]:
        assert self.recording is not None
        functions = self.recording["functions"]
        return {
            (functions[edge["caller"]]["id"], functions[edge["callee"]]["id"], kind)
            for edge in self.recording["edges"]
            if functions[edge["caller"]]["tree"] == functions[edge["callee"]]["tree"] == tree
            for kind in edge["kinds"]
        }


def write(folder: Path, **files: str) -> None:
    for name, text in files.items():
        (folder / f"{name}.py").write_text(dedent(text), encoding="utf-8")


def plainly(interpreter: str, folder: Path, *words: str, **more: Any) -> Ran:
    """Runs a program as it is."""
    done = subprocess.run(
        [interpreter, *words], cwd=folder, capture_output=True, check=False, env=environment(), timeout=60, **more
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def observed(interpreter: str, folder: Path, *words: str, **more: Any) -> Ran:
    """Runs a program by `flowmap observe`."""
    output = folder / "observed.json"
    done = subprocess.run(
        command(interpreter, words, output),
        cwd=folder,
        capture_output=True,
        check=False,
        env=environment(),
        timeout=60,
        **more,
    )
    recording = json.loads(output.read_bytes()) if output.exists() else None
    return Ran(done.returncode, done.stdout, done.stderr, recording)


def command(interpreter: str, words: Sequence[str], output: Path) -> list[str]:
    main = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from flowmap.cli.main import run; run()"
    # Isolated: what the tests set for the program is not for flowmap.
    return [sys.executable, "-I", "-c", main, "observe", "--python", interpreter, "-o", str(output), "--", *words]


def environment() -> dict[str, str]:
    """That of the tests, without what would change how an interpreter begins."""
    own = {"PYTHONPATH", "PYTHONHOME", "PYTHONSTARTUP", "VIRTUAL_ENV", "COVERAGE_PROCESS_START"}
    return {name: value for name, value in os.environ.items() if name not in own}
