"""Finds the interpreter and the program of `flowmap observe`: the user's own, of which nothing is imported here."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowmap.errors import FlowmapError

_FOLDERS: Final = (".venv", "venv")
_ACTIVE: Final = "VIRTUAL_ENV"
_BINARIES: Final = "Scripts" if os.name == "nt" else "bin"
_PYTHON: Final = "python.exe" if os.name == "nt" else "python"


class NoProgramError(FlowmapError):
    """Nothing stands after `--`."""

    def __init__(self) -> None:
        super().__init__(
            "there is no program to observe", hint="name it after --: 'flowmap observe -- manage.py runserver'"
        )


class ObservedProgramNotFoundError(FlowmapError):
    """The program is neither a file here nor a script of the environment."""

    def __init__(self, program: str, binaries: Path) -> None:
        super().__init__(
            f"there is no program '{program}' here, nor in {binaries}",
            hint="name a Python file, or a module as 'flowmap observe -- -m MODULE'",
        )


class InterpreterNotFoundError(FlowmapError):
    """--python names nothing that could be run."""

    def __init__(self, python: str) -> None:
        super().__init__(
            f"there is no interpreter '{python}'",
            hint="name a Python with --python, such as .venv/bin/python, or the folder of an environment",
        )


@dataclass(frozen=True, slots=True)
class Program:
    """What is run. `words` follow the interpreter; `project` is the folder of its files; `title` holds no argument."""

    python: str
    words: tuple[str, ...]
    project: Path
    title: str


def find_program(python: str | None, words: Sequence[str], environment: Mapping[str, str]) -> Program:
    """The program that the words after `--` name. Raises NoProgramError, ObservedProgramNotFoundError and
    InterpreterNotFoundError."""
    if not words:
        raise NoProgramError
    first = words[0]
    here = Path.cwd()
    folder = here if first.startswith("-") else (here / first).parent
    interpreter = _named(python) if python is not None else _own((here, folder), environment)
    if first == "-m" and len(words) > 1:
        return Program(interpreter, tuple(words), here, f"-m {words[1]}")
    if first.startswith("-"):
        return Program(interpreter, tuple(words), here, "python")
    if Path(first).exists():
        return Program(interpreter, tuple(words), folder, Path(first).name)
    binaries = Path(interpreter).parent
    script = binaries / first
    if os.sep in first or not _is_script(script):
        raise ObservedProgramNotFoundError(first, binaries)
    return Program(interpreter, (str(script), *words[1:]), here, first)


def _named(python: str) -> str:
    path = Path(python)
    if path.is_dir():
        path = path / _BINARIES / _PYTHON
    found = shutil.which(path if path.is_file() else python)
    if found is None:
        raise InterpreterNotFoundError(python)
    # Made absolute and not resolved: an environment is known by the link that is run.
    return str(Path(found).absolute())


def _own(folders: Sequence[Path], environment: Mapping[str, str]) -> str:
    places = [folder / name for folder in folders for name in _FOLDERS]
    if environment.get(_ACTIVE):
        places.append(Path(environment[_ACTIVE]))
    found = (place / _BINARIES / _PYTHON for place in places)
    return next((str(path.absolute()) for path in found if os.access(path, os.X_OK)), sys.executable)


def _is_script(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            start = file.read(256).split(b"\n", 2)
    except OSError:
        return False
    # Installers write long paths into a second line, behind /bin/sh.
    return start[0].startswith(b"#!") and any(b"python" in line for line in start[:2])
