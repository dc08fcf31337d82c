"""Holds every text to the width that the layout gave it, whatever font the reader's machine has.

The layout counts with Helvetica's widths. Where neither it nor a font of its widths is installed, a browser takes a
wider one, and names run over their boxes. `textLength` (SVG 1.1, section 10.5) tells it how long a text is to be.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Final, NamedTuple

from flowmap.render import labels
from flowmap.render.grid import measure
from flowmap.render.renderer import Renderer

_TEXT: Final = "{http://www.w3.org/2000/svg}text"


class _Words(NamedTuple):
    """What the width of a text hangs on; `size` in points."""

    text: str
    size: float
    bold: bool


def fit_texts(root: ET.Element, renderer: Renderer) -> None:
    """Gives each text of a drawn picture the width in points that the renderer measures it by."""
    elements = [(element, _words(element)) for element in root.iter(_TEXT) if element.text]
    distinct = list(dict.fromkeys(words for _, words in elements))
    sizes = measure([labels.words(*each) for each in distinct], renderer) if distinct else []
    widths = dict(zip(distinct, (width for width, _ in sizes), strict=True))
    for element, words in elements:
        if widths[words]:
            element.set("textLength", f"{widths[words]:.1f}".removesuffix(".0"))
            element.set("lengthAdjust", "spacingAndGlyphs")


def _words(element: ET.Element) -> _Words:
    size = float(element.get("font-size", "0"))
    return _Words(element.text or "", size, element.get("font-weight") == "bold")
