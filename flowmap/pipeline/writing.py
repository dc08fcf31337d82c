"""Writes files whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from flowmap.errors import OutputError


def check_writable(folder: Path) -> None:
    """Raises OutputError when it is plain, before anything is computed, that nothing can be written below `folder`."""
    try:
        existing = next(path for path in (folder, *folder.absolute().parents) if path.exists())
    except OSError as error:
        raise OutputError(str(folder), error.strerror or str(error)) from error
    if not existing.is_dir():
        raise OutputError(str(folder), f"{existing} is no folder")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise OutputError(str(folder), "Permission denied")


def write_outputs(files: Mapping[str, bytes], folder: Path) -> tuple[Path, ...]:
    """Writes all files into `folder`, or none: each appears by a rename once the last one is on the disk.

    What is there and is no file, a device or a pipe, is written to and stays what it is. Raises OutputError; then
    neither a file nor a folder is left that was not there before.
    """
    with ExitStack() as undo:
        try:
            made = [path for path in (folder, *folder.parents) if not path.exists()]
            undo.callback(_remove_empty, made)
            folder.mkdir(parents=True, exist_ok=True)
            paths = {folder / name: content for name, content in files.items()}
            streams = {path for path in paths if path.exists() and not path.is_file()}
            for path in streams:
                if path.is_dir():
                    raise OutputError(str(path), "it is a folder")
            # A link stays one: what it leads to is replaced.
            places = {path: path.resolve() if path.is_symlink() else path for path in paths if path not in streams}
            written = [(_write_beside(place.parent, paths[path], undo), place) for path, place in places.items()]
            for temporary, place in written:
                temporary.replace(place)
            for path, content in paths.items():
                if path in streams:
                    path.write_bytes(content)
        except OSError as error:
            raise OutputError(str(folder), error.strerror or str(error)) from error
        undo.pop_all()
    return tuple(paths)


def _write_beside(folder: Path, content: bytes, undo: ExitStack) -> Path:
    descriptor, name = tempfile.mkstemp(dir=folder, prefix=".flowmap-", suffix=".tmp")
    path = Path(name)
    undo.callback(path.unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
    # A temporary file is its owner's alone; what is written is as readable as any other file of the user.
    path.chmod(0o666 & ~_umask())
    return path


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _remove_empty(folders: Sequence[Path]) -> None:
    for folder in folders:
        with suppress(OSError):
            folder.rmdir()
