"""Flows of real releases at every level of detail, kept so that their pictures can be looked at without the engine.

`python -m tests.browser.releases` maps the releases anew and writes what is kept; with a folder behind it, it draws
what is kept into that folder.
"""

from __future__ import annotations

import gzip
import sys
from functools import cache, partial
from pathlib import Path
from typing import Final

from flowmap.callgraph.model import Function
from flowmap.flow.model import Detail, Flow
from flowmap.frameworks.django.landmarks import START_UP
from flowmap.frameworks.django.links import source_link
from flowmap.pipeline import Request, map_program, result_of
from flowmap.render.svg import render_svg
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


def draw(folder: Path) -> None:
    """Writes the picture of every flow that is kept."""
    folder.mkdir(parents=True, exist_ok=True)
    for release in RELEASES:
        for detail in Detail:
            flow = kept_flow(release, detail)
            drawn = render_svg(flow, links=partial(_link, flow), once=START_UP)
            (folder / f"django-{release}-{detail}.svg").write_text(drawn, encoding="utf-8")


def _link(flow: Flow, function: Function) -> str | None:
    return source_link(function, flow.subject)


def _file(release: str, detail: Detail) -> Path:
    return FOLDER / f"django-{release}-{detail}.json.gz"


if __name__ == "__main__":
    if len(sys.argv) > 1:
        draw(Path(sys.argv[1]))
    else:
        for each in RELEASES:
            keep(each)
