"""The flow in words: text, Mermaid, GraphML; and a call graph as DOT."""

from __future__ import annotations

from collections.abc import Callable

import networkx as nx
import pytest

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite
from flowmap.flow.model import Flow
from flowmap.names import FunctionName
from flowmap.render.callgraph_dot import callgraph_dot
from flowmap.render.graphml import flow_graphml
from flowmap.render.labels import elided
from flowmap.render.markdown import render_markdown
from flowmap.render.mermaid import MOST_CHARACTERS, MOST_EDGES, render_mermaid, render_sequence
from flowmap.render.renderer import renderer_for
from flowmap.render.text import render_text
from tests.unit.render.flows import flow_of, function, step
from tests.unit.render.sample import django_5_2_flow, with_a_hole

SMALL = flow_of(
    step(1, "start", "pkg.m:main", "pkg.m:run"),
    step(2, "serve", "pkg.m:run", "pkg.n:__call__@1", line=7, evidence=Evidence.SETTING, condition="debug"),
    step(3, "serve", "pkg.n:__call__@1", "pkg.n:done", returning=True),
    hidden={"serve": 1},
    missing=("view",),
)


def test_text_is_one_line_a_step_indented_by_caller() -> None:
    assert render_text(SMALL).splitlines()[3:] == [
        "Start",
        "-----",
        "  1. pkg.m:run (pkg/m.py:1)",
        "",
        "Serve",
        "-----",
        "  2. pkg.n:__call__ (pkg/n.py:1) [layer 1, setting, only if debug]",
        "  3.   pkg.n:done (pkg/n.py:1) [on the way back]",
        "  (+1 call not shown)",
        "",
        "view: not reached",
    ]


def test_all_documents_hold_every_step_of_the_sample() -> None:
    flow = django_5_2_flow()
    numbers = [one.number for stage in flow.stages for one in stage.steps]

    assert all(f"\n### {number}. " in render_markdown(flow) for number in numbers)
    assert all(f" {number}. " in render_text(flow) for number in numbers)
    assert sum("-->|" in line or ".->|" in line for line in render_mermaid(flow).splitlines()) == len(numbers)
    assert sum(">>p" in line for line in render_sequence(flow).splitlines()) == len(numbers)


def test_mermaid_escapes_what_would_end_a_label() -> None:
    text = render_mermaid(flow_of(step(1, "one", "m:<module>", 'm:a"b;c#d')))

    assert '["#lt;module#gt;<br/>' in text
    assert "a#quot;b#59;c#35;d" in text


def test_mermaid_dashes_what_is_no_plain_call_and_says_on_what_it_hangs() -> None:
    flow = flow_of(
        step(1, "one", "m:a", "m:b", condition='x == "y"'), step(2, "one", "m:a", "m:c", evidence=Evidence.SETTING)
    )

    assert '  n0 -->|"1 if x == #quot;y#quot;"| n1' in render_mermaid(flow)
    assert '  n0 -.->|"2 setting"| n2' in render_mermaid(flow)


def test_mermaid_shows_holes_and_hidden_calls() -> None:
    text = render_mermaid(with_a_hole(django_5_2_flow(), "view"))

    assert '["view (not reached)"]' in text
    assert '["Server (+4 calls not shown)"]' in text


@pytest.mark.parametrize("render", [render_mermaid, render_sequence])
@pytest.mark.parametrize("length", [1, 400])
def test_mermaid_keeps_to_its_limits_and_counts_what_is_left_out(render: Callable[[Flow], str], length: int) -> None:
    many = [step(number, "long", "m:a", f"m:b{number}{'x' * length}") for number in range(1, 801)]
    last = [step(801, "short", "m:a", "m:end"), step(802, "short", "m:end", "m:done")]
    whole = flow_of(*many[:5], *last)
    text = render(flow_of(*many, *last))
    edges = [line for line in text.splitlines() if "-->|" in line or ">>p" in line]
    left = 800 + 2 - len(edges)

    assert len(text) <= MOST_CHARACTERS
    assert 20 < len(edges) <= MOST_EDGES
    assert f"Long (+{left} calls not shown)" in text
    assert "done" in text
    assert "not shown" not in render(whole)


def test_graphml_of_a_flow_keeps_parallel_steps() -> None:
    flow = flow_of(step(1, "one", "m:a", "m:b"), step(2, "one", "m:a", "m:b", line=9))
    graph = nx.parse_graphml(flow_graphml(flow), force_multigraph=True)

    assert sorted((tail, head, data["number"], data["line"]) for tail, head, data in graph.edges(data=True)) == [
        ("m:a", "m:b", 1, 1),
        ("m:a", "m:b", 2, 9),
    ]


def test_graphml_says_what_is_not_shown() -> None:
    hops = (FunctionName.parse("m:one"), FunctionName.parse("m:two"))
    flow = flow_of(step(1, "one", "m:a", "m:b", through=hops), hidden={"one": 3, "gone": 4})
    graph = nx.parse_graphml(flow_graphml(flow), force_multigraph=True)

    assert graph.graph["hidden"] == 7
    assert (graph.graph["hidden in gone"], graph.graph["hidden in one"]) == (4, 3)
    assert [data["through"] for *_, data in graph.edges(data=True)] == ["m:one m:two"]


def test_a_call_graph_as_dot_is_drawn_by_graphviz() -> None:
    names = [FunctionName.parse(text) for text in ("m:<module>", 'n:f"', "n:g.<locals>.<lambda>")]
    edges = (
        CallEdge(names[0], names[1], (CallSite(1, Evidence.CALL),)),
        CallEdge(names[1], names[2], (CallSite(2, Evidence.SETTING),)),
    )
    graph = CallGraph({name: function(str(name)) for name in names}, edges, (), ())
    answer = renderer_for().lay_out([callgraph_dot(graph)])[0]

    assert [answer.count(f"\n{word} ") for word in ("node", "edge")] == [3, 2]
    assert callgraph_dot(graph).count("dashed") == 1


def test_long_names_lose_their_middle_at_a_dot() -> None:
    assert elided("django.contrib.staticfiles.management.commands.runserver", 30) == "django…commands.runserver"
    assert elided("short.name", 30) == "short.name"
    assert elided("x" * 50, 20) == "…" + "x" * 19
