"""Puts the page together: one file with its style, its scripts and its data in it, and a policy that allows no more.

What the source says goes into the page as JSON, in which no `<` is left, and as the text of the drawn pictures; the
policy (CSP level 3) names the hashes of our own scripts and styles, so that nothing else could run, or be fetched.
"""

from __future__ import annotations

import base64
import hashlib
import html
import re
from collections.abc import Iterable, Mapping
from importlib import resources
from string import Template
from types import MappingProxyType
from typing import Final

import msgspec

from flowmap.flow.model import Detail
from flowmap.render import labels
from flowmap.render.dotfile import SourceLinks
from flowmap.render.picture import picture_of
from flowmap.render.renderer import Renderer, renderer_for
from flowmap.render.sentences import Language
from flowmap.render.stylesheet import common_stylesheet
from flowmap.render.svg import no_links, render_svg
from flowmap.render.viewer.content import content
from flowmap.render.viewer.model import Viewed
from flowmap.render.viewer.words import FRAME, in_language

# In the order in which they are run; each is about one part of the page.
SCRIPTS: Final = (
    "data", "elements", "state", "view", "folding", "picture", "source", "panel", "search", "keys", "main",
)  # fmt: skip
_ASSETS: Final = resources.files(__package__) / "assets"


def render_html(
    viewed: Viewed,
    *,
    links: SourceLinks = no_links,
    renderer: Renderer | None = None,
    drawn: Mapping[Detail, str] = MappingProxyType({}),
    language: Language = Language.EN,
) -> str:
    """`flow.html`: opens from a file, needs no network, and shows its opening picture even where scripts are off.

    `links` gives the address of a function's source line, or None. `drawn` are levels that there is an SVG of.
    `language` is that of the page's own words; the picture's, and what is said of gaps, are English.
    Raises RenderingError.
    """
    drawing = renderer or renderer_for()
    flows = {detail: viewed.flows[detail] for detail in Detail if detail in viewed.flows}
    pictures = {
        detail: picture_of(flow, sightings=viewed.sightings, once=viewed.once) for detail, flow in flows.items()
    }
    svgs = {
        detail: bare(
            drawn.get(detail) or render_svg(flow, renderer=drawing, sightings=viewed.sightings, once=viewed.once)
        )
        for detail, flow in flows.items()
    }
    words = {key: html.escape(text) for key, text in in_language(FRAME, language).items()}
    script = f'"use strict";\n(() => {{\n{"".join(map(asset, (f"{name}.js" for name in SCRIPTS)))}}})();\n'
    styles = (common_stylesheet(), asset("viewer.css"))
    waiting = (
        f'<template data-level="{detail}">{svg}</template>' for detail, svg in svgs.items() if detail != viewed.opening
    )
    return Template(asset("page.html")).substitute(
        policy=policy(styles, script),
        title=html.escape(labels.printable(labels.headline(viewed.flows[viewed.opening].subject))),
        styles="\n".join(f"<style>{style}</style>" for style in styles),
        levels="".join(_level_button(detail, viewed.opening, words) for detail in flows),
        picture=svgs[viewed.opening],
        waiting="\n".join(waiting),
        data=in_script(content(viewed, pictures, links, language)),
        script=script,
        **words,
    )


def policy(styles: Iterable[str], script: str) -> str:
    """Nothing from anywhere: neither the page's own address nor another one, no form, no frame."""
    allowed = " ".join(_hashed(style) for style in styles)
    return f"default-src 'none'; script-src {_hashed(script)}; style-src {allowed}; base-uri 'none'; form-action 'none'"


def in_script(value: object) -> str:
    """JSON that can stand in a script element: without `<` it has no end tag and no comment (HTML, 4.12.1.3)."""
    return msgspec.json.encode(value).decode().replace("<", "\\u003c")


def bare(svg: str) -> str:
    """A drawn document as a part of a page: its style is the page's, and a click on a box is no way out of it."""
    whole = re.sub(r"<\?xml[^>]*\?>\s*|<style>.*?</style>", "", svg, count=2, flags=re.DOTALL).strip()
    # Only our own tags match: what comes from the source has no bare `<` or `>` left.
    boxes = re.sub(r'(<g id="(?!legend-)[^"]*" class="node box [^"]*")>', r'\1 role="img">', whole)
    return re.sub(r'\n?<a\b[^>]*>\n?|</a>\n?|(?<=") xmlns:xlink="[^"]*"', "", boxes)


def asset(name: str) -> str:
    """The text of a file of the page."""
    return (_ASSETS / name).read_text(encoding="utf-8")


def _hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _level_button(detail: Detail, opening: Detail, words: Mapping[str, str]) -> str:
    pressed = str(detail is opening).lower()
    return (
        f'<button type="button" data-level="{detail}" aria-pressed="{pressed}">{words[f"say_level_{detail}"]}</button>'
    )
