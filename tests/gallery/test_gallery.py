"""The gallery is what the releases would give now, and its page shows all of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.flow.model import Detail
from flowmap.pipeline.results import flow_in
from flowmap.snapshot import flow_json
from tests.browser.releases import kept_flow
from tests.gallery.make import FOLDER, INDEX, RELEASES, differences, index_of, made, mapped, off_budget
from tests.gallery.page import Entry, index_page
from tests.unit.render.flows import flow_of, step


def test_there_is_one_release_a_series() -> None:
    series = [tuple(map(int, each.split(".")[:2])) for each in RELEASES]

    assert series == sorted(set(series))
    assert series[0] == (1, 8)


def test_the_page_has_a_column_a_release_in_their_order(tmp_path: Path) -> None:
    for release in ("5.2.19", "1.8.19"):
        folder = tmp_path / f"django-{release}"
        folder.mkdir()
        (folder / "flow.json").write_bytes(flow_json(kept_flow(release, Detail.FLOW)))

    page = index_of(tmp_path).decode()

    assert page.index('<section id="django-1.8.19">') < page.index('<section id="django-5.2.19">')
    assert page.count('<img src="django-') == 2
    assert "http" not in page.replace("http-equiv", "")


def test_names_are_no_markup() -> None:
    page = index_page([Entry('"><script>', "<b>&", 1, 2, 3, "3.11")])

    assert "<script>" not in page
    assert "&lt;b&gt;&amp;" in page


def test_what_changed_or_is_missing_is_named(tmp_path: Path) -> None:
    (tmp_path / "same").write_bytes(b"a")
    (tmp_path / "other").write_bytes(b"b")

    found = list(differences(tmp_path, {"same": b"a", "other": b"a", "gone": b"a"}))

    assert found == [f"{tmp_path.name}/other", f"{tmp_path.name}/gone"]


def test_a_picture_with_too_many_boxes_or_too_few_is_named() -> None:
    few, many = (flow_of(*(step(n, "one", "m:a", f"m:b{n}") for n in range(1, count))) for count in (3, 26))

    assert list(off_budget({Detail.OVERVIEW: few})) == []
    assert list(off_budget({Detail.FLOW: few, Detail.OVERVIEW: many})) == [
        "5.2.19 at flow: 3 boxes, and 40 to 80 are meant",
        "5.2.19 at overview: 26 boxes, and 1 to 24 are meant",
    ]


@pytest.mark.releases
@pytest.mark.skipif(not (FOLDER / INDEX).is_file(), reason="outputs/gallery was not made yet")
@pytest.mark.parametrize("release", [RELEASES[0], RELEASES[-1]])
def test_the_gallery_is_up_to_date(release: str) -> None:
    target = mapped(release)
    name, files = made(target)

    assert list(off_budget({detail: flow_in(target.result, detail) for detail in target.result.flows})) == []
    assert list(differences(FOLDER / name, files)) == []
    assert list(differences(FOLDER, {INDEX: index_of(FOLDER)})) == []
