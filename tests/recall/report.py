"""What the recall command prints: tables as text, and everything as JSON values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from tests.recall.measure import Missed, Score
from tests.recall.stacks import StackScore

Row = tuple[str, Sequence[Score]]

_HEAD = ("trace", "scope", "observed", "found", "recall", "static", "ratio")


def table(rows: Sequence[Row]) -> Iterator[str]:
    """The table of recall and ratio, one line a trace and scope."""
    cells = [_HEAD]
    for name, scores in rows:
        for each in scores:
            numbers = (str(each.observed), str(each.found), f"{each.recall:.3f}", str(each.static), f"{each.ratio:.2f}")
            cells.append((name, each.scope, *numbers))
    widths = [max(len(row[column]) for row in cells) for column in range(len(_HEAD))]
    for row in cells:
        texts = [
            cell.ljust(width) if column < 2 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(texts).rstrip()


def missed_lines(missed: Sequence[Missed]) -> Iterator[str]:
    """The missed edges by cause, then by kind of call."""
    for cause, of_cause in groupby(missed, key=lambda each: each.cause):
        edges = list(of_cause)
        yield f"  {cause.value}: {len(edges)}"
        for kinds, of_kinds in groupby(edges, key=lambda each: each.kinds):
            yield f"    {', '.join(kinds)}"
            yield from (f"      {each.caller} -> {each.callee}" for each in of_kinds)


def stack_lines(scores: Sequence[StackScore]) -> Iterator[str]:
    """One line a stack, and one for each link the graph lacks."""
    for each in scores:
        held = len(each.links) - len(each.lacking)
        yield f"  {each.phase}: {each.function}: {held} of {len(each.links)} links"
        yield from (f"    lacks {caller} -> {callee}" for caller, callee in each.lacking)


def as_values(name: str, scores: Sequence[Score], missed: Sequence[Missed]) -> dict[str, object]:
    """One trace's figures for `--json`."""
    return {
        "trace": name,
        "scopes": {
            each.scope: {
                "observed": each.observed,
                "found": each.found,
                "recall": round(each.recall, 4),
                "static": each.static,
                "ratio": round(each.ratio, 4),
            }
            for each in scores
        },
        "missed": [
            {"cause": each.cause.value, "kinds": each.kinds, "caller": str(each.caller), "callee": str(each.callee)}
            for each in missed
        ],
    }
