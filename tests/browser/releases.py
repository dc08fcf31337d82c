"""Flows of real releases at every level of detail, kept so that their pictures can be looked at without the engine.

`python -m tests.browser.releases` maps the releases anew and writes what is kept.
"""

from __future__ import annotations

import gzip
from functools import cache
from pathlib import Path
from typing import Final

from flowmap.flow.model import Detail, Flow
from flowmap.pipeline import Request, map_program, result_of
from flowmap.snapshot import read_flow

FOLDER: Final = Path(__file__).parents[2] / "fixtures" / "flows"
RELEASES: Final = ("1.8.19", "3.2.25", "5.2.19", "6.1.3")


@cache
def kept_flow(release: str, detail: Detail) -> Flow:
    """The flow that was kept of a release: what flow.json says."""
    return read_flow(gzip.decompress(_file(release, detail).read_bytes()))


def keep(release: str) -> None:
    """Maps a release and writes its flows."""
    FOLDER.mkdir(exist_ok=True)
    for detail, data in result_of(map_program(Request(f"django=={release}"))).flows.items():
        _file(release, detail).write_bytes(gzip.compress(data, mtime=0))


def _file(release: str, detail: Detail) -> Path:
    return FOLDER / f"django-{release}-{detail}.json.gz"


if __name__ == "__main__":
    for each in RELEASES:
        keep(each)
