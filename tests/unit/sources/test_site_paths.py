from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowmap.sources.site_paths import Mount, editable_folder, site_paths
from tests.unit.sources.environments import write

FINDER = """\
import sys
MAPPING: dict[str, str] = {mapping!r}
NAMESPACES: dict[str, list[str]] = {namespaces!r}
PATH_PLACEHOLDER = 'x' + '.__path_hook__'
open({mark!r}, 'w')
"""


def test_path_lines_are_roots_and_code_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "work/src").mkdir(parents=True)
    mark = tmp_path / "mark"
    lines = f"# a comment\n\n{tmp_path}/work/src\n../work\n{tmp_path}/gone\nimport os; open({str(mark)!r}, 'w')\n"
    site = write(tmp_path / "site", {"b.pth": lines, "a.pth": "../work\n", ".hidden.pth": "../work/src\n"})

    found = site_paths(site)

    assert found.roots == (tmp_path / "work", tmp_path / "work/src")
    assert found.code == ("b.pth",)
    assert not mark.exists()


def test_the_mapping_of_a_finder_is_read_as_a_literal(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    text = FINDER.format(
        mapping={"shop": "/work/shop", "tool.sub": "/work/sub"}, namespaces={"ns": ["/one", "/two"]}, mark=str(mark)
    )
    line = "import __editable___shop_1_0_finder; __editable___shop_1_0_finder.install()\n"
    site = write(tmp_path, {"__editable__.shop-1.0.pth": line, "__editable___shop_1_0_finder.py": text})

    found = site_paths(site)

    assert found.mounts == (
        Mount("shop", Path("/work/shop")),
        Mount("tool.sub", Path("/work/sub")),
        Mount("ns", Path("/one")),
        Mount("ns", Path("/two")),
    )
    assert found.code == ()
    assert not mark.exists()


@pytest.mark.parametrize(
    "text", ["MAPPING = dict(a='/x')\n", "MAPPING = {'a': f()}\n", "def (\n", "(" * 5000, "MAPPING = {1: 2}\n", "\0"]
)
def test_a_finder_that_is_no_literal_is_code(text: str, tmp_path: Path) -> None:
    line = "import __editable___a_finder; __editable___a_finder.install()\n"
    write(tmp_path, {"a.pth": line, "__editable___a_finder.py": text})

    assert site_paths(tmp_path).mounts == ()
    assert site_paths(tmp_path).code == ("a.pth",)


def test_lines_that_mean_nothing(tmp_path: Path) -> None:
    write(tmp_path, {"a.pth": "\0\n" + "x" * 5000 + "\n"})
    (tmp_path / "b.pth").write_bytes(b"\xff\xfe\n")
    (tmp_path / "c.pth").mkdir()

    assert site_paths(tmp_path).roots == ()


def test_where_an_editable_distribution_is(tmp_path: Path) -> None:
    (tmp_path / "my work").mkdir()
    url = f"file://{tmp_path}/my%20work"
    write(
        tmp_path,
        {
            "a.dist-info/direct_url.json": json.dumps({"url": url, "dir_info": {"editable": True}}),
            "b.dist-info/direct_url.json": json.dumps({"url": url, "dir_info": {}}),
            "c.dist-info/direct_url.json": "[" * 10_000,
            "d.egg-link": f"{tmp_path}/my work\n.\n",
            "e.egg-link": "",
        },
    )

    found = {name: editable_folder(tmp_path, name) for name in ("a.dist-info", "b.dist-info", "c.dist-info")}
    links = [editable_folder(tmp_path, name) for name in ("d.egg-link", "e.egg-link", "f.egg-link")]

    assert found == {"a.dist-info": tmp_path / "my work", "b.dist-info": None, "c.dist-info": None}
    assert links == [tmp_path / "my work", None, None]
