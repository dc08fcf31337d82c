"""The difference map to walk through: one page that shows old, new or both, and goes from change to change."""

from __future__ import annotations

import html
from collections.abc import Iterator
from importlib import resources
from string import Template
from typing import Final

from flowmap.compare import Change, FlowDiff, Kind, Tale
from flowmap.flow.model import Flow
from flowmap.render import labels
from flowmap.render.difference.drawing import SubjectLinks, draw_difference, lean, nowhere, state_rules, telling
from flowmap.render.difference.picture import Difference
from flowmap.render.renderer import Renderer, renderer_for
from flowmap.render.stylesheet import common_stylesheet
from flowmap.render.svg import finish
from flowmap.render.viewer import page as viewer

# What the page of a flow moves its picture and makes its elements with, and what is this page's own.
_SHARED: Final = ("elements", "view")
_ASSETS: Final = resources.files(__package__) / "assets"
_MATCHED: Final = (Kind.FUNCTION_MOVED, Kind.FUNCTION_RENAMED)


def render_difference_page(
    old: Flow,
    new: Flow,
    diff: FlowDiff,
    *,
    told: FlowDiff | None = None,
    links: SubjectLinks = nowhere,
    renderer: Renderer | None = None,
) -> str:
    """One HTML file that opens from a disk, needs no network, and shows both sides even where scripts are off. It goes
    through the changes of `told`, a part of `diff`, where there is one. Raises RenderingError.
    """
    found = draw_difference(old, new, diff, nowhere, renderer or renderer_for())
    picture = found.difference.picture
    svg = viewer.bare(lean(finish(found.svg, found.drawn, picture, found.renderer, telling(picture))))
    scripts = "".join((*(viewer.asset(f"{name}.js") for name in _SHARED), _asset("difference.js")))
    script = f'"use strict";\n(() => {{\n{scripts}}})();\n'
    styles = (
        "\n".join((common_stylesheet().rstrip(), *state_rules(), "")),
        viewer.asset("viewer.css"),
        _asset("difference.css"),
    )
    return Template(_asset("difference.html")).substitute(
        policy=viewer.policy(styles, script),
        title=html.escape(labels.printable(picture.heading[0])),
        styles="\n".join(f"<style>{style}</style>" for style in styles),
        picture=svg,
        data=viewer.in_script(_content(found.difference, old, new, (diff, told or diff), links)),
        script=script,
    )


def _asset(name: str) -> str:
    return (_ASSETS / name).read_text(encoding="utf-8")


def _content(
    difference: Difference, old: Flow, new: Flow, diffs: tuple[FlowDiff, FlowDiff], links: SubjectLinks
) -> dict[str, object]:
    picture = difference.picture
    diff, told = diffs
    anchors = _Anchors(difference, diff)
    addresses = {}
    for lane in picture.lanes:
        for box in lane.boxes:
            side = new if box.key.function in new.functions else old
            if address := links(box.function, side.subject):
                addresses[box.anchor] = address
    return {
        "summary": "\n".join((*picture.heading[1:], *(note for note in told.notes if note not in diff.notes))),
        "tales": [_tale(tale, anchors) for tale in told.tales if tale.is_on_flow],
        "far": [tale.sentence for tale in told.tales if not tale.is_on_flow],
        "was": difference.was,
        "links": addresses,
    }


class _Anchors:
    """What of the picture a change is about."""

    def __init__(self, difference: Difference, diff: FlowDiff) -> None:
        self._names = {each.old: each.new for each in diff.changes if each.kind in _MATCHED}
        self._boxes: dict[str, list[str]] = {}
        self._arrows: dict[tuple[str, str], list[str]] = {}
        for lane in difference.picture.lanes:
            for box in lane.boxes:
                self._boxes.setdefault(str(box.key.function), []).append(box.anchor)
        for arrow in difference.picture.arrows:
            pair = str(arrow.tail.function), str(arrow.head.function)
            self._arrows.setdefault(pair, []).append(arrow.anchor)

    def of(self, change: Change) -> Iterator[str]:
        for side in (change.old, change.new):
            names = tuple(self._names.get(name, name) for name in side.split(" -> "))
            if len(names) == 2:
                yield from self._arrows.get((names[0], names[1]), ())
            else:
                yield from self._boxes.get(names[0], ())


def _tale(tale: Tale, anchors: _Anchors) -> dict[str, object]:
    return {
        "id": tale.changes[0].fingerprint,
        "sentence": tale.sentence,
        "changes": [(change.kind.replace("-", " "), change.sentence) for change in tale.changes],
        "anchors": list(dict.fromkeys(anchor for change in tale.changes for anchor in anchors.of(change))),
    }
