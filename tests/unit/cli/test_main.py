"""The command line keeps its promises: exit statuses, what goes to which stream, and nothing loaded in vain."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flowmap import __version__
from flowmap.cli import mapping
from flowmap.cli.main import COMMANDS, main
from flowmap.flow.model import Detail, Flow, Subject
from flowmap.pipeline import flows
from tests.unit.frameworks.tiny import write_tiny
from tests.unit.render.flows import flow_of as made_up
from tests.unit.render.flows import step

SCRIPT = [sys.executable, "-c", "from flowmap.cli.main import run; run()"]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR", "FLOWMAP_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    return str(write_tiny(tmp_path / "site"))


def _flows(missing: tuple[str, ...] = ()) -> Callable[..., dict[Detail, Flow]]:
    def cut_all(_graph: object, _landmarks: object, subject: Subject) -> dict[Detail, Flow]:
        flow = made_up(step(1, "command-line", "manage:<module>", "tiny.core.management:execute"), missing=missing)
        return dict.fromkeys(Detail, replace(flow, subject=subject))

    return cut_all


def _written() -> list[str]:
    return sorted(path.as_posix() for path in Path().rglob("*") if path.is_file())


def test_the_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capfd.readouterr() == (f"flowmap {__version__}\n", "")


def test_the_version_is_told_without_loading_what_maps() -> None:
    program = (
        "import sys; from flowmap.cli.main import main; main(['--version']); "
        "print(*sorted({name.partition('.')[0] for name in sys.modules}))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.splitlines()[1].split())

    assert "flowmap" in loaded
    assert loaded.isdisjoint({"libcst", "networkx", "graphviz", "typer", "rich", "unearth", "msgspec"})


def test_help_is_on_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    out, err = capfd.readouterr()
    assert out.startswith("Usage: flowmap [OPTIONS]")
    assert "--project" in out
    assert all(f"'flowmap {name} " in " ".join(out.split()) for name in COMMANDS if name != "map")
    assert err == ""


@pytest.mark.parametrize(
    ("words", "wrong"),
    [
        ([], "missing argument 'TARGET'"),
        (["callgraph"], "missing argument 'FILE...'"),
        (["--nonsense", "x"], "no such option: --nonsense"),
        (["a", "b"], "unexpected extra argument"),
        (["x", "--detail", "lots"], "'lots' is no value of --detail"),
        (["x", "--format", "svg,jpeg"], "'jpeg' is no value of --format"),
        (["x", "--renderer", "paint"], "'paint' is no value of --renderer"),
        (["x", "--jobs", "0"], "--jobs"),
        (["x y"], "is not a target"),
        (["./nothing"], "there is no file or folder './nothing'"),
        (["callgraph", "nothing.py"], "there is no file 'nothing.py'"),
        (["callgraph", "nothing.py", "--format", "yaml"], "'yaml' is no value of --format"),
    ],
)
def test_what_the_user_can_mend(words: list[str], wrong: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert main([*words, "--quiet"] if words[:1] != [] else words) == 2

    out, err = capfd.readouterr()
    lines = err.splitlines()
    assert out == ""
    assert len(lines) == 2
    assert lines[0].startswith("flowmap: ")
    assert wrong in lines[0]
    assert lines[1].startswith("hint: ")
    assert _written() == []


def test_a_defect_is_none_of_the_other_statuses(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(mapping, "mapped_target", fail)

    assert main(["django"]) == 70
    assert capfd.readouterr().err.splitlines() == [
        "flowmap: internal error: ZeroDivisionError: by nothing",
        "hint: please report it, with what --debug prints",
    ]
    assert main(["django", "--debug"]) == 70
    assert "Traceback" in capfd.readouterr().err


def test_an_interrupt(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(mapping, "mapped_target", interrupt)

    assert main(["django", "-q"]) == 130
    assert capfd.readouterr().err == "flowmap: interrupted\n"


def test_mapping_writes_files_and_sums_up(
    tiny: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "cut_all", _flows())

    assert main([tiny, "--jobs", "1", "--offline", "--format", "svg,json"]) == 0

    out, err = capfd.readouterr()
    folder = "outputs/tiny-9.1.2"
    assert _written() == [f"{folder}/{name}" for name in ("callgraph.json", "flow.json", "flow.svg")]
    assert out == ""
    assert "\x1b" not in err
    assert f"finding {tiny} ..." in err
    assert "tiny 9.1.2: manage.py runserver" in err
    assert "tiny.core.management:execute" in err
    assert " functions, " in err
    assert f"  {folder}/flow.svg\n" in err


def test_quiet_is_quiet(tiny: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flows, "cut_all", _flows(("View",)))

    assert main([tiny, "-q", "--offline", "--jobs", "1", "--format", "json", "-o", "there"]) == 0
    assert capfd.readouterr() == ("", "")
    assert _written() == [f"there/tiny-9.1.2/{name}" for name in ("callgraph.json", "flow.json")]


@pytest.mark.parametrize(("words", "status"), [([], 0), (["--strict"], 3)])
def test_an_incomplete_flow_is_drawn_and_said(
    words: list[str], status: int, tiny: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(flows, "cut_all", _flows(("View",)))

    assert main([tiny, "--offline", "--jobs", "1", "--format", "text", *words]) == status
    assert "View: not reached" in capfd.readouterr().err
    assert _written() == ["outputs/tiny-9.1.2/flow.txt"]


@pytest.mark.parametrize("name", ["!!", "django/db", "django..db", ".db"])
def test_a_frontier_that_names_no_module_is_refused(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    Path("main.py").write_text("")

    assert main(["callgraph", "main.py", "--frontier", f"django.conf,{name}"]) == 2
    assert f"'{name}' is no name of a module" in capfd.readouterr().err


def test_colours_are_the_users_choice(
    tiny: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [tiny, "--offline", "--jobs", "1", "--format", "text"]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert main(words) == 0
    coloured = capfd.readouterr().err
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(words) == 0

    assert "\x1b[1m" in coloured
    # Nothing that moves or hides the cursor: it is no terminal.
    assert not {"\x1b[?25l", "\x1b[2K", "\r"} & set(coloured.split("m"))
    assert "\x1b[3" not in capfd.readouterr().err


def test_the_call_graph_goes_to_stdout(capfd: pytest.CaptureFixture[str]) -> None:
    Path("main.py").write_text("def f(): pass\nf()\n")

    assert main(["callgraph", "main.py", "--format", "simple", "--jobs", "1"]) == 0
    out, err = capfd.readouterr()
    assert json.loads(out) == {"main": ["main.f"], "main.f": []}
    assert err == "following main.py ...\n"


def test_the_call_graph_goes_to_a_file(capfd: pytest.CaptureFixture[str]) -> None:
    Path("main.py").write_text("def f(): pass\nf()\n")

    assert main(["callgraph", "main.py", "-o", "new/graph.json", "-q", "--jobs", "1"]) == 0
    assert capfd.readouterr() == ("", "")
    assert json.loads(Path("new/graph.json").read_text())["schema"] == "flowmap-callgraph/1"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_behind_stdout() -> None:
    Path("main.py").write_text("print()\n")
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*SCRIPT, "callgraph", "main.py", "-q"], stdout=full, stderr=subprocess.PIPE, text=True, check=False
        )

    assert done.returncode == 2
    assert done.stderr.startswith("flowmap: cannot write to 'standard output': ")
    assert len(done.stderr.splitlines()) == 2


def test_a_reader_that_has_seen_enough() -> None:
    Path("main.py").write_text("".join(f"def f{n}(): pass\nf{n}()\n" for n in range(2000)))
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write, "wb") as closed:
        done = subprocess.run(
            [*SCRIPT, "callgraph", "main.py", "-q"], stdout=closed, stderr=subprocess.PIPE, text=True, check=False
        )

    assert (done.returncode, done.stderr) == (141, "")


def test_the_package_runs_as_the_command() -> None:
    command = [sys.executable, "-m", "flowmap", "--version"]
    environ = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[3])}

    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)

    assert done.stdout.startswith("flowmap ")
