"""`python -m tests.projects.record [NAME ...]`: serves the fixture projects and records what happens.

For each project of projects.toml, in a temporary folder: its requirements are installed beside a copy of it, its
database is made and filled, its own server runs under `flowmap observe`, is asked the requests of projects.toml, and
stopped. What was recorded goes to `fixtures/recordings/NAME.json.gz`. Django itself, asked in the same interpreter
without any recording, says which middleware there is and which view answers; with the order in which the recording saw
them first that goes to `fixtures/recordings/NAME.run.json`. Needs pyenv's Pythons and the package index.
"""

from __future__ import annotations

import argparse
import gzip
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from flowmap.observe.merging import merge
from flowmap.observe.parts import Part, read_parts
from flowmap.snapshot.observed import Tree, read_observed
from tests.projects.client import Client, parsed
from tests.projects.projects import FIXTURES, Project, load_projects

RECORDINGS = FIXTURES / "recordings"
VERSIONS = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
PROBE = Path(__file__).with_name("probe.py")
ROOT = Path(__file__).parents[2]


def main(arguments: Sequence[str]) -> int:
    """Writes the recordings."""
    parser = argparse.ArgumentParser(prog="python -m tests.projects.record", description=__doc__)
    parser.add_argument("name", nargs="*", help="only these projects")
    parser.add_argument("--sites", type=Path, help="a folder in which what was installed is kept for the next time")
    options = parser.parse_args(arguments)
    projects = load_projects()
    for name in options.name or projects:
        with tempfile.TemporaryDirectory(prefix="flowmap-record-") as folder:
            sites = options.sites or Path(folder) / "sites"
            record(projects[name], Path(folder), sites.resolve() / name)
    return 0


def record(project: Project, folder: Path, site: Path) -> None:
    """One project; `site` gets its packages."""
    python = interpreter(project.python)
    if not site.is_dir():
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile"]
        subprocess.run([*pip, "--target", site, "-r", project.requirements_file], check=True)
    ignored = shutil.ignore_patterns("__pycache__")
    copy = Path(shutil.copytree(project.folder, folder / project.folder.name, ignore=ignored))
    environment = _environment(project, site, folder)
    _prepare(project, python, copy, environment)
    saved = folder / "database"
    shutil.copytree(copy, saved)
    statuses, first, parts = _serve(project, python, copy, environment)
    recording = (copy / "observed.json").read_bytes()
    _refuse_paths(recording, (str(folder), str(Path.home()), str(site)))
    # Django answers the same requests once more, from the database of before.
    run = _probe(project, python, saved, environment)
    asked = [
        {"request": text, "status": status, **({"view": view} if view else {})}
        for text, status, view in zip(project.requests, statuses, run["views"], strict=True)
    ]
    ran = {str(end.name) for edge in read_observed(recording).edges for end in (edge.caller, edge.callee)}
    unseen = {each["view"] for each in asked if "view" in each} - ran
    if unseen:
        print(f"{project.name}: resolved, and did not run: {', '.join(sorted(unseen))}")
    entered, on_first = (
        [name for name in _entered(each, copy) if _is_hook(name, run["middleware"])] for each in (parts, first)
    )
    facts = {
        "django": run["django"],
        "requests": asked,
        "middleware": [each["path"] for each in run["middleware"]],
        "first": on_first,
        "entered": entered,
    }
    RECORDINGS.mkdir(exist_ok=True)
    # No time and no name in its head: the same recording gives the same bytes.
    (RECORDINGS / f"{project.name}.json.gz").write_bytes(gzip.compress(recording, 9, mtime=0))
    (RECORDINGS / f"{project.name}.run.json").write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    answers = " ".join(str(status) for status in statuses)
    print(f"{project.name}: Django {run['django']} on Python {project.python}: {answers}; {len(entered)} hooks entered")


def interpreter(version: str) -> str:
    """pyenv's newest of a version."""
    found = sorted(VERSIONS.glob(f"{version}.*/bin/python"))
    if not found:
        raise SystemExit(f"pyenv has no Python {version}")
    return str(found[-1])


def _environment(project: Project, site: Path, folder: Path) -> dict[str, str]:
    own = ("PYTHON", "DJANGO", "VIRTUAL_ENV", "FLOWMAP")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {
        **clean,
        "PYTHONPATH": str(site),
        "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": project.settings,
        # Where `flowmap observe` keeps what it writes while the program runs.
        "TMPDIR": str(folder),
        **project.environment,
    }


def _prepare(project: Project, python: str, copy: Path, environment: dict[str, str]) -> None:
    subprocess.run([python, "manage.py", "migrate", "-v0"], cwd=copy, env=environment, check=True)
    if project.setup:
        code = f"import django; django.setup()\n{project.setup}"
        subprocess.run([python, "-c", code], cwd=copy, env=environment, check=True)


def _serve(
    project: Project, python: str, copy: Path, environment: dict[str, str]
) -> tuple[list[int], tuple[Part, ...], tuple[Part, ...]]:
    """The status of each request, and what was recorded until the first and the last was answered."""
    port = _free_port()
    main = f"import sys; sys.path.insert(0, {str(ROOT)!r}); from flowmap.cli.main import run; run()"
    words = [word.format(port=port) for word in project.serve]
    command = [sys.executable, "-I", "-c", main, "observe", "--python", python, "--", *words]
    server = subprocess.Popen(command, cwd=copy, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        client = Client(port)
        statuses = [client.first(project.requests[0])]
        (written,) = copy.parent.glob("flowmap-observe-*/parts")
        first = read_parts(written)
        statuses += [client.ask(each) for each in project.requests[1:]]
        parts = read_parts(written)
    finally:
        server.send_signal(signal.SIGINT)
        _, errors = server.communicate(timeout=120)
    if not (copy / "observed.json").is_file():
        raise SystemExit(errors.decode())
    return statuses, first, parts


def _probe(project: Project, python: str, copy: Path, environment: dict[str, str]) -> dict[str, Any]:
    asked = json.dumps([parsed(each) for each in project.requests])
    # In the folder of manage.py, which Python puts before all others for a script that lies in it.
    shutil.copy(PROBE, copy / "probe_of_flowmap.py")
    done = subprocess.run(
        [python, "probe_of_flowmap.py"],
        cwd=copy,
        env=environment,
        input=asked.encode(),
        stdout=subprocess.PIPE,
        check=True,
    )
    found: dict[str, Any] = json.loads(done.stdout.decode().strip().splitlines()[-1])
    return found


def _entered(parts: Sequence[Part], copy: Path) -> Iterator[str]:
    """The ids of the functions of middleware and of the project, in the order in which each was first called."""
    seen: set[str] = set()
    for part in parts:
        for call in part.calls:
            if call.callee.kind in {"function", "generator"} and (
                "middleware" in call.callee.file or str(copy) in call.callee.file
            ):
                (edge,) = merge([replace(part, calls=(call,))], copy, "").edges or (None,)
                if edge is not None and edge.callee.tree in {Tree.PROJECT, Tree.INSTALLED}:
                    name = str(edge.callee.name)
                    if name not in seen:
                        seen.add(name)
                        yield name


def _is_hook(name: str, middleware: Sequence[dict[str, Any]]) -> bool:
    made = tuple(f"{each['function']}.<locals>." for each in middleware if each["function"])
    return name.startswith(made) or any(name in each["hooks"] for each in middleware)


def _refuse_paths(recording: bytes, paths: Sequence[str]) -> None:
    for path in paths:
        if path.encode() in recording:
            raise SystemExit(f"the recording holds a path of this machine: {path}")


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return int(listening.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
