"""Holds a recording of the user's own run against a mapped target."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from flowmap.errors import UnreadableSourceError
from flowmap.flow.model import Subject
from flowmap.observe.comparison import Comparison, compare
from flowmap.pipeline.targets import MappedTarget
from flowmap.snapshot import read_callgraph
from flowmap.snapshot.observed import Observed, read_observed
from flowmap.snapshot.sightings import sightings_json
from flowmap.sources.target import canonical_name

SIGHTINGS_FILE = "sightings.json"


@dataclass(frozen=True, slots=True)
class Observation:
    """A recording, what it says of a target, and in which ways the run was of something else."""

    observed: Observed
    comparison: Comparison
    subject: Subject
    differences: tuple[str, ...]

    def file(self) -> bytes:
        """The content of sightings.json."""
        return sightings_json(self.comparison.sightings, self.subject, self.observed)


def read_recording(path: Path) -> Observed:
    """An `observed.json`. Raises UnreadableSourceError, NotASnapshotError and UnknownSchemaError."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UnreadableSourceError(str(path), error.strerror or str(error)) from error
    return read_observed(content, where=str(path))


def observation_of(mapped: MappedTarget, observed: Observed) -> Observation:
    """What a recording says of a target. Its call graph is read back from the result, be that new or kept."""
    snapshot = read_callgraph(mapped.result.callgraph, where="the result")
    comparison = compare(observed, snapshot.graph, mapped.found.framework.on_the_way)
    return Observation(observed, comparison, snapshot.subject, _differences(observed, snapshot.subject))


def _differences(observed: Observed, subject: Subject) -> tuple[str, ...]:
    lines = []
    named = canonical_name(subject.distribution)
    ran = [version for name, version in observed.packages.items() if canonical_name(name) == named]
    if ran and subject.version not in ran:
        lines.append(f"recorded with {subject.distribution} {ran[0]}, and this is {subject.version}")
    elif not ran:
        lines.append(f"the recording does not say which {subject.distribution} ran")
    pythons = {".".join(python.split(".")[:2]) for python in observed.pythons}
    if subject.python not in pythons:
        ran_on = ", ".join(sorted(pythons))
        lines.append(f"recorded on Python {ran_on}, and the library read is that of {subject.python} (--stdlib)")
    return tuple(lines)
