"""`python -m tests.gallery [VERSION ...]`: makes outputs/gallery, or with `--check` says what in it is out of date."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from flowmap.pipeline import write_outputs
from flowmap.pipeline.results import flow_in
from tests.gallery.make import FOLDER, INDEX, RELEASES, differences, index_of, made, mapped, off_budget


def main(arguments: Sequence[str]) -> int:
    """Exit status 1 when a picture has too many boxes or too few; under `--check` also when a file is not what it would
    be if it were made now.
    """
    parser = argparse.ArgumentParser(prog="python -m tests.gallery", description=__doc__)
    parser.add_argument("version", nargs="*", help="only these releases of releases.txt")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when something is out of date")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="instead of outputs/gallery")
    given = parser.parse_args(arguments)
    if unknown := [each for each in given.version if each not in RELEASES]:
        parser.error(f"{', '.join(unknown)}: not in tests/gallery/releases.txt")
    old: list[str] = []
    off: list[str] = []
    for release in given.version or RELEASES:
        target = mapped(release)
        name, files = made(target)
        off.extend(off_budget({detail: flow_in(target.result, detail) for detail in target.result.flows}))
        if given.check:
            old.extend(differences(given.folder / name, files))
        else:
            write_outputs(files, given.folder / name)
            print(f"{given.folder / name}")
    index = {INDEX: index_of(given.folder)}
    if given.check:
        old.extend(differences(given.folder, index))
        print("\n".join(f"out of date: {each}" for each in old) or "up to date")
    else:
        write_outputs(index, given.folder)
    print("".join(f"off its budget: {each}\n" for each in off), end="")
    return bool(old or off)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
