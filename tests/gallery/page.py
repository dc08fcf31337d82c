"""The index page of the gallery: the pictures of all releases side by side, with what was made besides."""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self'; style-src 'unsafe-inline'">
<title>flowmap: the way of a request through every series of Django</title>
<style>
:root {{ color-scheme: light dark; }}
body {{ margin: 0; font: 16px/1.5 system-ui, sans-serif; }}
header, nav {{ padding: 0 24px; }}
nav a {{ margin-right: 12px; white-space: nowrap; }}
main {{ display: flex; gap: 24px; overflow-x: auto; padding: 24px; align-items: flex-start; }}
section {{ flex: none; width: min(640px, 88vw); }}
h2 {{ margin: 0; }}
img {{ width: 100%; height: auto; }}
</style>
</head>
<body>
<header>
<h1>The way of a request through every series of Django</h1>
<p>Read off the source of the last release of each series, never run. Made by <code>python -m tests.gallery</code>.</p>
</header>
<nav aria-label="Releases">
{links}
</nav>
<main tabindex="0" aria-label="Pictures, side by side">
{sections}
</main>
</body>
</html>
"""

_SECTION = """<section id="{folder}">
<h2>{title}</h2>
<p>{counts}<br><a href="{folder}/flow.svg">picture</a>, <a href="{folder}/flow.md">reading</a>,
<a href="{folder}/flow.json">data</a></p>
<a href="{folder}/flow.svg"><img src="{folder}/flow.svg" loading="lazy" alt="The flow of {title}, as a picture"></a>
</section>"""


@dataclass(frozen=True, slots=True)
class Entry:
    """One release: its folder, what it is called, and what there is to count."""

    folder: str
    title: str
    functions: int
    steps: int
    stages: int
    python: str


def index_page(entries: Sequence[Entry]) -> str:
    """`index.html`: a column a release, in the order given."""
    links = "\n".join(f'<a href="#{_text(each.folder)}">{_text(each.title)}</a>' for each in entries)
    return _PAGE.format(links=links, sections="\n".join(map(_section, entries)))


def _section(entry: Entry) -> str:
    counts = f"{entry.stages} stages, {entry.functions} functions, {entry.steps} calls; Python {entry.python}"
    return _SECTION.format(folder=_text(entry.folder), title=_text(entry.title), counts=_text(counts))


def _text(text: str) -> str:
    return html.escape(text, quote=True)
