"""What `flowmap observe` costs: the CPU of a real Django dev server with and without it, for the same requests.

`python -m tests.benchmarks.observe [--requests N] [--repeat N] [--django X] [PYTHON ...]` installs the release into a
temporary folder, and serves `fixtures/projects/5.2.19` with each interpreter (pyenv's newest 3.11 and 3.13 if none is
named), in turns. CPU seconds are those of the server, from its start to its end; the least of N runs counts. Only the
program's process is counted: flowmap beside it waits, and what it takes to write observed.json is printed as well.
"""

from __future__ import annotations

import argparse
import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

PROJECT: Final = Path(__file__).parents[2] / "fixtures" / "projects" / "5.2.19"
PATHS: Final = (
    "/hello/",
    "/template/",
    "/form/",
    "/session/",
    "/json/",
    "/admin/login/",
    "/missing/",
    "/hello-cbv/",
    "/stream/",
    "/async/",
)


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds: until the server answers, for its requests, and of flowmap itself."""

    start: float
    requests: float
    own: float = 0.0


def served(python: str, site: Path, requests: int, *, observed: bool) -> Cost:
    """One run of the server."""
    with tempfile.TemporaryDirectory() as name:
        project = shutil.copytree(PROJECT, Path(name) / "site")
        environment = {**os.environ, "PYTHONPATH": str(site), "PYTHONDONTWRITEBYTECODE": "1"}
        subprocess.run([python, "manage.py", "migrate", "-v0"], cwd=project, env=environment, check=True)
        port = _free_port()
        command = [python, "manage.py", "runserver", "--noreload", str(port)]
        if observed:
            main = f"import sys; sys.path.insert(0, {str(Path.cwd())!r}); from flowmap.cli.main import run; run()"
            command = [sys.executable, "-c", main, "observe", "--python", python, "--", *command[1:]]
        process = subprocess.Popen(
            command, cwd=project, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        _wait_for(port)
        server = _child(process.pid) if observed else process.pid
        start = _cpu(server)
        for number in range(requests):
            _get(port, PATHS[number % len(PATHS)])
        spent = _cpu(server) - start
        os.kill(server, signal.SIGINT)
        _, status, usage = os.wait4(process.pid, 0)
        if status or (observed and not (project / "observed.json").is_file()):
            raise SystemExit(f"the server of {python} ended with {status}")
        everything = usage.ru_utime + usage.ru_stime
        return Cost(start, spent, everything - start - spent if observed else 0.0)


def _cpu(process: int) -> float:
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _child(process: int) -> int:
    return int(Path(f"/proc/{process}/task/{process}/children").read_text().split()[0])


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


def _get(port: int, path: str) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", path)
    connection.getresponse().read()
    connection.close()


def _wait_for(port: int) -> None:
    for _ in range(600):
        try:
            return _get(port, "/hello/")
        except OSError:
            time.sleep(0.05)
    raise SystemExit("the server does not answer")


def _pythons() -> list[str]:
    versions = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    found = []
    for wanted in ("3.11", "3.13"):
        names = [path for path in versions.glob(f"{wanted}.*") if re.fullmatch(r"[\d.]+", path.name)]
        newest = max(names, key=lambda path: [int(part) for part in path.name.split(".")], default=None)
        if newest is not None:
            found.append(str(newest / "bin" / "python"))
    return found or [sys.executable]


def main(arguments: list[str]) -> int:
    """Prints the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("python", nargs="*")
    parser.add_argument("--django", default="5.2.19")
    parser.add_argument("--requests", type=int, default=600)
    parser.add_argument("--repeat", type=int, default=3)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as name:
        for python in options.python or _pythons():
            site = Path(name) / "site"
            shutil.rmtree(site, ignore_errors=True)
            install = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--target", str(site)]
            subprocess.run([*install, f"django=={options.django}"], check=True, stderr=subprocess.DEVNULL)
            plain, recorded = [], []
            # In turns: the machine's speed changes over minutes, and the ratio is what counts.
            for _ in range(options.repeat):
                plain.append(served(python, site, options.requests, observed=False))
                recorded.append(served(python, site, options.requests, observed=True))
            _print(python, options, plain, recorded)
    return 0


def _print(python: str, options: argparse.Namespace, plain: list[Cost], recorded: list[Cost]) -> None:
    version = subprocess.run([python, "--version"], check=True, capture_output=True, text=True).stdout.strip()
    print(f"Django {options.django} on {version}, {options.requests} requests")
    for title, part in (("start", "start"), ("requests", "requests")):
        first, second = (min(getattr(run, part) for run in runs) for runs in (plain, recorded))
        print(f"  {title:9} {first:6.2f} s CPU without, {second:6.2f} s with   {second / first:.2f} x")
    own = min(run.own for run in recorded)
    print(f"  flowmap's own part, of which most is writing observed.json  {own:.2f} s CPU")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
