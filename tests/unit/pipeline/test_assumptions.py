"""What the user says of settings and of the environment closes what the project leaves open, and is checked."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from flowmap.errors import InvalidSettingError, UnknownSettingError, UnknownSettingsModuleError
from flowmap.flow.model import OpenSetting, Subject
from flowmap.pipeline import MappedProgram, Request, map_program
from flowmap.pipeline.assumptions import assumed_settings
from tests.unit.frameworks.tiny import write_tiny

SETTINGS = """\
import os
from .helpers import ask
ROOT_URLCONF = 'mysite.urls'
SECRET = ask('SECRET')
DEBUG = os.environ.get('DEBUG') == '1'
LAYERS = ['tiny.middleware.Layer']
if DEBUG:
    LAYERS = LAYERS + ['mysite.layers.Own']
if ask('OTHER_URLS'):
    ROOT_URLCONF = 'mysite.other'
PLAIN = True
"""
PROJECT = {
    "manage.py": (
        "import os, sys\nos.environ.setdefault('TINY_SETTINGS', 'mysite.settings')\n"
        "from tiny.core.management import execute\nexecute(sys.argv)\n"
    ),
    "mysite/__init__.py": "",
    "mysite/helpers.py": "import os\ndef ask(name):\n    return os.environ[name]\n",
    "mysite/layers.py": "class Own: pass\n",
    "mysite/urls.py": "def home(argv): pass\nurlpatterns = [('', home)]\n",
    "mysite/other.py": "def away(argv): pass\nurlpatterns = [('', away)]\n",
    "mysite/settings.py": SETTINGS,
}


def _mapped(
    folder: Path, *assumed: str, environment: str = "", changes: Mapping[str, str] | None = None
) -> MappedProgram:
    project = folder / "shop"
    for path, text in {**PROJECT, **(changes or {})}.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_text(text)
    (folder / ".env").write_text(environment)
    files = (folder / ".env",) if environment else ()
    target = str(write_tiny(folder / "site"))
    return map_program(Request(target, project, offline=True, jobs=1, env_files=files, assumed=assumed))


def _views(program: MappedProgram) -> set[str]:
    return {str(edge.callee) for edge in program.graph.edges if str(edge.callee).endswith((":home", ":away"))}


def _open(subject: Subject) -> dict[str, OpenSetting]:
    return {each.setting: each for each in subject.open}


def test_a_value_is_a_literal_or_a_text() -> None:
    words = ["A=True", "B=['x', (1, None)]", "C=plain text", "D=", "E=a=b", "F='quoted'", "G=1j", "H={1: {2}}", "A=3"]

    assert assumed_settings(words) == {
        "A": 3, "B": ["x", (1, None)], "C": "plain text", "D": "", "E": "a=b", "F": "quoted", "G": "1j", "H": {1: {2}},
    }  # fmt: skip
    assert assumed_settings(["A=" + "[" * 10_000, "B=__import__('os')", "C=\\d"])["B"] == "__import__('os')"


@pytest.mark.parametrize("word", ["DEBUG", "=1", "debug=1", "a.B=1", "A B=1", ""])
def test_what_sets_no_setting(word: str) -> None:
    with pytest.raises(InvalidSettingError, match="sets no setting"):
        assumed_settings([word])


def test_what_is_not_known_is_open_and_every_way_is_followed(tmp_path: Path) -> None:
    program = _mapped(tmp_path)

    assert _views(program) == {"mysite.urls:home", "mysite.other:away"}
    assert program.subject.open == (
        OpenSetting("ROOT_URLCONF", "mysite/settings.py:3", ("OTHER_URLS",)),
        OpenSetting("DEBUG", "mysite/settings.py:5", ("DEBUG",)),
        OpenSetting("LAYERS", "mysite/settings.py:6", ("DEBUG",)),
    )


def test_a_variable_that_is_known_closes_what_is_made_of_it(tmp_path: Path) -> None:
    program = _mapped(tmp_path, environment="OTHER_URLS=yes\nDEBUG=0\n")

    assert _views(program) == {"mysite.other:away"}
    assert not program.subject.open
    assert program.subject.settings["LAYERS"] == ["tiny.middleware.Layer"]


def test_a_setting_that_is_set_is_that_and_what_hangs_on_it_is_closed(tmp_path: Path) -> None:
    program = _mapped(tmp_path, "DEBUG=True", "ROOT_URLCONF=mysite.urls")

    assert _views(program) == {"mysite.urls:home"}
    assert program.subject.settings["LAYERS"] == ["tiny.middleware.Layer", "mysite.layers.Own"]
    assert not program.subject.open


def test_it_is_set_in_all_modules_that_settings_are_spread_over(tmp_path: Path) -> None:
    changes = {"mysite/settings.py": "from .base import *\nDEBUG = DEBUG or False\n", "mysite/base.py": SETTINGS}

    assert {"DEBUG", "LAYERS"} <= _open(_mapped(tmp_path, changes=changes).subject).keys()
    program = _mapped(tmp_path, "DEBUG=False", changes=changes)
    assert _open(program.subject).keys() == {"ROOT_URLCONF"}


def test_a_setting_that_nothing_knows(tmp_path: Path) -> None:
    with pytest.raises(UnknownSettingError) as caught:
        _mapped(tmp_path, "DEBGU=True")

    assert "DEBUG" in caught.value.hint
    # Nobody binds it, and a package asks for it.
    changes = {"mysite/layers.py": "from mysite import settings\nclass Own:\n    asks = settings.OWN_LEVEL\n"}
    changes["mysite/settings.py"] = SETTINGS + "import mysite.layers\n"
    assert _mapped(tmp_path, "OWN_LEVEL=3", changes=changes)


def test_without_a_settings_module_nothing_can_be_set(tmp_path: Path) -> None:
    manage = {"manage.py": "import os\nos.environ.setdefault('TINY_SETTINGS', input())\n"}

    with pytest.raises(UnknownSettingsModuleError, match="DEBUG"):
        _mapped(tmp_path, "DEBUG=1", changes=manage)
