"""From a target to a call graph, on a framework that is as small as one can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.errors import FlowmapError, OldSyntaxError, SettingsNotFoundError, UnreadableProjectError
from flowmap.pipeline import Request, map_graph, map_program
from flowmap.pipeline.finding import imported_dependencies
from tests.unit.frameworks.tiny import tiny_distribution, write_tiny


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMAP_CACHE_DIR", str(tmp_path / "cache"))


@pytest.fixture
def tiny(tmp_path: Path) -> str:
    return str(write_tiny(tmp_path / "site"))


def _edges(request: Request) -> set[str]:
    return {f"{edge.caller} -> {edge.callee}" for edge in map_program(request).graph.edges}


def test_the_rendered_project_is_followed_to_its_view(tiny: str) -> None:
    stages: list[str] = []

    program = map_program(Request(tiny, jobs=1, offline=True), stages.append)

    edges = {f"{edge.caller} -> {edge.callee}": edge for edge in program.graph.edges}
    assert "manage:<module> -> tiny.core.management:execute" in edges
    assert "tiny.core.management:execute -> mysite.views:hello" in edges
    assert "mysite.views:hello -> tiny.http:Reply.__init__" in edges
    (site,) = edges["tiny.core.management:execute -> mysite.urls:<module>"].sites
    assert site.evidence == "setting"
    assert stages[0] == f"finding {tiny}"
    assert program.files == len(list(filter(None, {f.file for f in program.graph.functions.values()})))


def test_the_subject_says_what_was_mapped_and_keeps_secrets(tiny: str) -> None:
    subject = map_program(Request(tiny, jobs=1, offline=True)).subject

    assert (subject.distribution, subject.version, subject.entry) == ("tiny", "9.1.2", "manage.py runserver")
    assert (subject.project, subject.platform) == ("startproject", "linux")
    assert subject.settings == {
        "MIDDLEWARE": ["tiny.middleware.Layer"],
        "ROOT_URLCONF": "mysite.urls",
        "WSGI_APPLICATION": "mysite.wsgi.application",
    }


def test_a_request_enters_the_application(tiny: str) -> None:
    edges = _edges(Request(tiny, entry="wsgi", jobs=1, offline=True))

    assert "mysite.wsgi:<module> -> tiny.core.wsgi:make" in edges
    assert not any("tiny.core.management:execute" in edge for edge in edges)


def test_a_module_behind_the_frontier_is_not_entered(tiny: str) -> None:
    edges = _edges(Request(tiny, frontier=("tiny.http",), jobs=1, offline=True))

    assert "tiny.core.management:execute -> mysite.views:hello" in edges
    assert "mysite.views:hello -> tiny.http:Reply.__init__" not in edges


def _project(folder: Path, **files: str) -> Path:
    folder.mkdir()
    manage = "import os\nos.environ.setdefault('TINY_SETTINGS', 'conf')\nimport conf\nconf.here()\n"
    for name, text in {"manage": manage, "conf": "def here(): pass\n", **files}.items():
        (folder / f"{name}.py").write_text(text)
    return folder


def test_the_users_own_project_is_entered(tiny: str, tmp_path: Path) -> None:
    project = _project(tmp_path / "shop")

    assert "manage:<module> -> conf:here" in _edges(Request(tiny, project, jobs=1, offline=True))
    assert map_program(Request(tiny, project, jobs=1, offline=True)).subject.project == "shop"


def test_problems_of_the_users_own_project(tiny: str, tmp_path: Path) -> None:
    broken = _project(tmp_path / "broken", conf="A = 1\nB = = 2\n")
    with pytest.raises(UnreadableProjectError, match=r"conf\.py:2: "):
        map_graph(tiny, broken)
    lost = _project(tmp_path / "lost", manage="import os\nos.environ.setdefault('TINY_SETTINGS', 'shop.conf')\n")
    with pytest.raises(SettingsNotFoundError, match=r"'shop\.conf'"):
        map_graph(tiny, lost)
    with pytest.raises(FlowmapError, match=r"there is no manage\.py"):
        map_graph(tiny, tmp_path)


def test_a_release_in_the_syntax_of_python_2_is_refused(tiny: str) -> None:
    http = Path(tiny, "tiny", "http.py")
    http.write_text(f"{http.read_text()}\ndef f():\n    try:\n        f()\n    except ValueError, e:\n        pass\n")

    with pytest.raises(OldSyntaxError, match=r"written in the syntax of Python 2.*tiny/http\.py"):
        map_graph(tiny)


def test_only_dependencies_that_this_side_of_the_frontier_imports_are_wanted() -> None:
    distribution = tiny_distribution(
        {
            "db/__init__.py": "import far\n",
            "urls.py": "def f():\n    from near.thing import x\n",
            "http.py": "# import idle\nimport nearer\n",
            "two.py": "import two_words\n",
        },
        requires=("near>=1", "far", "idle ; python_version > '3'", "two-words[extra]", "never"),
    )

    assert imported_dependencies(distribution, ("tiny.db",)) == {"near", "two-words"}
    assert imported_dependencies(distribution, ()) == {"near", "far", "two-words"}
