"""`python -m tests.projects [NAME ...]`: maps the recorded projects and prints what the maps hold of what happened."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from tests.projects.measure import Measured, map_project, measured_by, shortfalls
from tests.projects.projects import load_projects
from tests.projects.recording import Recording, load_recording

EXPECTED = Path(__file__).with_name("expected.toml")
_ROW = "{:<14} {:<8} {:>8} {:>6} {:>7} {:>7} {:>6} {:>5} {:>10} {:>6}"


def load_limits() -> Mapping[str, Mapping[str, Any]]:
    """The figures that must hold, by project."""
    return tomllib.loads(EXPECTED.read_text(encoding="utf-8"))


def main(arguments: Sequence[str]) -> int:
    """Exit status 1 only under `--check`, when a figure of expected.toml does not hold."""
    projects = load_projects()
    parser = argparse.ArgumentParser(prog="python -m tests.projects", description=__doc__)
    parser.add_argument("name", nargs="*", help="only these projects")
    parser.add_argument("--missed", action="store_true", help="list the missed calls by cause")
    parser.add_argument("--check", action="store_true", help="exit 1 when a figure of expected.toml does not hold")
    options = parser.parse_args(arguments)
    failures: list[str] = []
    titles = ("project", "django", "observed", "found", "recall", "static", "ratio", "views", "middleware", "CPU s")
    print(_ROW.format(*titles), flush=True)
    for name in options.name or projects:
        recording = load_recording(name)
        measured = measured_by(map_project(projects[name]), name, recording)
        print(row(measured, recording), flush=True)
        if options.missed:
            print(*missed_lines(measured), sep="\n", flush=True)
        if options.check:
            failures += shortfalls(measured, recording, load_limits()[name])
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def row(measured: Measured, recording: Recording) -> str:
    """A line of the table. Middleware counts by its functions; `?` stands where the flow has them in another order."""
    lost = set(measured.lost)
    views, hooks = (f"{len(set(each) - lost)}/{len(each)}" for each in (recording.views, recording.entered))
    flow = measured.flow
    return _ROW.format(
        measured.name,
        measured.django,
        flow.observed,
        flow.found,
        f"{flow.recall:.3f}",
        flow.static,
        f"{flow.ratio:.2f}",
        views,
        hooks + "?" * (measured.order != tuple(recording.first)),
        f"{measured.seconds:.1f}",
    )


def missed_lines(measured: Measured) -> list[str]:
    """What the map lacks: views and middleware, then calls by cause."""
    lines = [f"  not on the map: {each}" for each in measured.lost]
    for cause, missed in groupby(measured.missed, key=lambda each: each.cause):
        edges = [f"    {each.caller} -> {each.callee}" for each in missed]
        lines += [f"  {cause.value}: {len(edges)}", *edges]
    return lines


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
