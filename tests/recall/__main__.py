"""`python -m tests.recall`: maps the recorded releases and prints recall and ratio."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence

from tests.recall.expected import load_limits, shortfalls
from tests.recall.mapping import map_trace
from tests.recall.measure import Score, missed, score
from tests.recall.report import as_values, missed_lines, stack_lines, table
from tests.recall.scope import SCOPES
from tests.recall.stacks import stack_scores
from tests.recall.trace import load_trace, trace_names


def main(arguments: Sequence[str]) -> int:
    """Exit status 1 only under `--check`, when a figure of expected.toml does not hold."""
    options = _parser().parse_args(arguments)
    rows: list[tuple[str, list[Score]]] = []
    values: list[dict[str, object]] = []
    details: list[str] = []
    failures: list[str] = []
    for name in options.trace or trace_names():
        trace = load_trace(name)
        graph = map_trace(trace)
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
    parser.add_argument("--check", action="store_true", help="exit 1 when a figure of expected.toml does not hold")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
