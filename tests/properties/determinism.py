"""`python -m tests.properties.determinism django==5.2.19 --runs 20`: are all runs the same, byte for byte?

No two runs have the same hash seed or are shown files, in folders and archives, in the same order; every fourth has
an empty parse cache and two processes to fill it, and no run sees another's results. With `--python`, which may be
given more than once, the runs take turns with other interpreters; all read one standard library. Ends with 1 when two
runs differ, and says where.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flowmap.pipeline.preparing import PARSED_FOLDER
from flowmap.sources.cache import FOLDER_VARIABLE, default_cache_folder
from tests.renamed.mapping import release_files

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "fixtures" / "projects" / "5.2.19-default"


@dataclass(frozen=True, slots=True)
class Conditions:
    """What must not matter."""

    seed: int
    jobs: int = 1
    cold: bool = False
    python: str = sys.executable

    def __str__(self) -> str:
        cache = "empty parse cache" if self.cold else "parse cache"
        return f"seed {self.seed}, {self.jobs} process{'es' * (self.jobs > 1)}, {cache}, {self.python}"


@dataclass(frozen=True, slots=True)
class Run:
    """What one process printed, and how many listings it saw in another order: by kind."""

    conditions: Conditions
    text: str
    shuffled: Mapping[str, int]

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()


class RunFailedError(AssertionError):
    """A run ended with an error."""


def conditions(runs: int, pythons: Sequence[str] = (sys.executable,)) -> Iterator[Conditions]:
    """That many, each another."""
    for seed in range(runs):
        cold = seed % 4 == 3
        yield Conditions(seed, 2 if cold else 1, cold, pythons[seed % len(pythons)])


def run(request: Mapping[str, Any], given: Conditions, folder: Path) -> Run:
    """One run in a process of its own; its cache is below `folder`, and holds nothing that another run computed."""
    cache = folder / f"cache-{given.seed}"
    _make_cache(cache, cold=given.cold)
    environ = {
        **os.environ,
        "PYTHONHASHSEED": str(given.seed),
        "PYTHONPATH": str(ROOT),
        FOLDER_VARIABLE: str(cache),
    }
    command = [given.python, "-m", "tests.properties.shuffling", str(given.seed)]
    text = json.dumps({**request, "jobs": given.jobs})
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, cwd=ROOT, env=environ, check=False)
    finally:
        shutil.rmtree(cache)
    if done.returncode:
        raise RunFailedError(f"{given}:\n{done.stderr}")
    return Run(given, done.stdout, json.loads(done.stderr.splitlines()[-1]))


def difference(first: Run, other: Run) -> str | None:
    """Where two runs differ; None where they do not."""
    if first.text == other.text:
        return None
    lines, others = first.text.splitlines(), other.text.splitlines()
    at = next((i for i, pair in enumerate(zip(lines, others, strict=False)) if pair[0] != pair[1]), -1)
    words = [f"{run.conditions}: {text[at][:500]}" for run, text in ((first, lines), (other, others))]
    return "\n".join([f"line {at + 1} of {len(lines)} and {len(others)}", *words])


def make_wheel(release: str, folder: Path) -> Path:
    """An archive of a release: what comes from a cache was unpacked long ago."""
    target = folder / f"{release.replace('==', '-')}-py3-none-any.whl"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as wheel:
        for path, content in release_files(release):
            # The same date every time: the digest of the archive is part of the result.
            wheel.writestr(zipfile.ZipInfo(path), content)
    return target


def _make_cache(folder: Path, *, cold: bool) -> None:
    users = default_cache_folder()
    folder.mkdir(parents=True)
    for sources in sorted(users.glob("sources-*")):
        shutil.copytree(sources, folder / sources.name, copy_function=_linked)
    if not cold:
        (users / PARSED_FOLDER).mkdir(parents=True, exist_ok=True)
        (folder / PARSED_FOLDER).symlink_to(users / PARSED_FOLDER)


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.properties.determinism", description=__doc__)
    parser.add_argument("release", help="pinned, such as django==5.2.19")
    parser.add_argument("--runs", type=int, default=20)
    parser.add_argument("--project", type=Path, default=PROJECT)
    parser.add_argument("--frontier", help="modules that are not entered, separated by commas")
    parser.add_argument("--python", action="append", help="an interpreter with flowmap's dependencies")
    parser.add_argument("--stdlib", default=sysconfig.get_path("stdlib"), help="the library that all read")
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        request: dict[str, Any] = {
            "target": str(make_wheel(given.release, folder)),
            "project": str(given.project),
            "library": given.stdlib,
        }
        if given.frontier:
            request["frontier"] = given.frontier.split(",")
        first: Run | None = None
        for each in conditions(given.runs, given.python or [sys.executable]):
            begun = time.monotonic()
            done = run(request, each, folder)
            seen = ", ".join(f"{count} {kind}" for kind, count in done.shuffled.items())
            print(f"{done.digest[:16]}  {time.monotonic() - begun:5.1f} s  {each}; shuffled: {seen}", flush=True)
            first = first or done
            differs = difference(first, done)
            if differs is not None:
                print(differs)
                return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
