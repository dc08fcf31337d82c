"""`flowmap check`: its statuses, its policy, and the flow it saves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowmap.cli.main import main
from flowmap.compare import Snapshot, compare
from flowmap.snapshot import flow_json
from tests.unit.frameworks.tiny import write_tiny
from tests.unit.render.flows import flow_of, step

OLD = flow_of(step(1, "one", "a:f", "a:g"))
NEW = flow_of(step(1, "one", "a:f", "a:g"), step(2, "one", "a:g", "a:h"))


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where one stands: the old flow is saved, `new.json` is the flow as it is now."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".flowmap").mkdir()
    (tmp_path / ".flowmap" / "flow.json").write_bytes(flow_json(OLD))
    (tmp_path / "new.json").write_bytes(flow_json(NEW))
    return tmp_path


def policy(folder: Path, text: str) -> None:
    (folder / "pyproject.toml").write_text(f"[tool.flowmap.check]\n{text}\n", "utf-8")


def accepted(reason: str = "reviewed") -> str:
    changes = compare(Snapshot(OLD), Snapshot(NEW)).changes
    tables = [f'{{change = "{each.fingerprint}", reason = "{reason}"}}' for each in changes]
    return f"accepted = [{', '.join(tables)}]"


def test_the_status_says_whether_something_fails(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["check", ".flowmap/flow.json", "-q"]) == 0
    assert main(["check", "new.json", "-q"]) == 1
    assert b"one: call-added: a:g calls a:h" in capsysbinary.readouterr().out
    assert main(["check", "new.json", "-q", "--exit-zero"]) == 0
    policy(here, 'fail = ["stage-removed"]')
    assert main(["check", "new.json", "-q"]) == 0
    policy(here, 'stages = ["settings"]')
    assert main(["check", "new.json", "-q"]) == 0


def test_accepted_changes(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    policy(here, accepted())
    assert main(["check", "new.json", "-q"]) == 0
    assert b"because: reviewed" in capsysbinary.readouterr().out
    assert main(["check", ".flowmap/flow.json", "-q"]) == 1
    assert b"accepted and does not occur" in capsysbinary.readouterr().out


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('fail = ["call-aded"]', "call-aded"),
        ("fial = []", "fial"),
        ('accepted = [{change = "0"}]', "reason"),
        ('accepted = [{change = "0", reason = " "}]', "has no reason"),
        ('accepted = [{change = "0", reason = "a"}, {change = "0", reason = "b"}]', "accepted twice"),
        ('stages = ["tow"]', "'tow'"),
    ],
)
def test_a_policy_that_cannot_be_understood(
    here: Path, text: str, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    policy(here, text)

    assert main(["check", "new.json", "-q"]) == 2
    said = capsys.readouterr().err
    assert says in said
    assert "hint: " in said


def test_no_table_at_all(here: Path) -> None:
    (here / "pyproject.toml").write_text("[tool.flowmap]\ncheck = 1\n", "utf-8")
    assert main(["check", "new.json", "-q"]) == 2


def test_without_a_saved_flow_the_user_is_told_how_to_make_it(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (here / ".flowmap" / "flow.json").unlink()

    assert main(["check", "new.json", "-q"]) == 2
    assert "--update" in capsys.readouterr().err
    assert main(["check", "new.json", "--update"]) == 0
    assert capsys.readouterr().err.endswith("saved .flowmap/flow.json\n")
    assert (here / ".flowmap" / "flow.json").read_bytes() == (here / "new.json").read_bytes()
    assert main(["check", "new.json", "-q"]) == 0


def test_a_project_and_what_changes_in_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The policy and the saved flow are those of the target's folder, wherever one stands."""
    monkeypatch.chdir(tmp_path)
    site = write_tiny(tmp_path / "site")
    # How a map is written is no concern of a check.
    (site / "pyproject.toml").write_text('[tool.flowmap]\nformat = ["svg"]\n[tool.flowmap.check]\n', "utf-8")
    words = ["check", "./site", "--offline", "-q", "--entry", "manage.py check"]

    assert main([*words, "--update", "--callgraph"]) == 0
    assert sorted(each.name for each in (site / ".flowmap").iterdir()) == ["callgraph.json", "flow.json"]
    assert main(words) == 0
    saved = site / ".flowmap" / "callgraph.json"
    graph = json.loads(saved.read_bytes())
    removed = graph["edges"].pop()
    saved.write_text(json.dumps(graph), "utf-8")
    assert removed
    assert main(words) == 1
    # The call graph is saved again where it is saved already.
    assert main([*words, "--update"]) == 0
    assert main(words) == 0


def test_where_the_flow_is_saved(here: Path) -> None:
    assert main(["check", ".flowmap/flow.json", "-q", "--snapshot", ".flowmap"]) == 0
    assert main(["check", "new.json", "-q", "--snapshot", "base.json", "--update"]) == 0
    assert main(["check", "new.json", "-q", "--snapshot", "base.json"]) == 0
    assert main(["check", "new.json", "-q", "--snapshot", "base.json", "--update", "--callgraph"]) == 2


def test_contracts(here: Path, capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    policy(here, 'fail = []\nmust_not_reach = [{from = "f", to = "h", reason = "too far"}]')

    assert main(["check", ".flowmap/flow.json", "-q"]) == 0
    assert main(["check", "new.json", "-q"]) == 1
    lines = capsysbinary.readouterr().out.decode().splitlines()
    assert lines[lines.index("contracts that do not hold:") + 1 :] == [
        "  f must not reach h: a chain of calls leads there",
        "    because: too far",
        "    a:f  a.py:1",
        "    -> a:g  a.py:1",
        "    -> a:h  a.py:2",
    ]


def test_contracts_alone_need_no_saved_flow(here: Path) -> None:
    (here / ".flowmap" / "flow.json").unlink()
    policy(here, 'stages = ["one"]\nmust_not_reach = [{from = "h", to = "f"}]\n' + accepted())
    assert main(["check", "new.json", "-q", "--contracts"]) == 0
    policy(here, 'must_not_reach = [{from = "f", to = "h"}]')
    assert main(["check", "new.json", "-q", "--contracts"]) == 1


@pytest.mark.parametrize("text", ['must_pass = [{from = "f", to = "h"}]', 'must_reach = [{from = "f", too = "h"}]'])
def test_a_contract_that_cannot_be_understood(here: Path, text: str) -> None:
    policy(here, text)
    assert main(["check", "new.json", "-q"]) == 2


def test_what_was_saved_says_its_detail_and_is_compared_at_that(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.chdir(tmp_path)
    site = write_tiny(tmp_path / "site")
    words = ["check", "./site", "--offline", "-q", "--entry", "manage.py check"]

    assert main([*words, "--update", "--detail", "full"]) == 0
    saved = site / ".flowmap" / "flow.json"
    assert json.loads(saved.read_bytes())["detail"] == "full"
    assert main(words) == 0
    assert main(["diff", str(saved), "./site", *words[2:]]) == 0
    assert b"detail" not in capsysbinary.readouterr().out
    main([*words, "--detail", "overview"])
    assert b"the detail differs: full and overview" in capsysbinary.readouterr().out
