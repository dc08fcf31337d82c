"""The routes of a project with includes, namespaces, an administration, languages and a router, against a real run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import jsonschema
import pytest

from flowmap.flow.routes import Route, RouteList, View
from flowmap.pipeline.request import Request
from flowmap.pipeline.routes import list_routes
from flowmap.render.routes import routes_markdown, routes_text
from flowmap.snapshot import json_schema
from flowmap.snapshot.routes import routes_json

pytestmark = pytest.mark.releases

SITE = Path(__file__).parents[2] / "fixtures" / "sites" / "shop"
RELEASE = "5.2.19"
OPEN = "…"


@dataclass(frozen=True)
class Listed:
    """The routes that were found, and those that Django has: pattern, name and view."""

    listing: RouteList
    real: list[tuple[str, str | None, str]]

    def route(self, name: str) -> Route:
        (found,) = [route for route in self.listing.found.routes if route.name == name]
        return found

    def view(self, name: str) -> View:
        (found,) = self.route(name).views
        return found


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Listed:
    packages = tmp_path_factory.mktemp("packages")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "-q", "--target", packages]
    subprocess.run([*pip, f"django=={RELEASE}", "djangorestframework==3.16.1"], check=True)
    environment = {
        **os.environ, "PYTHONPATH": os.pathsep.join([str(packages), str(SITE)]), "PYTHONDONTWRITEBYTECODE": "1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
    }  # fmt: skip
    script = Path(__file__).with_name("real_urls.py")
    done = subprocess.run([sys.executable, script], env=environment, check=True, capture_output=True, text=True)
    return Listed(list_routes(Request(str(SITE), env=packages)), [tuple(each) for each in json.loads(done.stdout)])


def _fits(route: Route, pattern: str) -> bool:
    """Whether a route may be the one with a pattern: `…` stands for any text."""
    parts = route.pattern.split(OPEN)
    if len(parts) == 1:
        return route.pattern == pattern
    return pattern.startswith(parts[0]) and pattern.endswith(parts[-1])


def test_every_route_that_django_has_is_listed(shop: Listed) -> None:
    missing = [
        pattern for pattern, _, _ in shop.real if not any(_fits(route, pattern) for route in shop.listing.found.routes)
    ]

    assert len(shop.real) > 60
    assert missing == []


def test_what_is_known_of_the_project_is_known_exactly(shop: Listed) -> None:
    """All but the administration of models, and what a router makes of actions that are not known."""
    exact = {route.pattern: route for route in shop.listing.found.routes if OPEN not in route.pattern}
    wanted = {
        pattern: (name, view)
        for pattern, name, view in shop.real
        if not pattern.startswith(("admin/", "api/carts", "media/"))
    }

    assert len(wanted) >= 20
    for pattern, (name, view) in wanted.items():
        names = [route.name for route in shop.listing.found.routes if route.pattern == pattern]
        assert name in names, pattern
        (found,) = exact[pattern].views
        assert found.name == view or "WrappedAPIView" in found.name, pattern


def test_routes_stand_in_the_order_in_which_they_are_tried(shop: Listed) -> None:
    order = list(dict.fromkeys(route.pattern for route in shop.listing.found.routes))
    real = [
        pattern for pattern, _, _ in shop.real if pattern in order and pattern.startswith(("shop/", "eu/", "extra/"))
    ]

    assert len(real) == 12
    assert [pattern for pattern in order if pattern in real] == real


def test_what_stands_around_a_view(shop: Listed) -> None:
    protected = shop.view("shop:wrapped")
    assert protected.name == "shop.views:protected"
    assert [str(each) for each in protected.decorators] == [
        "django.contrib.auth.decorators:user_passes_test",
        "django.views.decorators.http:require_http_methods",
    ]
    edit = shop.view("eu:edit")
    assert (edit.name, str(edit.place)) == ("shop.views:CartEdit", "shop/views.py:32")
    assert str(edit.mixins[0]) == "shop.views:Noting"
    assert dict(edit.methods)["POST"] == "shop.views:CartEdit.post"
    # CartEdit is no view without it, and it is none of its mixins.
    assert "django.views.generic.base:View" not in map(str, edit.mixins)
    hello = next(route for route in shop.listing.found.routes if route.pattern == "shop/hello/")
    assert dict(hello.views[0].methods)["POST"] == "shop.views:hello"
    (line,) = next(route for route in shop.listing.found.routes if route.pattern == "api/lines/$").views
    assert dict(line.methods) == {"GET": "rest_framework.mixins:ListModelMixin.list"}


def test_where_a_route_is_declared(shop: Listed) -> None:
    edit = shop.route("eu:edit")

    assert str(edit.declared) == "shop/urls.py:11"
    assert list(map(str, edit.included)) == ["config/urls.py:24"]
    assert edit.parameters == (("pk", "uuid"),)
    # In a helper of the project: where the helper is called.
    assert str(shop.route("shop:wrapped").declared) == "shop/urls.py:12"


def test_what_is_not_known_is_a_gap(shop: Listed) -> None:
    opened = [route for route in shop.listing.found.routes if OPEN in route.pattern]
    gaps = {gap.pattern for gap in shop.listing.found.gaps}

    assert opened
    assert all(any(route.pattern.startswith(gap.removesuffix(OPEN)) for gap in gaps) for route in opened)


@pytest.mark.parametrize("write", [routes_text, routes_markdown])
def test_every_route_is_written(shop: Listed, write: Callable[[RouteList], str]) -> None:
    text = write(shop.listing)

    assert all(
        f"/{route.pattern}".replace("|", "\\|") in text.replace("|", "\\|") for route in shop.listing.found.routes
    )


def test_the_json_follows_its_schema(shop: Listed) -> None:
    wire = json.loads(routes_json(shop.listing))

    jsonschema.Draft202012Validator(json_schema("flowmap-urls/1")).validate(wire)
    assert [route["pattern"] for route in wire["routes"]] == [route.pattern for route in shop.listing.found.routes]
