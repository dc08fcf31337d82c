"""`python -m tests.renamed.make SRC DST`: writes the copy under other names.

SRC is a wheel of the release or a folder that holds its package; DST gets `site/`, to be put on the path, and
`project/`, the recorded default project under the same names.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.renamed.names import new_names_in, renamed

PROJECT = Path(__file__).parents[2] / "fixtures" / "projects" / "5.2.19-default"
_SOURCE = (".py", ".py-tpl")

Files = Iterable[tuple[str, bytes]]


class AmbiguousNameError(ValueError):
    """A new name is already in use in the release."""


def files_of(source: Path) -> Files:
    """(path relative to the import root, content) of every file of a wheel or a folder."""
    if source.is_file():
        with zipfile.ZipFile(source) as archive:
            yield from ((name, archive.read(name)) for name in archive.namelist() if not name.endswith("/"))
        return
    for path in sorted(source.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            yield path.relative_to(source).as_posix(), path.read_bytes()


def write_copy(files: Files, folder: Path, *, rename: bool) -> None:
    """Write the files below `folder`, under other names when `rename`; else as they are, for comparison."""
    for name, content in files:
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(_renamed(name, content) if rename and name.endswith(_SOURCE) else content)


def make(files: Files, target: Path, *, rename: bool = True) -> None:
    """The release and the project below `target`: `site/` and `project/`."""
    write_copy(files, target / "site", rename=rename)
    write_copy(files_of(PROJECT), target / "project", rename=rename)


def _renamed(name: str, content: bytes) -> bytes:
    text = content.decode("utf-8")
    taken = new_names_in(text)
    if taken:
        raise AmbiguousNameError(f"{name} already uses {', '.join(sorted(taken))}")
    return renamed(text).encode("utf-8")


def main(arguments: Sequence[str]) -> int:
    if len(arguments) != 2:
        print(__doc__, file=sys.stderr)
        return 2
    source, target = map(Path, arguments)
    make(files_of(source), target)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
