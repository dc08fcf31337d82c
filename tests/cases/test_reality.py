"""Every expected graph holds what really happens when its program runs, and nothing that never happens unmarked."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.case import Case, load_cases
from tests.cases.reality import disagreements, record


@pytest.mark.parametrize("case", load_cases(), ids=lambda case: case.id)
def test_what_happens_is_what_is_expected(case: Case, tmp_path: Path) -> None:
    found = list(disagreements(case, record(case, tmp_path)))

    assert not found, f"{case.id}\n" + "\n".join(found)
