"""Same input, same bytes: whatever the hash seed, the order of files, the number of processes or the Python."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest

from flowmap.pipeline import callgraph_of_files
from flowmap.sources.archive import read_members
from tests.cases.case import Case, load_cases
from tests.properties.determinism import PROJECT, ROOT, Conditions, Run, conditions, difference, make_wheel, run
from tests.properties.dump import lines

PROGRAMS = ROOT / "fixtures" / "programs"
RELEASE = "django==5.2.19"
# What is left is entered in a few seconds.
CLOSED = """
django.db django.contrib.admin django.contrib.auth django.contrib.sessions django.core.serializers django.forms
django.template django.utils.translation
"""

CASES = load_cases()
WITH_FILES = tuple(case for case in CASES if len(case.files) > 2)


def _programs(folder: Path, cases: Sequence[Case]) -> dict[str, Any]:
    """The request for the graphs of cases and of the programs in fixtures."""
    folder.mkdir()
    programs = []
    for index, case in enumerate(cases):
        case.write(folder / str(index))
        programs.append([path for path, _ in case.files])
    for index, name in enumerate(("library", "pythons"), len(programs)):
        (folder / str(index)).symlink_to(PROGRAMS / name)
        programs.append(["main.py"])
    return {"root": str(folder), "programs": programs, "library": sysconfig.get_path("stdlib")}


def _release(folder: Path) -> dict[str, Any]:
    wheel = make_wheel(RELEASE, folder)
    return {"target": str(wheel), "project": str(PROJECT), "library": sysconfig.get_path("stdlib")}


def _assert_same(first: Run, other: Run) -> None:
    differs = difference(first, other)
    assert differs is None, differs


def test_twenty_shuffled_runs_are_the_same(tmp_path: Path) -> None:
    request = {"root": str(tmp_path), "programs": [["main.py"]], "library": sysconfig.get_path("stdlib")}
    (tmp_path / "0").symlink_to(PROGRAMS / "library")

    first, *others = [run(request, given, tmp_path) for given in conditions(20)]

    assert first.text.count("CallEdge(") > 500
    for other in others:
        _assert_same(first, other)
        assert other.shuffled["folders"] > 10


def test_a_difference_is_found(tmp_path: Path) -> None:
    for index, text in enumerate(["def f(): ...\n\n\nf()\n", "def f(): ...\n\n\nf(), f()\n"]):
        (tmp_path / str(index) / "0").mkdir(parents=True)
        (tmp_path / str(index) / "0" / "main.py").write_text(text)
    requests = [{"root": str(tmp_path / name), "programs": [["main.py"]]} for name in ("0", "1")]

    one, two = (run(request, Conditions(seed), tmp_path) for seed, request in enumerate(requests))

    assert "main:<module>" in (difference(one, two) or "")


def test_the_hash_seed_changes_no_case(tmp_path: Path) -> None:
    request = _programs(tmp_path / "programs", CASES)

    first, second = (run(request, Conditions(seed), tmp_path) for seed in (0, 4242))

    assert first.text.count("CallEdge(") > len(CASES)
    _assert_same(first, second)


def test_the_python_changes_nothing(python: str, tmp_path: Path) -> None:
    request = _programs(tmp_path / "programs", CASES[::6])

    here = run(request, Conditions(0), tmp_path)
    there = run(request, Conditions(1, cold=True, python=python), tmp_path)

    assert here.text.count("CallEdge(") > 500
    _assert_same(here, there)


def test_what_only_the_machine_knows_stays_open(tmp_path: Path) -> None:
    graph = callgraph_of_files([PROGRAMS / "pythons" / "main.py"], PROGRAMS / "pythons")

    callers: dict[str, set[str]] = {}
    for edge in graph.edges:
        callers.setdefault(edge.caller.qualname, set()).add(edge.callee.qualname)
    assert callers["answer"] == {"yes", "no"}
    assert callers["finalize"] <= {"no", "Late.__init__"}


@pytest.mark.parametrize("case", WITH_FILES, ids=lambda case: case.id)
def test_the_order_of_files_changes_nothing(case: Case, tmp_path: Path) -> None:
    entry, *others = case.write(tmp_path)

    forward = list(lines(callgraph_of_files([entry, *others], tmp_path)))
    backward = list(lines(callgraph_of_files([entry, *reversed(others)], tmp_path)))

    assert forward
    assert forward == backward


def _archived(path: Path, members: list[tuple[str, bytes]]) -> Path:
    if path.suffix == ".whl":
        with zipfile.ZipFile(path, "w") as wheel:
            for name, content in members:
                wheel.writestr(name, content)
        return path
    with tarfile.open(path, "w:gz") as sdist:
        for name, content in members:
            member = tarfile.TarInfo(name)
            member.size = len(content)
            sdist.addfile(member, BytesIO(content))
    return path


@pytest.mark.parametrize("suffix", ["whl", "tar.gz"])
def test_the_order_of_members_changes_nothing(suffix: str, tmp_path: Path) -> None:
    members = [(f"p/{folder}/m{number}.py", f"{number}".encode()) for folder in "ab" for number in range(20)]
    random = Random(0)

    orders = set()
    for number in range(20):
        archive = _archived(tmp_path / f"{number}.{suffix}", random.sample(members, len(members)))
        orders.add(tuple(read_members(archive, lambda path: path.endswith(".py")).items()))

    assert orders == {tuple(sorted(members))}


def test_the_machine_leaves_no_trace(tmp_path: Path) -> None:
    graphs = []
    for place in ("here", "a/longer/way/there"):
        paths = WITH_FILES[0].write(tmp_path / place)
        graphs.append(list(lines(callgraph_of_files(paths, tmp_path / place))))

    assert graphs[0] == graphs[1]
    assert not [line for line in graphs[0] if str(tmp_path) in line]


def test_the_command_prints_the_same_bytes(tmp_path: Path) -> None:
    entry, *others = [str(path) for path in WITH_FILES[0].write(tmp_path)]
    program = "from flowmap.cli.main import run; run()"
    runs = [("0", [entry, *others]), ("1", [entry, *reversed(others)]), ("4242", [entry, *others])]

    outputs = set()
    for seed, files in runs:
        command = [sys.executable, "-c", program, "callgraph", *files, "--format", "json", "--no-cache"]
        environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environ, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["schema"] == "flowmap-callgraph/1"
        outputs.add(done.stdout)

    assert len(outputs) == 1


@pytest.mark.releases
def test_a_release_gives_the_same_bytes_whatever_the_order_seed_and_number_of_processes(tmp_path: Path) -> None:
    request = _release(tmp_path)

    first, second = (run(request, given, tmp_path) for given in (Conditions(0), Conditions(1, jobs=2, cold=True)))

    assert first.text.count("CallEdge(") > 1000
    _assert_same(first, second)
    assert min(second.shuffled.values()) > 0


@pytest.mark.releases
def test_a_release_gives_the_same_bytes_on_any_python(python: str, tmp_path: Path) -> None:
    request = {**_release(tmp_path), "frontier": CLOSED.split()}

    here = run(request, Conditions(0), tmp_path)
    there = run(request, Conditions(1, python=python), tmp_path)

    assert here.text.count("CallEdge(") > 1000
    _assert_same(here, there)
