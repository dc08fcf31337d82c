"""What mapping a release costs, against parsing the same modules with libcst alone.

`python -m tests.benchmarks.cost [TARGET] [--repeat N] [--jobs N]` maps from cached archives, first with a cold parse
cache, then with a warm one, and then asks for the JSON of the result that was kept, each in a process of its own; CPU
seconds count children, the least of N runs counts.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from flowmap.pipeline.preparing import PARSED_FOLDER
from flowmap.pipeline.results import RESULTS_FOLDER
from flowmap.sources.cache import default_cache_folder

COMPUTED: Final = (PARSED_FOLDER, RESULTS_FOLDER)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of a process and its children, the peak of the largest one in MiB, and seconds from start to end."""

    cpu: float
    peak: float
    wall: float


def measured(command: list[str], environment: dict[str, str]) -> Cost:
    """Runs a command to its end."""
    begin = time.perf_counter()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert process.stderr is not None
    said = process.stderr.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)} failed: {said.decode()}")
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, time.perf_counter() - begin)


def best(runs: list[Cost]) -> Cost:
    """The cheapest of several runs: noise only adds."""
    return Cost(min(run.cpu for run in runs), max(run.peak for run in runs), min(run.wall for run in runs))


def parse_alone(target: str, graph: Path) -> int:
    """Parses, with libcst and nothing else, the modules that a map read; prints CPU seconds and lines."""
    import gc

    import libcst

    from flowmap.names import Origin
    from flowmap.pipeline.finding import find_program
    from flowmap.pipeline.request import Request

    tree = find_program(Request(target)).tree
    contents = []
    for node in json.loads(graph.read_bytes())["nodes"]:
        if node["kind"] == "module" and node["file"]:
            source = tree.at(tree.virtual_path(Origin(node["origin"]), node["file"]))
            if source is not None:
                contents.append(source.read())
    gc.disable()
    begin = time.process_time()
    for content in contents:
        libcst.parse_module(content)
    spent = time.process_time() - begin
    print(f"{spent:.3f} {len(contents)} {sum(content.count(10) for content in contents)}")
    return 0


def main(arguments: list[str]) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", default="django==5.2.19")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--jobs", default=None)
    parser.add_argument("--parse", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.parse is not None:
        return parse_alone(options.target, options.parse)
    with tempfile.TemporaryDirectory() as scratch:
        return _table(options, Path(scratch))


def _table(options: argparse.Namespace, scratch: Path) -> int:
    program = "import sys; from flowmap.cli.main import run; sys.argv[0] = 'flowmap'; run()"
    command = [sys.executable, "-c", program, options.target, "-o", str(scratch / "out"), "--quiet"]
    if options.jobs is not None:
        command += ["--jobs", options.jobs]
    fetched = default_cache_folder()
    subprocess.run(command, check=True, capture_output=True)
    cache = scratch / "cache"
    shutil.copytree(fetched, cache, ignore=shutil.ignore_patterns(*COMPUTED))
    environment = {**os.environ, "FLOWMAP_CACHE_DIR": str(cache)}
    (graph,) = (scratch / "out").glob("*/callgraph.json")
    parse = [sys.executable, "-m", "tests.benchmarks.cost", options.target, "--parse", str(graph)]
    cold, warm, kept, alone = [], [], [], []
    # In turns: the machine's speed changes over minutes, and the ratio is what counts.
    for _ in range(options.repeat):
        alone.append(subprocess.run(parse, check=True, capture_output=True, text=True).stdout.split())
        for folder in COMPUTED:
            shutil.rmtree(cache / folder, ignore_errors=True)
        cold.append(measured(command, environment))
        shutil.rmtree(cache / RESULTS_FOLDER)
        warm.append(measured(command, environment))
        kept.append(measured([*command, "--format", "json"], environment))
    base = min(float(seconds) for seconds, _, _ in alone)
    first, second, third = best(cold), best(warm), best(kept)
    print(f"{options.target}: {alone[0][1]} modules, {int(alone[0][2]):,} lines")
    print(f"libcst.parse_module alone   {base:6.2f} s CPU")
    print(f"cold parse cache            {first.cpu:6.2f} s CPU   {first.cpu / base:.2f} x   peak {first.peak:.0f} MiB")
    saved = f"{second.cpu / first.cpu:.2f} of the first"
    print(f"warm parse cache            {second.cpu:6.2f} s CPU   {saved}   peak {second.peak:.0f} MiB")
    print(f"kept result                 {third.cpu:6.2f} s CPU   {third.wall:.2f} s from start to end")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
