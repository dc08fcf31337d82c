"""`flowmap diff`: its exit statuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.callgraph.model import CallEdge, CallGraph
from flowmap.cli.main import main
from flowmap.names import FunctionName
from flowmap.snapshot import callgraph_json, flow_json
from tests.unit.render.flows import flow_of, function, step

_BEGINS = (
    ("json", b'{\n "schema": "flowmap-diff/1"'),
    ("markdown", b"## "),
    ("text", b""),
    ("svg", b"<?xml"),
    ("side-by-side", b"<?xml"),
    ("html", b"<!doctype html>"),
)


@pytest.fixture
def saved(tmp_path: Path) -> tuple[str, str]:
    old, new = tmp_path / "old.json", tmp_path / "new.json"
    old.write_bytes(flow_json(flow_of(step(1, "one", "a:f", "a:g"))))
    new.write_bytes(flow_json(flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:h"))))
    return str(old), str(new)


def test_the_status_says_whether_something_changed(
    saved: tuple[str, str], capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    old, new = saved

    assert main(["diff", old, old, "-q"]) == 0
    assert main(["diff", old, new, "-q"]) == 1
    assert main(["diff", old, new, "-q", "--exit-zero"]) == 0
    assert b"call-added: a:g calls a:h" in capsysbinary.readouterr().out


def test_what_is_no_snapshot_can_be_mended(saved: tuple[str, str], tmp_path: Path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_bytes(Path(saved[0]).read_bytes()[:100])

    assert main(["diff", saved[0], str(broken), "-q"]) == 2
    assert main(["diff", saved[0], str(tmp_path / "none.json"), "-q"]) == 2
    assert main(["diff", saved[0], saved[1], "-q", "--detail", "much"]) == 2


def test_it_is_written_in_the_form_that_is_asked_for(saved: tuple[str, str], tmp_path: Path) -> None:
    for form, begins in _BEGINS:
        file = tmp_path / form
        assert main(["diff", *saved, "-q", "--format", form, "-o", str(file)]) == 1
        assert file.read_bytes().startswith(begins)
    assert main(["diff", *saved, "-q", "--format", "much"]) == 2


def test_with_a_project_what_does_not_touch_it_is_counted(saved: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "told"

    assert main(["diff", *saved, "-q", "--project", str(tmp_path), "-o", str(file)]) == 1
    told = file.read_text(encoding="utf-8")
    assert "0 changes" in told
    assert "more changes touch nothing of the project" in told
    assert main(["diff", *saved, "-q", "--project", str(tmp_path), "--format", "html", "-o", str(file)]) == 1


def test_a_call_graph_alone_is_compared_with_that_of_the_other_side(
    tmp_path: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    flow = flow_of(step(1, "one", "a:f", "a:g"))
    for name, callee in (("old", "a:g"), ("new", "a:h")):
        graph = CallGraph(
            {FunctionName.parse(text): function(text) for text in ("a:f", callee)},
            (CallEdge(FunctionName.parse("a:f"), FunctionName.parse(callee)),),
            (),
            (),
        )
        (tmp_path / name).mkdir()
        (tmp_path / name / "callgraph.json").write_bytes(callgraph_json(graph, flow.subject))
    (tmp_path / "old" / "flow.json").write_bytes(flow_json(flow))
    old, new = (str(tmp_path / name / "callgraph.json") for name in ("old", "new"))

    assert main(["diff", new, new, "-q"]) == 0
    assert main(["diff", old, new, "-q"]) == 1
    told = capsysbinary.readouterr().out.decode()
    assert "note: there is no flow of Django 5.2.19: only the call graphs are compared\n" in told
    assert "in a h is reached now, and g no more" in told
    assert "stage" not in told
