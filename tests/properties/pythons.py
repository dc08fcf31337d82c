"""Other interpreters with flowmap's dependencies, in the versions that are installed here: only the Python differs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from importlib.metadata import distributions, requires
from pathlib import Path

from packaging.requirements import Requirement

VERSIONS = ("3.11", "3.12", "3.13")


class NoPythonError(Exception):
    """There is no such interpreter, or it cannot be given the dependencies: why."""


def other_versions() -> tuple[str, ...]:
    """Those that this Python is not."""
    return tuple(version for version in VERSIONS if version != f"{sys.version_info.major}.{sys.version_info.minor}")


def interpreter(version: str) -> str:
    """The path of a CPython of that version: pyenv's, or one on the path. Raises NoPythonError."""
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv"))
    named = shutil.which(f"python{version}")
    for path in [*sorted(pyenv.glob(f"versions/{version}.*/bin/python")), *([Path(named)] if named else [])]:
        # A shim of pyenv is there for versions that are not.
        if _version(str(path)) == version:
            return str(path)
    raise NoPythonError(f"no Python {version} is installed, by pyenv or on the path")


def environment(version: str, folder: Path) -> str:
    """An interpreter of that version that can import flowmap's dependencies. Raises NoPythonError."""
    found = interpreter(version)
    place = folder / version
    here = [f"{each.name}=={each.version}" for each in distributions() if each.name != "flowmap"]
    pins = folder / f"{version}.txt"
    pins.write_text("\n".join(here))
    wanted = [Requirement(text) for text in requires("flowmap") or ()]
    names = [each.name for each in wanted if each.marker is None]
    python = str(place / "bin" / "python")
    for command in (
        [found, "-m", "venv", str(place)],
        [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "-c", str(pins), *names],
    ):
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise NoPythonError(f"{' '.join(command[:4])} failed: {done.stderr.strip().splitlines()[-1]}")
    return python


@cache
def _version(python: str) -> str:
    program = "import sys; print(*sys.version_info[:2], sep='.')"
    try:
        done = subprocess.run([python, "-c", program], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()
