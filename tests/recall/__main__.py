"""`python -m tests.recall`: maps the recorded releases and prints recall and ratio.

`--observed FILE --project DIR --django X` measures what `flowmap observe` wrote instead.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from flowmap.pipeline import map_graph
from flowmap.snapshot.observed import read_observed
from tests.recall.expected import load_limits, shortfalls
from tests.recall.mapping import map_trace
from tests.recall.measure import Score, StaticGraph, missed, score, static_graph
from tests.recall.report import as_values, missed_lines, stack_lines, table
from tests.recall.scope import SCOPES
from tests.recall.stacks import stack_scores
from tests.recall.trace import Trace, load_trace, trace_names, trace_of


def main(arguments: Sequence[str]) -> int:
    """Exit status 1 only under `--check`, when a figure of expected.toml does not hold."""
    options = _parser().parse_args(arguments)
    rows: list[tuple[str, list[Score]]] = []
    values: list[dict[str, object]] = []
    details: list[str] = []
    failures: list[str] = []
    for name, trace, graph in _measured(options):
        scores = [score(trace, graph, scope) for scope in SCOPES]
        lacking = missed(trace, graph, options.scope)
        rows.append((name, scores))
        values.append(as_values(name, scores, lacking))
        if options.missed:
            details += [f"{name}: missed in the scope '{options.scope}': {len(lacking)}", *missed_lines(lacking)]
        if options.stacks:
            details += [f"{name}: stacks", *stack_lines(stack_scores(trace, graph))]
        if options.check:
            failures += shortfalls(name, scores, load_limits()[name])
    for line in [json.dumps(values, indent=1)] if options.json else _text(table(rows), details):
        print(line)
    for failure in failures:
        print(failure, file=sys.stderr)
    return 1 if failures else 0


def _measured(options: argparse.Namespace) -> Iterator[tuple[str, Trace, StaticGraph]]:
    if options.observed is None:
        for name in options.trace or trace_names():
            trace = load_trace(name)
            yield name, trace, map_trace(trace)
        return
    graph = map_graph(f"django=={options.django}", options.project)
    observed = read_observed(options.observed.read_bytes(), where=str(options.observed))
    name = options.observed.name
    yield name, trace_of(name, options.django, options.project, observed, graph), static_graph(graph)


def _text(lines: Iterator[str], details: Sequence[str]) -> Iterator[str]:
    yield from lines
    if details:
        yield ""
        yield from details


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.recall", description=__doc__)
    parser.add_argument("--trace", action="append", choices=trace_names(), help="only this trace (repeatable)")
    parser.add_argument("--scope", default="flow", choices=list(SCOPES), help="the scope of --missed and --json")
    parser.add_argument("--missed", action="store_true", help="list the missed edges by cause and kind")
    parser.add_argument("--stacks", action="store_true", help="say which links of the recorded stacks are held")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    parser.add_argument("--observed", type=Path, help="an observed.json, instead of the recordings")
    parser.add_argument("--project", type=Path, help="the project that it observed")
    parser.add_argument("--django", help="the release that it ran on")
    parser.add_argument("--check", action="store_true", help="exit 1 when a figure of expected.toml does not hold")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
