"""A project as the target: where it is, which packages it runs with, and what is said where one of these is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from flowmap.analysis.result import Reason
from flowmap.errors import (
    FlowmapError,
    FrameworkMissingError,
    NotAnEnvironmentError,
    OptionWithoutProjectError,
    PackagesMissingError,
    ProjectMissingError,
    SettingsNotFoundError,
    SeveralProjectsError,
    UnreadableSourceError,
)
from flowmap.names import Origin
from flowmap.pipeline import Request, map_program, mapped_target, result_of
from flowmap.pipeline.finding import FoundProgram, find_program
from flowmap.pipeline.packages import framework_target
from flowmap.pipeline.targets import root_hints
from flowmap.sources.directory import DirectoryFiles
from tests.unit.frameworks.tiny import tiny_files
from tests.unit.sources.archives import FileIndex, wheel
from tests.unit.sources.environments import environment, installed, site, write

MANAGE = """\
import os
import sys
os.environ.setdefault('TINY_SETTINGS', 'conf')
from tiny.core.management import execute
execute(sys.argv)
"""
CONF = "import far\nROOT_URLCONF = 'routes'\nMIDDLEWARE = ['far.layer.Layer']\n"
ROUTES = "import gone.away\ndef view(argv):\n    pass\nurlpatterns = [('x/', view)]\n"
PROJECT = {"manage.py": MANAGE, "conf.py": CONF, "routes.py": ROUTES}
TINY = {path: tiny_files().read(path).decode() for path in tiny_files().paths()}
FAR = {"far/__init__.py": "", "far/layer.py": "class Layer: pass\n"}


@pytest.fixture(autouse=True)
def _own_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLOWMAP_CACHE_DIR", str(tmp_path / "cache"))
    for name in ("VIRTUAL_ENV", "CONDA_PREFIX"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    """A project with an environment in which the framework and another package are installed."""
    folder = write(tmp_path / "shop", PROJECT)
    environment(folder / ".venv", files={**installed("tiny", "9.1.2", TINY), **installed("far", "1.0", FAR)})
    return folder


@pytest.fixture
def index(tmp_path: Path) -> FileIndex:
    found = FileIndex(tmp_path / "index")
    found.publish("tiny", wheel(found.files, "tiny", "9.1.2", TINY), wheel(found.files, "tiny", "8.0", TINY))
    found.publish("far", wheel(found.files, "far", "1.0", FAR))
    return found


def asked(folder: Path, **options: object) -> Request:
    return Request(f"{folder}/", jobs=1, **options)  # type: ignore[arg-type]  # some of many options


def origin(found: FoundProgram, module: str) -> Origin | None:
    source = found.tree.find(module)
    return None if source is None else source.origin


def origins(found: FoundProgram) -> list[Origin | None]:
    return [origin(found, name) for name in ("conf", "tiny", "far")]


ALL = [Origin.PROJECT, Origin.DISTRIBUTION, Origin.DEPENDENCY]


def test_the_environment_in_the_project(shop: Path) -> None:
    found = find_program(asked(shop, offline=True))

    assert (found.project, found.entry, origins(found)) == ("shop", "manage.py runserver", ALL)
    assert (found.distribution.name, found.distribution.version) == ("tiny", "9.1.2")
    assert found.notices[0] == "packages: .venv (Python 3.11)"


def test_the_flow_goes_on_past_what_is_missing(shop: Path) -> None:
    mapped = mapped_target(asked(shop, offline=True))

    assert mapped.result.absent == {"gone": "routes.py:1"}
    edges = {(str(edge.caller), str(edge.callee)) for edge in map_program(asked(shop, offline=True)).graph.edges}
    assert ("tiny.core.management:execute", "routes:view") in edges


def test_a_file_that_cannot_be_read_is_a_gap(shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = DirectoryFiles.read

    def refuse(files: DirectoryFiles, path: str) -> bytes:
        if path == "routes.py":
            raise UnreadableSourceError(path, "Permission denied")
        return read(files, path)

    monkeypatch.setattr(DirectoryFiles, "read", refuse)
    result = mapped_target(asked(shop, offline=True)).result

    why = {hole.why for hole in result.holes if hole.name == "routes" and hole.reason == Reason.UNREADABLE}
    assert why == {"cannot read 'routes.py': Permission denied"}


def test_an_environment_that_is_named(shop: Path, tmp_path: Path) -> None:
    (shop / ".venv").rename(tmp_path / "elsewhere")

    found = find_program(asked(shop, env=tmp_path / "elsewhere", offline=True))
    assert origins(found) == ALL
    with pytest.raises(NotAnEnvironmentError, match="no site-packages"):
        find_program(asked(shop, env=shop))


def test_the_active_environment(shop: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shop / ".venv").rename(tmp_path / "active")
    environment(shop / "venv")
    monkeypatch.setenv("VIRTUAL_ENV", str(tmp_path / "active"))

    found = find_program(asked(shop, offline=True))
    assert origins(found) == ALL
    # One in which the framework is not there is not the project's.
    assert found.notices[0].startswith(f"packages: {tmp_path / 'active'}")
    assert "passed over, as there is no django in it: venv" in found.notices


def test_the_library_is_that_of_its_python(shop: Path, tmp_path: Path) -> None:
    library = tmp_path / "python/lib/python3.9"
    write(library, dict.fromkeys(("os.py", "threading.py"), ""))
    (shop / ".venv/pyvenv.cfg").write_text(f"home = {tmp_path}/python/bin\nversion = 3.9\n")
    environment(shop / ".venv", "3.9", {**installed("tiny", "9.1.2", TINY), **installed("far", "1.0", FAR)})
    (shop / ".venv/pyvenv.cfg").write_text(f"home = {tmp_path}/python/bin\nversion = 3.9\n")

    # It is not whole.
    found = find_program(asked(shop, offline=True))
    assert found.python == f"{sys.version_info.major}.{sys.version_info.minor}"
    assert "the Python of .venv is 3.9; the library that is read is " in found.notices[1]
    (library / "functools.py").write_text("")
    found = find_program(asked(shop, offline=True))
    assert (found.python, len(found.notices)) == ("3.9", 1)
    assert find_program(asked(shop, library=_library(tmp_path), offline=True)).python == "3.12"


def _library(tmp_path: Path) -> Path:
    return write(tmp_path / "python3.12", dict.fromkeys(("os.py", "threading.py", "functools.py"), ""))


def test_a_lock_or_requirements(shop: Path, tmp_path: Path, index: FileIndex) -> None:
    (shop / ".venv").rename(tmp_path / "elsewhere")
    write(shop, {"requirements.txt": "tiny<9\nfar\n", "other.txt": "tiny==9.1.2\nnowhere\n"})

    found = find_program(asked(shop, index_url=index.url))
    assert (found.distribution.version, origins(found)) == ("8.0", ALL)
    assert found.notices[0] == "packages: requirements.txt"
    named = find_program(asked(shop, index_url=index.url, requirements=(shop / "other.txt",)))
    assert (named.distribution.version, origin(named, "far")) == ("9.1.2", None)
    assert "no package 'nowhere'" in named.notices[1]


def test_the_framework_under_another_release(shop: Path, tmp_path: Path, index: FileIndex) -> None:
    found = find_program(asked(shop, index_url=index.url, django="tiny==8.0"))
    assert (found.distribution.version, origins(found)) == ("8.0", ALL)
    assert len([root for root in found.tree.roots if "tiny/urls.py" in root.files.paths()]) == 1

    other = write(tmp_path / "checkout", {**TINY, "pyproject.toml": "[project]\nname = 'tiny'\nversion = '10'\n"})
    assert find_program(asked(shop, django=str(other), offline=True)).distribution.version == "10"
    (shop / ".venv").rename(tmp_path / "elsewhere")
    write(shop, {"requirements.txt": "tiny==9.1.2\nfar\n"})
    locked = find_program(asked(shop, index_url=index.url, django="tiny==8.0"))
    assert (locked.distribution.version, origin(locked, "far")) == ("8.0", Origin.DEPENDENCY)


def test_what_the_other_release_requires_in_another_version(shop: Path, index: FileIndex) -> None:
    index.publish("tiny", wheel(index.files, "tiny", "7.0", TINY, requires=["far>=2", "near"]))
    index.publish("far", wheel(index.files, "far", "2.0", {**FAR, "far/new.py": ""}))
    index.publish("near", wheel(index.files, "near", "1.0"))

    found = find_program(asked(shop, index_url=index.url, django="tiny==7.0"))

    assert [origin(found, name) for name in ("far.new", "near")] == [Origin.DEPENDENCY] * 2
    assert len([root for root in found.tree.roots if "far/layer.py" in root.files.paths()]) == 1


def test_without_packages_the_release_stands_alone(shop: Path, tmp_path: Path, index: FileIndex) -> None:
    (shop / ".venv").rename(tmp_path / "elsewhere")

    found = find_program(asked(shop, index_url=index.url, django="tiny==8.0"))
    assert origins(found) == [Origin.PROJECT, Origin.DISTRIBUTION, None]
    assert found.notices == ("packages: those of tiny 8.0 alone",)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        ("5.2.19", "django==5.2.19"),
        ("==5.2.*", "django==5.2.*"),
        ("~=4.2", "django~=4.2"),
        (" >=5,<6 ", "django>=5,<6"),
        ("django==5.2", "django==5.2"),
        ("~/django", "~/django"),
        ("./django", "./django"),
    ],
)
def test_what_another_release_is_called(text: str, target: str) -> None:
    assert framework_target(text) == target


def test_one_folder_down(shop: Path, tmp_path: Path) -> None:
    outer = tmp_path / "outer"
    outer.mkdir()
    (shop / ".venv").rename(outer / ".venv")
    shop.rename(outer / "back")

    found = find_program(asked(outer, offline=True))
    assert (found.project, origins(found)) == ("outer", ALL)
    assert origin(found, "back") is None
    write(outer / "front", PROJECT)
    with pytest.raises(SeveralProjectsError, match=r"outer/back, .*outer/front"):
        find_program(asked(outer))


@pytest.mark.parametrize("protocol", ["wsgi", "asgi"])
def test_an_application_instead_of_a_command_line(protocol: str, shop: Path) -> None:
    (shop / "manage.py").unlink()
    write(shop, {f"site_/{protocol}.py": "from tiny.core.wsgi import make\napplication = make()\n"})

    assert find_program(asked(shop, offline=True)).entry == protocol


def test_an_application_that_is_not_known_is_a_gap_of_its_module(shop: Path) -> None:
    (shop / "manage.py").unlink()
    write(shop, {"site_/wsgi.py": "import os\nimport elsewhere\n\napplication = elsewhere.wrap(os)\n"})

    program = map_program(asked(shop, offline=True))

    assert ("site_.wsgi:<module>", 4, "the callee is not Python source") in {
        (str(gap.caller), gap.line, gap.reason) for gap in program.graph.gaps
    }
    assert result_of(program).absent == {"elsewhere": "site_/wsgi.py:2"}


def test_settings_that_are_named(shop: Path) -> None:
    write(shop, {"prod.py": "from conf import *\n"})
    program = map_program(asked(shop, settings="prod", offline=True))

    assert program.entrance.settings == "prod"
    assert program.entrance.environment == {"TINY_SETTINGS": "prod"}
    assert ("prod:<module>", "conf:<module>") in {(str(e.caller), str(e.callee)) for e in program.graph.edges}
    with pytest.raises(SettingsNotFoundError, match="'nowhere', named in --settings"):
        map_program(asked(shop, settings="nowhere", offline=True))


def test_settings_instead_of_a_command_line(shop: Path) -> None:
    (shop / "manage.py").unlink()
    program = map_program(asked(shop, settings="conf", offline=True))

    # As the framework's own command would.
    assert ("tiny.core.management:execute", "routes:view") in {
        (str(edge.caller), str(edge.callee)) for edge in program.graph.edges
    }


def test_further_folders_to_import_from(shop: Path) -> None:
    write(shop, {"apps/gone/away.py": "", "apps/gone/__init__.py": ""})
    mapped = mapped_target(asked(shop, offline=True))
    assert mapped.result.absent == {"gone": "routes.py:1"}
    assert root_hints(mapped.found, mapped.result) == ("gone is in apps of the project: name that folder with --root",)

    found = find_program(asked(shop, roots=(shop / "apps",), offline=True))
    assert origin(found, "gone.away") is Origin.PROJECT
    assert root_hints(found, mapped_target(asked(shop, roots=(shop / "apps",), offline=True)).result) == ()


def test_the_distribution_in_a_folder_stays_what_it_is(tmp_path: Path) -> None:
    folder = write(tmp_path / "checkout", {**TINY, "manage.py": "", "example/manage.py": ""})

    assert find_program(asked(folder, offline=True)).project == "startproject"


def test_a_project_that_keeps_a_checkout_of_the_framework_stays_a_project(shop: Path) -> None:
    checkout = {f"tiny-9/{path}": text for path, text in TINY.items()}
    write(shop, {**checkout, "tiny-9/tiny.egg-info/PKG-INFO": "", "tiny-9/tiny.egg-info/top_level.txt": "tiny\n"})

    assert find_program(asked(shop, offline=True)).project == "shop"


def _empty(shop: Path) -> Request:
    (shop / ".venv").rename(shop.parent / "elsewhere")
    return asked(shop)


def _bare(shop: Path) -> Request:
    (shop / ".venv").rename(shop.parent / "elsewhere")
    environment(shop / "venv")
    environment(shop / "env")
    return asked(shop)


def _unheld(shop: Path) -> Request:
    return asked(shop, env=environment(shop.parent / "bare", files=installed("far", "1.0", FAR)))


def _unasked(shop: Path) -> Request:
    write(shop, {"r.txt": "# nothing\n"})
    return asked(shop, requirements=(shop / "r.txt",))


def _no_project(shop: Path) -> Request:
    write(shop.parent / "lib", {"far/__init__.py": ""})
    return asked(shop.parent / "lib")


@pytest.mark.parametrize(
    ("make", "error", "says", "hint"),
    [
        (_empty, PackagesMissingError, "nothing in .*shop' says which packages", "--env"),
        (_bare, FrameworkMissingError, "there is no django in venv, env", "--env"),
        (_unheld, FrameworkMissingError, "there is no django in .*bare", "--django"),
        (_unasked, FrameworkMissingError, r"there is no django in r\.txt", "--requirements"),
        (_no_project, ProjectMissingError, r"there is no manage\.py, wsgi\.py or asgi\.py", "--settings"),
        (
            lambda shop: Request(str(shop / ".venv"), env=shop / ".venv"),
            OptionWithoutProjectError,
            "--env is about a project",
            "--project",
        ),
    ],
)
def test_problems_that_the_user_can_mend(
    make: Callable[[Path], Request], error: type[FlowmapError], says: str, hint: str, shop: Path
) -> None:
    with pytest.raises(error, match=says) as raised:
        find_program(replace(make(shop), offline=True))
    assert hint in raised.value.hint


def test_nothing_depends_on_where_the_project_and_its_packages_lie(shop: Path, tmp_path: Path) -> None:
    one = mapped_target(asked(shop, offline=True, no_cache=True)).result
    (tmp_path / "deep" / "er").mkdir(parents=True)
    moved = shop.rename(tmp_path / "deep/er/shop")
    other = mapped_target(asked(moved, offline=True, no_cache=True)).result

    assert one == other


def test_a_kept_result_is_asked_until_a_package_changes(shop: Path) -> None:
    said: list[str] = []
    first = mapped_target(asked(shop, offline=True)).result
    assert mapped_target(asked(shop, offline=True), said.append).result == first
    assert "nothing has changed since it was mapped" in said

    write(site(shop / ".venv"), {"gone/away.py": "", "gone/__init__.py": ""})
    assert mapped_target(asked(shop, offline=True)).result.absent == {}
