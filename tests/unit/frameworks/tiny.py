"""A distribution that is as small as a framework can be: a template, a command line, a handler, a response."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flowmap.sources.distribution import Distribution
from flowmap.sources.files import MemoryFiles

TEMPLATE = "conf/project_template"

MANAGE = """\
import os
import sys

if __name__ == '__main__':
    os.environ.setdefault('TINY_SETTINGS', '{{ project_name }}.settings')
    from tiny.core.management import execute
    execute(sys.argv)
"""
SETTINGS = """\
SECRET_KEY = '{{ secret_key }}'
ROOT_URLCONF = '{{ project_name }}.urls'
MIDDLEWARE = ['tiny.middleware.Layer']
WSGI_APPLICATION = '{{ project_name }}.wsgi.application'
LANGUAGE = 'email'
"""
URLS = """\
\"\"\"{{ project_name }} routes, see {{ docs_version }}, written by {{ django_version }}{{ nothing }}.\"\"\"
from tiny.urls import path

urlpatterns = [
    path('admin/', None),
]
"""
WSGI = """\
import os
from tiny.core.wsgi import make
os.environ.setdefault('TINY_SETTINGS', '{{ project_name }}.settings')
application = make()
"""
MANAGEMENT = """\
import os
from importlib import import_module


def execute(argv):
    settings = import_module(os.environ.get('TINY_SETTINGS'))
    urls = import_module(settings.ROOT_URLCONF)
    for route, view in urls.urlpatterns:
        if view is not None:
            view(argv)
"""
GATE = """\
def make():
    def application(environ, start_response):
        return []

    return application
"""
SOURCES: Mapping[str, str] = {
    "__init__.py": "VERSION = (9, 1, 2, 'final', 0)\n__version__ = '9.1.2'\n",
    "core/__init__.py": "",
    "core/management/__init__.py": MANAGEMENT,
    "core/wsgi.py": GATE,
    "http.py": "class Reply:\n    def __init__(self, text):\n        self.text = text\n",
    "middleware.py": "class Layer:\n    pass\n",
    "shortcuts.py": "from tiny.http import Reply\n\ndef show(text):\n    return Reply(text)\n",
    "urls.py": "def path(route, view):\n    return route, view\n",
    f"{TEMPLATE}/manage.py-tpl": MANAGE,
    f"{TEMPLATE}/project_name/__init__.py-tpl": "",
    f"{TEMPLATE}/project_name/settings.py-tpl": SETTINGS,
    f"{TEMPLATE}/project_name/urls.py-tpl": URLS,
    f"{TEMPLATE}/project_name/wsgi.py-tpl": WSGI,
}


def tiny_files(changes: Mapping[str, str | None] | None = None) -> MemoryFiles:
    """The package's files; `changes` replaces some, None takes one away."""
    texts = {**SOURCES, **(changes or {})}
    return MemoryFiles({f"tiny/{path}": text.encode() for path, text in texts.items() if text is not None})


def tiny_distribution(changes: Mapping[str, str | None] | None = None, **more: object) -> Distribution:
    """The distribution, Tiny 9.1.2."""
    fields = {"name": "Tiny", "version": "9.1.2", "sha256": "0" * 64, "packages": ("tiny",), "requires": (), **more}
    notices = MemoryFiles({"LICENSE": b"Do as you like.\n", "AUTHORS": b"Nobody.\n"})
    return Distribution(requires_python="", files=tiny_files(changes), notices=notices, **fields)  # type: ignore[arg-type]  # a test's short hand


def write_tiny(folder: Path) -> Path:
    """The package below `folder`, as a folder target; returns `folder`."""
    files = tiny_files()
    for path in files.paths():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(files.read(path))
    return folder
