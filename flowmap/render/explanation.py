"""An explanation as text: the steps from the call to where the callee begins, each with its line of source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from flowmap.analysis.provenance.explanation import Chain, Explanation, Origin, Step, StepKind

_INDENT: Final = " " * 16
_WIDTH: Final = 100
_OPENING: Final = ("(", "[", "{")
_CLOSING: Final = (")", "]", "}")
_MORE: Final = " ..."
_FOUND: Final = {Origin.CALLEE: "", Origin.NAME: "by which it was found", Origin.MODULE: "in which it was found"}


@dataclass(frozen=True, slots=True)
class ModuleText:
    """The path of a module's file, relative to the root of its origin, and its lines."""

    path: str
    lines: Sequence[str]


def render_explanation(explanation: Explanation, texts: Mapping[str, ModuleText]) -> str:
    """The lines for a terminal of 100 columns. `texts` has the modules of the steps."""
    lines = [f"{explanation.caller}", f"  -> {explanation.callee}"]
    lines.extend(_chain(explanation.chain, texts))
    for each in explanation.found_by:
        lines.extend(("", f"The {each.origin} {_FOUND[each.origin]}:"))
        lines.extend(_chain(each, texts))
    return "".join(f"{line}\n" for line in lines)


def _chain(chain: Chain, texts: Mapping[str, ModuleText]) -> Iterator[str]:
    value = ""
    for step in chain.steps:
        if step.value != value:
            value = step.value
            yield ""
            yield f"{value}:"
        yield from _step(step, texts.get(step.function.module))


def _step(step: Step, text: ModuleText | None) -> Iterator[str]:
    if step.kind is StepKind.LOST:
        yield f"  {step.kind:<11} how it came here could not be followed"
    elif text is None:
        yield f"  {step.kind:<11} {step.function}, whose source is not read"
    else:
        # What a model stands for has no line of its own.
        yield f"  {step.kind:<11} {text.path}:{step.line}" if step.line else f"  {step.kind:<11} {text.path}"
        source = _source(text.lines, step.line)
        if source:
            yield f"{_INDENT}{source}"
    if step.kind is StepKind.OUTSIDE:
        yield f"{_INDENT}whoever starts the program hands it over"


def _source(lines: Sequence[str], number: int) -> str:
    """A line of source; where it ends inside brackets, with as much of what follows as there is room for."""
    if not 0 < number <= len(lines):
        return ""
    text = lines[number - 1].strip()
    room = _WIDTH - len(_INDENT)
    for line in lines[number:]:
        if not _is_open(text) or len(text) > room:
            break
        more = line.strip()
        text += more if text.endswith(_OPENING) or more[:1] in _CLOSING else f" {more}"
    return text if len(text) <= room else f"{text[: room - len(_MORE)].rstrip()}{_MORE}"


def _is_open(text: str) -> bool:
    return sum(map(text.count, _OPENING)) > sum(map(text.count, _CLOSING))
