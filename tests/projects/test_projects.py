"""The fixture projects: their recordings are whole, and the views and middleware that ran are on their maps."""

from __future__ import annotations

import dataclasses
import json
import re

import pytest

from flowmap.observe.comparison import Score
from tests.projects.__main__ import load_limits, row
from tests.projects.client import parsed
from tests.projects.measure import Mapped, Measured, map_project, measured_by, shortfalls
from tests.projects.projects import Project, load_projects
from tests.projects.recording import RECORDINGS, load_recording

PROJECTS = load_projects()
# Called and not entered: what they lead to is what costs. Only the views of the admin lie behind them.
CLOSED = ("django.db", "django.template", "django.forms")


# The command holds all of them, with nothing closed: `python -m tests.projects --check`.
@pytest.fixture(scope="module", params=["plain", "environ", "custom"])
def mapped(request: pytest.FixtureRequest) -> tuple[Project, Mapped]:
    project = PROJECTS[request.param]
    return project, map_project(project, CLOSED)


@pytest.mark.releases
def test_views_and_middleware_that_ran_are_on_the_map_and_in_order(mapped: tuple[Project, Mapped]) -> None:
    project, program = mapped
    recording = load_recording(project.name)
    limits = load_limits()[project.name]

    measured = measured_by(program, project.name, recording)

    lost = {each for each in measured.lost if not each.startswith("django.contrib.admin.")}
    assert lost <= set(limits.get("lost", []))
    assert measured.order == tuple(recording.first) or not limits.get("order", True)
    assert measured.django == recording.django


@pytest.mark.parametrize("name", PROJECTS)
def test_a_recording_is_whole(name: str) -> None:
    recording = load_recording(name)
    ran = {str(end.name) for edge in recording.observed.edges for end in (edge.caller, edge.callee)}
    own = {edge.callee.file for edge in recording.observed.edges if edge.callee.tree == "project"}

    run = json.loads((RECORDINGS / f"{name}.run.json").read_text(encoding="utf-8"))
    # Django says who answers, without a recording; what was recorded has all but those that a redirect replaced.
    answered = {each["view"] for each in run["requests"] if "view" in each and each["status"] == 200}
    assert answered <= ran
    assert answered <= set(recording.views)
    assert set(recording.entered) <= ran
    assert set(recording.first) <= set(recording.entered)
    assert len(recording.middleware) >= 6
    assert recording.views
    assert all((PROJECTS[name].folder / file).is_file() for file in own)
    assert recording.observed.packages["Django"] == recording.django


@pytest.mark.parametrize("name", PROJECTS)
def test_every_request_was_answered(name: str) -> None:
    run = json.loads((RECORDINGS / f"{name}.run.json").read_text(encoding="utf-8"))

    assert [each["request"] for each in run["requests"]] == list(PROJECTS[name].requests)
    assert {each["status"] for each in run["requests"]} >= {200, 404}


def test_the_requirements_are_pinned() -> None:
    for project in PROJECTS.values():
        files = project.requirements_file.parent.glob("*.txt")
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
        assert [line for line in lines if not re.fullmatch(r"[\w.-]+==[\w.]+|-r [\w.]+", line)] == []


def test_every_project_has_its_limits() -> None:
    limits = load_limits()

    assert set(limits) == set(PROJECTS)
    assert all({"recall", "ratio"} <= set(each) for each in limits.values())


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("GET /", ("GET", "/", "", {})),
        ("POST /a/ b=c&d=e", ("POST", "/a/", "b=c&d=e", {})),
        ('POST /a/ {"b":"c d"}', ("POST", "/a/", '{"b":"c d"}', {})),
        ("DELETE /a/ Authorization:Token_x", ("DELETE", "/a/", "", {"Authorization": "Token x"})),
    ],
)
def test_requests(text: str, meaning: tuple[str, str, str, dict[str, str]]) -> None:
    assert parsed(text) == meaning


MEASURED = Measured("x", "5.2.19", Score(100, 97, 150), Score(100, 50, 150), (), (), ("a:f", "a:g"), True, 1.0)


@pytest.mark.parametrize(
    ("limits", "change", "lines"),
    [
        ({"recall": 0.97, "ratio": 1.5}, {}, []),
        ({"recall": 0.98, "ratio": 1.4}, {}, ["x: recall 0.9700 is under 0.98", "x: ratio 1.5000 is over 1.4"]),
        ({"recall": 0.9, "ratio": 2.0}, {"lost": ("a:h",)}, ["x: not on the map: a:h"]),
        ({"recall": 0.9, "ratio": 2.0, "lost": ["a:h"]}, {}, ["x: not on the map: nothing any more"]),
        ({"recall": 0.9, "ratio": 2.0}, {"order": ("a:g", "a:f")}, ["x: the flow enters a:g, a:f; really: a:f, a:g"]),
        ({"recall": 0.9, "ratio": 2.0}, {"django": "4.2"}, ["x: Django 4.2 was mapped, 5.2.19 was recorded"]),
    ],
)
def test_what_falls_short(limits: dict[str, object], change: dict[str, object], lines: list[str]) -> None:
    recording = dataclasses.replace(load_recording("plain"), first=("a:f", "a:g"))

    assert shortfalls(dataclasses.replace(MEASURED, **change), recording, limits) == lines


def test_a_row() -> None:
    recording = dataclasses.replace(load_recording("plain"), first=("a:g",), views=("a:f", "a:h"), entered=("a:g",))

    assert row(dataclasses.replace(MEASURED, lost=("a:h",)), recording).split() == [
        "x", "5.2.19", "100", "97", "0.970", "150", "1.50", "1/2", "1/1?", "1.0",
    ]  # fmt: skip
