"""The flow as a guided reading: a heading a stage, its calls numbered and linked to their source lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from flowmap.flow.model import Flow, Stage, Step
from flowmap.names import FunctionName
from flowmap.render import labels
from flowmap.render.dotfile import SourceLinks
from flowmap.render.svg import no_links
from flowmap.render.text import gap_line, gap_lines, step_notes

_NOT_REACHED: Final = "Not reached: the source should have this stage."


def render_markdown(flow: Flow, *, links: SourceLinks = no_links) -> str:
    """`flow.md`: CommonMark. It names functions and lines and quotes no source, so it needs no licence notice."""
    return "\n".join(_lines(flow, links)) + "\n"


def _lines(flow: Flow, links: SourceLinks) -> Iterator[str]:
    subject = flow.subject
    yield f"# {_plain(labels.headline(subject))}"
    yield ""
    yield (
        f"What happens, call by call: project `{subject.project}`, Python {subject.python} on {subject.platform}. "
        "Numbers are the order of the calls. Links lead to the source: the name to where the function is defined, "
        "the line to where it is called."
    )
    if flow.stages:
        yield ""
        yield from (f"- [{_plain(stage.title)}](#{_anchor(stage.title)})" for stage in flow.stages)
    for stage in flow.stages:
        yield from _stage(flow, stage, links)
    for name in flow.missing:
        if name not in {stage.id for stage in flow.stages}:
            yield from ("", f"## {_plain(name)}", "", _NOT_REACHED)
    if flow.holes:
        yield from ("", "## Broken", "", "The flow cannot come past these as the source stands:", "")
        yield from (f"- {_plain(gap_line(hole))}" for hole in flow.holes)
    if flow.gaps:
        yield from ("", "## Gaps", "", "Calls on the way that could not be followed:", "")
        yield from (f"- {_plain(line)}" for line in gap_lines(flow))


def _stage(flow: Flow, stage: Stage, links: SourceLinks) -> Iterator[str]:
    opening = _NOT_REACHED if stage.id in flow.missing else f"Opens with {_linked(flow, stage.landmark, links)}."
    yield from ("", f"## {_plain(stage.title)}", "", opening, "")
    for step in stage.steps:
        # A number of its own, not a list's: a reader's renderer would start each list's count anew or close gaps.
        yield f"- **{step.number}** {_step(flow, step, links)}"
    if hidden := flow.hidden.get(stage.id, 0):
        yield from ("", f"*{hidden} more call{'s' * (hidden != 1)} not shown.*")


def _step(flow: Flow, step: Step, links: SourceLinks) -> str:
    caller = flow.functions.get(step.caller)
    at = f"line {step.line}"
    address = links(replace(caller, line=step.line, end_line=step.line)) if caller and caller.file else None
    site = f"[{at}]({_address(address)})" if address else at
    layer = f" (layer {step.caller_layer})" if step.caller_layer else ""
    notes = f" — *{_plain(', '.join(notes))}*" if (notes := step_notes(step)) else ""
    return f"{_code(step.caller.qualname)}{layer} {site} → {_linked(flow, step.callee, links)}{notes}"


def _linked(flow: Flow, name: FunctionName, links: SourceLinks) -> str:
    function = flow.functions.get(name)
    shown = _code(str(name))
    if function is None or not function.file:
        return shown
    place = f"{function.file}:{function.line}"
    address = links(function)
    return f"{shown} [{_plain(place)}]({_address(address)})" if address else f"{shown} {_plain(place)}"


def _code(text: str) -> str:
    return f"`{text}`"


def _plain(text: str) -> str:
    return re.sub(r"([\\`*_\[\]<>#|])", r"\\\1", text)


def _address(text: str) -> str:
    return text.replace(" ", "%20").replace("(", "%28").replace(")", "%29").replace("<", "%3C").replace(">", "%3E")


def _anchor(title: str) -> str:
    """The anchor that GitHub and most renderers give a heading."""
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
