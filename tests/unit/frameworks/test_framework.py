"""A framework is told by its structure, and says where a project is entered and what its settings name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from flowmap.analysis.entry import Application, Protocol
from flowmap.callgraph.model import Function, NodeKind
from flowmap.errors import (
    ApplicationNotFoundError,
    EntryFileMissingError,
    InvalidEntryError,
    SettingsNotFoundError,
    SettingsUnknownError,
    UnknownFrameworkError,
    UnreadableProjectError,
)
from flowmap.flow.model import Subject
from flowmap.frameworks import Entrance, recognise
from flowmap.frameworks.django.entries import ClientEntry, CommandEntry, ServerEntry, canonical_entry, parse_entry
from flowmap.frameworks.django.links import source_link
from flowmap.names import FunctionName, Origin
from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import Root, SourceTree
from flowmap.syntax.frontend import Frontend
from tests.unit.frameworks.tiny import TEMPLATE, tiny_distribution

# A project that has what tests of it are written with.
CLIENT = {"shop/__init__.py": "", "shop/testing.py": "class Client:\n    pass\n"}
STRINGS = frozenset({"mysite.urls", "tiny.middleware.Layer", "mysite.wsgi.application"})


def _entrance(
    entry: str,
    changes: Mapping[str, str | None] | None = None,
    chosen: str | None = None,
    environment: Mapping[str, str] | None = None,
) -> Entrance:
    """Where the rendered project is entered; `changes` replaces some of its files, None takes one away."""
    distribution = tiny_distribution()
    framework = recognise(distribution)
    rendered = framework.render_project()
    texts = {path: rendered.read(path).decode() for path in rendered.paths()} | dict(changes or {})
    project = MemoryFiles({path: text.encode() for path, text in texts.items() if text is not None})
    tree = SourceTree([Root(Origin.DISTRIBUTION, distribution.files), Root(Origin.PROJECT, project)])
    return framework.enter(tree, Frontend(), entry, chosen, environment or {})


def test_a_framework_is_recognised_by_its_structure() -> None:
    framework = recognise(tiny_distribution())

    assert (framework.package, framework.entry_file) == ("tiny", "manage.py")
    assert not framework.frontier
    assert framework.notice() == "Do as you like.\n"


@pytest.mark.parametrize("lacking", [f"{TEMPLATE}/manage.py-tpl", "core/management/__init__.py"])
def test_another_distribution_is_none(lacking: str) -> None:
    with pytest.raises(UnknownFrameworkError, match=r"Tiny 9\.1\.2 is no framework we know"):
        recognise(tiny_distribution({lacking: None}))


def test_a_command_enters_through_the_entry_file() -> None:
    found = _entrance("manage.py check --deploy")

    assert replace(found, bindings=()) == Entrance(
        "manage", ("manage.py", "check", "--deploy"), None, {"TINY_SETTINGS": None}, "mysite.settings", STRINGS,
        ("mysite.settings",), named_at="manage.py:5",
    )  # fmt: skip


def test_a_request_enters_through_the_application_that_the_settings_name() -> None:
    assert replace(_entrance("wsgi"), bindings=()) == Entrance(
        "mysite.wsgi",
        (),
        Application("application", Protocol.WSGI),
        {"TINY_SETTINGS": None},
        "mysite.settings",
        STRINGS,
        ("mysite.settings",),
        named_at="mysite/wsgi.py:3",
    )
    settings = "GATE = 'other.wsgi.gate'\n"
    changes = {"mysite/settings.py": settings, "other/wsgi.py": "gate = None\n", "other/__init__.py": ""}
    assert _entrance("wsgi", changes).module == "other.wsgi"
    assert _entrance("wsgi", changes).application == Application("gate", Protocol.WSGI)


def test_an_asgi_application_is_found_as_a_wsgi_one() -> None:
    entrance = _entrance("asgi", {"mysite/asgi.py": "application = None\n"})

    assert (entrance.module, entrance.application) == ("mysite.asgi", Application("application", Protocol.ASGI))
    with pytest.raises(ApplicationNotFoundError, match=r"asgi\.py"):
        _entrance("asgi")


def test_a_test_enters_by_its_client() -> None:
    entrance = _entrance("shop.testing.Client", CLIENT, environment={"HOME": "/"})

    assert (entrance.application, entrance.settings) == (None, "mysite.settings")
    # As manage.py would set it, for it starts the tests.
    assert entrance.environment == {"TINY_SETTINGS": "mysite.settings", "HOME": "/"}
    assert "from shop.testing import Client\n" in entrance.program


@pytest.mark.parametrize("client", ["shop.testing.Server", "shop.tests.Client", "mysite.Client"])
def test_a_client_that_is_not_there_is_refused(client: str) -> None:
    with pytest.raises(InvalidEntryError, match="neither the project nor its packages have"):
        _entrance(client, CLIENT)


def test_a_test_needs_to_know_the_settings() -> None:
    with pytest.raises(SettingsUnknownError):
        _entrance("shop.testing.Client", {**CLIENT, "manage.py": ""})


def test_an_application_is_found_by_its_file_when_no_setting_names_it() -> None:
    assert _entrance("wsgi", {"mysite/settings.py": "DEBUG = True\n"}).module == "mysite.wsgi"
    with pytest.raises(ApplicationNotFoundError):
        _entrance("wsgi", {"mysite/settings.py": "", "mysite/wsgi.py": None})


def test_settings_in_several_modules_count_together() -> None:
    found = _entrance(
        "manage.py runserver",
        {
            "mysite/settings.py": "from .base import *\nfrom mysite import local\n",
            "mysite/base.py": "A = 'tiny.middleware.Layer'\nB = 'tiny.nowhere.at.X'\nC = 'no such name'\n",
            "mysite/local.py": "import mysite.base\nD = {'x': ('mysite.urls', 'email', 'os.path')}\n",
        },
    )

    assert found.setting_strings == {"tiny.middleware.Layer", "mysite.urls"}


def test_settings_that_are_imported_by_the_entry_file() -> None:
    found = _entrance("manage.py x", {"manage.py": "import sys\nimport settings\n", "settings.py": "A = 'tiny.urls'\n"})

    assert (found.settings, found.environment, found.setting_strings) == ("settings", {}, {"tiny.urls"})


def test_settings_that_the_environment_names() -> None:
    other = {"mysite/other.py": "A = 'tiny.urls'\n"}
    known = {"TINY_SETTINGS": "mysite.other", "DEBUG": "1"}
    found = _entrance("manage.py x", other, environment=known)

    assert (found.settings, found.named_at, found.environment) == ("mysite.other", "--env-file", known)
    found = _entrance("manage.py x", other, "mysite.settings", known)
    assert (found.settings, found.named_at) == ("mysite.settings", "--settings")
    assert found.environment == {"TINY_SETTINGS": "mysite.settings", "DEBUG": "1"}
    with pytest.raises(SettingsNotFoundError, match="named in --env-file"):
        _entrance("manage.py x", environment={"TINY_SETTINGS": "nowhere"})


def test_settings_are_spread_over_the_modules_that_all_is_taken_from() -> None:
    found = _entrance(
        "manage.py x",
        {
            "mysite/settings.py": "from .base import *\nfrom .apps import APPS\nfrom os import *\n",
            "mysite/base.py": "from mysite.common import *\n",
            "mysite/common.py": "from mysite.settings import *\n",
            "mysite/apps.py": "APPS = []\n",
        },
    )

    assert found.settings_modules == ("mysite.settings", "mysite.base", "mysite.common")


def test_settings_that_the_source_does_not_name() -> None:
    found = _entrance("manage.py x", {"manage.py": "import os\nos.environ.setdefault('TINY_SETTINGS', choose())\n"})

    assert (found.settings, found.setting_strings) == (None, frozenset())


def test_settings_set_by_item() -> None:
    manage = "import os\nos.environ['TINY_SETTINGS'] = 'mysite.settings'\nos.environ['OTHER'] = 'x'\n"

    assert _entrance("manage.py x", {"manage.py": manage}).environment == {"OTHER": None, "TINY_SETTINGS": None}


def test_settings_that_are_not_there() -> None:
    with pytest.raises(SettingsNotFoundError, match=r"'mysite.settings', named in manage.py"):
        _entrance("manage.py x", {"mysite/settings.py": None})
    wsgi = "import os\nos.environ.setdefault('TINY_SETTINGS', 'mysite.production')\n"
    with pytest.raises(SettingsNotFoundError, match=r"named in mysite/wsgi.py"):
        _entrance("wsgi", {"mysite/wsgi.py": wsgi})


@pytest.mark.parametrize("file", ["manage.py", "mysite/settings.py", "mysite/base.py"])
def test_a_file_that_is_not_python_is_named_with_its_line(file: str) -> None:
    changes = {"mysite/settings.py": "from mysite.base import *\n", "mysite/base.py": "", file: "A = 1\nB = = 2\n"}

    with pytest.raises(UnreadableProjectError, match=rf"{file}:2: "):
        _entrance("manage.py x", changes)


def test_a_project_without_its_entry_file() -> None:
    with pytest.raises(EntryFileMissingError):
        _entrance("manage.py x", {"manage.py": None})


@pytest.mark.parametrize(
    ("text", "entry"),
    [
        ("manage.py runserver", CommandEntry(("manage.py", "runserver"))),
        ("python ./manage.py  check 'a b'", CommandEntry(("manage.py", "check", "a b"))),
        ("wsgi", ServerEntry(Protocol.WSGI)),
        ("asgi", ServerEntry(Protocol.ASGI)),
        ("shop.testing.ShopClient", ClientEntry("shop.testing", "ShopClient")),
    ],
)
def test_entries(text: str, entry: object) -> None:
    assert parse_entry(text) == entry
    assert parse_entry(canonical_entry(text)) == entry


@pytest.mark.parametrize("text", ["", "runserver", "wsgi now", "manage.py 'x", "cgi", "Client", "a.client", "a..C"])
def test_texts_that_are_no_entry(text: str) -> None:
    with pytest.raises(InvalidEntryError, match="is no entry"):
        parse_entry(text)


def _subject(name: str = "Django", version: str = "5.2.19") -> Subject:
    return Subject(name, version, "", "3.11", "", "", "linux", {})


@pytest.mark.parametrize(
    ("origin", "file", "subject", "link"),
    [
        (Origin.DISTRIBUTION, "django/a.py", _subject(), "https://github.com/django/django/blob/5.2.19/django/a.py#L7"),
        (
            Origin.DISTRIBUTION,
            "django/a.py",
            _subject(version="6.1rc1"),
            "https://github.com/django/django/blob/6.1rc1/django/a.py#L7",
        ),
        (Origin.DISTRIBUTION, "django/a.py", _subject(version="6.2.dev2026"), None),
        (Origin.DISTRIBUTION, "django/a.py", _subject(name="tiny"), None),
        (Origin.STDLIB, "wsgiref/a.py", _subject(), "https://github.com/python/cpython/blob/3.11/Lib/wsgiref/a.py#L7"),
        (Origin.STDLIB, "", _subject(), None),
        (Origin.PROJECT, "manage.py", _subject(), None),
        (Origin.DEPENDENCY, "asgiref/a.py", _subject(), None),
    ],
)
def test_links(origin: Origin, file: str, subject: Subject, link: str | None) -> None:
    function = Function(FunctionName("a", "f"), NodeKind.FUNCTION, origin, file, 7, 9)

    assert source_link(function, subject) == link
