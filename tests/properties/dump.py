"""`python -m tests.properties.dump`: maps what stdin asks for and prints every byte of it, in the order it is held in.

stdin is JSON: `{"programs": [[entry, other, ...], ...], "root": folder}`, where program i stands in the folder `i` of
the root, or `{"target": ..., "project": ..., "jobs": n}`. Run in a process of its own: the hash seed can be chosen.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flowmap.callgraph.model import CallGraph
from flowmap.pipeline import callgraph_of_files, map_graph


def lines(graph: CallGraph) -> Iterator[str]:
    """One line a value. The activations count too: the flow is cut from them."""
    for name, function in graph.functions.items():
        yield f"{name} {function!r}"
    yield from map(repr, (*graph.edges, *graph.gaps, *graph.bounds, *graph.activations))


def graphs(request: dict[str, Any]) -> Iterator[CallGraph]:
    """The graphs that are asked for."""
    if "target" in request:
        yield map_graph(request["target"], Path(request["project"]), jobs=request["jobs"])
        return
    for index, program in enumerate(request["programs"]):
        root = Path(request["root"]) / str(index)
        yield callgraph_of_files([root / path for path in program], root)


def main() -> None:
    for graph in graphs(json.load(sys.stdin)):
        print(*lines(graph), "", sep="\n")


if __name__ == "__main__":
    main()
