"""What settings decided: the command that the first app gives, and what the flow runs through."""

from __future__ import annotations

from collections.abc import Mapping

from flowmap.callgraph.model import Function, NodeKind
from flowmap.flow.model import Decision, Flow, OpenSetting, Subject
from flowmap.frameworks import Entrance, SettingBinding
from flowmap.frameworks.django.decisions import decide
from flowmap.names import FunctionName, Origin
from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import Root, SourceTree

COMMAND = "management/commands/serve.py"
TREE = SourceTree(
    [
        Root(
            Origin.PROJECT,
            MemoryFiles(
                {
                    f"{package}/{path}": b""
                    for package in ("one", "two", "two/inner", "three")
                    for path in ("__init__.py", "apps.py", "management/__init__.py", "management/commands/__init__.py")
                }
                | {f"one/{COMMAND}": b"", f"two/inner/{COMMAND}": b"", "site/urls.py": b"", "site/gates.py": b""}
            ),
        )
    ]
)


def _binding(setting: str, line: int, **lines: int) -> SettingBinding:
    named = {name.replace("__", "."): number for name, number in lines.items()}
    return SettingBinding(
        setting, "site.settings", "site/settings.py", line, frozenset(), named, frozenset(), frozenset(), frozenset()
    )


BINDINGS = (
    _binding("APPS", 3, two__inner__apps__Inner=5, one=4, three=6),
    _binding("URLS", 8),
    _binding("GATES", 9, site__gates__A=10),
    _binding("GATES", 12, site__gates__B=12),
)


def _decided(settings: Mapping[str, object], *functions: str, open_: str = "") -> list[Decision]:
    still_open = (OpenSetting(open_, "x:1"),) if open_ else ()
    subject = Subject("D", "1", "", "3.11", "manage.py serve", "p", "linux", settings, open=still_open)
    known = {
        FunctionName.parse(name): Function(FunctionName.parse(name), NodeKind.FUNCTION, Origin.PROJECT)
        for name in functions
    }
    flow = Flow(subject, (), known, {}, ())
    entrance = Entrance("manage", settings="site.settings", bindings=BINDINGS, named_at="manage.py:7")
    return list(decide(flow, entrance, TREE))


def test_the_settings_module_and_who_names_it() -> None:
    assert _decided({}) == [Decision("settings", "site.settings", "", "manage.py:7")]


def test_the_first_app_that_has_a_command_gives_it() -> None:
    reached = "two.inner.management.commands.serve:Command.handle"
    apps = ["three", "two.inner.apps.Inner", "one"]
    _, found = _decided({"APPS": apps}, reached)

    chosen = "two.inner.apps.Inner"
    assert found == Decision("serve", chosen, "APPS", "site/settings.py:5", chosen, ("one",))
    _, found = _decided({"APPS": ["one", "two.inner.apps.Inner"]}, reached)
    assert (found.chosen, found.place, found.over) == ("one", "site/settings.py:4", (chosen,))


def test_one_that_nobody_else_has() -> None:
    _, found = _decided({"APPS": ["three", "one"]}, "one.management.commands.serve:Command.handle")

    assert (found.chosen, found.over) == ("one", ())


def test_of_an_open_setting_nothing_is_said() -> None:
    reached = "one.management.commands.serve:Command.handle"

    assert len(_decided({"APPS": ["one"]}, reached, open_="APPS")) == 1
    assert len(_decided({"APPS": frozenset({"one", "two"})}, reached)) == 1


def test_what_the_flow_runs_through() -> None:
    settings = {"URLS": "site.urls", "GATES": ["site.gates.A", "site.gates.B"], "APPS": ["one"], "MORE": "site.more"}
    found = _decided(settings, "site.urls:<module>", "site.gates:B.__call__", "one:<module>")

    assert [(each.subject, each.outcome, each.place) for each in found[1:]] == [
        ("GATES", "site.gates.A, site.gates.B", "site/settings.py:10"),
        ("URLS", "site.urls", "site/settings.py:8"),
    ]
