"""Colours and line styles: what each kind of arrow, lane and box looks like, in light and in dark."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import Final

from flowmap.analysis.result import Evidence
from flowmap.flow.sightings import Mark


class ArrowKind(enum.StrEnum):
    """The styles of arrows; also their CSS classes."""

    CALL = "call"
    LOOKED_UP = "looked-up"
    THREAD = "thread"
    SIGNAL = "signal"
    CALLBACK = "callback"
    IMPLICIT = "implicit"
    RETURNING = "returning"
    PASSAGE = "passage"
    NOT_FOUND = "not-found"


class State(enum.StrEnum):
    """What a comparison says of a box or an arrow; also their CSS classes."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    RENAMED = "renamed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class ArrowStyle:
    """A line: its colour in light and dark, Graphviz's style and width, and its words in the legend."""

    colour: str
    dark: str
    style: str
    width: float
    meaning: str


# Okabe and Ito's colours, which hold under the common kinds of colour blindness, darkened until text in them
# has a contrast of 4.5 on white; dashes say the same without colour.
ARROWS: Final[dict[ArrowKind, ArrowStyle]] = {
    ArrowKind.CALL: ArrowStyle("#30343b", "#d5d9e0", "solid", 1.1, "call"),
    ArrowKind.LOOKED_UP: ArrowStyle("#0062a3", "#6cb8ef", "dashed", 1.3, "found by a string or a setting"),
    ArrowKind.THREAD: ArrowStyle("#8f3f77", "#e6a3cf", "dashed", 1.3, "started in a thread"),
    ArrowKind.SIGNAL: ArrowStyle("#00704f", "#4fd1a9", "dashed", 1.3, "sent to a receiver"),
    ArrowKind.CALLBACK: ArrowStyle("#7a5c00", "#e3c04f", "dashed", 1.3, "callback"),
    ArrowKind.IMPLICIT: ArrowStyle("#5d6470", "#a9b0bc", "dotted", 1.3, "implicit (property, iteration, with …)"),
    ArrowKind.RETURNING: ArrowStyle("#b34700", "#ff9a4d", "solid", 1.3, "call on the way back"),
    ArrowKind.PASSAGE: ArrowStyle("#b34700", "#ff9a4d", "dotted", 1.6, "the response passes on"),
    ArrowKind.NOT_FOUND: ArrowStyle("#c4001d", "#ff7a88", "dashed", 2.0, "happened, and was not found in the source"),
}


@dataclass(frozen=True, slots=True)
class StateStyle:
    """What a comparison makes of a box and an arrow: the sign before its name or number, its colour in light and dark,
    Graphviz's style, the widths of a box's border and of an arrow, the arrow's head, and its words in the legend.
    """

    sign: str
    colour: str
    dark: str
    style: str
    border: float
    width: float
    head: str
    meaning: str


# Sign, line and head say it without colour.
STATES: Final[dict[State, StateStyle]] = {
    State.ADDED: StateStyle("+", "#0062a3", "#6cb8ef", "solid", 2.4, 2.0, "normal", "+ added"),
    State.REMOVED: StateStyle("\u2212", "#b34700", "#ff9a4d", "dashed", 2.0, 1.6, "empty", "\u2212 removed"),
    State.CHANGED: StateStyle("\u00b1", "#8f3f77", "#e6a3cf", "bold", 3.6, 1.6, "diamond", "\u00b1 changed inside"),
    State.RENAMED: StateStyle("\u00bb", "#00704f", "#4fd1a9", "dotted", 2.4, 1.6, "normal", "\u00bb renamed or moved"),
    State.UNCHANGED: StateStyle("", "#5d6470", "#a9b0bc", "solid", 0.5, 0.5, "normal", "unchanged"),
}


@dataclass(frozen=True, slots=True)
class MarkStyle:
    """What a recording adds to a line: how many times as wide, which head, and its words in the legend."""

    widths: float
    head: str
    meaning: str


# Width and head say it: colours and dashes say already by what a call is known.
MARKS: Final[dict[Mark, MarkStyle]] = {
    Mark.SEEN: MarkStyle(2.2, "normal", "seen in the recording"),
    Mark.POSSIBLE: MarkStyle(0.8, "empty", "possible, not seen"),
}

_KINDS: Final[dict[Evidence, ArrowKind]] = {
    Evidence.CALL: ArrowKind.CALL,
    Evidence.IMPORT: ArrowKind.LOOKED_UP,
    Evidence.IMPORT_STRING: ArrowKind.LOOKED_UP,
    Evidence.SETTING: ArrowKind.LOOKED_UP,
    Evidence.THREAD: ArrowKind.THREAD,
    Evidence.PROCESS: ArrowKind.THREAD,
    Evidence.SIGNAL: ArrowKind.SIGNAL,
    Evidence.CALLBACK: ArrowKind.CALLBACK,
}


def kind_of(evidence: Evidence, *, returning: bool) -> ArrowKind:
    """The style of a step; on the way back only plain calls change colour, evidence stays what it is."""
    kind = _KINDS.get(evidence, ArrowKind.IMPLICIT)
    return ArrowKind.RETURNING if returning and kind is ArrowKind.CALL else kind


@dataclass(frozen=True, slots=True)
class LaneColours:
    """A lane's hue: strong for its title and its boxes' borders, faint for its ground, and both in dark."""

    strong: str
    faint: str
    dark_strong: str
    dark_faint: str


LANES: Final[tuple[LaneColours, ...]] = (
    LaneColours("#1f6396", "#eaf3fa", "#7fb6dd", "#17222c"),
    LaneColours("#00705a", "#e7f5f0", "#69c7ac", "#15251f"),
    LaneColours("#95406f", "#f8ecf3", "#dc9cc0", "#291b24"),
    LaneColours("#a2491a", "#fbeee7", "#e7a27c", "#2b1e17"),
    LaneColours("#7a5d05", "#f8f3e1", "#d9bd66", "#272213"),
    LaneColours("#20687d", "#e8f4f6", "#7cc3d6", "#162529"),
    LaneColours("#5d4797", "#f0edf9", "#b3a1e6", "#201c2e"),
    LaneColours("#476a1c", "#eef5e5", "#a5cb76", "#1d2614"),
    LaneColours("#9a3b33", "#fbecea", "#e79a92", "#2b1b19"),
    LaneColours("#4a5564", "#eef1f4", "#b2bccb", "#1d2127"),
)

INK: Final = "#16181d"
FAINT_INK: Final = "#565d68"
PAPER: Final = "#ffffff"
DARK_INK: Final = "#eceef2"
DARK_FAINT_INK: Final = "#a4abb8"
DARK_PAPER: Final = "#101216"
DARK_BOX: Final = "#191c22"

# Ground of a box, by the tree its function is from.
BOXES: Final[dict[str, tuple[str, str]]] = {
    "distribution": ("#ffffff", "#191c22"),
    "project": ("#fff4c7", "#3a3210"),
    "dependency": ("#e9ebef", "#2c3038"),
    "stdlib": ("#e9ebef", "#2c3038"),
}
