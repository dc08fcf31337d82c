"""Measures the pictures of real releases in a real browser: nothing lies on anything else, in a wide font too."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from flowmap.flow.model import Detail
from flowmap.render.svg import render_svg
from tests.browser.chromium import asked, needs_chromium
from tests.browser.releases import RELEASES, kept_flow

pytestmark = needs_chromium

# What Linux has where neither Helvetica nor a font of its widths is installed; its letters are a sixth wider.
WIDE: Final = "text { font-family: 'DejaVu Sans', Verdana !important }"

# Everything is measured on the page. A text's room is its ink: from the baseline up to the height of a digit.
MEASURE: Final = """
const svg = document.querySelector("svg");
const all = (selector) => [...svg.querySelectorAll(selector)];
const scale = svg.getScreenCTM().a;
const ink = (text) => {
    const room = text.getBoundingClientRect();
    const base = new DOMPoint(0, text.y.baseVal[0].value).matrixTransform(text.getScreenCTM()).y;
    const size = parseFloat(text.getAttribute("font-size")) * scale;
    return {left: room.left, right: room.right, top: base - .73 * size, bottom: base, says: text.textContent};
};
const room = (element) => {
    const {left, right, top, bottom} = element.getBoundingClientRect();
    return {left, right, top, bottom};
};
const overlap = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
const shrunk = (a, by) => ({left: a.left + by, right: a.right - by, top: a.top + by, bottom: a.bottom - by});
const holds = (a, p) => a.left < p.x && p.x < a.right && a.top < p.y && p.y < a.bottom;
const within = (a, b) => b.left <= a.left && a.right <= b.right && b.top <= a.top && a.bottom <= b.bottom;

const boxes = all(".box").filter((box) => box.querySelector("text"));
const spots = boxes.map((box) => ({id: box.id, ...room(box.querySelector("path"))}));
const arrows = all(".arrow").map((arrow) => {
    const path = arrow.querySelector("path");
    const [length, matrix] = [path.getTotalLength(), path.getScreenCTM()];
    const points = [];
    for (let at = 0; at <= length; at += 2) points.push(path.getPointAtLength(at).matrixTransform(matrix));
    return {id: arrow.id, points};
});
const numbers = all(".arrow text").map(ink);
const words = all(".words text").map(ink);

const faults = [];
for (const [at, box] of boxes.entries())
    for (const text of box.querySelectorAll("text"))
        if (!within(ink(text), spots[at])) faults.push(`out of its box: ${text.textContent}`);
const free = [...numbers, ...words];
for (const [at, text] of free.entries()) {
    for (const other of free.slice(at + 1))
        if (overlap(text, other)) faults.push(`on one another: ${text.says}, ${other.says}`);
    for (const spot of spots)
        if (overlap(text, spot)) faults.push(`on a box: ${text.says}, ${spot.id}`);
    if (!within(text, room(svg))) faults.push(`off the page: ${text.says}`);
}
for (const {id, points} of arrows) {
    for (const text of free)
        if (points.some((point) => holds(text, point))) faults.push(`on an arrow: ${text.says}, ${id}`);
    // An arrow that stops at its boxes' borders is in none of them, its own included.
    for (const spot of spots)
        if (points.some((point) => holds(shrunk(spot, 1), point))) faults.push(`through a box: ${id}, ${spot.id}`);
}
const answer = {boxes: boxes.length, arrows: arrows.length, numbers: numbers.length, faults};
"""


@pytest.mark.parametrize("detail", list(Detail))
@pytest.mark.parametrize("release", RELEASES)
def test_nothing_lies_on_anything_else(release: str, detail: Detail, tmp_path: Path) -> None:
    flow = kept_flow(release, detail)

    found = asked(tmp_path, render_svg(flow), MEASURE, style=WIDE)

    assert found["faults"] == []
    assert found["numbers"] == sum(len(stage.steps) for stage in flow.stages)
    assert found["boxes"] > 15
