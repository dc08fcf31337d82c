"""Maps the releases of the gallery and makes the files that it shows of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from flowmap.flow.model import Detail, Flow
from flowmap.pipeline import (
    Manner,
    MappedTarget,
    Request,
    chosen_renderer,
    mapped_target,
    output_folder,
    render_outputs,
)
from flowmap.pipeline.results import flow_in
from flowmap.render.picture import picture_of
from flowmap.snapshot import read_flow
from tests.gallery.page import Entry, index_page

FOLDER: Final = Path(__file__).parents[2] / "outputs" / "gallery"
INDEX: Final = "index.html"
# The last release of every series from 1.8 on.
RELEASES: Final = tuple(Path(__file__).with_name("releases.txt").read_text(encoding="utf-8").split())
# The fewest and the most boxes of a picture.
BUDGETS: Final = {Detail.OVERVIEW: (1, 24), Detail.FLOW: (40, 80), Detail.FULL: (40, 1500)}
SHOWN: Final = ("flow.svg", "flow.json", "flow.md")


def mapped(release: str) -> MappedTarget:
    """A release. What was mapped before is taken from the cache."""
    return mapped_target(Request(f"django=={release}"))


def off_budget(flows: Mapping[Detail, Flow]) -> Iterator[str]:
    """The pictures that have more boxes, or fewer, than their detail is meant to have."""
    for detail, flow in flows.items():
        count = sum(len(lane.boxes) for lane in picture_of(flow).lanes)
        fewest, most = BUDGETS[detail]
        if not fewest <= count <= most:
            yield f"{flow.subject.version} at {detail}: {count} boxes, and {fewest} to {most} are meant"


def made(target: MappedTarget) -> tuple[str, dict[str, bytes]]:
    """The folder of a release and its files."""
    framework, flow = target.found.framework, flow_in(target.result, Detail.FLOW)
    manner = Manner(chosen_renderer("auto"))
    files = render_outputs(target.result, framework, ("svg", "json", "markdown"), manner, target.found.tree)
    return output_folder(flow.subject, framework), {name: files[name] for name in SHOWN}


def index_of(folder: Path, releases: Iterable[str] = RELEASES) -> bytes:
    """The index page of those releases that lie in a folder."""
    flows = {path.parent.name: read_flow(path.read_bytes()) for path in sorted(folder.glob("*/flow.json"))}
    by_version = {flow.subject.version: (name, flow) for name, flow in flows.items()}
    return index_page([_entry(*by_version[each]) for each in releases if each in by_version]).encode()


def differences(folder: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    """The files of a folder that are not what they would be if they were made now."""
    for name, content in files.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != content:
            yield f"{folder.name}/{name}"


def _entry(folder: str, flow: Flow) -> Entry:
    steps = [step for stage in flow.stages for step in stage.steps]
    functions = {name for step in steps for name in (step.caller, step.callee)}
    subject = flow.subject
    title = f"{subject.distribution} {subject.version}"
    return Entry(folder, title, len(functions), len(steps), len(flow.stages), subject.python)
