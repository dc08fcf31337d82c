"""Which route a path takes, told from the parts of patterns."""

from __future__ import annotations

import pytest

from flowmap.errors import AmbiguousViewError, UnknownViewError
from flowmap.flow.matching import Match, matched, near_patterns, serving, view_named
from flowmap.flow.routes import Part, PartKind, Route, View, ViewKind

PATH, REGEX, LANGUAGE = PartKind.PATH, PartKind.REGEX, PartKind.LANGUAGE


def route(*parts: tuple[PartKind, str | None], view: str = "shop.views:cart") -> Route:
    pattern = "".join(text or "" for _, text in parts)
    made = tuple(Part(kind, text) for kind, text in parts)
    return Route(pattern, made, None, (), (View(view, ViewKind.FUNCTION),), None)


@pytest.mark.parametrize(
    ("parts", "path", "match"),
    [
        ([(PATH, "cart/<int:pk>/")], "/cart/7/", Match.YES),
        ([(PATH, "cart/<int:pk>/")], "/cart/x/", Match.NO),
        ([(PATH, "cart/<int:pk>/")], "/cart/7/more/", Match.NO),
        ([(PATH, "cart/"), (PATH, "<word>/")], "/cart/a b/", Match.YES),
        ([(PATH, "cart/"), (PATH, "")], "/cart/", Match.YES),
        ([(PATH, "a.b/")], "/axb/", Match.NO),
        ([(PATH, "files/<path:name>")], "/files/a/b", Match.YES),
        # A converter of the project's own may take anything, or refuse it.
        ([(PATH, "year/<year:y>/")], "/year/2026/", Match.PERHAPS),
        ([(REGEX, r"^cart/(?P<pk>[0-9]+)/$")], "/cart/7/", Match.YES),
        ([(REGEX, r"^cart/"), (REGEX, r"^(?P<pk>[0-9]+)/$")], "/cart/x/", Match.NO),
        # As re.search does: without an anchor it may begin anywhere.
        ([(REGEX, r"end/$")], "/the/end/", Match.YES),
        ([(PATH, None)], "/cart/", Match.PERHAPS),
        ([(PATH, "cart/"), (REGEX, None)], "/other/", Match.NO),
        ([(LANGUAGE, ""), (PATH, "news/")], "/de/news/", Match.PERHAPS),
        ([(LANGUAGE, ""), (PATH, "news/")], "/news/", Match.PERHAPS),
        ([(REGEX, "(")], "/cart/", Match.PERHAPS),
    ],
)
def test_a_path_and_a_pattern(parts: list[tuple[PartKind, str | None]], path: str, match: Match) -> None:
    assert matched(route(*parts), path) is match


def test_what_comes_after_the_first_that_surely_matches_is_not_tried() -> None:
    routes = [route((PATH, None)), route((PATH, "b/")), route((PATH, "a/")), route((PATH, "<word>/"))]

    assert serving(routes, "/a/") == [routes[0], routes[2]]


def test_near_patterns() -> None:
    assert near_patterns([route((PATH, "cart/")), route((PATH, "zebra"))], "/carts/") == ["cart/"]


def test_views_by_the_end_of_their_names() -> None:
    routes = [route(view=name) for name in ("shop.views:cart", "shop.views:carts", "news.views:cart", "a:B")]

    assert view_named(routes, "shop.views.cart") == "shop.views:cart"
    assert view_named(routes, "shop.views:carts") == "shop.views:carts"
    assert view_named(routes, "carts") == "shop.views:carts"
    with pytest.raises(AmbiguousViewError, match=r"news\.views:cart, shop\.views:cart"):
        view_named(routes, "views.cart")
    with pytest.raises(UnknownViewError) as caught:
        view_named(routes, "shop.views.crat")
    assert "shop.views.cart" in caught.value.hint
