"""Which request is asked for decides which view is mapped, and which of its handlers."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from flowmap.errors import UnknownViewError
from flowmap.pipeline import Request, flow_of, map_program
from flowmap.pipeline.mapping import MappedProgram

pytestmark = pytest.mark.releases

PROJECT = Path(__file__).parents[2] / "fixtures" / "projects" / "5.2.19"
VIEWS = "hello.views:"


@cache
def mapped(url: str | None = None, method: str | None = None, view: str | None = None) -> MappedProgram:
    closed = ("django.db", "django.template")
    return map_program(Request("django==5.2.19", PROJECT, frontier=closed, url=url, method=method, view=view))


def views(program: MappedProgram) -> set[str]:
    """The functions of the project's views that are called by another module."""
    edges = program.graph.edges
    found = {str(edge.callee) for edge in edges if edge.caller.module != edge.callee.module}
    return {name for name in found if name.startswith(VIEWS) and not name.endswith("<module>")}


def landmark(program: MappedProgram) -> str | None:
    return next((str(stage.landmark) for stage in flow_of(program).stages if stage.id == "view"), None)


def test_without_a_request_every_view_may_answer() -> None:
    assert {f"{VIEWS}{name}" for name in ("hello", "form", "session", "json")} <= views(mapped())


def test_a_path_leads_to_its_view_alone() -> None:
    program = mapped("/form/", "POST")

    assert views(program) == {f"{VIEWS}form"}
    assert landmark(program) == f"{VIEWS}form"
    assert program.notes == ("/form/: /form/ -> hello.views:form (mysite/urls.py:11)",)


def test_a_path_that_no_route_matches_is_answered_without_a_view() -> None:
    program = mapped("/fromm/")
    flow = flow_of(program)

    assert views(program) == set()
    assert landmark(program) is None
    assert flow.stages[-1].id == "response"
    assert "no route matches" in program.notes[0]
    assert "/form/" in program.notes[0]


def test_a_view_may_be_asked_for_by_its_name() -> None:
    program = mapped(view="views.HelloView", method="GET")

    assert views(program) == {f"{VIEWS}HelloView.get"}
    # What another method would have been answered by.
    options = "django.views.generic.base:View.options"
    assert options in {str(edge.callee) for edge in mapped().graph.edges}
    assert options not in {str(edge.callee) for edge in program.graph.edges}


def test_a_view_that_is_not_there_is_not_mapped() -> None:
    with pytest.raises(UnknownViewError) as caught:
        mapped(view="hello.views.sesion")

    assert caught.value.hint.startswith("did you mean hello.views.session")
