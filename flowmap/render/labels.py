"""The words on the picture, as Graphviz's HTML-like labels."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

from flowmap.callgraph.model import Function, Gap
from flowmap.flow.model import Subject
from flowmap.names import MODULE_BODY
from flowmap.render.palette import FAINT_INK, INK, STATES
from flowmap.render.picture import Box, Lane, Picture

NAME_SIZE: Final = 11.5
SMALL_SIZE: Final = 10
NAME_LIMIT: Final = 46
PLACE_LIMIT: Final = 46
MODULE_LIMIT: Final = 28
TITLE_COLUMN_CHARACTERS: Final = 12
# That many lines are given to what breaks the flow.
_HOLES: Final = 4


def box_label(box: Box, *, colour: str, width: float = 0) -> str:
    """Qualified name (and layer) over module, file and line. `width` in points stretches the label to its box."""
    name = box_name(box)
    layer = _layer(box)
    stretch = f' WIDTH="{round(width)}"' if width else ""
    right = f'<TD ALIGN="RIGHT">{_font("  " + layer, SMALL_SIZE, colour, bold=True)}</TD>' if layer else ""
    span = ' COLSPAN="2"' if layer else ""
    return (
        f'<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0"{stretch}>'
        f'<TR><TD ALIGN="LEFT">{_font(name, NAME_SIZE, INK, bold=True)}</TD>{right}</TR>'
        f'<TR><TD ALIGN="LEFT"{span}>{_font(box.note or place(box.function), SMALL_SIZE, FAINT_INK)}</TD></TR></TABLE>>'
    )


def box_name(box: Box) -> str:
    """The qualified name, after the sign of what a comparison says of it."""
    sign = STATES[box.state].sign if box.state is not None else ""
    return f"{sign} {elided(_qualname(box.function), NAME_LIMIT)}".lstrip()


def place(function: Function) -> str:
    """`django.core.handlers.wsgi · wsgi.py:120`, its middle left out where it is long."""
    module = function.name.module
    if not function.file:
        return f"{elided(module, PLACE_LIMIT)} · no Python source"
    tail = f" · {PurePosixPath(function.file).name}:{function.line}"
    return elided(module, PLACE_LIMIT - len(tail)) + tail


def box_tooltip(box: Box) -> str:
    """Everything the box may have had to leave out."""
    if box.tooltip:
        return box.tooltip
    function = box.function
    layer = f"\nlayer {box.key.layer} {box.layer_title}".rstrip() if box.key.layer else ""
    where = f"\n{function.file}:{function.line} ({function.origin})" if function.file else "\nno Python source"
    return f"{function.name}{function.signature}{where}{layer}"


def lane_title(lane: Lane, colour: str) -> str:
    """The stage's title, broken into lines that fit the column at the lane's left"""
    lines = [""]
    for word in lane.title.split():
        if lines[-1] and len(lines[-1]) + 1 + len(word) > TITLE_COLUMN_CHARACTERS:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return f"<{'<BR/>'.join(_font(line, 12, colour, bold=True) for line in lines)}>"


def hidden_note(count: int) -> str:
    """What stands under a lane's title for the calls that this detail leaves out."""
    noun = "call" if count == 1 else "calls"
    return f"<{_font(f'+{count} {noun} hidden', SMALL_SIZE, FAINT_INK)}>"


def half_note(words: str) -> str:
    """What heads the lanes of the start-up, and those of a request."""
    return f"<{_font(words, SMALL_SIZE, INK, bold=True)}>"


def hole_note() -> str:
    """What stands in the lane of a stage that was not reached."""
    words = "not reached: the source should have this stage, and the analysis lost the way to it"
    return f"<{_font(words, 10.5, FAINT_INK)}>"


def title_label(picture: Picture) -> str:
    """The subject over what it was mapped with and how much is shown."""
    first, *lines = picture.heading or (headline(picture.subject), subtitle(picture))
    return (
        '<<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="0">'
        f'<TR><TD ALIGN="LEFT">{_font(first, 17, INK, bold=True)}</TD></TR>'
        f"{''.join(_small_row(line) for line in lines)}"
        f"{''.join(_row(line) for line in hole_lines(picture.holes))}</TABLE>>"
    )


def _small_row(line: str) -> str:
    return f'<TR><TD ALIGN="LEFT">{_font(line, 10.5, FAINT_INK)}</TD></TR>'


def _row(line: str) -> str:
    return f'<TR><TD ALIGN="LEFT">{_font(line, 10.5, INK, bold=True)}</TD></TR>'


def hole_lines(holes: Sequence[Gap]) -> list[str]:
    """What breaks the flow, one line each; past a few, how many more there are."""
    lines = list(dict.fromkeys(f"broken: {hole.name or hole.caller.module}: {hole.reason}" for hole in holes))
    more = len(lines) - _HOLES
    return [*lines[:_HOLES], f"and {more} more"] if more > 0 else lines


def headline(subject: Subject) -> str:
    """`Django 5.2.19: manage.py runserver`."""
    return f"{subject.distribution} {subject.version}: {subject.entry}"


def subtitle(picture: Picture) -> str:
    """Project, Python, platform and counts in one line."""
    subject = picture.subject
    functions = len({box.key.function for lane in picture.lanes for box in lane.boxes})
    calls = sum(1 for arrow in picture.arrows if arrow.number)
    hidden = sum(lane.hidden for lane in picture.lanes) + picture.elsewhere
    parts = [
        f"project {subject.project}",
        f"Python {subject.python} on {subject.platform}",
        f"{functions} functions, {calls} calls in call order",
    ]
    if hidden:
        parts.append(f"{hidden} calls not shown")
    if picture.gaps:
        parts.append(f"{picture.gaps} gap{'s' if picture.gaps > 1 else ''} on the way")
    return "  ·  ".join(parts)


def legend_text(words: str) -> str:
    """One entry of the legend."""
    return f"<{_font(words, SMALL_SIZE, FAINT_INK)}>"


def _qualname(function: Function) -> str:
    if function.name.qualname == MODULE_BODY:
        return f"{elided(function.name.module, MODULE_LIMIT)} {MODULE_BODY}"
    return function.name.qualname


def _layer(box: Box) -> str:
    if not box.key.layer:
        return ""
    return f"{box.key.layer} · {box.layer_title}" if box.layer_title else f"layer {box.key.layer}"


def elided(text: str, limit: int) -> str:
    """A dotted name within `limit` characters: first part, `…`, and as many of the last parts as fit."""
    if len(text) <= limit:
        return text
    first, *rest = text.split(".")
    kept: list[str] = []
    while rest and len(".".join((rest[-1], *kept))) + len(first) + 1 <= limit:
        kept.insert(0, rest.pop())
    if not kept:
        return f"…{text[len(text) - limit + 1 :]}"
    return f"{first}…{'.'.join(kept)}"


def words(text: str, size: float, bold: bool) -> str:  # a value of the font, as its size is
    """A text in one font and nothing around it: what is measured."""
    return f"<{_font(text, size, INK, bold=bold)}>"


def printable(text: str) -> str:
    """Text without the characters that XML 1.0 (section 2.2) does not allow, not even escaped."""
    return re.sub(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", text)


def _font(text: str, size: float, colour: str, *, bold: bool = False) -> str:
    inner = html.escape(printable(text), quote=True).replace("  ", "&#160;&#160;")
    if bold:
        inner = f"<B>{inner}</B>"
    return f'<FONT POINT-SIZE="{size:g}" COLOR="{colour}">{inner}</FONT>'
