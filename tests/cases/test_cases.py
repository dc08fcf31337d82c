"""The engine's call graph of every case is exactly the expected one."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from flowmap.pipeline import callgraph_of_files
from tests.cases.case import Case, load_cases
from tests.cases.comparison import differences

UNMET = tomllib.loads((Path(__file__).parent / "unmet.toml").read_text(encoding="utf-8"))
CASES = {case.id: case for case in load_cases()}


def _differences(case: Case, root: Path) -> list[str]:
    return list(differences(case, callgraph_of_files(case.write(root), root)))


@pytest.mark.parametrize("name", [name for name in CASES if name not in UNMET])
def test_the_graph_is_the_expected_one(name: str, tmp_path: Path) -> None:
    case = CASES[name]

    found = _differences(case, tmp_path)

    assert not found, f"{case.id}: {case.prose}\n" + "\n".join(found)


@pytest.mark.parametrize("name", UNMET)
def test_what_is_not_met_yet_is_known(name: str, tmp_path: Path) -> None:
    assert _differences(CASES[name], tmp_path), f"{name} is met now: take it out of unmet.toml"
