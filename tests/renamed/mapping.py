"""The one place where the renaming test calls flowmap."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from flowmap.callgraph.model import CallGraph
from flowmap.flow.model import Flow
from flowmap.pipeline import map_flow, map_graph
from flowmap.sources.cache import Cache, default_cache_folder
from flowmap.sources.config import read_index_settings
from flowmap.sources.distribution import Distribution
from flowmap.sources.fetch import resolve
from tests.renamed.make import Files

RELEASE = "django==5.2.19"


def release_files(release: str = RELEASE) -> Files:
    """The release's source, from the index or the cache, with metadata that name its version and dependencies."""
    distribution = resolve(release, settings=read_index_settings(), cache=Cache(default_cache_folder()))
    sources = [(path, distribution.files.read(path)) for path in distribution.files.paths()]
    return [*sources, *_metadata(distribution, [path for path, _ in sources])]


def _metadata(distribution: Distribution, paths: Sequence[str]) -> Files:
    folder = f"{distribution.name}-{distribution.version}.dist-info"
    lines = [
        "Metadata-Version: 2.1",
        f"Name: {distribution.name}",
        f"Version: {distribution.version}",
        *(f"Requires-Dist: {requirement}" for requirement in distribution.requires),
    ]
    yield f"{folder}/METADATA", "\n".join([*lines, ""]).encode()
    yield f"{folder}/RECORD", "".join(f"{path},,\n" for path in paths).encode()


def map_copy(folder: Path) -> tuple[CallGraph, Flow]:
    """The call graph and the flow of a copy that `make` wrote."""
    site, project = str(folder / "site"), folder / "project"
    return map_graph(site, project), map_flow(site, project)
