"""A command whose result was kept says and writes what it said and wrote the first time, and loads little for it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from flowmap.cli.main import main
from flowmap.pipeline import mapping
from tests.unit.frameworks.tiny import write_tiny

ROOT = Path(__file__).parents[3]
# What other parts of flowmap know of the analysis: the words of its entries and results, and its bounds, which are in
# the key.
WORDS = {"flowmap.analysis", "flowmap.analysis.bounds", "flowmap.analysis.entry", "flowmap.analysis.result"}
LIBRARIES = {"libcst", "networkx", "unearth", "httpx2"}

LOADED = """\
import sys
from flowmap.cli.main import main
status = main(sys.argv[1:])
print(status, *sorted(sys.modules))
"""


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return str(write_tiny(tmp_path / "site"))


def _loaded(*words: str) -> set[str]:
    environ = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", LOADED, *words], capture_output=True, text=True, check=True, env=environ
    )
    status, *modules = done.stdout.splitlines()[-1].split()
    assert status == "0", done.stderr
    return set(modules)


def _engine(modules: set[str]) -> set[str]:
    analysis = {name for name in modules if name.startswith("flowmap.analysis")}
    return (analysis - WORDS) | (modules & {"flowmap.callgraph.build", "flowmap.pipeline.mapping"})


@pytest.mark.parametrize("words", [["--format", "json"], []])
def test_a_kept_result_needs_no_engine(words: list[str], target: str) -> None:
    first = _loaded(target, "--offline", "--quiet", *words)
    second = _loaded(target, "--offline", "--quiet", *words)

    # The first one shows that what is looked for would be found.
    assert "flowmap.pipeline.mapping" in _engine(first)
    assert {"libcst", "flowmap.analysis.interpreter"} <= first
    assert _engine(second) == set()
    assert second.isdisjoint(LIBRARIES)


@pytest.mark.parametrize("words", [["callers", "execute"], ["callees", "hello"]])
def test_nor_do_questions(words: list[str], target: str) -> None:
    first = _loaded(*words, "--in", target, "--quiet")
    second = _loaded(*words, "--in", target, "--quiet")

    assert "libcst" in first
    assert _engine(second) == set()
    assert second.isdisjoint(LIBRARIES)


def _said(words: list[str], capfd: pytest.CaptureFixture[str]) -> tuple[int, str, list[str], dict[str, bytes]]:
    """The status, stdout, what stderr says besides the progress, and what is written."""
    status = main(words)
    out, err = capfd.readouterr()
    written = {path.as_posix(): path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    return status, out, [line for line in err.splitlines() if not line.endswith(" ...")], written


def _no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("the program is analysed once more")

    monkeypatch.setattr(mapping, "analyse", fail)


@pytest.fixture
def broken(target: str) -> str:
    """A release whose settings name what is not there, and a module that cannot be read."""
    template = Path(target, "tiny/conf/project_template/project_name")
    urls = template / "urls.py-tpl"
    urls.write_text(f"import mysite.broken\n{urls.read_text()}")
    (template / "broken.py-tpl").write_text("A = = 1\n")
    return target


@pytest.mark.parametrize("words", [[], ["--strict"], ["--detail", "overview"], ["--strict", "--detail", "full"]])
def test_summary_warnings_status_and_files_are_the_same(
    words: list[str], broken: str, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = [broken, "--offline", "--format", "svg,dot,graphml,json,markdown,text,mermaid", *words]
    first = _said(words, capfd)
    _no_engine(monkeypatch)

    assert _said(words, capfd) == first
    assert first[0] == (3 if "--strict" in words else 0)
    assert any("not reached" in line for line in first[2])
    assert any("mysite.broken: " in line and "broken.py:1: " in line for line in first[2])
    assert len(first[3]) == 9


def test_no_cache_works_everything_out_anew(
    target: str, own_cache: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    commands: list[Callable[[], int]] = [
        lambda: main([target, "--offline", "--quiet", "--no-cache"]),
        lambda: main(["callers", "execute", "--in", target, "--quiet", "--no-cache"]),
        lambda: main(["why", "execute", "hello", "--in", target, "--quiet", "--offline", "--no-cache"]),
    ]
    assert [command() for command in commands] == [0, 0, 0]
    assert not [path for path in own_cache.rglob("*") if path.suffix in {".ir", ".result"}]

    main([target, "--offline", "--quiet"])
    _no_engine(monkeypatch)
    assert main([target, "--offline", "--quiet"]) == 0
    assert [command() for command in commands] == [70, 70, 70]


def test_the_call_graph_of_files_is_the_same(target: str, capfd: pytest.CaptureFixture[str]) -> None:
    Path("main.py").write_text("def f(): eval('1')\nf()\n")
    for form in ("json", "dot", "graphml", "simple"):
        words = ["callgraph", "main.py", "--quiet", "--format", form]
        # After the first round the others are answered from what it kept.
        answers = {_said(words, capfd)[:2], _said(words, capfd)[:2], _said([*words, "--no-cache"], capfd)[:2]}
        assert len(answers) == 1
        assert "main" in answers.pop()[1]
