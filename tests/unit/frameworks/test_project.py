"""The rendered project is the release's own template, with one view wired as the template's routes are."""

from __future__ import annotations

import ast

import pytest

from flowmap.frameworks.django.project import docs_version, render, render_project, with_view
from flowmap.sources.files import MemoryFiles
from tests.unit.frameworks.tiny import TEMPLATE, tiny_files


def _text(project: MemoryFiles, path: str) -> str:
    return project.read(path).decode()


def test_the_template_is_rendered_and_gets_a_view() -> None:
    project = render_project(tiny_files(), "tiny", "9.1.2")

    assert project.paths() == (
        "manage.py",
        "mysite/__init__.py",
        "mysite/settings.py",
        "mysite/urls.py",
        "mysite/views.py",
        "mysite/wsgi.py",
    )
    assert "'mysite.settings'" in _text(project, "manage.py")
    assert _text(project, "mysite/urls.py") == (
        '"""mysite routes, see 9.1, written by 9.1.2."""\n'
        "from tiny.urls import path\n"
        "from mysite.views import hello\n\n"
        "urlpatterns = [\n"
        "    path('admin/', None),\n"
        "    path('hello/', hello),\n"
        "]\n"
    )
    assert _text(project, "mysite/views.py") == (
        "from tiny.http import Reply\n\n\ndef hello(request):\n    return Reply('hello')\n"
    )
    assert not any("{{" in _text(project, path) for path in project.paths())


def test_equal_releases_give_equal_projects() -> None:
    first, second = (render_project(tiny_files(), "tiny", "9.1.2") for _ in range(2))

    assert {path: first.read(path) for path in first.paths()} == {path: second.read(path) for path in second.paths()}


def test_a_template_that_is_the_package_itself_is_found_under_both_names() -> None:
    old = dict.fromkeys(("manage.py", "project_name/__init__.py", "project_name/settings.py"))
    old |= dict.fromkeys(("project_name/urls.py", "project_name/wsgi.py"))
    changes: dict[str, str | None] = {f"{TEMPLATE}/{path}-tpl": text for path, text in old.items()}
    new = {"__init__.py": "", "manage.py": "import settings\n", "settings.py": "A = '{{ project_name }}.urls'\n"}
    new["urls.py"] = "from tiny.conf import *\n\nurlpatterns = patterns('',\n    # (r'^blog/', include('blog')),\n)\n"
    changes |= {f"{TEMPLATE}/{path}": text for path, text in new.items()}

    project = render_project(tiny_files(changes), "tiny", "1.1.4")

    assert _text(project, "settings.py") == _text(project, "mysite/settings.py") == "A = 'mysite.urls'\n"
    assert "    (r'^hello/$', hello),\n)" in _text(project, "mysite/urls.py")
    assert "manage.py" in project.paths()


@pytest.mark.parametrize(
    ("urls", "entry"),
    [
        (
            "from a import *\nurlpatterns = patterns('',\n    # Example:\n    # (r'^x/', include('x')),\n)\n",
            "(r'^hello/$', hello),",
        ),
        ("from a import url\nurlpatterns = patterns('',\n    # url(r'^$', 'home'),\n)\n", "url(r'^hello/$', hello),"),
        ("from a import url\n\nurlpatterns = [\n    url(r'^admin/', admin),\n]\n", "url(r'^hello/$', hello),"),
        ("from a import path\n\nurlpatterns = [\n    path('admin/', admin),\n]\n", "path('hello/', hello),"),
        (
            "from a import re_path\n\nurlpatterns = [\n    re_path(r'^admin/', admin),\n]\n",
            "re_path(r'^hello/$', hello),",
        ),
        ('from a import way\n\nurlpatterns = [\n    way("admin/", admin),\n]\n', "way('hello/', hello),"),
    ],
)
def test_the_view_is_wired_in_the_style_that_the_source_has(urls: str, entry: str) -> None:
    wired = with_view(urls)

    tree = ast.parse(wired)
    assert f"\n    {entry}\n" in wired
    # The last entry of the one literal, imported before it.
    assert [type(node).__name__ for node in tree.body] == ["ImportFrom", "ImportFrom", "Assign"]
    assert wired.replace(f"    {entry}\n", "").replace("from mysite.views import hello\n", "") == urls


@pytest.mark.parametrize(
    ("version", "docs"), [("5.2.19", "5.2"), ("5.2", "5.2"), ("1.10.8", "1.10"), ("6.1a1", "dev"), ("6.2.dev1", "dev")]
)
def test_the_documentation_of_a_version(version: str, docs: str) -> None:
    assert docs_version(version) == docs


def test_what_has_no_value_becomes_nothing() -> None:
    assert render("a {{ b }}{{c}} {{ d }} {x}", {"b": "1", "c": "2"}) == "a 12  {x}"
