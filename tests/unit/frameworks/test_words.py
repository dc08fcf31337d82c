"""What lies below the frameworks knows none of them, not even by name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import flowmap

ROOT = Path(flowmap.__file__).parent
BELOW = ("names.py", "sources", "syntax", "analysis", "callgraph", "flow", "compare", "snapshot", "errors")


@pytest.mark.parametrize("part", BELOW)
def test_nothing_below_the_frameworks_names_one(part: str) -> None:
    place = ROOT / part
    files = [place] if place.suffix else sorted(place.rglob("*.py"))
    naming = [path.name for path in files if re.search("django", path.read_text("utf-8"), re.IGNORECASE)]

    assert files or part == "compare"
    assert naming == []
