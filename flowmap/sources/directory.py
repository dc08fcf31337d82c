"""Reading folders: a checkout or installed package under study, and the user's own project."""

from __future__ import annotations

import enum
import os
from collections.abc import Callable, Collection, Iterator, Sequence
from pathlib import Path

from flowmap.characters import is_identifier
from flowmap.errors import EntryFileMissingError, NoPackageError, TooManyFilesError, UnreadableSourceError
from flowmap.sources.layout import is_kept, is_source
from flowmap.sources.tree import PACKAGE_FILE, Files

MAX_FILES = 100_000
# For each file of source so many others may lie in a folder.
_OTHERS = 10

_SKIPPED = frozenset({"__pycache__", "node_modules", "bower_components", "site-packages", "dist-packages"})


_CHECKOUT_METADATA = ("PKG-INFO", "pyproject.toml", "setup.cfg", "setup.py")


class LeftOut(enum.StrEnum):
    """Why something in a folder is not looked at, as it is said of several."""

    LINK = "links that lead out of the project were not followed"
    NAME = "names that are no text were passed over"
    UNREADABLE = "folders cannot be read"


class DirectoryFiles:
    """Files of a folder on disk, listed once, read when they are asked for."""

    __slots__ = ("_paths", "_root", "_shown")

    def __init__(self, root: Path, paths: Sequence[str]) -> None:
        self._root = root
        self._shown = str(root)
        self._paths = tuple(sorted(paths))

    def paths(self) -> Sequence[str]:
        return self._paths

    def read(self, path: str) -> bytes:
        try:
            with (self._root / path).open("rb") as stream:
                return stream.read()
        except FileNotFoundError:
            raise KeyError(path) from None
        except OSError as error:
            raise UnreadableSourceError(f"{self._shown}/{path}", error.strerror or str(error)) from error


def list_files(
    root: Path,
    keep: Callable[[str], bool],
    *,
    skip: Collection[str] = _SKIPPED,
    most: int = MAX_FILES,
    tell: Callable[[LeftOut, str], object] | None = None,
) -> DirectoryFiles:
    """The files below `root` whose relative path `keep` accepts. Hidden folders, environments and `skip` are left out.

    Links are followed, unless there is somebody to `tell` of those that lead out of `root`, and of what else is left
    out. Raises UnreadableSourceError when the folder itself cannot be listed, TooManyFilesError past `most`.
    """
    found: list[str] = []
    for visited, path in enumerate(_walk(root, "", skip, set(), tell), 1):
        if keep(path):
            found.append(path)
        # Whole file systems hold little source, and take for ever all the same.
        if len(found) > most or visited > most * _OTHERS:
            raise TooManyFilesError(str(root), most)
    return DirectoryFiles(root, found)


def _leaves(root: Path, entry: os.DirEntry[str]) -> bool:
    top = os.path.realpath(root)
    return not f"{os.path.realpath(entry.path)}{os.sep}".startswith(f"{top.rstrip(os.sep)}{os.sep}")


def _walk(
    root: Path,
    folder: str,
    skip: Collection[str],
    seen: set[str],
    tell: Callable[[LeftOut, str], object] | None,
) -> Iterator[str]:
    try:
        with os.scandir(root / folder if folder else root) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError as error:
        if folder:
            if tell is not None:
                tell(LeftOut.UNREADABLE, folder)
            return
        raise UnreadableSourceError(str(root), error.strerror or str(error)) from error
    for entry in listed:
        # Not a module's name, and where it is not even text it could not be written down.
        path = f"{folder}/{entry.name}" if folder else entry.name
        if not entry.name.isprintable():
            if tell is not None and is_source(path):
                tell(LeftOut.NAME, ascii(path)[1:-1])
            continue
        try:
            is_folder, is_file = entry.is_dir(), entry.is_file()
        except OSError:
            # What may not even be looked at cannot be read either.
            continue
        if tell is not None and entry.is_symlink() and (is_folder or is_source(path)) and _leaves(root, entry):
            tell(LeftOut.LINK, path)
            continue
        if not is_folder:
            if is_file:
                yield path
        elif entry.name not in skip and not entry.name.startswith(".") and not _is_environment(entry):
            if entry.is_symlink():
                # A link may lead back up, or two to each other; each real folder is entered through one link.
                real = os.path.realpath(entry.path)
                here = os.path.realpath(root / folder)
                if real in seen or f"{here}{os.sep}".startswith(f"{real.rstrip(os.sep)}{os.sep}"):
                    continue
                seen.add(real)
            yield from _walk(root, path, skip, seen, tell)


def _is_environment(entry: os.DirEntry[str]) -> bool:
    try:
        return Path(entry.path, "pyvenv.cfg").exists()
    except OSError:
        return False


def list_distribution(folder: Path) -> tuple[Files, str | None]:
    """The files of a folder that holds a distribution, and the one package meant, if the folder is a package itself.

    Of a package's own folder, the folder above is the root, of which only metadata is taken besides. Raises
    NoPackageError when there is no source at all.
    """
    folder = folder.resolve()
    if (folder / PACKAGE_FILE).is_file() and is_identifier(folder.name):
        inside = [f"{folder.name}/{path}" for path in list_files(folder, is_source).paths()]
        return DirectoryFiles(folder.parent, [*inside, *_metadata_beside(folder)]), folder.name
    files = list_files(folder, is_kept)
    if not any(map(is_source, files.paths())):
        raise NoPackageError(str(folder), "it has no Python files")
    return files, None


def _metadata_beside(package: Path) -> list[str]:
    """The metadata of an installed package's distribution, else that of the checkout it stands in."""
    parent = package.parent
    for info in sorted(parent.glob("*.dist-info")):
        record = _text(info / "RECORD").splitlines()
        if any(line.startswith(f"{package.name}/{PACKAGE_FILE}") for line in record):
            return [f"{info.name}/{name}" for name in ("METADATA", "RECORD") if (info / name).is_file()]
    return [name for name in _CHECKOUT_METADATA if (parent / name).is_file()]


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError:
        return ""


def read_project(folder: Path, entry: str) -> Files:
    """The source of the user's own project, from the folder that holds `entry`, the file the program starts in.

    Raises EntryFileMissingError, which names folders below that have it.
    """
    if not folder.is_dir():
        raise EntryFileMissingError(str(folder), entry, ())
    files = list_files(folder, is_source)
    if entry not in files.paths():
        nearby = [path.rpartition("/")[0] for path in files.paths() if path.rpartition("/")[2] == entry]
        raise EntryFileMissingError(str(folder), entry, [str(folder / path) for path in nearby])
    return files
