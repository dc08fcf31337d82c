"""What drawing every form of a flow adds to a mapping.

`python -m tests.benchmarks.forms [RELEASE] [--repeat N]` takes a release from the cache of results, where it maps one
that is not there, and draws it at `flow` detail in every format, all of them together as a run does, and each by
itself. CPU includes that of Graphviz. The best of N runs counts: noise only adds. The goal is 1.5 s for all.
"""

from __future__ import annotations

import argparse
import gc
import time
from collections.abc import Sequence
from resource import RUSAGE_CHILDREN, RUSAGE_SELF, getrusage
from typing import Final

from flowmap.pipeline import FORMATS, Manner, MappedTarget, Request, chosen_renderer, mapped_target, render_outputs

GOAL: Final = 1.5


def cost(target: MappedTarget, formats: Sequence[str]) -> tuple[float, float]:
    """Seconds by the clock and of the CPU that it takes to draw formats."""
    cpu, begin = _cpu(), time.perf_counter()
    render_outputs(
        target.result, target.found.framework, formats, Manner(chosen_renderer("auto")), tree=target.found.tree
    )
    return time.perf_counter() - begin, _cpu() - cpu


def best(target: MappedTarget, formats: Sequence[str], repeat: int) -> tuple[float, float]:
    """The least of several runs, clock and CPU each."""
    clocks, cpus = zip(*(cost(target, formats) for _ in range(repeat)), strict=True)
    return min(clocks), min(cpus)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("release", nargs="?", default="5.2.19")
    parser.add_argument("--repeat", type=int, default=5)
    wanted = parser.parse_args()
    target = mapped_target(Request(f"django=={wanted.release}"))
    # As the command line runs.
    gc.disable()
    # What is loaded at the first time is loaded by every run.
    first, _ = cost(target, FORMATS)
    clock, cpu = best(target, FORMATS, wanted.repeat)
    print(f"{wanted.release}, all forms: {clock:.2f} s, {cpu:.2f} s CPU, {first:.2f} s with loading (goal {GOAL} s)")
    for each in FORMATS:
        clock, cpu = best(target, [each], wanted.repeat)
        print(f"  {each:10} {clock:5.2f} s  {cpu:5.2f} s CPU")


def _cpu() -> float:
    own, children = getrusage(RUSAGE_SELF), getrusage(RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


if __name__ == "__main__":
    main()
