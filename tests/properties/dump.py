"""`python -m tests.properties.dump`: maps what stdin asks for and prints every byte of it, in the order it is held in.

stdin is JSON: `{"programs": [[entry, other, ...], ...], "root": folder}`, where program i stands in the folder `i` of
the root, or `{"target": ..., "project": ...}`; without `project` the target is one itself. Either may name the
`library` to read and the number of `jobs`; `frontier` are modules that a target does not enter. Run in a process of its
own: the hash seed can be chosen, and so can the Python.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from flowmap.callgraph.model import CallGraph
from flowmap.pipeline import (
    FORMATS,
    Manner,
    Request,
    chosen_renderer,
    map_files,
    map_program,
    programs,
    render_outputs,
    result_of,
)


def lines(graph: CallGraph) -> Iterator[str]:
    """One line a value. The activations count too: the flow is cut from them."""
    for name, function in graph.functions.items():
        yield f"{name} {function!r}"
    yield from map(repr, (*graph.edges, *graph.gaps, *graph.bounds, *graph.activations))


def dumped(request: dict[str, Any]) -> Iterator[str]:
    """What is asked for, line by line: graphs, and of a target the digest of every file that is written of it."""
    library = Path(request["library"]) if "library" in request else None
    jobs = request.get("jobs")
    if "target" in request:
        frontier = tuple(request["frontier"]) if "frontier" in request else None
        project = Path(request["project"]) if "project" in request else None
        program = map_program(Request(request["target"], project, jobs=jobs, library=library, frontier=frontier))
        yield from lines(program.graph)
        yield repr(program.subject)
        files = render_outputs(result_of(program), program.framework, FORMATS, Manner(chosen_renderer("embedded")))
        for name, content in files.items():
            yield f"{name} {hashlib.sha256(content).hexdigest()}"
        return
    for index, paths in enumerate(request["programs"]):
        root = Path(request["root"]) / str(index)
        yield from lines(map_files([root / path for path in paths], root, library=library, jobs=jobs).graph)
        yield ""


def main() -> None:
    # A case reads little of the library: to list and digest it for each is most of the time.
    for name in ("standard_library", "content_digest"):
        setattr(programs, name, cache(getattr(programs, name)))
    for line in dumped(json.load(sys.stdin)):
        print(line)


if __name__ == "__main__":
    main()
