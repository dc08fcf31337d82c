"""Same input, same bytes: whatever the hash seed, the order of files or the number of processes."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flowmap.pipeline import callgraph_of_files
from tests.cases.case import Case, load_cases
from tests.properties.dump import lines

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "fixtures" / "projects" / "5.2.19-default"

CASES = load_cases()
WITH_FILES = tuple(case for case in CASES if len(case.files) > 2)


def _dump(request: dict[str, Any], seed: str) -> str:
    command = [sys.executable, "-m", "tests.properties.dump"]
    environ = {**os.environ, "PYTHONHASHSEED": seed}
    done = subprocess.run(
        command, input=json.dumps(request), capture_output=True, text=True, cwd=ROOT, env=environ, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_hash_seed_changes_nothing(tmp_path: Path) -> None:
    for index, case in enumerate(CASES):
        case.write(tmp_path / str(index))
    request = {"root": str(tmp_path), "programs": [[path for path, _ in case.files] for case in CASES]}

    first, second, third = (_dump(request, seed) for seed in ("0", "1", "4242"))

    assert first.count("CallEdge(") > len(CASES)
    assert first == second == third


@pytest.mark.parametrize("case", WITH_FILES, ids=lambda case: case.id)
def test_the_order_of_files_changes_nothing(case: Case, tmp_path: Path) -> None:
    entry, *others = case.write(tmp_path)

    forward = list(lines(callgraph_of_files([entry, *others], tmp_path)))
    backward = list(lines(callgraph_of_files([entry, *reversed(others)], tmp_path)))

    assert forward
    assert forward == backward


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
        command = [sys.executable, "-c", program, "callgraph", *files, "--format", "json"]
        environ = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)}
        done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, env=environ, check=False)
        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["schema"] == "flowmap-callgraph/1"
        outputs.add(done.stdout)

    assert len(outputs) == 1


@pytest.mark.releases
def test_a_release_gives_the_same_bytes_with_any_seed_and_number_of_processes() -> None:
    runs = [("0", 1), ("1", 2), ("4242", 1)]

    digests = set()
    for seed, jobs in runs:
        text = _dump({"target": "django==5.2.19", "project": str(PROJECT), "jobs": jobs}, seed)
        assert text.count("CallEdge(") > 1000
        digests.add(hashlib.sha256(text.encode()).hexdigest())

    assert len(digests) == 1
