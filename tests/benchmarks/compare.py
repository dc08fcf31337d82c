"""What comparing two snapshots costs, call graphs and all.

`python -m tests.benchmarks.compare [OLD NEW] [--repeat N]` saves the snapshots of two releases and compares them with
`flowmap diff`, in a process of its own each time; so is the start of flowmap, which is in each of them. The least of N
runs counts: noise only adds.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from tests.benchmarks.cost import best, measured


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("releases", nargs="*", default=["django==4.2.30", "django==5.2.19"], metavar="OLD NEW")
    parser.add_argument("--repeat", type=int, default=5)
    wanted = parser.parse_args()
    if len(wanted.releases) != 2:
        parser.error("it takes two releases to compare")
    environment = dict(os.environ)
    program = [sys.executable, "-m", "flowmap"]
    with tempfile.TemporaryDirectory() as folder:
        saved = []
        for release in wanted.releases:
            measured([*program, release, "--format", "json", "-q", "-o", folder], environment)
            saved.append(max(Path(folder).iterdir(), key=lambda path: path.stat().st_mtime_ns))
        size = sum(file.stat().st_size for path in saved for file in path.iterdir())
        print(f"{' and '.join(path.name for path in saved)}: {size / 1e6:.1f} MB of JSON")
        compared = [*program, "diff", *map(str, saved), "-q", "--exit-zero"]
        start, whole = (
            best([measured(command, environment) for _ in range(wanted.repeat)])
            for command in ([*program, "diff", "--help"], compared)
        )
    print(f"  compared in {whole.wall:.2f} s, {whole.cpu:.2f} s CPU, of which {start.cpu:.2f} s are flowmap's start")
    print(f"  {whole.peak:.0f} MiB")


if __name__ == "__main__":
    main()
