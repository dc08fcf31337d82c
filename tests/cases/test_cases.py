"""The engine's call graph of every case is exactly the expected one."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import pytest

from flowmap.callgraph.simple import simple_name
from flowmap.cli.main import main
from flowmap.names import MODULE_BODY, FunctionName
from flowmap.pipeline import callgraph_of_files
from tests.cases.case import Case, load_cases, module_name
from tests.cases.comparison import differences
from tests.cases.recorder import Recorder

UNMET = tomllib.loads((Path(__file__).parent / "unmet.toml").read_text(encoding="utf-8"))
CASES = {case.id: case for case in load_cases()}


def _differences(case: Case, root: Path) -> list[str]:
    return list(differences(case, callgraph_of_files(case.write(root), root)))


@pytest.mark.parametrize("name", [name for name in CASES if name not in UNMET])
def test_the_graph_is_the_expected_one(name: str, tmp_path: Path) -> None:
    case = CASES[name]

    found = _differences(case, tmp_path)

    assert not found, f"{case.id}: {case.prose}\n" + "\n".join(found)


@pytest.mark.parametrize("name", UNMET)
def test_what_is_not_met_yet_is_known(name: str, tmp_path: Path) -> None:
    assert _differences(CASES[name], tmp_path), f"{name} is met now: take it out of unmet.toml"


@pytest.mark.parametrize("name", [name for name in CASES if name not in UNMET])
def test_the_command_prints_it_in_the_simple_form(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    case = CASES[name]
    entry, *_ = case.write(tmp_path)
    monkeypatch.chdir(tmp_path)

    status = main(["callgraph", str(entry.relative_to(tmp_path)), "--format", "simple", "-q", "--jobs", "1"])

    printed = {caller: set(callees) for caller, callees in json.loads(capfd.readouterr().out).items()}
    expected = _expected_simple(case, printed)
    own = {caller: callees & expected.keys() for caller, callees in printed.items() if caller in expected}
    assert (status, own) == (0, expected)
    # And under no other name.
    modules = tuple(f"{module}." for module in case.modules)
    assert {name for name in printed if name.startswith(modules)} <= expected.keys()


def _expected_simple(case: Case, printed: dict[str, set[str]]) -> dict[str, set[str]]:
    """All functions of the modules that were read, called or not, with what they call of each other."""
    read = {path: text for path, text in case.files if module_name(path) in printed}
    kinds: dict[str, str] = {}
    for path, text in read.items():
        module = module_name(path)
        recorder = Recorder("/", f"/{path}")
        recorder.number(compile(text, path, "exec"), module)
        kinds |= {f"{module}:{MODULE_BODY}": "module"} | recorder.defined
    expected: dict[str, set[str]] = {_simple(name): set() for name, kind in kinds.items() if kind != "class"}
    for caller, callee in (edge.pair for edge in case.edges):
        if kinds.get(caller, "class") != "class" and kinds.get(callee, "class") not in {"class", "module"}:
            expected[_simple(caller)].add(_simple(callee))
    return expected


def _simple(name: str) -> str:
    return simple_name(FunctionName.parse(name))
