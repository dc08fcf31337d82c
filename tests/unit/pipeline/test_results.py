"""Results that are kept: the same bytes as new ones, under a key that holds all they depend on, and never an error."""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import subprocess
import sys
import zlib
from collections.abc import Callable
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import pytest

import flowmap
from flowmap.analysis.bounds import Bounds
from flowmap.errors import OldSyntaxError, UnreadableProjectError, UnreadableSourceError
from flowmap.flow.model import Detail
from flowmap.names import Origin
from flowmap.pipeline import (
    FORMATS,
    Manner,
    MappedTarget,
    Request,
    chosen_renderer,
    keys,
    mapped_target,
    mapping,
    open_graph,
    programs,
    render_outputs,
)
from flowmap.pipeline.finding import find_program
from flowmap.pipeline.keys import result_key
from flowmap.pipeline.programs import map_kept_files
from flowmap.pipeline.results import Counts, Result, encoded, kept_result
from flowmap.pipeline.targets import facts_of
from flowmap.sources.directory import DirectoryFiles
from flowmap.sources.files import MemoryFiles
from flowmap.sources.tree import Root, SourceTree
from tests.unit.frameworks.tiny import write_tiny

MANAGE = "import os\nos.environ.setdefault('TINY_SETTINGS', 'conf')\nfrom conf import here\nhere()\n"
RESULT = Result(b"{}\n", Counts(1, 2, 3, 4, {"product": 5}), {Detail.FULL: b"flow"}, {"view": "View"})
TREE = SourceTree([Root(Origin.PROJECT, MemoryFiles({"a.py": b"1"}))])
# What may change where a result comes from, and never what it is.
IRRELEVANT = {"jobs": 7, "offline": False, "index_url": "https://elsewhere.invalid/simple", "no_cache": True}
COMMAND = [sys.executable, "-c", "from flowmap.cli.main import run; run()"]


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("FLOWMAP_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def asked(tmp_path: Path) -> Request:
    """A target, a project and a standard library, each in a folder that a test may change."""
    library = tmp_path / "python3.11"
    library.mkdir()
    for name in ("os", "threading", "functools"):
        (library / f"{name}.py").write_text("")
    project = tmp_path / "shop"
    project.mkdir()
    (project / "manage.py").write_text(MANAGE)
    (project / "conf.py").write_text("def here(): pass\n")
    return Request(str(write_tiny(tmp_path / "site")), project, library=library, offline=True, jobs=1)


def _refuse_to_analyse(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise AssertionError("the program is analysed once more")

    monkeypatch.setattr(mapping, "analyse", fail)
    monkeypatch.setattr(programs, "analyse", fail)


def _outputs(mapped: MappedTarget) -> dict[tuple[Detail, str], dict[str, bytes]]:
    render = partial(render_outputs, mapped.result, mapped.found.framework)
    renderer = chosen_renderer("auto")
    return {(detail, name): render([name], Manner(renderer, detail)) for detail in Detail for name in FORMATS}


def _entry(cache: Path) -> Path:
    (path,) = (path for path in (cache / "results").rglob("*") if path.is_file())
    return path


# --- what is kept ---


def test_a_kept_result_gives_the_same_bytes(asked: Request, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    uncached = mapped_target(replace(asked, no_cache=True))
    assert not (cache / "results").exists()
    first = mapped_target(asked)
    _refuse_to_analyse(monkeypatch)

    said: list[str] = []
    second = mapped_target(replace(asked, jobs=2), said.append)

    assert "nothing has changed since it was mapped" in said
    assert first.result == second.result == uncached.result
    assert _outputs(first) == _outputs(second) == _outputs(uncached)
    assert b"conf:here" in first.result.callgraph


def test_without_the_cache_nothing_is_read_and_nothing_is_kept(
    asked: Request, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mapped_target(replace(asked, no_cache=True))
    assert not [path for path in cache.rglob("*") if path.suffix in {".ir", ".result"}]

    mapped_target(asked)
    _refuse_to_analyse(monkeypatch)
    with pytest.raises(AssertionError, match="once more"):
        mapped_target(replace(asked, no_cache=True))


def test_questions_are_answered_from_it(asked: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    first = open_graph(asked.target)
    _refuse_to_analyse(monkeypatch)

    assert open_graph(asked.target) == first
    with pytest.raises(AssertionError, match="once more"):
        open_graph(asked.target, request=partial(Request, no_cache=True))


def test_the_graph_of_files_is_kept_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "main.py"
    path.write_text("def f(): pass\nf()\n")
    first = map_kept_files([path])
    with monkeypatch.context() as patch:
        _refuse_to_analyse(patch)
        assert map_kept_files([path]) == first
        for changed in ({"platform": "win32"}, {"frontier": ("x",)}, {"no_cache": True}):
            with pytest.raises(AssertionError, match="once more"):
                map_kept_files([path], **changed)  # type: ignore[arg-type]  # one of several options

    (tmp_path / "beside.py").write_text("")
    (tmp_path / "again.py").write_text("def f(): pass\nf()\n")
    assert map_kept_files([path]).subject.sha256 != first.subject.sha256
    assert map_kept_files([tmp_path / "again.py"]).subject.entry == "again.py"


# --- the key ---


def _key(request: Request) -> str:
    found = find_program(request)
    key = result_key(found.tree, facts_of(found))
    assert key is not None
    return key


def _written(place: str, name: str, text: str) -> Callable[[Request], Request]:
    def change(request: Request) -> Request:
        folder = {"project": request.project, "library": request.library, "target": Path(request.target)}[place]
        assert folder is not None
        path = folder / name
        assert text not in (path.read_text() if path.exists() else "")
        path.write_text(text)
        return request

    return change


def _moved(request: Request) -> Request:
    assert request.project is not None
    return replace(request, project=request.project.rename(request.project.with_name("stall")))


def _in_an_environment(request: Request) -> Request:
    site = Path(request.target).with_name("env") / "lib" / "python3.11" / "site-packages"
    site.mkdir(parents=True)
    (site / "more.py").write_text("")
    return replace(request, env=site.parents[2])


def _with_environment(request: Request) -> Request:
    file = Path(request.target).with_name(".env")
    file.write_text("DEBUG=1\n")
    return replace(request, env_files=(file,))


def _without_module(request: Request) -> Request:
    assert request.project is not None
    (request.project / "conf.py").unlink()
    return request


def test_every_option_is_thought_of() -> None:
    others = {"target", "project", "entry", "frontier", "platform", "library", "settings", "assumed"}
    # Through what is read of them.
    others |= {"env_files"}
    # Through the files of the tree.
    others |= {"django", "roots", "env", "requirements"}
    others |= {"url", "method", "view"}

    # A new one belongs in the key, and in the list below, or among those that are irrelevant.
    assert {field.name for field in fields(Request)} == {*IRRELEVANT, *others}


@pytest.mark.parametrize(
    "change",
    [
        _written("project", "conf.py", "def here(): return 1\n"),
        _written("project", "threading.py", "# goes before the library's\n"),
        _written("library", "os.py", "sep = '/'\n"),
        _written("library", "new.py", "# found where nothing was\n"),
        _written("target", "tiny/http.py", "class Other: pass\n"),
        _written("target", "tiny/__init__.py", "__version__ = '9.1.3'\n"),
        _without_module,
        _moved,
        partial(replace, project=None),
        partial(replace, entry="wsgi"),
        partial(replace, entry="manage.py check"),
        partial(replace, frontier=("tiny.http",)),
        partial(replace, platform="win32"),
        partial(replace, library=None),
        partial(replace, settings="conf"),
        partial(replace, assumed=("DEBUG=1",)),
        _with_environment,
        partial(replace, url="/cart/7/"),
        partial(replace, method="POST"),
        partial(replace, view="shop.views.cart"),
        partial(replace, roots=(Path(__file__).parent,)),
        _in_an_environment,
    ],
)
def test_the_key_changes_with(change: Callable[[Request], Request], asked: Request) -> None:
    before = _key(asked)

    assert _key(change(asked)) != before


def test_the_version_of_the_library_is_in_the_key(asked: Request) -> None:
    before = _key(asked)
    assert asked.library is not None
    other = asked.library.rename(asked.library.with_name("python3.12"))

    assert _key(replace(asked, library=other)) != before


def test_the_key_stays(asked: Request) -> None:
    before = _key(asked)

    assert _key(asked) == before
    for name, value in IRRELEVANT.items():
        assert _key(replace(asked, **{name: value})) == before  # type: ignore[arg-type]  # one of several options
    assert asked.project is not None
    os.utime(asked.project / "manage.py", (0, 0))
    assert _key(asked) == before


def test_the_name_and_version_of_a_distribution_are_in_the_key(asked: Request) -> None:
    found = find_program(asked)

    def key(**changes: object) -> str | None:
        other = replace(found, distribution=replace(found.distribution, **changes))  # type: ignore[arg-type]  # one field
        return result_key(other.tree, facts_of(other))

    assert len({key(), key(name="other"), key(version="1"), key(sha256="1" * 64), key(packages=("x",))}) == 5


def test_dependencies_are_in_the_key_and_so_is_their_order(asked: Request) -> None:
    found = find_program(asked)

    def key(*roots: Root) -> str | None:
        return result_key(SourceTree((*found.tree.roots, *roots)), facts_of(found))

    one, other = (Root(Origin.DEPENDENCY, MemoryFiles({"dep.py": text})) for text in (b"1", b"2"))
    assert len({key(), key(one), key(other), key(one, other), key(other, one)}) == 5


def test_bounds_are_in_the_key(asked: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    before = _key(asked)
    monkeypatch.setattr(keys, "Bounds", partial(Bounds, product=4))

    assert _key(asked) != before


def test_the_engine_is_in_the_key(asked: Request, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "engine"
    shutil.copytree(Path(flowmap.__file__).parent, copy, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(flowmap, "__file__", str(copy / "__init__.py"))
    seen = [_key(asked)]

    path = copy / "analysis" / "models" / "text.py"
    path.write_text(path.read_text() + "# one more line\n")
    seen.append(_key(asked))
    # A compiled module goes before its source.
    path.with_suffix(".cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF")
    seen.append(_key(asked))
    (tmp_path / "0123abcd__mypyc.cpython-311-x86_64-linux-gnu.so").write_bytes(b"\x7fELF")
    seen.append(_key(asked))
    monkeypatch.setattr(keys, "version", lambda name: f"another {name}")
    seen.append(_key(asked))
    monkeypatch.setattr(sys, "version", "3.99")
    seen.append(_key(asked))

    assert len(set(seen)) == 6


def test_an_engine_whose_code_cannot_be_read_keeps_nothing(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flowmap, "__file__", "/nowhere/flowmap.zip/__init__.py")

    assert result_key(TREE, ()) is None
    assert kept_result(TREE, (), lambda: RESULT) == (RESULT, False)
    assert not cache.exists()


# --- what is not kept ---


def test_what_was_changed_meanwhile_is_not_kept(tmp_path: Path) -> None:
    path = tmp_path / "a.py"
    path.write_text("1")
    tree = SourceTree([Root(Origin.PROJECT, DirectoryFiles(tmp_path, ["a.py"]))])

    def edited() -> Result:
        path.write_text("2")
        return RESULT

    def deleted() -> Result:
        path.unlink()
        return RESULT

    assert kept_result(tree, (), edited) == (RESULT, False)
    path.write_text("1")
    # Nothing was kept for what was there before.
    assert kept_result(tree, (), deleted) == (RESULT, False)
    path.write_text("1")
    assert kept_result(tree, (), lambda: RESULT) == (RESULT, False)
    assert kept_result(tree, (), lambda: RESULT) == (RESULT, True)


def test_a_file_that_cannot_be_read_and_is_not_needed_is_no_error(tmp_path: Path) -> None:
    class Locked(MemoryFiles):
        def read(self, path: str) -> bytes:
            raise UnreadableSourceError(path, "Permission denied")

    tree = SourceTree([Root(Origin.PROJECT, Locked({"a.py": b""}))])

    assert kept_result(tree, (), lambda: RESULT) == (RESULT, False)


def test_errors_come_again(asked: Request, cache: Path, tmp_path: Path) -> None:
    assert asked.project is not None
    (asked.project / "conf.py").write_text("A = = 1\n")
    path = tmp_path / "broken.py"
    path.write_text("A = = 1\n")
    for _ in range(2):
        with pytest.raises(UnreadableProjectError, match=r"conf\.py:1: "):
            mapped_target(asked)
        with pytest.raises(UnreadableProjectError, match=r"broken\.py:1: "):
            map_kept_files([path])

    (asked.project / "conf.py").write_text("def here(): pass\n")
    mapped_target(asked)
    # What is refused only once it was analysed, after something that was not.
    http = Path(asked.target, "tiny", "http.py")
    http.write_text(f"{http.read_text()}\ndef f():\n    try:\n        f()\n    except ValueError, e:\n        pass\n")
    (asked.project / "conf.py").write_text("import tiny.http\ndef here(): pass\n")
    for _ in range(2):
        with pytest.raises(OldSyntaxError):
            mapped_target(asked)
    assert len([path for path in (cache / "results").rglob("*") if path.is_file()]) == 1


def _with_digest(body: bytes) -> bytes:
    return hashlib.sha256(body).digest() + body


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: content[:-1],
        lambda content: content + b"\0",
        lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
        lambda content: _with_digest(b"no zlib"),
        lambda content: _with_digest(zlib.compress(b"\xc1")),
        lambda content: _with_digest(zlib.compress(b"\x92\x01\x02")),
        lambda content: _with_digest(zlib.compress(pickle.dumps(RESULT.callgraph))),
        # Another program's, moved to this one's place.
        lambda content: _with_digest(encoded("0" * 64, RESULT)),
    ],
)
def test_a_damaged_or_foreign_entry_is_absent_and_is_mended(damage: Callable[[bytes], bytes], cache: Path) -> None:
    kept_result(TREE, (), lambda: RESULT)
    path = _entry(cache)
    path.write_bytes(damage(path.read_bytes()))

    assert kept_result(TREE, (), lambda: RESULT) == (RESULT, False)
    assert kept_result(TREE, (), lambda: RESULT) == (RESULT, True)


def test_a_cache_that_cannot_be_written_is_as_good_as_none(cache: Path) -> None:
    cache.mkdir()
    (cache / "results").write_text("a file where a folder should be")

    assert kept_result(TREE, (), lambda: RESULT) == (RESULT, False)
    assert kept_result(TREE, (), lambda: RESULT) == (RESULT, False)


def test_two_commands_at_once_write_the_same(asked: Request, cache: Path, tmp_path: Path) -> None:
    words = [asked.target, "--project", str(asked.project), "--offline", "--quiet", "--format", "json,text"]
    environ = {**os.environ, "PYTHONPATH": str(Path(flowmap.__file__).parents[1])}
    runs = [subprocess.Popen([*COMMAND, *words, "-o", str(tmp_path / name)], env=environ) for name in "ab"]

    assert [run.wait(120) for run in runs] == [0, 0]
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name).rglob("*") if path.is_file()} for name in "ab"
    )
    assert first == second
    assert sorted(first) == ["callgraph.json", "flow.json", "flow.txt"]
    assert _entry(cache).suffix == ".result"
