"""A project is observed, then mapped with what was observed: the files, the summary, the warnings."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest

from flowmap.cli.main import main
from flowmap.flow.model import Detail, Flow, Subject
from flowmap.pipeline import flows
from flowmap.snapshot import json_schema
from tests.unit.frameworks.tiny import MANAGE, write_tiny
from tests.unit.observe.interpreters import environment
from tests.unit.render.flows import flow_of as made_up
from tests.unit.render.flows import step

URLS = """\
from tiny.urls import path
import gc
import os

def view(argv):
    hidden()
    for name in os.listdir('.'):
        if name == 'absent':
            other()

def hidden():
    pass

def other():
    pass

def odd():
    pass

urlpatterns = [path('x', view), path('y', view)]
# What reading does not find: the collector knows every object.
next(each for each in gc.get_objects() if getattr(each, '__qualname__', None) == 'odd')()
"""


def _flows() -> Callable[..., dict[Detail, Flow]]:
    def cut_all(_graph: object, _landmarks: object, subject: Subject) -> dict[Detail, Flow]:
        steps = (
            step(1, "one", "manage:<module>", "tiny.core.management:execute"),
            step(2, "one", "tiny.core.management:execute", "site.urls:view"),
            step(3, "one", "tiny.core.management:execute", "site.urls:other"),
        )
        return dict.fromkeys(Detail, replace(made_up(*steps), subject=subject))

    return cut_all


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    site = tmp_path / "project"
    (site / "mysite").mkdir(parents=True)
    (site / "manage.py").write_text(MANAGE.replace("{{ project_name }}", "mysite"))
    (site / "mysite" / "__init__.py").write_text("")
    (site / "mysite" / "settings.py").write_text("ROOT_URLCONF = 'mysite.urls'\nMIDDLEWARE = []\n")
    (site / "mysite" / "urls.py").write_text(URLS)
    monkeypatch.chdir(site)
    folder = write_tiny(tmp_path / "tiny-9.1.2")
    monkeypatch.setattr(flows, "cut_all", _flows())
    main_words = "import sys; from flowmap.cli.main import run; run()"
    words = ["observe", "--python", sys.executable, "--", "manage.py", "run"]
    paths = {**environment(), "PYTHONPATH": f"{folder}:{Path(__file__).parents[3]}"}
    done = subprocess.run([sys.executable, "-c", main_words, *words], env=paths, capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    return str(folder)


def test_every_edge_has_its_mark(target: str, capfd: pytest.CaptureFixture[str]) -> None:
    words = [target, "--project", ".", "--offline", "--jobs", "1", "--observed", "observed.json"]
    assert main([*words, "--format", "svg,json"]) == 0

    out, err = capfd.readouterr()
    (file,) = Path("outputs").glob("*/sightings.json")
    sightings = json.loads(file.read_bytes())
    jsonschema.validate(sightings, json_schema("flowmap-sightings/1"))
    marks = {(each["caller"], each["callee"]): each["mark"] for each in sightings["edges"]}
    graph = json.loads(file.with_name("callgraph.json").read_bytes())
    assert {(each["caller"], each["callee"]) for each in graph["edges"]} <= marks.keys()
    assert marks["manage:<module>", "tiny.core.management:execute"] == "seen"
    assert marks["tiny.core.management:execute", "mysite.urls:view"] == "seen"
    assert marks["mysite.urls:view", "mysite.urls:other"] == "possible"
    assert marks["tiny.core.management:execute", "mysite.urls:<module>"] == "seen"
    assert out == ""
    assert "observed: manage.py, 1 process, Python 3." in err
    assert "arrows of the flow" in err
    assert str(Path.cwd()) not in file.read_text(encoding="utf-8")


def test_what_happened_and_was_not_found_is_said_by_its_ids(target: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([target, "--project", ".", "--offline", "--observed", "observed.json", "--format", "json"]) == 0

    err = capfd.readouterr().err
    (file,) = Path("outputs").glob("*/sightings.json")
    wrong = [each for each in json.loads(file.read_bytes())["edges"] if each["mark"] == "not-found"]
    assert wrong == [{"caller": "mysite.urls:<module>", "callee": "mysite.urls:odd", "mark": "not-found"}]
    assert "seen and not found: 1 (a defect of flowmap)" in err
    assert "mysite.urls:<module> -> mysite.urls:odd" in err
    assert "collector" not in err


def test_a_recording_of_something_else_is_said_to_be(target: str, capfd: pytest.CaptureFixture[str]) -> None:
    recording = json.loads(Path("observed.json").read_bytes())
    Path("other.json").write_text(json.dumps({**recording, "packages": {"tiny": "8.0"}, "pythons": ["2.7.18"]}))

    assert main([target, "--project", ".", "--offline", "--observed", "other.json", "--format", "json"]) == 0

    err = capfd.readouterr().err
    assert "recorded with tiny 8.0, and this is 9.1.2" in err.lower()
    assert "warning: recorded on Python 2.7, and the library read is that of 3." in err


def test_another_schema_is_refused(target: str, capfd: pytest.CaptureFixture[str]) -> None:
    Path("other.json").write_text('{"schema": "flowmap-callgraph/1"}')

    assert main([target, "--observed", "other.json"]) == 2
    assert "other.json follows the schema 'flowmap-callgraph/1', not 'flowmap-observed/1'" in capfd.readouterr().err
