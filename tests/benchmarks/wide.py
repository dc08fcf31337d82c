"""A Django project that is as wide as large sites are: many apps, models, middleware and routes, each of them small.

The same text for the same numbers. Apps hold their models, views, URLs and admin as `startapp` lays them out; of the
views a third are classes and a third decorated functions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

PROJECT: Final = "wide"
_APPS: Final = 50

_MANAGE: Final = f"""\
import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{PROJECT}.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
"""
_WSGI: Final = f"""\
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "{PROJECT}.settings")
application = get_wsgi_application()
"""
_CONTRIB: Final = ("admin", "auth", "contenttypes", "sessions", "messages", "staticfiles")
_MIDDLEWARE: Final = (
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
)


def write_wide(root: Path, models: int, middleware: int, routes: int) -> None:
    """Writes the project below `root`: so many models and routes, spread over its apps, and so many middleware."""
    for path, text in _files(models, middleware, routes):
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


def route_names(routes: int) -> list[str]:
    """The names of its routes, with their namespaces, in the order in which they are tried."""
    return [f"app{app:02}:route-{number}" for app in range(_APPS) for number in range(_share(routes, app))]


def _share(count: int, app: int) -> int:
    return count // _APPS + (app < count % _APPS)


def _files(models: int, middleware: int, routes: int) -> Iterator[tuple[str, str]]:
    names = [f"app{app:02}" for app in range(_APPS)]
    yield "manage.py", _MANAGE
    yield f"{PROJECT}/__init__.py", ""
    yield f"{PROJECT}/wsgi.py", _WSGI
    yield f"{PROJECT}/settings.py", _settings(names, middleware)
    yield f"{PROJECT}/middleware.py", "\n\n".join(map(_middleware, range(middleware)))
    includes = "".join(f'    path("{name}/", include("{name}.urls")),\n' for name in names)
    admin = '    path("admin/", admin.site.urls),\n'
    head = "from django.contrib import admin\nfrom django.urls import include, path\n\n"
    yield f"{PROJECT}/urls.py", f"{head}urlpatterns = [\n{admin}{includes}]\n"
    for app, name in enumerate(names):
        yield f"{name}/__init__.py", ""
        yield f"{name}/models.py", "\n\n".join(("from django.db import models\n", *_models(name, _share(models, app))))
        yield f"{name}/admin.py", _admin(name, _share(models, app))
        yield f"{name}/views.py", _views(name, _share(routes, app), _share(models, app))
        yield f"{name}/urls.py", _urls(name, _share(routes, app))


def _settings(names: list[str], middleware: int) -> str:
    installed = [*(f"django.contrib.{name}" for name in _CONTRIB), *names]
    used = [*_MIDDLEWARE, *(f"{PROJECT}.middleware.Layer{number}" for number in range(middleware))]
    lines = [
        'SECRET_KEY = "not-a-secret"',
        "DEBUG = True",
        "ALLOWED_HOSTS = []",
        "INSTALLED_APPS = [",
        *(f'    "{name}",' for name in installed),
        "]",
        "MIDDLEWARE = [",
        *(f'    "{name}",' for name in used),
        "]",
        f'ROOT_URLCONF = "{PROJECT}.urls"',
        "TEMPLATES = [",
        '    {"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True, "OPTIONS": {}},',
        "]",
        f'WSGI_APPLICATION = "{PROJECT}.wsgi.application"',
        'DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": "db.sqlite3"}}',
        'STATIC_URL = "static/"',
        'DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"',
    ]
    return "\n".join(lines) + "\n"


def _middleware(number: int) -> str:
    return f"""\
class Layer{number}:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        response["X-Layer-{number}"] = "passed"
        return response
"""


def _models(name: str, count: int) -> Iterator[str]:
    for number in range(count):
        parent = f"    parent = models.ForeignKey(Thing{number - 1}, on_delete=models.CASCADE)\n" if number else ""
        yield f"""\
class Thing{number}(models.Model):
    title = models.CharField(max_length=100)
    count = models.IntegerField(default=0)
{parent}
    class Meta:
        ordering = ["title"]

    def __str__(self):
        return f"{name} {{self.title}}"
"""


def _admin(name: str, count: int) -> str:
    lines = ["from django.contrib import admin", "", f"from {name} import models", ""]
    lines += [f"admin.site.register(models.Thing{number})" for number in range(count)]
    return "\n".join(lines) + "\n"


def _views(name: str, routes: int, models: int) -> str:
    head = (
        "from django.contrib.auth.decorators import login_required\n"
        "from django.http import HttpResponse\n"
        "from django.views.generic import ListView\n\n"
        f"from {name} import models\n"
    )
    parts = [head]
    for number in range(routes):
        if number % 3 == 2:
            parts.append(f"class View{number}(ListView):\n    model = models.Thing{number % models}\n")
            continue
        decorator = "@login_required\n" if number % 3 else ""
        parts.append(
            f"{decorator}def view_{number}(request, pk=None):\n"
            f"    found = models.Thing{number % models}.objects.filter(pk=pk)\n"
            f'    return HttpResponse(f"{number} of {{found.count()}}")\n'
        )
    return "\n\n".join(parts)


def _urls(name: str, routes: int) -> str:
    lines = [
        "from django.urls import path",
        "",
        f"from {name} import views",
        "",
        f'app_name = "{name}"',
        "urlpatterns = [",
    ]
    for number in range(routes):
        view = f"views.View{number}.as_view()" if number % 3 == 2 else f"views.view_{number}"
        key = "<int:pk>/" if number % 2 else ""
        lines.append(f'    path("route-{number}/{key}", {view}, name="route-{number}"),')
    return "\n".join((*lines, "]")) + "\n"
