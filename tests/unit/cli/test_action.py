"""The Action's steps, run as GitHub runs them, against an index in a folder; and the hooks beside it."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
import yaml

from flowmap.cli.main import COMMANDS
from tests.unit.frameworks.tiny import tiny_files
from tests.unit.sources.archives import FileIndex, wheel

ROOT = Path(__file__).parents[3]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text("utf-8"))
_EXPRESSION = re.compile(r"\$\{\{ (\S+) \}\}")


class Job:
    """A job in a folder: an environment in which flowmap is installed already, and what its steps wrote."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.folder = folder
        self.temporary = folder / "runner"
        self.files = {name: folder / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
        self.environment = {**os.environ, **environment, "RUNNER_TEMP": str(self.temporary)}
        self.environment.update((name, str(path)) for name, path in self.files.items())
        self.program("runner/flowmap/bin/flowmap", f'exec "{sys.executable}" -m flowmap "$@"')

    def program(self, path: str, script: str) -> None:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
        file.chmod(file.stat().st_mode | stat.S_IXUSR)

    def run(self, step: str, **given: str) -> subprocess.CompletedProcess[str]:
        """A step, with the inputs that are given and the defaults of the others."""
        (found,) = (each for each in ACTION["runs"]["steps"] if each.get("id") == step)
        known = {f"inputs.{name}": str(each.get("default", "")) for name, each in ACTION["inputs"].items()}
        known |= {f"inputs.{name.replace('_', '-')}": value for name, value in given.items()}
        known |= {"github.event.number": "7", "github.token": "t", "github.repository": "o/r"}
        known |= {f"steps.report.outputs.{name}": value for name, value in self.outputs().items()}
        values = {name: _EXPRESSION.sub(lambda match: known[match[1]], text) for name, text in found["env"].items()}
        command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", found["run"]]
        return subprocess.run(
            command, cwd=self.folder, env={**self.environment, **values}, capture_output=True, text=True, check=False
        )

    def outputs(self) -> dict[str, str]:
        file = self.files["GITHUB_OUTPUT"]
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return dict(line.split("=", 1) for line in lines)


@pytest.fixture
def job(tmp_path: Path, own_cache: Path) -> Job:
    """A job whose index has two releases; the second calls one thing more, and takes one argument more."""
    index = FileIndex(tmp_path / "index")
    files = tiny_files()
    sources = {path: files.read(path).decode() for path in files.paths()}
    management = "tiny/core/management/__init__.py"
    newer = sources[management].replace("execute(argv):", "execute(argv, more=()):\n    called()")
    newer += "\n\ndef called():\n    pass\n"
    for version, text in (("1.0", sources[management]), ("1.1", newer)):
        contents = {**sources, management: text, "tiny/__init__.py": f"__version__ = '{version}'\n"}
        index.publish("tiny", wheel(index.files, "tiny", version, contents))
    work = tmp_path / "work"
    work.mkdir()
    (work / "pyproject.toml").write_text('[tool.flowmap]\nentry = "manage.py check"\n', "utf-8")
    return Job(work, {"PIP_INDEX_URL": index.url, "FLOWMAP_CACHE_DIR": str(own_cache), "PYTHONPATH": str(ROOT)})


def test_two_releases_are_compared_and_reported(job: Job) -> None:
    done = job.run("report", old="tiny==1.0", new="tiny==1.1")

    assert done.returncode == 0, done.stderr
    assert job.outputs() == {"changed": "true"}
    assert "tiny 1.0 -> tiny 1.1: " in done.stdout
    # What changed is shown on the pull request, and in the summary.
    assert "\n::warning title=flowmap" in done.stdout
    folder = job.folder / "outputs"
    assert job.files["GITHUB_STEP_SUMMARY"].read_text("utf-8").startswith("## tiny 1.0 → tiny 1.1")
    assert (folder / "report.md").read_text("utf-8").startswith("## tiny 1.0 → tiny 1.1")
    changes = json.loads((folder / "report.json").read_bytes())["changes"]
    assert len(json.loads((folder / "report.sarif").read_bytes())["runs"][0]["results"]) == len(changes) > 0
    assert len(ET.parse(folder / "report.xml").findall(".//failure")) == len(changes)
    assert job.run("verdict").returncode == 1


def test_nothing_changed(job: Job) -> None:
    done = job.run("report", old="tiny==1.0", new="tiny==1.0", annotations="false", summary="false")

    assert done.returncode == 0, done.stderr
    assert job.outputs() == {"changed": "false"}
    assert not job.files["GITHUB_STEP_SUMMARY"].exists()
    assert job.run("verdict").returncode == 0


def test_what_can_be_mended_is_no_difference(job: Job) -> None:
    done = job.run("report", old="tiny==1.0", new="tiny==9")

    assert done.returncode == 2
    assert "hint: " in done.stderr
    assert job.outputs() == {}
    # Without anything to compare, the folder is checked against the flow that was saved.
    done = job.run("report")
    assert done.returncode == 2
    assert "there is no saved flow" in done.stderr


def test_what_comes_from_the_caller_is_text(job: Job) -> None:
    done = job.run("report", old="tiny==1.0; touch a", new="$(touch b)", arguments="`touch c`", git="$(touch d)")

    assert done.returncode == 2
    assert not {"a", "b", "c", "d"} & {each.name for each in job.folder.iterdir()}


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ("", "pr comment 7 --body-file {}"),
        ("31\\n32", "api --method PATCH repos/o/r/issues/comments/31 -F body=@{} --silent"),
    ],
)
def test_the_report_becomes_one_comment(job: Job, known: str, said: str) -> None:
    job.program("bin/gh", f'case "$*" in *--paginate*) printf "{known}";; *) echo "$@" > said;; esac')
    job.environment["PATH"] = f"{job.folder / 'bin'}:{job.environment['PATH']}"
    (job.folder / "outputs").mkdir()
    (job.folder / "outputs" / "report.md").write_text("## what changed\n", "utf-8")

    assert job.run("comment").returncode == 0
    body = job.temporary / "flowmap-comment.md"
    assert body.read_text("utf-8") == "<!-- flowmap -->\n## what changed\n"
    assert (job.folder / "said").read_text("utf-8") == f"{said.format(body)}\n"


def test_a_comment_that_may_not_be_written_is_no_failure(job: Job) -> None:
    job.program("bin/gh", "exit 1")
    job.environment["PATH"] = f"{job.folder / 'bin'}:{job.environment['PATH']}"
    (job.folder / "outputs").mkdir()
    (job.folder / "outputs" / "report.md").write_text("## what changed\n", "utf-8")

    done = job.run("comment")
    assert done.returncode == 0
    assert done.stdout.startswith("::notice title=flowmap::")


def test_no_script_holds_what_comes_from_outside() -> None:
    for step in ACTION["runs"]["steps"]:
        assert "${{" not in step.get("run", "")
        assert {match[1] for match in _EXPRESSION.finditer(str(step)) if match[1].startswith("inputs.")} <= {
            f"inputs.{name}" for name in ACTION["inputs"]
        }


def test_the_hooks_are_commands() -> None:
    for hook in yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text("utf-8")):
        program, *command = hook["entry"].split()
        assert program == "flowmap"
        assert all(word in COMMANDS for word in command)
