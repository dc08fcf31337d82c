"""The call graph of any program: where its modules are found, and how it is written."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from flowmap.errors import FileNameError, NotebookError, ProgramNotFoundError, UnreadableProjectError
from flowmap.pipeline import GRAPH_FORMATS, callgraph_of_files, map_files


def _write(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name.replace('__', '-')}.py").write_text(text)
    return folder


def _edges(paths: list[Path], root: Path | None = None) -> set[str]:
    return {f"{edge.caller} -> {edge.callee}" for edge in map_files(paths, root, jobs=1).graph.edges}


def test_modules_beside_the_first_file_are_found(tmp_path: Path) -> None:
    _write(tmp_path, main="import other\nother.f()\n", other="def f(): pass\n")

    assert "main:<module> -> other:f" in _edges([tmp_path / "main.py"])


def test_several_files_are_found_below_the_folder_that_holds_them_all(tmp_path: Path) -> None:
    _write(tmp_path / "a", main="from b.other import f\nf()\n")
    _write(tmp_path / "b", other="def f(): pass\n")

    assert "a.main:<module> -> b.other:f" in _edges([tmp_path / "a" / "main.py", tmp_path / "b" / "other.py"])


def test_a_script_may_have_any_name(tmp_path: Path) -> None:
    _write(tmp_path, run__site="def f(): pass\nf()\n", run_site="")

    assert _edges([tmp_path / "run-site.py"]) == {"_run_site:<module> -> _run_site:f"}


def test_the_same_files_elsewhere_are_the_same_program(tmp_path: Path) -> None:
    here, there = (_write(tmp_path / name, main="def f(): pass\nf()\n") for name in ("here", "there"))

    first, second = (map_files([folder / "main.py"], jobs=1) for folder in (here, there))

    assert first == second
    assert callgraph_of_files([here / "main.py"], here) == first.graph
    for write in GRAPH_FORMATS.values():
        assert write(first) == write(second)
        assert b"main" in write(first)


def test_formats(tmp_path: Path) -> None:
    program = map_files([_write(tmp_path, main="def f(): pass\nf()\n") / "main.py"], jobs=1)

    assert list(GRAPH_FORMATS) == ["json", "dot", "graphml", "simple"]
    assert json.loads(GRAPH_FORMATS["simple"](program)) == {"main": ["main.f"], "main.f": []}
    assert json.loads(GRAPH_FORMATS["json"](program))["subject"]["entry"] == "main.py"


def _simple(folder: Path, text: str) -> dict[str, list[str]]:
    program = map_files([_write(folder, main=text) / "main.py"], jobs=1)
    shown: dict[str, list[str]] = json.loads(GRAPH_FORMATS["simple"](program))
    return shown


def test_functions_that_nobody_calls_are_keys_of_the_simple_form(tmp_path: Path) -> None:
    _write(tmp_path, other="def unused(): pass\n", unread="def never(): pass\n")
    text = "import other\nclass C:\n    def m(self):\n        def inner(): pass\n        return lambda: 1\n"

    assert _simple(tmp_path, text) == {
        "main": [],
        "main.C.m": [],
        "main.C.m.<lambda1>": [],
        "main.C.m.inner": [],
        "other": [],
        "other.unused": [],
    }


def test_what_is_not_in_the_source_has_names_of_its_own(tmp_path: Path) -> None:
    text = """
from ext import Cls, function, parent
from ext.sub import other

class A(parent):
    def run(self):
        self.step()

class B(A):
    def __init__(self):
        super().__init__(1)

def call(f):
    f()

A().run()
B()
call(Cls().method)
function()(1)
A.make()
"""

    assert {caller: callees for caller, callees in _simple(tmp_path, text).items() if callees} == {
        "main": [
            "ext.Cls", "ext.function", "ext.parent.__init__", "ext.parent.make", "main.A.run", "main.B.__init__",
            "main.call",
        ],
        "main.A.run": ["ext.parent.step"],
        "main.B.__init__": ["<builtin>.super", "ext.parent.__init__"],
        "main.call": ["ext.Cls.method"],
    }  # fmt: skip


def test_builtins_are_called_where_the_source_calls_them(tmp_path: Path) -> None:
    text = """
class C:
    @staticmethod
    def f():
        for i in range(3):
            pass
        with open("x") as file:
            file.read()
        if i:
            raise KeyError
        raise ValueError(i)

C.f()
"""
    simple = _simple(tmp_path, text)

    assert simple["main"] == ["main.C.f"]
    assert [name for name in simple["main.C.f"] if name.startswith("<builtin>")] == [
        "<builtin>.ValueError", "<builtin>.open", "<builtin>.range",
    ]  # fmt: skip
    assert "<builtin>.staticmethod" not in simple
    assert "<builtin>.KeyError" not in simple


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ProgramNotFoundError):
        map_files([tmp_path / "main.py"])
    _write(tmp_path, main="x = = 1\n")
    with pytest.raises(UnreadableProjectError, match=r"main\.py:1: "):
        map_files([tmp_path / "main.py"], jobs=1)


def test_a_file_whose_name_is_no_text_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "main\udcff.py"
    path.write_text("")

    with pytest.raises(FileNameError, match="the name of"):
        map_files([path])


def test_a_notebook_is_no_program(tmp_path: Path) -> None:
    path = tmp_path / "main.ipynb"
    path.write_text('{"cells": []}')

    with pytest.raises(NotebookError, match="is a notebook"):
        map_files([path])


_CALLS_G = "def f(): g()\ndef g(): pass\nf()\n"


@pytest.mark.parametrize("name", ["random", "typing", "test", "code", "array", "types", "json"])
def test_a_file_hides_the_library_module_of_its_name(tmp_path: Path, name: str) -> None:
    _write(tmp_path, main=f"import {name}\n", **{name: _CALLS_G})

    assert f"{name}:f -> {name}:g" in _edges([tmp_path / "main.py"])
    assert f"{name}:f -> {name}:g" in _edges([tmp_path / f"{name}.py"])


@pytest.mark.parametrize("name", ["sys", "os", "time"])
def test_what_python_has_before_it_looks_for_files_is_not_hidden(tmp_path: Path, name: str) -> None:
    _write(tmp_path, main=f"import {name}\n", **{name: _CALLS_G})

    assert f"{name}:f -> {name}:g" not in _edges([tmp_path / "main.py"])
    assert f"_{name}:f -> _{name}:g" in _edges([tmp_path / f"{name}.py"])


def test_the_init_of_a_class_that_is_not_in_the_source_is_one_of_its_module(tmp_path: Path) -> None:
    text = "import redis\nfrom a.b import C\nclass D(redis.Redis): pass\nclass E(C): pass\nD()\nE()\n"

    assert {
        "main:<module> -> redis:Redis.__init__",
        "main:<module> -> a.b:C.__init__",
    } <= _edges([_write(tmp_path, main=text) / "main.py"])
