"""What `tests.projects.record` wrote: the calls of a run, and what Django itself said of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from flowmap.snapshot.observed import Observed, read_observed
from tests.projects.projects import FIXTURES

RECORDINGS = FIXTURES / "recordings"


@dataclass(frozen=True, slots=True)
class Recording:
    """A run. `views` answered its requests, `middleware` are the paths that the settings name, both as Django says.
    A view that ran for none of its requests, since a decorator or middleware answered, is left out.

    `entered` are the functions of middleware that ran, in the order in which each was called first; `first` are those
    that the first request had entered by the time it was answered.
    """

    django: str
    observed: Observed
    views: Sequence[str]
    middleware: Sequence[str]
    first: Sequence[str]
    entered: Sequence[str]


def load_recording(name: str, folder: Path = RECORDINGS) -> Recording:
    """The recording of a project."""
    packed = folder / f"{name}.json.gz"
    observed = read_observed(gzip.decompress(packed.read_bytes()), where=str(packed))
    run = json.loads((folder / f"{name}.run.json").read_text(encoding="utf-8"))
    ran = {str(edge.callee.name) for edge in observed.edges}
    views = dict.fromkeys(each["view"] for each in run["requests"] if each.get("view") in ran)
    return Recording(run["django"], observed, tuple(views), run["middleware"], run["first"], run["entered"])
