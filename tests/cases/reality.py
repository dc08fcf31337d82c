"""Holds the expected graph of a case against what the program really does."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.cases.case import Case

_RECORDER = Path(__file__).with_name("recorder.py")
_MODULE = ":<module>"


@dataclass(frozen=True, slots=True)
class Recording:
    """What happened: calls, generators and coroutines that ran, module bodies that ran.

    `classes` are those that define no constructor themselves.
    """

    edges: frozenset[tuple[str, str]]
    entered: frozenset[str]
    bodies: frozenset[str]
    classes: frozenset[str]


class ProgramFailedError(AssertionError):
    """The program of a case ended with an exception."""


def record(case: Case, folder: Path) -> Recording:
    """Run the case below `folder` in a process of its own."""
    root = folder / "program"
    entry, out = case.write(root)[0], folder / "recording.json"
    # Without the site module nothing but the program and the library is imported.
    command = [sys.executable, "-I", "-S", str(_RECORDER), str(root), str(entry), str(out)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    if done.returncode:
        raise ProgramFailedError(f"{case.id} ended with status {done.returncode}:\n{done.stderr}")
    found = json.loads(out.read_text(encoding="utf-8"))
    return Recording(
        frozenset((caller, callee) for caller, callee in found["edges"]),
        frozenset(found["entered"]),
        frozenset(found["bodies"]),
        frozenset(found["classes"]),
    )


def disagreements(case: Case, recording: Recording) -> Iterator[str]:
    """One line for each call that happened and is not expected, and for each expected one that did not happen."""
    expected = {edge.pair for edge in case.edges}
    for caller, callee in sorted(recording.edges):
        if _concerns(case, caller, callee) and (caller, callee) not in expected:
            yield f"happened, not expected: {caller} -> {callee}"
    callees = {edge.callee for edge in case.edges}
    for generator in sorted(recording.entered):
        if generator.partition(":")[0] in case.modules and generator not in callees and not case.ignores_stdlib:
            yield f"ran, but nobody is expected to create it: {generator}"
    for edge in sorted(case.edges):
        if not edge.unseen and not _seen(edge.caller, edge.callee, recording):
            yield f"expected, did not happen: {edge.caller} -> {edge.callee}"
        if edge.unseen and edge.pair in recording.edges:
            yield f"marked as unseen, but happened: {edge.caller} -> {edge.callee}"


def _concerns(case: Case, caller: str, callee: str) -> bool:
    """The same reading of an edge as in the comparison with the engine; see README.md."""
    if caller.partition(":")[0] not in case.modules:
        return False
    own = callee.partition(":")[0] in case.modules
    return own or not (case.ignores_stdlib or callee.endswith(_MODULE))


def _seen(caller: str, callee: str, recording: Recording) -> bool:
    """A class without a constructor gives no event; a module's body runs for its first importer only."""
    if (caller, callee) in recording.edges or callee in recording.entered:
        return True
    if callee.endswith(_MODULE):
        return callee in recording.bodies
    return callee in recording.classes
