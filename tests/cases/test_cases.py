"""The engine's call graph of every case is exactly the expected one."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.pipeline import callgraph_of_files
from tests.cases.case import Case, load_cases
from tests.cases.comparison import differences


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.id)
def test_the_graph_is_the_expected_one(case: Case, tmp_path: Path) -> None:
    graph = callgraph_of_files(case.write(tmp_path), tmp_path)

    found = list(differences(case, graph))

    assert not found, f"{case.id}: {case.prose}\n" + "\n".join(found)
