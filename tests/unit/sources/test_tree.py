from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from flowmap.names import Origin
from flowmap.sources.directory import list_files
from flowmap.sources.files import MemoryFiles, below
from flowmap.sources.layout import is_source
from flowmap.sources.tree import ModuleSource, Root, SourceTree, content_digest, module_name


def root(origin: Origin, *paths: str) -> Root:
    files = MemoryFiles({path: path.encode() for path in paths})
    return Root(origin, files)


def place(source: ModuleSource | None) -> tuple[str, str | None, str | None] | None:
    if source is None:
        return None
    return source.origin.value, source.file.path if source.file else None, source.folder


TREE = SourceTree(
    (
        root(Origin.STDLIB, "os.py", "json/__init__.py", "json/decoder.py", "shadow.py"),
        root(Origin.DEPENDENCY, "dep.py", "space/one.py"),
        root(Origin.DEPENDENCY, "space/two/__init__.py", "dep.py"),
        root(
            Origin.DISTRIBUTION, "pkg/__init__.py", "pkg/a.py", "pkg/data/page.html", "pkg/conf/t.py-tpl", "shadow.py"
        ),
        root(Origin.PROJECT, "manage.py", "site_/wsgi.py", "both.py", "both/__init__.py"),
    )
)


def test_a_module_is_found_in_the_first_root_that_has_it() -> None:
    assert place(TREE.find("shadow")) == ("distribution", "shadow.py", None)
    assert place(TREE.find("os")) == ("stdlib", "os.py", None)
    assert place(TREE.find("dep")) == ("dependency", "dep.py", None)


def test_a_package_comes_before_a_module_of_its_name() -> None:
    assert place(TREE.find("both")) == ("project", "both/__init__.py", "both")


def test_submodules_are_searched_in_their_package_only() -> None:
    assert place(TREE.find("json.decoder")) == ("stdlib", "json/decoder.py", None)
    assert TREE.find("os.path") is None
    assert TREE.find("pkg.os") is None
    assert TREE.find("nothing.at.all") is None
    assert TREE.find("") is None
    assert TREE.find(".pkg") is None


def test_a_namespace_package_spans_roots() -> None:
    assert place(TREE.find("space")) == ("dependency", None, "space")
    assert place(TREE.find("space.one")) == ("dependency", "space/one.py", None)
    assert place(TREE.find("space.two")) == ("dependency", "space/two/__init__.py", "space/two")
    assert TREE.submodules("space") == (("one", False), ("two", True))


def test_submodules_are_those_of_pkgutil() -> None:
    assert TREE.submodules("pkg") == (("a", False),)
    assert TREE.submodules("pkg.a") == ()
    assert TREE.submodules("nothing") == ()


def test_a_regular_package_ends_the_search_for_portions() -> None:
    tree = SourceTree((root(Origin.PROJECT, "p/x.py"), root(Origin.DISTRIBUTION, "p/__init__.py", "p/y.py")))

    assert place(tree.find("p")) == ("distribution", "p/__init__.py", "p")
    assert tree.find("p.x") is None


def test_virtual_paths_name_no_machine_and_lead_back() -> None:
    source = TREE.find("pkg.a")
    assert source is not None
    assert source.file is not None
    path = TREE.virtual_path(source.origin, source.file.path)

    assert path == "/distribution/pkg/a.py"
    found = TREE.at(path)
    assert found == source.file
    assert found is not None
    assert found.read() == b"pkg/a.py"
    assert TREE.at("/distribution/pkg/../pkg/./a.py") == source.file
    assert TREE.at("/distribution/pkg") is None
    assert TREE.at("/elsewhere/pkg/a.py") is None


def test_folders_are_listed_over_all_roots_of_an_origin() -> None:
    assert TREE.listdir("/distribution/pkg") == ("__init__.py", "a.py", "conf", "data")
    assert TREE.listdir("/dependency/space") == ("one.py", "two")
    assert TREE.listdir("/project") == ("both", "both.py", "manage.py", "site_")
    assert TREE.listdir("/") == ("dependency", "distribution", "project", "stdlib")
    assert TREE.listdir("/distribution/pkg/a.py") is None
    assert TREE.listdir("/distribution/none") is None


def test_modules_are_those_that_can_be_imported_from_there() -> None:
    assert TREE.modules(Origin.STDLIB) == ("json", "json.decoder", "os")
    assert TREE.modules(Origin.PROJECT) == ("both", "manage", "site_.wsgi")


def test_module_names() -> None:
    assert module_name("a/b/__init__.py") == "a.b"
    assert module_name("a/b.py") == "a.b"
    assert module_name("a-b.py") is None
    assert module_name("a/b.py-tpl") is None
    assert module_name("__init__.py") is None


def test_the_digest_changes_with_content_alone() -> None:
    files = {"a.py": b"1", "b.py": b"2"}
    same = MemoryFiles(dict(reversed(files.items())))
    moved = MemoryFiles({"a.py": b"12", "b.py": b""})

    assert content_digest(MemoryFiles(files)) == content_digest(same)
    assert content_digest(MemoryFiles(files)) != content_digest(moved)


def test_a_folder_can_be_a_root_of_its_own() -> None:
    files = MemoryFiles({"src/a.py": b"a", "src/b.py": b"b", "c.py": b"c"})

    assert list(below(files, "src").paths()) == ["a.py", "b.py"]
    assert below(files, "src", only={"a.py"}).read("a.py") == b"a"
    assert list(below(files, "src", only={"a.py"}).paths()) == ["a.py"]


_PARTS = st.lists(st.sampled_from(["a", "b", "__init__", "c-d"]), min_size=1, max_size=4).map("/".join)


@given(st.lists(_PARTS.map(lambda path: f"{path}.py"), unique=True), st.randoms())
def test_lookup_does_not_depend_on_order_and_agrees_with_itself(paths: list[str], random: object) -> None:
    shuffled = list(paths)
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis gives a random.Random
    tree, other = SourceTree((root(Origin.PROJECT, *paths),)), SourceTree((root(Origin.PROJECT, *shuffled),))

    assert tree.digest() == other.digest()
    assert tree.modules(Origin.PROJECT) == other.modules(Origin.PROJECT)
    for name in tree.modules(Origin.PROJECT):
        source = tree.find(name)
        assert source is not None
        assert source.file is not None
        assert module_name(source.file.path) == name
        parent, _, last = name.rpartition(".")
        if parent:
            assert last in dict(tree.submodules(parent))


def test_the_digest_of_a_tree_is_of_its_files_as_they_are_now(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("1")
    tree = SourceTree((Root(Origin.PROJECT, list_files(tmp_path, is_source)),))
    first = tree.digest()

    assert tree.digest() == first
    (tmp_path / "a.py").write_text("2")
    assert tree.digest() != first
    assert SourceTree((Root(Origin.STDLIB, list_files(tmp_path, is_source)),)).digest() != tree.digest()
