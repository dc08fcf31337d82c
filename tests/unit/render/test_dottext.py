"""DOT that is written is what the graphviz package writes."""

import graphviz

from flowmap.render.dottext import DotText

TEXTS = ("", "plain", "two words", 'a"b', "<b>", "<<b>x</b>>", "-4.2", "node", "ü", "back\\\\slash")


def test_it_is_what_the_package_writes() -> None:
    ours = DotText("flow", graph={"id": "flow"}, node={"margin": "0"}, edge={"fontsize": "10"})
    theirs = graphviz.Digraph(
        "flow", graph_attr={"id": "flow"}, node_attr={"margin": "0"}, edge_attr={"fontsize": "10"}
    )
    for number, text in enumerate(TEXTS):
        for graph in (ours, theirs):
            graph.node(f"n-{number}", id=text, label=text, tooltip=graphviz.nohtml(text), **{"class": "a b"})
            graph.edge(f"n-{number}", "n", label=text, tooltip=text)

    assert ours.source == theirs.source


def test_a_colon_begins_no_port() -> None:
    graph = DotText("flow")
    graph.edge("a:b", "c")

    assert '"a:b" -> c' in graph.source
