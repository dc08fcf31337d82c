from __future__ import annotations

from dataclasses import replace

import pytest

from flowmap.errors import DependencyConflictError, NoNetworkError
from flowmap.names import Origin
from flowmap.sources.cache import Cache
from flowmap.sources.config import IndexSettings
from flowmap.sources.dependencies import marker_environment, resolve_dependencies
from flowmap.sources.distribution import Distribution, source_tree
from flowmap.sources.fetch import resolve
from flowmap.sources.files import MemoryFiles
from flowmap.sources.stdlib import StandardLibrary
from tests.unit.sources.archives import FileIndex, wheel


def publish(index: FileIndex, name: str, version: str, *requires: str, python: str = "") -> None:
    archive = wheel(index.files, name, version, requires=requires, requires_python=python)
    escaped = python.replace(">", "&gt;").replace("<", "&lt;")
    index.publish(name, archive, attributes=f'data-requires-python="{escaped}"' if python else "")


def chosen(found: tuple[Distribution, ...]) -> list[tuple[str, str]]:
    return [(each.name, each.version) for each in found]


def solve(
    target: str, settings: IndexSettings, cache: Cache, *, python: str = "3.11", only: set[str] | None = None
) -> list[tuple[str, str]]:
    distribution = resolve(target, settings=settings, cache=cache)
    return chosen(resolve_dependencies(distribution, python=python, settings=settings, cache=cache, only=only))


def test_the_newest_final_releases_that_are_allowed(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "tower", "1.0", "gate>=3,<4", "wall; extra == 'stone'", "moat; sys_platform == 'win32'")
    for version in ("2.9", "3.1", "3.10", "3.11rc1", "4.0"):
        publish(index, "gate", version, "hinge; python_version < '3.11'")
    publish(index, "hinge", "1.0")
    publish(index, "wall", "1.0")

    assert solve("tower", settings, cache) == [("gate", "3.10")]
    assert solve("tower[stone]", settings, cache) == [("gate", "3.10"), ("wall", "1.0")]
    assert solve("tower", settings, cache, python="3.9") == [("gate", "3.10"), ("hinge", "1.0")]


def test_a_release_for_the_python_whose_library_is_read(
    index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "1.0", "gate")
    publish(index, "gate", "1.0", python=">=3.6")
    publish(index, "gate", "2.0", python=">=3.12")
    publish(index, "gate", "2.1", python=">=3.13.1")

    assert solve("tower", settings, cache) == [("gate", "1.0")]
    assert solve("tower", settings, cache, python="3.12") == [("gate", "2.0")]
    with pytest.raises(DependencyConflictError, match=r"gate .* Python 2\.7"):
        solve("tower", settings, cache, python="2.7")


def test_a_dependency_may_narrow_the_choice_of_another(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "tower", "1.0", "gate", "wall")
    publish(index, "gate", "2.0", "stone")
    publish(index, "wall", "1.0", "gate<2", "tower")
    publish(index, "gate", "1.0")
    publish(index, "stone", "1.0")

    assert solve("tower", settings, cache) == [("gate", "1.0"), ("wall", "1.0")]


def test_a_conflict_names_who_wants_what(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "tower", "1.0", "gate<2", "gate>=2")
    publish(index, "gate", "1.0")

    with pytest.raises(DependencyConflictError, match="gate<2, gate>=2"):
        solve("tower", settings, cache)


def test_only_those_that_are_wanted(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "tower", "1.0", "Gate_House", "wall")
    publish(index, "gate-house", "1.0")

    assert solve("tower", settings, cache, only={"gate.house"}) == [("gate-house", "1.0")]
    assert solve("tower", settings, cache, only=set()) == []


def test_a_second_run_chooses_the_same_and_needs_no_index(
    index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "1.0", "gate")
    publish(index, "gate", "1.0")
    first = solve("tower==1.0", settings, cache)
    publish(index, "gate", "2.0")

    assert solve("tower==1.0", settings, cache) == first
    index.withdraw()
    assert solve("tower==1.0", replace(settings, offline=True), cache) == first


def test_offline_any_cached_dependency_that_is_allowed_will_do(
    index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "1.0", "gate>=1")
    for version in ("0.9", "1.0", "1.1"):
        publish(index, "gate", version)
    for target in ("tower==1.0", "gate==0.9", "gate==1.0"):
        resolve(target, settings=settings, cache=cache)

    assert solve("tower==1.0", replace(settings, offline=True), cache) == [("gate", "1.0")]
    # That choice is not remembered.
    assert solve("tower==1.0", settings, cache) == [("gate", "1.1")]


def test_offline_without_the_dependency(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "tower", "1.0", "gate>=1")
    resolve("tower==1.0", settings=settings, cache=cache)

    with pytest.raises(NoNetworkError, match="gate"):
        solve("tower==1.0", replace(settings, offline=True), cache)


def test_a_requirement_in_an_old_spelling_counts_by_its_name(
    index: FileIndex, settings: IndexSettings, cache: Cache
) -> None:
    publish(index, "tower", "1.0", "gate (>dev)")
    publish(index, "gate", "1.0")

    assert solve("tower", settings, cache) == [("gate", "1.0")]


def test_markers_are_those_of_the_library_not_of_this_machine() -> None:
    environment = marker_environment("3.8", "win32")

    assert environment["python_version"] == "3.8"
    assert (environment["os_name"], environment["platform_system"]) == ("nt", "Windows")


def test_the_tree_holds_all_origins(index: FileIndex, settings: IndexSettings, cache: Cache) -> None:
    publish(index, "tower", "1.0", "gate")
    publish(index, "gate", "1.0")
    distribution = resolve("tower", settings=settings, cache=cache)
    dependencies = resolve_dependencies(distribution, python="3.11", settings=settings, cache=cache)
    library = StandardLibrary("3.11", MemoryFiles({"os.py": b""}))

    def tree_of(project: bytes) -> tuple[str, list[tuple[str, ...]]]:
        files = MemoryFiles({"manage.py": project})
        tree = source_tree(distribution, library=library, project=files, dependencies=dependencies)
        return tree.digest(), [tree.modules(origin) for origin in Origin]

    digest, modules = tree_of(b"1")

    assert modules == [("tower",), ("manage",), ("gate",), ("os",)]
    assert tree_of(b"1") == (digest, modules)
    assert tree_of(b"2")[0] != digest
