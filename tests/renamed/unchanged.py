"""`python -m tests.renamed.unchanged django==5.2.19`: does `flowmap diff` report what is no change?

Makes a copy of the release in which every comment, every blank line and every local name that is no parameter is
another (tests/renamed/disguise.py), and one whose archive lists its files the other way round, and compares the release
with either. Ends with 1 when anything is reported.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.renamed.disguise import disguised
from tests.renamed.make import write_copy
from tests.renamed.mapping import release_files


def in_disguise(files: Iterable[tuple[str, bytes]], folder: Path) -> None:
    """The files below `folder`, Python's sources in disguise."""
    kept = [(path, content) for path, content in files if not path.endswith("/RECORD")]
    changed = [
        (path, disguised(content.decode()).encode()) if path.endswith(".py") else (path, content)
        for path, content in kept
    ]
    record = "".join(f"{path},,\n" for path, _ in changed).encode()
    folders = [path for path, _ in changed if path.endswith("/METADATA")]
    write_copy([*changed, *((path.replace("METADATA", "RECORD"), record) for path in folders)], folder, rename=False)


def the_other_way_round(files: Iterable[tuple[str, bytes]], archive: Path) -> None:
    """The files as a wheel that lists the last of them first."""
    with zipfile.ZipFile(archive, "w") as wheel:
        for path, content in reversed(list(files)):
            wheel.writestr(path, content)


def reported(release: str, copy: Path, *more: str) -> list[str]:
    """The changes that the command reports."""
    command = [sys.executable, "-m", "flowmap", "diff", release, str(copy), "--format", "json", "-q", "--exit-zero"]
    done = subprocess.run([*command, *more], capture_output=True, check=True)
    return [f"{each['kind']}: {each['sentence']}" for each in json.loads(done.stdout)["changes"]]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.renamed.unchanged", description=__doc__)
    parser.add_argument("release", help="pinned, such as django==5.2.19")
    given = parser.parse_args(arguments)
    files = list(release_files(given.release))
    with tempfile.TemporaryDirectory() as folder:
        disguise, archive = Path(folder) / "disguise", Path(folder) / "django-0-py3-none-any.whl"
        in_disguise(files, disguise)
        the_other_way_round(files, archive)
        found = {
            "comments, blank lines and local names": reported(given.release, disguise),
            # A result that was kept knows no order.
            "another order of files": reported(given.release, archive, "--no-cache"),
        }
    for what, changes in found.items():
        print(f"{what}: {len(changes)} changes")
        print(*changes, sep="\n", end="\n" * bool(changes))
    return int(any(found.values()))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
