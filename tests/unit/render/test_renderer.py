"""Which Graphviz is run, and what is said when it is not there."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import re
import shutil
import xml.etree.ElementTree as ET
from itertools import pairwise
from pathlib import Path

import graphviz.backend.dot_command
import pytest

from flowmap.render.dotfile import CORNER
from flowmap.render.renderer import (
    ExecutableRenderer,
    Renderer,
    RendererKind,
    RendererMissingError,
    RenderingError,
    renderer_for,
)
from flowmap.render.svg import render_svg
from tests.unit.render.flows import flow_of, step
from tests.unit.render.sample import django_5_2_flow


def test_auto_is_the_embedded_one() -> None:
    assert renderer_for().name == renderer_for(RendererKind.EMBEDDED).name == "embedded"


def test_each_source_is_laid_out_by_itself() -> None:
    answers = renderer_for().lay_out(["digraph a { x -> y }", "digraph b { z }"])

    assert [answer.count("node ") for answer in answers] == [2, 1]


def test_the_graphviz_package_is_left_as_it_was() -> None:
    usual = graphviz.backend.dot_command.DOT_BINARY
    renderer_for().lay_out(["digraph a { x }"])

    assert usual == graphviz.backend.dot_command.DOT_BINARY


def test_a_broken_source_is_our_error() -> None:
    with pytest.raises(RenderingError, match="embedded"):
        renderer_for().draw("digraph {")


def test_an_executable_that_is_gone_is_a_problem_of_the_user() -> None:
    gone = ExecutableRenderer("embedded", Path("/nowhere/graphviz-pure"))

    with pytest.raises(RendererMissingError, match="graphviz-pure") as caught:
        gone.draw("digraph { a }")
    assert caught.value.hint


def test_a_missing_package_is_named_with_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_name: str) -> None:
        raise importlib.metadata.PackageNotFoundError

    monkeypatch.setattr(importlib.metadata, "files", nothing)

    with pytest.raises(RendererMissingError, match="graphviz-pure") as caught:
        renderer_for()
    assert "--renderer system" in caught.value.hint


def test_without_a_dot_on_the_path_system_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)

    with pytest.raises(RendererMissingError, match="not on the PATH"):
        renderer_for(RendererKind.SYSTEM)


@pytest.mark.skipif(importlib.util.find_spec("pygraphviz") is not None, reason="pygraphviz is installed")
def test_without_pygraphviz_its_extra_is_named() -> None:
    with pytest.raises(RendererMissingError) as caught:
        renderer_for(RendererKind.PYGRAPHVIZ)
    assert "flowmap[pygraphviz]" in caught.value.hint


def draws_routes_as_planned(renderer: Renderer) -> bool:
    """Whether every arrow runs up, down and sideways only, as no layout engine's own way would."""
    root = ET.fromstring(render_svg(django_5_2_flow(), renderer=renderer))
    arrows = [group for group in root.iter() if re.fullmatch(r"(edge|passage)-[\d-]+", group.get("id", ""))]
    assert len(arrows) == 95
    ways = [path.get("d", "") for group in arrows for path in group.iter("{http://www.w3.org/2000/svg}path")]
    return len(ways) == 95 and all(map(is_right_angled, ways))


def is_right_angled(way: str) -> bool:
    numbers = [float(number) for number in re.findall(r"-?[\d.]+", way)]
    points = list(zip(numbers[::6], numbers[1::6], strict=True))
    return all(
        min(abs(x1 - x2), abs(y1 - y2)) < 0.1 or max(abs(x1 - x2), abs(y1 - y2)) < CORNER + 0.1
        for (x1, y1), (x2, y2) in pairwise(points)
    )


def test_the_embedded_one_draws_every_route_as_planned() -> None:
    assert draws_routes_as_planned(renderer_for())


def test_pygraphviz_draws_every_route_as_planned() -> None:
    pytest.importorskip("pygraphviz", reason="the extra pygraphviz is not installed")

    assert draws_routes_as_planned(renderer_for(RendererKind.PYGRAPHVIZ))


def test_the_dot_on_the_path_draws_the_same_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = renderer_for()
    assert isinstance(embedded, ExecutableRenderer)
    (tmp_path / "dot").symlink_to(embedded._executable)
    monkeypatch.setenv("PATH", str(tmp_path))

    system = renderer_for(RendererKind.SYSTEM)

    assert system.name == "system"
    assert 'id="edge-1"' in render_svg(flow_of(step(1, "one", "m:a", "m:b")), renderer=system)
