"""Which project a folder holds: where it is entered, and the folders from which its modules are imported."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowmap.errors import SeveralProjectsError
from flowmap.sources.directory import LeftOut, list_files
from flowmap.sources.layout import is_source
from flowmap.sources.tree import PACKAGE_FILE, Files

# So many names of what was left out are said.
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class ProjectPlace:
    """A project that was found: `folder` is where its imports begin, `file` what it is entered by."""

    folder: Path
    file: str


def find_project(folder: Path, entry_file: str, application_files: Sequence[str]) -> ProjectPlace | None:
    """The project in a folder, or in the one folder below it that has one; None when there is none.

    A project has its entry file where its imports begin, or at least the file of an application, in its package or
    beside it. Raises SeveralProjectsError.
    """
    for file, found in _entered(folder, entry_file, application_files):
        if len(found) > 1:
            raise SeveralProjectsError(str(folder), file, [str(each) for each in found])
        if found:
            return ProjectPlace(found[0], file)
    return None


def _entered(folder: Path, entry_file: str, application_files: Sequence[str]) -> Iterator[tuple[str, list[Path]]]:
    """Folders that hold a project, the surest kind of place first."""
    below = list(_folders(folder))
    yield entry_file, [folder] if (folder / entry_file).is_file() else []
    yield entry_file, [each for each in below if (each / entry_file).is_file()]
    for file in application_files:
        yield file, [folder] if (folder / file).is_file() or any((each / file).is_file() for each in below) else []
    for file in application_files:
        inner = [each for each in below if any((place / file).is_file() for place in _folders(each))]
        # A package that holds the application's package: imports begin above it.
        yield file, list(dict.fromkeys(folder if (each / PACKAGE_FILE).is_file() else each for each in inner))


def _folders(folder: Path) -> list[Path]:
    """The folders in a folder in which a project may lie: not hidden ones, nor environments."""
    try:
        entries = sorted(folder.iterdir())
        return [
            each
            for each in entries
            if each.is_dir() and not each.name.startswith(".") and not (each / "pyvenv.cfg").exists()
        ]
    except OSError:
        return []


def read_roots(folders: Sequence[Path]) -> tuple[tuple[Files, ...], tuple[str, ...]]:
    """The source below each folder, and in words what of it was left out. Raises TooManyFilesError."""
    told: dict[LeftOut, dict[str, None]] = {}

    def tell(why: LeftOut, path: str) -> None:
        told.setdefault(why, {})[path] = None

    roots = tuple(list_files(folder, is_source, tell=tell) for folder in folders)
    return roots, tuple(f"{why}: {_some(tuple(told[why]))}" for why in LeftOut if why in told)


def _some(paths: Sequence[str]) -> str:
    more = f" and {len(paths) - _NAMED} more" if len(paths) > _NAMED else ""
    return f"{', '.join(paths[:_NAMED])}{more}"
