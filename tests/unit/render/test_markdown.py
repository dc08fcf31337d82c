"""flow.md reads as an article: the lines that matter, where they lead and why, in two languages."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flowmap.analysis.result import Evidence
from flowmap.flow.model import Decision, Detail, Flow
from flowmap.names import FunctionName
from flowmap.render.excerpts import Excerpt
from flowmap.render.markdown import Quotes, render_markdown
from flowmap.render.markup import code, fenced, link, plain
from flowmap.render.sentences import SENTENCES, Language
from flowmap.sources.licences import Licence
from tests.browser.releases import RELEASES, kept_flow
from tests.unit.render.flows import flow_of, flows, step

SMALL = flow_of(
    step(1, "start", "pkg.m:main", "pkg.m:run"),
    step(2, "serve", "pkg.m:run", "pkg.n:Layer.__call__@1", line=7, evidence=Evidence.SETTING, condition="debug"),
    step(3, "start", "pkg.m:main", "pkg.m:log"),
    step(4, "serve", "pkg.n:Layer.__call__@1", "pkg.n:done", line=9, returning=True),
    hidden={"serve": 1, "gone": 2},
    missing=("view",),
)
RUN = FunctionName.parse("pkg.m:run")
SOURCE = Excerpt(5, 'def run(path):\n    "Serves *all* of it."\n    return load(path)()')
# Texts that end a span, a block or a link, or are made links of.
_WORDS: Final = (
    "`", "``", "\n", "\n\n", "<script>", "](", "[x](javascript:x)", "![", "# ", "> ", "- ", "1. ", "|", "\\", "*", "_",
    "~~", "&lt;", "http://x.org", "www.x.org", "a@b.org", "\r", "\x00", "\u2028", " ", "    ", "===", "---", "'" * 3,
)  # fmt: skip
HOSTILE: Final = st.lists(st.sampled_from(_WORDS) | st.characters(codec="utf-8"), max_size=12).map("".join)
MARKDOWN: Final = MarkdownIt("commonmark").enable(["table", "strikethrough"])


def markdown_kinds(text: str) -> list[str]:
    """What a text is made of, its words left out."""
    tokens = MARKDOWN.parse(text)
    return [each.type for token in tokens for each in (token, *(token.children or ())) if each.type != "text"]


def test_a_step_has_its_lines_its_end_and_its_reasons() -> None:
    sources = {RUN: (SOURCE,), FunctionName.parse("pkg.m:main"): (Excerpt(1, "def main():\n    run(1)"),)}

    text = render_markdown(SMALL, links=lambda fn: f"https://x.org/{fn.file}#L{fn.line}", quotes=Quotes(sources))

    assert (
        "### 2. `run` → `Layer.__call__`\n\n"
        "In `pkg.m:run`, [`pkg/m.py:7`](https://x.org/pkg/m.py#L7):\n\n"
        "```python\ndef run(path):\n    # ...\n    return load(path)()\n```\n\n"
        "This leads to **`pkg.n:Layer.__call__`**, [`pkg/n.py:1`](https://x.org/pkg/n.py#L1). "
        "Why this one: it is found by a name that stands in the settings. It is entered as layer 1. "
        "This happens only if `debug`.\n"
    ) in text
    assert "> Serves \\*all\\* of it.\n" in text


def test_what_is_left_out_is_counted() -> None:
    lines = render_markdown(SMALL).splitlines()

    assert "*Left out here at this level of detail: calls: 1.*" in lines
    assert "*Left out altogether, of stages that are not shown: calls: 2.*" in lines
    assert "*Steps 3 to 3 happen in between, in other stages.*" in lines
    assert lines[lines.index("## view") + 2].startswith("Not reached")


def test_a_stage_that_was_not_reached_opens_with_nothing() -> None:
    lines = render_markdown(replace(SMALL, missing=("serve",))).splitlines()

    opening = [lines[number + 2] for number, line in enumerate(lines) if line.startswith("## ")]
    assert opening[0] == "It begins with `pkg.m:run`, `pkg/m.py:1`."
    assert opening[1].startswith("Not reached")


def test_markdown_without_public_source_links_nothing_but_its_own_stages() -> None:
    links = [line for line in render_markdown(SMALL).splitlines() if "](" in line]

    assert links == ["- [Start](#start)", "- [Serve](#serve)"]


@pytest.mark.parametrize(
    ("callee", "source", "reason"),
    [
        ("m:near", "near()", "`near` is that of a function of the same module"),
        ("n:far", "far()", "`far` leads to module `n`"),
        ("n:Base.handle", "self.handle()", "class `n.Base` is the one that has it"),
        ("n:Base.handle", "super().handle()", "`n.Base` is the next class that has it"),
        ("n:Thing.__init__", "Thing()", "an object of class `n.Thing` is made"),
        ("n:Thing.__init__", "klass()", "a class is called that the lines do not name; it is `n.Thing`"),
        ("n:Thing.__call__", "thing()", "an object of class `n.Thing` is called"),
        ("n:view", "callback()", "the lines do not name it"),
    ],
)
def test_why_it_is_this_function(callee: str, source: str, reason: str) -> None:
    flow = flow_of(step(1, "one", "m:f", callee, line=2))
    quotes = Quotes({FunctionName.parse("m:f"): (Excerpt(1, f"def f():\n    {source}"),)})

    assert reason in render_markdown(flow, quotes=quotes)


def test_settings_that_name_a_function_are_a_reason() -> None:
    flow = flow_of(step(1, "one", "m:f", "shop.layers:Audit.enter"), step(2, "one", "m:f", "shop.urls:<module>"))
    values = {"LAYERS": ["shop.layers.Other", "shop.layers.Audit"], "URLS": "shop.urls"}
    decided = (Decision("LAYERS", "", "LAYERS", "site.py:3"),)

    text = render_markdown(replace(flow, subject=replace(flow.subject, settings=values, decided=decided)))

    assert "Setting `LAYERS` names `shop.layers.Audit`, entry 2 of 2 (`site.py:3`)." in text
    assert "Setting `URLS` names `shop.urls`." in text
    assert "names `shop.layers.Other`" not in text


def test_lines_are_quoted_once_and_their_licence_comes_last() -> None:
    flow = flow_of(step(1, "one", "m:f", "m:g", line=2), step(2, "one", "m:f", "m:h", line=2))
    quotes = Quotes({FunctionName.parse("m:f"): (Excerpt(1, "def f(all):\n    all()"),)}, (Licence("M 1", "Free."),))

    text = render_markdown(flow, quotes=quotes)

    assert text.count("    all()") == 1
    assert "The lines are those of step 1." in text
    assert text.endswith("M 1:\n\n```text\nFree.\n```\n")


@pytest.mark.parametrize("release", RELEASES)
def test_both_languages_tell_the_same_steps(release: str) -> None:
    flow = kept_flow(release, Detail.FLOW)
    texts = [render_markdown(flow, language=language) for language in Language]
    numbers = [[line for line in text.splitlines() if line.startswith("### ")] for text in texts]

    assert numbers[0] == numbers[1]
    assert len(numbers[0]) == sum(len(stage.steps) for stage in flow.stages)


def test_every_evidence_is_a_reason() -> None:
    assert all(f"evidence.{evidence}" in SENTENCES for evidence in Evidence)


@given(HOSTILE)
def test_no_text_is_markup(text: str) -> None:
    assert markdown_kinds(f"a {plain(text)} b") == ["paragraph_open", "inline", "paragraph_close"]
    assert set(markdown_kinds(f"> {plain(text) or 'x'}")) <= {
        "blockquote_open", "paragraph_open", "inline", "paragraph_close", "blockquote_close",
    }  # fmt: skip
    assert markdown_kinds(f"a {code(text)} b") == ["paragraph_open", "inline", "code_inline", "paragraph_close"]
    assert markdown_kinds("\n".join(fenced(text, "python"))) == ["fence"]


@given(HOSTILE)
def test_no_address_leaves_its_link(text: str) -> None:
    assert markdown_kinds(link("`a`", f"https://x.org/{text}")) == [
        "paragraph_open", "inline", "link_open", "code_inline", "link_close", "paragraph_close",
    ]  # fmt: skip


@settings(deadline=None)  # of a shared machine
@given(flows(), HOSTILE, st.sampled_from(Language))
def test_hostile_names_and_sources_change_no_structure(flow: Flow, text: str, language: Language) -> None:
    def hostile(name: FunctionName, text: str) -> FunctionName:
        return FunctionName(f"{name.module}{text}", f"{name.qualname}{text}")

    def dressed(text: str) -> list[str]:
        # On one line: which lines a step has is not what is asked here.
        line = text.replace("\n", " ")
        source = (Excerpt(1, f"def f():\n    '''doc {line}'''\n    g()"),)
        sources = {hostile(name, text): source for name in flow.functions}
        stages = tuple(
            replace(
                stage,
                landmark=hostile(stage.landmark, text),
                steps=tuple(
                    replace(each, caller=hostile(each.caller, text), callee=hostile(each.callee, text), condition="c")
                    for each in stage.steps
                ),
            )
            for stage in flow.stages
        )
        functions = {hostile(name, text): each for name, each in flow.functions.items()}
        told = replace(flow, stages=stages, functions=functions)
        found = render_markdown(told, quotes=Quotes(sources, (Licence(f"x{text}", f"n{text}"),)), language=language)
        return [kind for kind in markdown_kinds(found) if kind in _TOLD]

    assert dressed(text) == dressed("_safe")


_TOLD: Final = frozenset(
    "heading_open fence bullet_list_open list_item_open link_open html_block html_inline hr image".split()
)
