"""What mapping costs as a project grows: the same kind of project, of 1, 5, 10 and 20 times the apps.

`python -m tests.benchmarks.size [TARGET] [--apps N ...] [--repeat N]` maps generated projects (see `project.py`) with
the release parsed and the project not, each in a process of its own. Lines are those of the modules that were entered.
The release is most of the smaller projects, so two exponents are fitted, by least squares over the logarithms: of all
CPU over all lines, and of the CPU over the lines that a project has beyond one without apps.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from flowmap.sources.cache import FOLDER_VARIABLE, default_cache_folder
from tests.benchmarks.cost import COMPUTED, Cost, best, measured
from tests.benchmarks.project import LARGEST, answering, write_project

SIZES: Final = (1, 5, 10, 20)
_HEAD: Final = (
    "apps  project lines  all lines   CPU s  CPU ms/project line       steps  peak MiB  bounds (hits)  answering  flow"
)


@dataclass(frozen=True, slots=True)
class Size:
    """What one project cost. `lines` are those of all modules that were entered, `own` those of the project."""

    apps: int
    lines: int
    own: int
    steps: int
    cost: Cost
    # How many names of bounds were hit, and how often in all.
    bounds: int
    hits: int
    # Of the project's views and middleware hooks, those that the call graph holds.
    answering: int
    found: int
    is_complete: bool
    # Whether the analysis ended before its fixpoint, at a bound on the whole run.
    is_stopped: bool


def map_one(target: str, project: Path, report: Path) -> int:
    """Maps a project and writes what was found, as JSON."""
    from flowmap.callgraph.build import build
    from flowmap.flow.activations import ActivationGraph
    from flowmap.flow.cut import cut
    from flowmap.flow.model import Detail
    from flowmap.names import Origin
    from flowmap.pipeline.mapping import Request, analyse_program

    program = analyse_program(Request(target, project, jobs=1))
    analysis = program.analysis
    graph = build(analysis)
    landmarks = program.framework.landmarks(ActivationGraph(graph), program.subject)
    flow = cut(graph, lambda *_: landmarks, program.subject, Detail.FLOW)
    lines = {True: 0, False: 0}
    for activation in analysis.activations:
        module = activation.block.module
        if activation.block.code.kind == "module" and activation.started:
            source = program.tree.find(module.name)
            if source is not None and source.file is not None:
                lines[module.origin is Origin.PROJECT] += source.file.read().count(b"\n")
    found = {
        "lines": sum(lines.values()),
        "own": lines[True],
        "steps": analysis.machine.steps,
        "bounds": len({bound.name for bound in graph.bounds}),
        "hits": sum(bound.hits for bound in graph.bounds),
        "functions": [str(name) for name, each in graph.functions.items() if each.origin is Origin.PROJECT],
        "is_stopped": any(bound.name in {"steps", "evaluations"} for bound in graph.bounds),
        "stages": [stage.id for stage in flow.stages],
        "is_complete": flow.is_complete,
    }
    report.write_text(json.dumps(found), encoding="utf-8")
    return 0


def exponent(points: Sequence[tuple[float, float]]) -> float:
    """The slope of the line of least squares through the logarithms of points."""
    logs = [(math.log(x), math.log(y)) for x, y in points]
    x_mean, y_mean = (sum(column) / len(logs) for column in zip(*logs, strict=True))
    return sum((x - x_mean) * (y - y_mean) for x, y in logs) / sum((x - x_mean) ** 2 for x, _ in logs)


def main(arguments: list[str]) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", default="django==5.2.19")
    parser.add_argument("--apps", type=int, nargs="+", default=SIZES, choices=range(1, LARGEST + 1), metavar="N")
    parser.add_argument("--repeat", type=int, default=1)
    parser.add_argument("--map", type=Path, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.map is not None:
        return map_one(options.target, *options.map)
    with tempfile.TemporaryDirectory() as scratch:
        return _table(options, Path(scratch))


def _table(options: argparse.Namespace, scratch: Path) -> int:
    # Archives and the release parsed, and nothing else: no result of an earlier run.
    cache = scratch / "cache"
    shutil.copytree(default_cache_folder(), cache, ignore=shutil.ignore_patterns(*COMPUTED))
    map_apps(options.target, 0, cache, scratch)
    print(f"{options.target} with a project of N apps")
    print(_HEAD, flush=True)
    sizes: list[Size] = []
    for apps in (0, *options.apps):
        runs = []
        for _ in range(options.repeat):
            own = scratch / "own-cache"
            shutil.copytree(cache, own)
            runs.append(map_apps(options.target, apps, own, scratch))
            shutil.rmtree(own)
        size = replace(runs[0], cost=best([run.cost for run in runs]))
        sizes.append(size)
        print(_row(size, sizes[0]), flush=True)
    base, *grown = sizes
    if len(grown) > 1:
        every = exponent([(size.lines, size.cost.cpu) for size in grown])
        beyond = exponent([(size.lines - base.lines, size.cost.cpu - base.cost.cpu) for size in grown])
        steps = exponent([(size.lines - base.lines, size.steps - base.steps) for size in grown])
        print(f"exponent of all CPU over all lines: {every:.2f}")
        print(
            f"exponent of the CPU over the lines beyond a project without apps: {beyond:.2f}, of the steps {steps:.2f}"
        )
    return 0


def _row(size: Size, base: Size) -> str:
    more = size.own - base.own
    marginal = f"{1000 * (size.cost.cpu - base.cost.cpu) / more:.1f}" if more else ""
    return (
        f"{size.apps:4}  {size.own:13,}  {size.lines:9,}  {size.cost.cpu:6.1f}  {marginal:>19}  {size.steps:10,}  "
        f"{size.cost.peak:8.0f}  {f'{size.bounds} ({size.hits:,})':>13}  {f'{size.found}/{size.answering}':>9}  "
        f"{'to the response' if size.is_complete else 'broken'}{', but stopped early' if size.is_stopped else ''}"
    )


def map_apps(target: str, apps: int, cache: Path, scratch: Path) -> Size:
    """Maps a project of `apps` apps, written below `scratch`, in a process of its own."""
    project, report = scratch / f"site-{apps}", scratch / "report.json"
    write_project(project, apps)
    command = [sys.executable, "-m", "tests.benchmarks.size", target, "--map", str(project), str(report)]
    cost = measured(command, {**os.environ, FOLDER_VARIABLE: str(cache)})
    found = json.loads(report.read_text(encoding="utf-8"))
    wanted = answering(apps)
    return Size(
        apps=apps,
        lines=found["lines"],
        own=found["own"],
        steps=found["steps"],
        cost=cost,
        bounds=found["bounds"],
        hits=found["hits"],
        answering=len(wanted),
        found=len(set(wanted) & set(found["functions"])),
        is_complete="view" in found["stages"] and found["is_complete"],
        is_stopped=found["is_stopped"],
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
