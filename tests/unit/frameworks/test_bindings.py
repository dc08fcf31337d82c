"""Where settings are bound: every statement that binds or changes one, with its lines and what it hangs on."""

from __future__ import annotations

from flowmap.frameworks.django.bindings import setting_bindings
from flowmap.frameworks.model import SettingBinding
from flowmap.names import Origin
from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import Root, SourceTree
from flowmap.syntax.frontend import Frontend

SETTINGS = """\
import os
from .base import *

APPS = [
    'one',
    "two",
]
if os.getenv('MORE'):
    APPS += ['three']
    debug = 1
elif DEBUG:
    APPS.insert(0, 'four')
A, (B, C) = 1, 'two'
TEMPLATES[0]['DIRS'] = [APPS]
try:
    D: str = ENV('D')
except KeyError:
    D = None
def later():
    E = 1
"""


def _bindings(text: str = SETTINGS) -> list[SettingBinding]:
    tree = SourceTree([Root(Origin.PROJECT, MemoryFiles({"site/settings.py": text.encode()}))])
    return list(setting_bindings(("site.settings", "nowhere"), tree, Frontend()))


def test_every_statement_that_binds_a_name_in_capitals() -> None:
    found = [(each.setting, each.line) for each in _bindings()]

    assert found[:3] == [("APPS", 4), ("APPS", 9), ("APPS", 12)]
    assert found[3:] == [("A", 13), ("B", 13), ("C", 13), ("TEMPLATES", 14), ("D", 16), ("D", 18)]


def test_texts_have_their_own_lines() -> None:
    first, more, four, *_ = _bindings()

    assert first.lines == {"one": 5, "two": 6}
    assert (more.lines, more.texts) == ({"three": 9}, {"three", "MORE"})
    assert four.lines == {"four": 12}


def test_the_tests_around_a_statement_are_asked_with_it() -> None:
    first, more, four, *_ = _bindings()

    assert (more.tested, 8 in more.asked, 9 in more.asked) == ({"os"}, True, True)
    assert (four.tested, 8 in four.asked, 11 in four.asked) == ({"DEBUG", "os"}, True, True)
    assert not first.tested


def test_what_a_statement_is_made_of() -> None:
    names = {each.setting: each.names for each in reversed(_bindings())}

    assert names["TEMPLATES"] == {"APPS"}
    assert names["D"] == {"ENV", "str"}


def test_a_long_list_takes_no_longer_than_it_is_long() -> None:
    items = "".join(f"    'app{i}',\n" for i in range(20_000))
    (found,) = _bindings(f"APPS = [\n{items}]\n")

    assert found.lines["app19999"] == 20_001
