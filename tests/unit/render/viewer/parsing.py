"""Reads a page as a browser would: which elements it has, and what stands in its scripts and styles."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page:
    """All elements in their order; a text is what stands right behind a start tag."""

    elements: list[Element] = field(default_factory=list)

    def of(self, tag: str) -> list[Element]:
        return [each for each in self.elements if each.tag == tag]

    @property
    def data(self) -> Any:  # what JSON may hold
        (found,) = (each for each in self.of("script") if each.attributes.get("id") == "data")
        return json.loads(found.text)

    @property
    def policy(self) -> str:
        (meta,) = (each for each in self.of("meta") if "http-equiv" in each.attributes)
        assert meta.attributes["http-equiv"] == "Content-Security-Policy"
        return meta.attributes["content"] or ""


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.page = Page()
        self.is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.page.elements.append(Element(tag, dict(attrs)))

        self.is_open = True

    def handle_endtag(self, tag: str) -> None:
        self.is_open = False

    def handle_data(self, data: str) -> None:
        if self.is_open:
            self.page.elements[-1].text += data


def read(text: str) -> Page:
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return reader.page
