"""Which Graphviz is run, and what is said when it is not there."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

import graphviz.backend.dot_command
import pytest

from flowmap.render.renderer import (
    ExecutableRenderer,
    RendererKind,
    RendererMissingError,
    RenderingError,
    renderer_for,
)
from flowmap.render.svg import render_svg
from tests.unit.render.flows import flow_of, step


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


def test_pygraphviz_draws_the_same_elements() -> None:
    pytest.importorskip("pygraphviz", reason="the extra pygraphviz is not installed")

    assert 'id="edge-1"' in render_svg(
        flow_of(step(1, "one", "m:a", "m:b")), renderer=renderer_for(RendererKind.PYGRAPHVIZ)
    )


def test_the_dot_on_the_path_draws_the_same_elements(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    embedded = renderer_for()
    assert isinstance(embedded, ExecutableRenderer)
    (tmp_path / "dot").symlink_to(embedded._executable)
    monkeypatch.setenv("PATH", str(tmp_path))

    system = renderer_for(RendererKind.SYSTEM)

    assert system.name == "system"
    assert 'id="edge-1"' in render_svg(flow_of(step(1, "one", "m:a", "m:b")), renderer=system)
