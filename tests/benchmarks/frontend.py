"""What the frontend costs: `python -m tests.benchmarks.frontend DIR...` reads every Python file below the folders.

CPU time is this process's own, garbage collection off, so that parse and lowering are told apart.
"""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import libcst as cst

from flowmap.syntax.cache import decoded, encoded
from flowmap.syntax.lowering import lower
from flowmap.syntax.parse import read
from flowmap.syntax.tokens import TokenMap
from flowmap.syntax.unreadable import Unreadable


@dataclass
class Costs:
    """Totals over all files: CPU seconds, and what was met."""

    files: int = 0
    lines: int = 0
    bytes_of_ir: int = 0
    libcst: float = 0.0
    tokens: float = 0.0
    lowering: float = 0.0
    whole: float = 0.0
    decode: float = 0.0
    misaligned: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)


def measure(paths: list[Path]) -> Costs:
    """Read each file: once by libcst alone and lowered, once as the frontend does, once from its cached bytes."""
    costs = Costs()
    for path in paths:
        source = path.read_bytes()
        start = time.process_time()
        reading = read(source)
        costs.whole += time.process_time() - start
        if isinstance(reading.result, Unreadable):
            costs.unreadable.append(f"{path}:{reading.result.line}: {reading.result.reason}")
            continue
        if not reading.aligned:
            costs.misaligned.append(str(path))
        costs.files += 1
        costs.lines += source.count(b"\n")
        _stages(source, costs)
        body = encoded(reading.result)
        costs.bytes_of_ir += len(body)
        start = time.process_time()
        same = decoded(body) == reading.result
        costs.decode += time.process_time() - start
        if not same:
            raise SystemExit(f"{path}: the cache returns another module")
    return costs


def _stages(source: bytes, costs: Costs) -> None:
    start = time.process_time()
    tree = cst.parse_module(source)
    costs.libcst += time.process_time() - start
    text = source.decode(tree.encoding).replace("\r\n", "\n").replace("\r", "\n")
    start = time.process_time()
    tokens = TokenMap(text)
    costs.tokens += time.process_time() - start
    start = time.process_time()
    try:
        lower(tree, tokens)
    except Exception as error:  # noqa: BLE001  # it is counted where the frontend met it
        print(f"  {type(error).__name__} in a stage", file=sys.stderr)
    costs.lowering += time.process_time() - start


def report(costs: Costs) -> str:
    """The figures as a table, each with its share of libcst's own parse."""
    rows = [
        ("libcst.parse_module", costs.libcst),
        ("tokens and lines", costs.tokens),
        ("walk, scopes, prints", costs.lowering),
        ("frontend as a whole", costs.whole),
        ("from the cache (decode, compare)", costs.decode),
    ]
    lines = [f"{costs.files} files, {costs.lines} lines, {costs.bytes_of_ir / 1e6:.1f} MB of IR"]
    for name, seconds in rows:
        a_line = seconds / max(costs.lines, 1) * 1e6
        lines.append(f"{name:34}{seconds:8.2f} s {a_line:7.2f} µs/line {seconds / max(costs.libcst, 1e-9):7.1%}")
    lines.append(f"alignment failures: {len(costs.misaligned)}")
    lines += [f"  {path}" for path in costs.misaligned]
    lines.append(f"unreadable: {len(costs.unreadable)}")
    lines += [f"  {each}" for each in costs.unreadable]
    return "\n".join(lines)


def main(folders: list[str]) -> None:
    """Measure the files below the folders; those of installed packages are left out."""
    paths = sorted(
        path for folder in folders for path in Path(folder).rglob("*.py") if "site-packages" not in path.parts
    )
    gc.disable()
    print(report(measure(paths)))


if __name__ == "__main__":
    main(sys.argv[1:])
