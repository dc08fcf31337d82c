"""The forms of `flowmap diff` that show the flows themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from flowmap.compare import FlowDiff, Snapshot
from flowmap.frameworks.recognise import link_in
from flowmap.render.difference.drawing import render_difference
from flowmap.render.difference.page import render_difference_page
from flowmap.render.difference.side_by_side import render_side_by_side

_Draw = Callable[[Snapshot, Snapshot, FlowDiff, FlowDiff], str]

# Of both sides, all changes, and those of them that are told.
DRAWN: Final[Mapping[str, _Draw]] = {
    "html": lambda old, new, diff, told: render_difference_page(old.flow, new.flow, diff, told=told, links=link_in),
    "side-by-side": lambda old, new, diff, _: render_side_by_side(old.flow, new.flow, diff, links=link_in),
    "svg": lambda old, new, diff, _: render_difference(old.flow, new.flow, diff, links=link_in),
}
