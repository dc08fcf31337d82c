"""Measures the pictures of real releases in a real browser: nothing lies on anything else, in a wide font too."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from flowmap.flow.model import Detail
from flowmap.frameworks.django.landmarks import START_UP
from flowmap.frameworks.django.links import source_link
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
const spots = boxes.map((box) => ({id: box.id, ...room(box.querySelector("path, polygon"))}));
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

    found = asked(tmp_path, render_svg(flow, once=START_UP), MEASURE, style=WIDE)

    assert found["faults"] == []
    assert found["numbers"] == sum(len(stage.steps) for stage in flow.stages)
    assert found["boxes"] > 15


@pytest.mark.parametrize("release", RELEASES)
def test_a_picture_is_quickly_there(release: str) -> None:
    flow = kept_flow(release, Detail.FLOW)

    drawn = render_svg(flow, links=lambda function: source_link(function, flow.subject), once=START_UP)

    assert len(drawn.encode()) <= 250_000


LETTERS: Final = """
const picture = document.querySelector("svg") ?? document.querySelector("iframe").contentDocument.documentElement;
const sizes = [...picture.querySelectorAll("text")].map((text) => parseFloat(text.getAttribute("font-size")));
const answer = {
    letters: Math.min(...sizes) * picture.getScreenCTM().a,
    width: picture.getBoundingClientRect().width,
    page: document.documentElement.scrollWidth,
};
"""


@pytest.mark.parametrize("release", RELEASES)
def test_a_laptop_shows_the_whole_width_and_letters_of_ten_pixels(release: str, tmp_path: Path) -> None:
    drawn = render_svg(kept_flow(release, Detail.FLOW), once=START_UP)

    found = asked(tmp_path, drawn, LETTERS, "--window-size=1280,800")

    assert found["letters"] > 9.5
    assert found["page"] <= 1280


def test_a_phone_shows_a_part_that_can_be_read(tmp_path: Path) -> None:
    drawn = render_svg(kept_flow("5.2.19", Detail.FLOW))
    page = tmp_path / "flow.svg"
    page.write_text(drawn, encoding="utf-8")
    # No window is as narrow as a phone; a frame is.
    frame = f"<iframe src='{page.as_uri()}' width='390' height='800'></iframe>"
    script = f"addEventListener('load', () => {{ {LETTERS} say(answer) }})"

    found = asked(tmp_path, frame, script, "--allow-file-access-from-files")

    assert found["letters"] > 9.5
    assert found["width"] > 1000


COLOURS: Final = """
const svg = document.querySelector("svg");
const levels = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((level) => level / 255);
const light = (colour) => {
    const [red, green, blue] = levels(colour).map((l) => l <= .04045 ? l / 12.92 : ((l + .055) / 1.055) ** 2.4);
    return .2126 * red + .7152 * green + .0722 * blue;
};
const fill = (element) => getComputedStyle(element).fill;
const grounds = [...svg.querySelectorAll(".box > path, .box a > path, .box polygon, .lane > path, #flow > polygon")]
    .filter((ground) => fill(ground) !== "none")
    .map((ground) => ({ground, room: ground.getBoundingClientRect()}))
    .sort((one, other) => one.room.width * one.room.height - other.room.width * other.room.height);
const ratios = [...svg.querySelectorAll("text")].map((text) => {
    const room = text.getBoundingClientRect();
    const [x, y] = [(room.left + room.right) / 2, (room.top + room.bottom) / 2];
    const behind = grounds.find(({room}) => room.left < x && x < room.right && room.top < y && y < room.bottom);
    const [low, high] = [light(fill(text)), light(fill(behind.ground))].sort((one, other) => one - other);
    return [(high + .05) / (low + .05), text.textContent, fill(text), fill(behind.ground)];
});
const answer = {
    texts: ratios.length,
    low: ratios.filter(([ratio]) => ratio < 4.5),
    paper: light(fill(svg.querySelector("#flow > polygon"))),
    page: light(getComputedStyle(svg).backgroundColor),
};
"""


@pytest.mark.parametrize("is_dark", [False, True])
@pytest.mark.parametrize("release", ["1.8.19", "6.1.3"])
def test_every_text_stands_out_from_its_ground(release: str, is_dark: bool, tmp_path: Path) -> None:  # a parameter
    drawn = render_svg(kept_flow(release, Detail.FLOW), once=START_UP)

    found = asked(tmp_path, drawn, COLOURS, f"--blink-settings=preferredColorScheme={0 if is_dark else 1}")

    assert found["low"] == []
    assert found["texts"] > 200
    assert (found["paper"] < 0.1) is is_dark
    # Around a picture that is all that is open there is no other ground.
    assert not is_dark or found["page"] == found["paper"]
