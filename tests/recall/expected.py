"""The figures that must hold: expected.toml, and what a run falls short of."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.recall.measure import Score

EXPECTED = Path(__file__).with_name("expected.toml")


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one trace, by scope. A scope that is not named has no limit."""

    recall: Mapping[str, float]
    ratio: Mapping[str, float]


def load_limits(path: Path = EXPECTED) -> Mapping[str, Limits]:
    """The limits of every trace, by its name."""
    tables: Mapping[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    return {name: Limits(table.get("recall", {}), table.get("ratio", {})) for name, table in tables.items()}


def shortfalls(name: str, scores: Sequence[Score], limits: Limits) -> Iterator[str]:
    """One line for each figure that does not hold."""
    for each in scores:
        recall, ratio = limits.recall.get(each.scope), limits.ratio.get(each.scope)
        if recall is not None and each.recall < recall:
            yield f"{name}: {each.scope}: recall {each.recall:.4f} is under {recall}"
        if ratio is not None and each.ratio > ratio:
            yield f"{name}: {each.scope}: ratio {each.ratio:.4f} is over {ratio}"
