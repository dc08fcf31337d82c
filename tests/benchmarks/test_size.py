"""The benchmark of sizes: its arithmetic, its projects, and the largest of them mapped."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from flowmap.sources.cache import default_cache_folder
from tests.benchmarks.project import LARGEST, answering, write_project
from tests.benchmarks.size import exponent, map_apps


def _texts(root: Path) -> dict[str, str]:
    return {path.relative_to(root).as_posix(): path.read_text() for path in sorted(root.rglob("*.*"))}


def _defined(text: str) -> set[str]:
    found = (ast.FunctionDef, ast.ClassDef)
    return {node.name for node in ast.walk(ast.parse(text)) if isinstance(node, found)}


@pytest.mark.parametrize("power", [0.5, 1.0, 1.2, 2.0])
def test_the_exponent_is_that_of_a_power(power: float) -> None:
    assert exponent([(x, 3 * x**power) for x in (1, 5, 10, 20)]) == pytest.approx(power)


def test_the_same_number_of_apps_is_the_same_text(tmp_path: Path) -> None:
    for name in ("a", "b"):
        write_project(tmp_path / name, 4)

    assert _texts(tmp_path / "a") == _texts(tmp_path / "b")


def test_apps_have_names_of_their_own(tmp_path: Path) -> None:
    write_project(tmp_path, LARGEST)
    texts = {path: text for path, text in _texts(tmp_path).items() if path.endswith(".py")}
    models = [_defined(text) - {"Meta", "State", "Dated"} for path, text in texts.items() if path.endswith("models.py")]
    views = [_defined(text) for path, text in texts.items() if path.endswith("views.py")]

    assert len(models) == LARGEST == len(views)
    for one in range(LARGEST):
        for other in range(one):
            classes = {name for name in models[one] & models[other] if name[0].isupper()}
            assert not classes, f"{classes} twice"
            assert {name for name in views[one] & views[other] if name[0].isupper()} == set()


def test_what_answers_is_there(tmp_path: Path) -> None:
    write_project(tmp_path, LARGEST)
    texts = _texts(tmp_path)

    for name in answering(LARGEST):
        module, _, qualname = name.partition(":")
        assert qualname.rpartition(".")[2] in _defined(texts[f"{module.replace('.', '/')}.py"]), name


@pytest.mark.releases
def test_the_largest_project_is_mapped_to_its_response(tmp_path: Path) -> None:
    size = map_apps("django==5.2.19", LARGEST, default_cache_folder(), tmp_path)

    assert size.is_complete
    assert not size.is_stopped
    # With the models, forms, views, admin and middleware of all apps; Django alone takes some 400.
    assert size.cost.peak < 1024


@pytest.mark.releases
def test_every_view_and_middleware_of_five_apps_is_reached(tmp_path: Path) -> None:
    size = map_apps("django==5.2.19", 5, default_cache_folder(), tmp_path)

    assert size.found == size.answering
