"""Puts the drawn elements in the order in which they are read, and says of each what it is to those who do not see it.

Roles are those of WAI-ARIA and its graphics module. Names come from `<title>`, which browsers show as well; `<desc>`
says what the eye has from the arrows. What Graphviz draws with stands where it drew it: nothing moves on the page.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Final

from flowmap.render.labels import printable
from flowmap.render.palette import ARROWS
from flowmap.render.picture import Arrow, Box, Entered, Picture

SVG: Final = "http://www.w3.org/2000/svg"
_GROUP: Final = f"{{{SVG}}}g"
_LINK: Final = f"{{{SVG}}}a"
_HREF: Final = "{http://www.w3.org/1999/xlink}href"


def order_for_reading(root: ET.Element, picture: Picture, said: Mapping[str, str] | None = None) -> None:
    """The ground first, then the title, the stages with their boxes and arrows by step, the legend. `said` by anchor
    is told of boxes and arrows instead of what their steps tell.
    """
    flow = next(group for group in root.iter(_GROUP) if group.get("id") == "flow")
    for group in flow:
        _unwrap(group)
    drawn = {group.get("id", ""): group for group in flow if group.tag == _GROUP}
    words = _Words(picture, said)
    rest = [element for element in flow if element.tag != _GROUP]
    bands = [drawn.pop(f"lane-{number}") for number in range(1, len(picture.lanes) + 1)]
    for band in bands:
        band.set("aria-hidden", "true")
    stages = [_stage(number, drawn, words) for number in range(len(picture.lanes))]
    legend = [drawn.pop(anchor) for anchor in list(drawn) if anchor.startswith("legend-")]
    flow[:] = [*rest, *bands, *drawn.values(), *stages, _group(legend, {"role": "group", "aria-label": "Legend"})]


def _stage(number: int, drawn: dict[str, ET.Element], words: _Words) -> ET.Element:
    """One stage's words, boxes and arrows, taken out of `drawn`."""
    name, *notes = (f"lane-{number + 1}-{part}" for part in ("title", "half", "hole", "hidden"))
    parts = [drawn.pop(anchor) for anchor in (name, *words.order(number), *notes) if anchor in drawn]
    for part in parts:
        anchor = part.get("id", "")
        description = words.descriptions.get(anchor)
        if description is None:
            continue
        if part.find(_LINK) is None:
            part.set("role", "img")
        said = ET.Element(f"{{{SVG}}}desc")
        said.text = printable(description)
        part.insert(1, said)
    return _group(parts, {"id": f"stage-{number + 1}", "role": "group", "aria-labelledby": name})


def _group(parts: list[ET.Element], attributes: dict[str, str]) -> ET.Element:
    group = ET.Element(_GROUP, attributes)
    group.extend(parts)
    return group


def _unwrap(group: ET.Element) -> None:
    """Takes away what Graphviz wraps around shapes with a tooltip: a group, and in it a link that may lead nowhere."""
    for place, wrapper in reversed(list(enumerate(group))):
        if wrapper.tag == _GROUP and len(wrapper) == 1 and wrapper[0].tag == _LINK:
            link = wrapper[0]
            group[place : place + 1] = [link] if _HREF in link.attrib else list(link)


class _Words:
    """What is said of each element, and the order of each lane's, by anchor."""

    def __init__(self, picture: Picture, said: Mapping[str, str] | None) -> None:
        self._picture = picture
        self._lane_of = {box.key: number for number, lane in enumerate(picture.lanes) for box in lane.boxes}
        self._entering: dict[Entered, list[Arrow]] = {}
        self._leaving: dict[Entered, list[Arrow]] = {}
        for arrow in picture.arrows:
            self._entering.setdefault(arrow.head, []).append(arrow)
            self._leaving.setdefault(arrow.tail, []).append(arrow)
        self.descriptions: Mapping[str, str] = dict(self._descriptions()) if said is None else said

    def order(self, lane: int) -> list[str]:
        """Each box after the arrow that enters it first, each other arrow with the box that it leaves, by step.

        What has no number comes last.
        """
        last = len(self._picture.arrows) + 1
        found: list[tuple[int, int, str]] = []
        for box in self._picture.lanes[lane].boxes:
            entering = self._entering.get(box.key, ())
            first = [(arrow.number or last, 0, arrow.anchor) for arrow in entering[:1]]
            found += [*first, (first[0][0] if first else 0, 1, box.anchor)]
            leaving = (arrow for arrow in self._leaving.get(box.key, ()) if self._entering[arrow.head][0] != arrow)
            found += [(arrow.number or last, 2, arrow.anchor) for arrow in leaving]
        return [anchor for _, _, anchor in sorted(found)]

    def _descriptions(self) -> Iterator[tuple[str, str]]:
        for number, lane in enumerate(self._picture.lanes):
            for box in lane.boxes:
                yield box.anchor, self._of_box(box, number)
        for arrow in self._picture.arrows:
            yield arrow.anchor, self._of_arrow(arrow)

    def _of_box(self, box: Box, lane: int) -> str:
        parts = [f"opens the stage {self._picture.lanes[lane].title}"] if box.landmark else []
        for said, arrows in (("entered by step", self._entering), ("makes step", self._leaving)):
            steps = [str(arrow.number) for arrow in arrows.get(box.key, ()) if arrow.number]
            if steps:
                parts.append(f"{said}{'s' * (len(steps) > 1)} {', '.join(steps)}")
        return "; ".join(parts) or "not called by a step"

    def _of_arrow(self, arrow: Arrow) -> str:
        tail, head = (self._picture.lanes[self._lane_of[key]].title for key in (arrow.tail, arrow.head))
        way = f"within {tail}" if tail == head else f"from {tail} to {head}"
        return f"{ARROWS[arrow.kind].meaning}, {way}"
