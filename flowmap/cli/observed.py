"""What is said of a recording held against the map: made to be pasted into a report, so it holds no source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from rich.text import Text

from flowmap import __version__
from flowmap.flow.model import Flow
from flowmap.flow.sightings import Mark
from flowmap.observe.comparison import Score
from flowmap.pipeline.observing import Observation

# Ids; sightings.json has them all.
_LISTED: Final = 40


def observation_lines(observation: Observation, flow: Flow) -> Iterator[Text]:
    """The run, recall and ratio, the marks of the picture's arrows, and every missed call by its ids."""
    observed, comparison = observation.observed, observation.comparison
    pythons = ", ".join(observed.pythons)
    run = f"{observed.program}, {observed.processes} process{'es' * (observed.processes != 1)}, Python {pythons}"
    yield Text(f"observed: {run}", style="bold")
    for line in observation.differences:
        yield Text(f"  warning: {line}; what differs between them counts as missed", style="yellow")
    subject = observation.subject
    yield Text(f"  flowmap {__version__}, {subject.distribution} {subject.version}, {subject.entry}")
    yield Text(f"  on the way of a request  {_score(comparison.flow)}")
    yield Text(f"  everywhere               {_score(comparison.everything)}")
    marks = Counter(comparison.sightings.of_step(step) for stage in flow.stages for step in stage.steps)
    yield Text(f"  arrows of the flow       {marks[Mark.SEEN]:,} seen, {marks[Mark.POSSIBLE]:,} possible")
    yield Text(f"  seen and not found: {len(comparison.missed):,}" + " (a defect of flowmap)" * bool(comparison.missed))
    for missed in comparison.missed[:_LISTED]:
        yield Text(f"    {missed.caller} -> {missed.callee} ({missed.cause})", style="yellow")
    if len(comparison.missed) > _LISTED:
        yield Text(f"    and {len(comparison.missed) - _LISTED:,} more")


def _score(score: Score) -> str:
    if not score.observed:
        return "nothing was observed"
    return (
        f"{score.found:,} of {score.observed:,} calls found, recall {score.recall:.3f}; "
        f"{score.static:,} on the map, ratio {score.ratio:.2f}"
    )
