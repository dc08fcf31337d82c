"""A release whose functions, classes and settings bear other names gives the same graph and flow under those names."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.renamed.make import make
from tests.renamed.mapping import map_copy, release_files
from tests.renamed.names import renamed
from tests.renamed.plain import plain_flow, plain_graph


@pytest.mark.releases
def test_names_do_not_matter(tmp_path: Path) -> None:
    files = list(release_files())
    make(files, tmp_path / "original", rename=False)
    make(files, tmp_path / "renamed", rename=True)

    graph, flow = map_copy(tmp_path / "original")
    other_graph, other_flow = map_copy(tmp_path / "renamed")

    assert len(flow.stages) > 5
    assert flow.missing == ()
    assert plain_graph(graph, renamed) == plain_graph(other_graph)
    assert plain_flow(flow, renamed) == plain_flow(other_flow)
