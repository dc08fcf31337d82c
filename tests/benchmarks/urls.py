"""What it costs to list the routes of a wide project (see `wide.py`), with nothing parsed before, and with Django and
the project parsed.

`python -m tests.benchmarks.urls [TARGET] [--models N] [--middleware N] [--routes N]` lists in processes of their own,
and says how many routes were found with one view each.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
from pathlib import Path

from flowmap.sources.cache import FOLDER_VARIABLE, default_cache_folder
from tests.benchmarks.cost import COMPUTED, measured
from tests.benchmarks.wide import route_names, write_wide


def main(arguments: list[str]) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("target", nargs="?", default="django==5.2.19")
    parser.add_argument("--models", type=int, default=300)
    parser.add_argument("--middleware", type=int, default=60)
    parser.add_argument("--routes", type=int, default=1_000)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as scratch:
        return _table(options, Path(scratch))


def _table(options: argparse.Namespace, scratch: Path) -> int:
    project, cache, listing = scratch / "site", scratch / "cache", scratch / "urls.json"
    write_wide(project, options.models, options.middleware, options.routes)
    # The archives, and nothing else.
    shutil.copytree(default_cache_folder(), cache, ignore=shutil.ignore_patterns(*COMPUTED))
    program = "import sys; from flowmap.cli.main import run; sys.argv[0] = 'flowmap'; run()"
    command = [sys.executable, "-c", program, "urls", options.target, "--project", str(project), "--quiet"]
    command += ["--format", "json", "-o", str(listing)]
    environment = {**os.environ, FOLDER_VARIABLE: str(cache)}
    print(f"{options.target}, {options.models} models, {options.middleware} middleware, {options.routes} routes")
    for title in ("nothing parsed", "all parsed"):
        cost = measured(command, environment)
        routes = json.loads(listing.read_text(encoding="utf-8"))["routes"]
        named = {route["name"]: route for route in routes}
        found = sum(len(named[name]["views"]) == 1 for name in route_names(options.routes) if name in named)
        print(
            f"{title:14}  {cost.cpu:6.2f} s CPU   peak {cost.peak:.0f} MiB   "
            f"{found} of {options.routes} routes with one view each",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
