"""The one stylesheet of the SVG: its size on the screen, what hovering shows, and the dark colours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from flowmap.render import palette
from flowmap.render.picture import Entered, Picture

# Helvetica, the fonts of its widths, and the one that has to be squeezed least where Linux has none of them.
FONTS: Final = "Helvetica, Arial, 'Liberation Sans', Arimo, 'Nimbus Sans', 'DejaVu Sans Condensed', sans-serif"
# Pixels: below this width a page of 1280 has letters of six.
NARROW: Final = 800


def stylesheet(picture: Picture) -> str:
    """CSS for the classes that the picture's elements carry. Light is in the attributes, so print needs no rule."""
    dark = ("@media screen and (prefers-color-scheme: dark) {", *_dark(), "}")
    return "\n".join(("", *_size(), *_hover(), *_arrows_of_boxes(picture), *dark, ""))


def common_stylesheet() -> str:
    """The rules that hold for every picture: what hovering shows of one box's arrows is left to whoever shows it."""
    dark = ("@media screen and (prefers-color-scheme: dark) {", *_dark(), "}")
    return "\n".join(("", *_size(), *_hover(), *dark, ""))


def _size() -> Iterator[str]:
    """The picture shrinks with the window as long as it can be read, and is scrolled in one that is narrower."""
    yield "svg.flowmap { max-width: 100%; height: auto }"
    yield f"@media (max-width: {NARROW}px) {{ svg.flowmap {{ max-width: none }} }}"


def _hover() -> Iterator[str]:
    yield f"text {{ font-family: {FONTS} }}"
    yield ".arrow path { pointer-events: stroke }"
    yield ".arrow { transition: opacity .12s }"
    yield ".arrow:hover path { stroke-width: 3 }"
    yield ".arrow:hover text, .box a:hover text { text-decoration: underline }"
    yield ".box:hover > path, .box:hover a > path { stroke-width: 2.4 }"


def _arrows_of_boxes(picture: Picture) -> Iterator[str]:
    yield "#flow:has(.box:hover) .arrow { opacity: .12 }"
    arrows: dict[Entered, dict[str, None]] = {}
    for arrow in picture.arrows:
        for end in (arrow.tail, arrow.head):
            arrows.setdefault(end, {})[arrow.anchor] = None
    for lane in picture.lanes:
        for box in lane.boxes:
            own = arrows.get(box.key)
            if own:
                yield f"#flow:has(#{_css(box.anchor)}:hover) :is({', '.join(f'#{a}' for a in own)}) {{ opacity: 1 }}"


def _dark() -> Iterator[str]:
    paper, ink, faint = palette.DARK_PAPER, palette.DARK_INK, palette.DARK_FAINT_INK
    # The picture's own ground, and that of the page around it where the picture is all that is open.
    yield f"svg.flowmap {{ background: {paper} }}"
    yield f"#flow > polygon {{ fill: {paper} }}"
    yield f"text {{ fill: {ink} }}"
    yield f".words text, .box text:not([font-weight]) {{ fill: {faint} }}"
    yield f".title text[font-weight] {{ fill: {ink} }}"
    for number, hue in enumerate(palette.LANES):
        yield f".lane.hue-{number} path {{ fill: {hue.dark_faint}; stroke: {hue.dark_strong}55 }}"
        yield f".lane-title.hue-{number} text {{ fill: {hue.dark_strong} }}"
        yield f".box.hue-{number} path {{ stroke: {hue.dark_strong} }}"
    for origin, (_, dark) in palette.BOXES.items():
        yield f".box.from-{origin} path {{ fill: {dark} }}"
    for kind, style in palette.ARROWS.items():
        yield f".arrow.{kind} path, .arrow.{kind} polygon {{ stroke: {style.dark} }}"
        yield f".arrow.{kind} polygon, .arrow.{kind} text {{ fill: {style.dark} }}"
    for mark, marked in palette.MARKS.items():
        if marked.head == "empty":
            yield f".arrow.{mark} polygon {{ fill: none }}"


def _css(anchor: str) -> str:
    return anchor.replace(".", "\\.")
