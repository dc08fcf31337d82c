"""Snapshots: what they hold, that they come back whole, and what is said of other files."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from typing import Any

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.analysis.result import Bound, Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, Gap, NodeKind
from flowmap.flow.model import Flow, Subject
from flowmap.names import FunctionName, Origin
from flowmap.snapshot import (
    NotASnapshotError,
    UnknownSchemaError,
    callgraph_json,
    flow_json,
    json_schema,
    read_callgraph,
    read_flow,
)
from tests.unit.render.flows import flows
from tests.unit.render.sample import SUBJECT, django_5_2_flow

CALLGRAPH = "flowmap-callgraph/1"
FLOW = "flowmap-flow/1"
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAMES = st.builds(
    FunctionName, st.sampled_from(["a", "a.b", "ü"]), st.sampled_from(["<module>", "f", "C.m", "f.<locals>.<lambda#2>"])
)
FILES = st.sampled_from(["", "a.py", "a/b/__init__.py"])
LINES = st.integers(0, 10**6)
SITES = st.builds(CallSite, LINES, st.sampled_from(Evidence))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)
SUBJECTS = st.builds(Subject, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, TEXT, st.dictionaries(TEXT, JSON_VALUES, max_size=3))


@st.composite
def graphs(draw: st.DrawFn) -> CallGraph:
    names = sorted(draw(st.sets(NAMES, max_size=6)))
    functions = {
        name: draw(
            st.builds(
                Function,
                st.just(name),
                st.sampled_from(NodeKind),
                st.sampled_from(Origin),
                FILES,
                LINES,
                LINES,
                TEXT,
                TEXT,
            )
        )
        for name in names
    }
    pairs = sorted(draw(st.sets(st.tuples(NAMES, NAMES), max_size=6)))
    edges = tuple(CallEdge(a, b, tuple(sorted(draw(st.sets(SITES, max_size=3))))) for a, b in pairs)
    gaps = tuple(sorted(draw(st.sets(st.builds(Gap, NAMES, LINES, TEXT), max_size=3))))
    bounds = tuple(sorted(draw(st.sets(st.builds(Bound, TEXT, LINES, TEXT, LINES), max_size=2))))
    return CallGraph(functions, edges, gaps, bounds)


def sites_of(graph: CallGraph) -> list[tuple[CallSite, ...]]:
    return [edge.sites for edge in graph.edges]


@given(graphs(), SUBJECTS)
def test_a_call_graph_comes_back_as_it_was(graph: CallGraph, subject: Subject) -> None:
    data = callgraph_json(graph, subject)
    back = read_callgraph(data)

    assert (back.graph, back.subject) == (graph, subject)
    assert sites_of(back.graph) == sites_of(graph)
    assert callgraph_json(back.graph, back.subject) == data
    jsonschema.validate(json.loads(data), json_schema(CALLGRAPH))


@given(graphs(), st.randoms(use_true_random=False))
def test_the_order_things_come_in_does_not_show(graph: CallGraph, order: random.Random) -> None:
    def shuffled(items: tuple[Any, ...]) -> tuple[Any, ...]:
        return tuple(order.sample(items, len(items)))

    other = CallGraph(
        dict(shuffled(tuple(graph.functions.items()))),
        shuffled(tuple(replace(edge, sites=shuffled(edge.sites)) for edge in graph.edges)),
        shuffled(graph.gaps),
        shuffled(graph.bounds),
    )

    assert callgraph_json(other, SUBJECT) == callgraph_json(graph, SUBJECT)


@given(flows(most_steps=8))
def test_a_flow_comes_back_as_it_was(flow: Flow) -> None:
    data = flow_json(flow)

    assert read_flow(data) == flow
    assert flow_json(read_flow(data)) == data
    jsonschema.validate(json.loads(data), json_schema(FLOW))


def test_the_sample_is_valid_and_comes_back() -> None:
    data = flow_json(django_5_2_flow())

    jsonschema.validate(json.loads(data), json_schema(FLOW))
    assert read_flow(data) == django_5_2_flow()


@pytest.mark.parametrize("name", [CALLGRAPH, FLOW])
def test_the_schemas_are_schemas(name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json_schema(name))


def test_keys_stand_in_the_order_the_design_shows() -> None:
    name = FunctionName("pkg.m", "f")
    function = Function(name, NodeKind.FUNCTION, Origin.DISTRIBUTION, "pkg/m.py", 3, 5, "(x)", "abc")
    graph = CallGraph(
        {name: function},
        (CallEdge(name, name, (CallSite(4, Evidence.CALL),)),),
        (Gap(name, 5, "why"),),
        (Bound("contexts", 8, "pkg.m:f", 2),),
    )
    value = json.loads(callgraph_json(graph, SUBJECT))

    assert list(value) == ["schema", "subject", "nodes", "edges", "gaps", "bounds"]
    assert list(value["subject"]) == [
        "distribution",
        "version",
        "sha256",
        "python",
        "entry",
        "project",
        "platform",
        "settings",
    ]
    assert value["nodes"] == [
        {
            "id": "pkg.m:f",
            "module": "pkg.m",
            "qualname": "f",
            "kind": "function",
            "origin": "distribution",
            "file": "pkg/m.py",
            "line": 3,
            "end_line": 5,
            "signature": "(x)",
            "body": "abc",
        }
    ]
    assert list(value["nodes"][0])[:4] == ["id", "module", "qualname", "kind"]
    assert value["edges"] == [{"caller": "pkg.m:f", "callee": "pkg.m:f", "sites": [{"line": 4, "evidence": "call"}]}]


def test_files_end_in_a_newline_and_keep_unicode_readable() -> None:
    data = flow_json(replace(django_5_2_flow(), missing=("Über",)))

    assert data.endswith(b"}\n")
    assert '"Über"'.encode() in data


def test_settings_that_are_sets_or_tuples_are_written_as_lists() -> None:
    subject = replace(SUBJECT, settings={"B": {"y", "x"}, "A": ("p", ["q"])})
    written = json.loads(flow_json(replace(django_5_2_flow(), subject=subject)))["subject"]["settings"]

    assert list(written.items()) == [("A", ["p", ["q"]]), ("B", ["x", "y"])]


def test_a_setting_that_json_cannot_hold_is_our_error() -> None:
    with pytest.raises(TypeError, match="object"):
        flow_json(replace(django_5_2_flow(), subject=replace(SUBJECT, settings={"A": object()})))


@pytest.mark.parametrize(
    "data", [b"", b"\x89PNG", b"[]", b"{}", b'{"schema": 1}', b'{"schema": "flowmap-flow/1"}', b"\xff\xfe"]
)
def test_what_is_no_snapshot_is_told_so(data: bytes) -> None:
    with pytest.raises(NotASnapshotError, match=r"notes\.txt is not a snapshot") as caught:
        read_flow(data, where="notes.txt")
    assert caught.value.hint


def test_a_snapshot_with_a_part_broken_names_the_part() -> None:
    value = json.loads(flow_json(django_5_2_flow()))
    value["stages"][2]["steps"][0]["number"] = "three"

    with pytest.raises(NotASnapshotError, match=r"stages\[2\]\.steps\[0\]\.number"):
        read_flow(msgspec.json.encode(value))


def test_another_schema_is_named() -> None:
    later = flow_json(django_5_2_flow()).replace(b"flowmap-flow/1", b"flowmap-flow/2")

    with pytest.raises(UnknownSchemaError, match="flowmap-flow/2"):
        read_flow(later)
    with pytest.raises(UnknownSchemaError, match="flowmap-flow/1"):
        read_callgraph(flow_json(django_5_2_flow()))
