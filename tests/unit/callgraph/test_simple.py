"""PyCG's naming and its JSON."""

from __future__ import annotations

import json

import pytest

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, NodeKind
from flowmap.callgraph.simple import simple, simple_json, simple_name
from flowmap.names import FunctionName, Origin


def graph_of(
    edges: list[tuple[str, str]],
    *,
    kinds: dict[str, NodeKind] | None = None,
    evidence: Evidence = Evidence.CALL,
    alone: tuple[str, ...] = (),
) -> CallGraph:
    kinds = kinds or {}
    names = {name for edge in edges for name in edge} | set(alone)
    functions = {
        FunctionName.parse(name): Function(FunctionName.parse(name), kinds.get(name, NodeKind.FUNCTION), Origin.PROJECT)
        for name in sorted(names)
    }
    return CallGraph(
        functions,
        tuple(
            CallEdge(FunctionName.parse(a), FunctionName.parse(b), (CallSite(1, evidence),)) for a, b in sorted(edges)
        ),
        (),
        (),
    )


@pytest.mark.parametrize(
    ("ours", "pycgs"),
    [
        ("main:<module>", "main"),
        ("pkg.mod:func", "pkg.mod.func"),
        ("main:C.method", "main.C.method"),
        ("main:func.<locals>.inner", "main.func.inner"),
        ("main:func.<locals>.C.<locals>.m", "main.func.C.m"),
        ("main:<lambda>", "main.<lambda1>"),
        ("main:func.<locals>.<lambda#2>", "main.func.<lambda2>"),
        ("main:C.x#2", "main.C.x"),
        ("builtins:len", "<builtin>.len"),
        ("builtins:str.join", "<**PyStr**>.join"),
        ("builtins:int.bit_length", "<**PyNum**>.bit_length"),
        ("builtins:dict.get", "<**PyDict**>.get"),
        ("builtins:dict.__init__", "<builtin>.dict"),
        ("ext:parent.__init__", "ext.parent.__init__"),
    ],
)
def test_names(ours: str, pycgs: str) -> None:
    assert simple_name(FunctionName.parse(ours)) == pycgs


def test_functions_that_call_nothing_have_an_empty_list() -> None:
    assert simple(graph_of([("main:<module>", "main:f")], alone=("main:g",))) == {
        "main": ["main.f"],
        "main.f": [],
        "main.g": [],
    }


def test_classes_and_what_their_bodies_call_are_left_out() -> None:
    graph = graph_of(
        [("main:<module>", "main:C"), ("main:C", "main:f"), ("main:<module>", "main:C.__init__")],
        kinds={"main:C": NodeKind.CLASS},
    )

    assert simple(graph) == {"main": ["main.C.__init__"], "main.C.__init__": [], "main.f": []}


def test_imports_are_left_out_but_modules_stay_as_keys() -> None:
    graph = graph_of([("main:<module>", "other:<module>")], evidence=Evidence.IMPORT)

    assert simple(graph) == {"main": [], "other": []}


def test_definitions_that_share_a_name_are_one() -> None:
    graph = graph_of([("main:C.x", "main:f"), ("main:C.x#2", "main:g")])

    assert simple(graph)["main.C.x"] == ["main.f", "main.g"]


def test_the_json_is_sorted_and_ends_in_a_newline() -> None:
    data = simple_json(graph_of([("main:b", "main:z"), ("main:b", "main:a")]))

    assert data.endswith(b"}\n")
    assert list(json.loads(data).items()) == [("main.a", []), ("main.b", ["main.a", "main.z"]), ("main.z", [])]
