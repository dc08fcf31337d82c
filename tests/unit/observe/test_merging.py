"""What processes wrote becomes one recording: relative paths, versions of packages, lines that were cut off."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

from flowmap.callgraph.model import NodeKind
from flowmap.names import FunctionName
from flowmap.observe.merging import merge
from flowmap.observe.parts import read_parts
from flowmap.snapshot import NotASnapshotError, UnknownSchemaError, json_schema
from flowmap.snapshot.observed import CallKind, ObservedEdge, ObservedFunction, Tree, observed_json, read_observed

MODULE = ("app.py", "1", "<module>", "module")


def _part(folder: Path, name: str, *calls: tuple[str, ...], end: str = "\n", library: str = "/lib/py") -> None:
    site = folder / "env" / "lib" / "site-packages"
    head = [("@python", "3.11.7"), ("@cwd", str(folder)), ("@library", library), ("@path", str(site))]
    (folder / f"{name}.part").write_text("\n".join("\t".join(line) for line in (*head, *calls)) + end)


def test_files_are_relative_to_the_root_they_are_in(tmp_path: Path) -> None:
    installed = str(tmp_path / "env" / "lib" / "site-packages" / "pkg" / "__init__.py")
    _part(
        tmp_path,
        "1",
        ("call", *MODULE, installed, "3", "f", "function"),
        ("call", installed, "3", "f", "function", "/lib/py/json/decoder.py", "9", "Decoder.decode", "function"),
        ("call", installed, "3", "f", "function", "<frozen os>", "5", "walk", "generator"),
        ("call", *MODULE, "<string>", "1", "<module>", "module"),
        ("call", *MODULE, "/home/me/odd.py", "1", "g", "function"),
    )

    observed = merge(read_parts(tmp_path), tmp_path, "app.py")

    places = {(each.callee.tree, each.callee.file, str(each.callee.name)) for each in observed.edges}
    assert places == {
        (Tree.INSTALLED, "pkg/__init__.py", "pkg:f"),
        (Tree.STDLIB, "json/decoder.py", "json.decoder:Decoder.decode"),
        (Tree.STDLIB, "os.py", "os:walk"),
        (Tree.ELSEWHERE, "<generated>", "<generated>:<module>"),
        (Tree.ELSEWHERE, "odd.py", "odd:g"),
    }
    assert str(tmp_path).encode() not in observed_json(observed)


def test_processes_are_one_recording_and_half_a_line_is_none(tmp_path: Path) -> None:
    _part(tmp_path, "1", ("call", *MODULE, "app.py", "2", "f", "function"))
    _part(
        tmp_path,
        "2",
        ("create", *MODULE, "app.py", "2", "f", "function"),
        ("call", *MODULE, "app.py", "8", "g", "func"),
        end="",
    )

    observed = merge(read_parts(tmp_path), tmp_path, "app.py")

    module = ObservedFunction(Tree.PROJECT, "app.py", FunctionName("app", "<module>"), 1, NodeKind.MODULE)
    f = ObservedFunction(Tree.PROJECT, "app.py", FunctionName("app", "f"), 2, NodeKind.FUNCTION)
    assert observed.processes == 2
    assert observed.edges == (ObservedEdge(module, f, ()),)
    assert observed.edges[0].kinds == (CallKind.CALL, CallKind.CREATE)


def test_names_that_were_not_known_are_found_in_the_source(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text("class C:\n    @property\n    def x(self):\n        return lambda: 0\n")
    _part(
        tmp_path,
        "1",
        ("call", *MODULE, "early.py", "2", "?x", "function"),
        ("call", "early.py", "2", "?x", "function", "early.py", "4", "?<lambda>", "function"),
        ("call", *MODULE, "gone.py", "4", "?y", "function"),
    )

    names = {str(each.callee.name) for each in merge(read_parts(tmp_path), tmp_path, "app.py").edges}

    assert names == {"early:C.x", "early:C.x.<locals>.<lambda>", "gone:y"}


def test_odd_names_of_files_come_back(tmp_path: Path) -> None:
    _part(tmp_path, "1", ("call", *MODULE, "a\\\\tb\\t\\n.py", "2", "f", "function"))

    (edge,) = merge(read_parts(tmp_path), tmp_path, "app.py").edges

    assert edge.callee.file == "a\\tb\t\n.py"


def test_the_versions_of_what_ran_and_of_nothing_else(tmp_path: Path) -> None:
    site = tmp_path / "env" / "lib" / "site-packages"
    for name, top in (("Django", "django"), ("unused", "unused"), ("odd-name", "six.py")):
        folder = site / f"{name}-1.2.dist-info"
        folder.mkdir(parents=True)
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\n")
        (folder / "RECORD").write_text(f"{top},,\n" if "." in top else f"{top}/__init__.py,,\n")
    _part(
        tmp_path,
        "1",
        ("call", *MODULE, str(site / "django" / "__init__.py"), "1", "setup", "function"),
        ("call", *MODULE, str(site / "six.py"), "1", "f", "function"),
    )

    assert merge(read_parts(tmp_path), tmp_path, "app.py").packages == {"Django": "1.2", "odd-name": "1.2"}


def test_a_recording_keeps_its_schema_and_comes_back(tmp_path: Path) -> None:
    _part(
        tmp_path, "1", ("call", *MODULE, "app.py", "2", "f", "function"), ("call", *MODULE, "app.py", "5", "g", "class")
    )
    observed = merge(read_parts(tmp_path), tmp_path, "app.py")
    content = observed_json(observed)

    jsonschema.validate(json.loads(content), json_schema("flowmap-observed/1"))
    again = read_observed(content)
    assert again == observed
    assert [each.kinds for each in again.edges] == [each.kinds for each in observed.edges]
    assert observed_json(again) == content


def test_other_files_are_refused() -> None:
    with pytest.raises(UnknownSchemaError):
        read_observed(b'{"schema": "flowmap-observed/2"}')
    with pytest.raises(NotASnapshotError):
        read_observed(b"[]")
    with pytest.raises(NotASnapshotError):
        read_observed(
            b'{"schema": "flowmap-observed/1", "program": "", "pythons": [], "processes": 0, "packages": {},'
            b' "functions": [], "edges": [{"caller": 0, "callee": 0, "kinds": ["call"]}]}'
        )
