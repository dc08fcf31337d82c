"""Names and texts that are markup and script are shown as they are, whatever is opened of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Final

import pytest

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Gap
from flowmap.flow.model import Decision, Detail, Flow, OpenSetting
from flowmap.names import FunctionName
from flowmap.render.excerpts import Excerpt
from flowmap.render.viewer.model import Viewed
from flowmap.render.viewer.page import render_html
from flowmap.sources.licences import Licence
from tests.browser.driver import Browser, needs_driver
from tests.unit.render.flows import flow_of, function, step

pytestmark = needs_driver

TEXTS: Final = (
    "</script><script>window.isBroken = 1</script>",
    "<img src=x onerror='window.isBroken = 1'>",
    "<!--<script>",
    "</title></svg><iframe srcdoc='<script>parent.isBroken = 1</script>'>",
    "</template>${window.isBroken = 1}",
    "javascript:window.isBroken=1",
    "\\u003cscript>'\"`\u2028\u202e",
)
# Walks through everything that can be opened, then says what of the page's own is not as it was.
WALK: Final = """
const {functions, settings, levels} = JSON.parse(document.getElementById("data").textContent);
const places = [
    ...functions.flatMap(({id, module}) => [{fn: id}, {module}]),
    ...settings.map(({name}) => ({setting: name})),
    ...levels.flow.arrows.map(({number}) => ({step: number})),
    {fold: levels.flow.stages[0].id}, {q: functions[0].name}, {},
];
// A link is what its address is of.
const kind = (each) => (each.localName === "a" ? `a ${each.protocol}` : each.localName);
const tags = () => new Set([...document.querySelectorAll("*")].map(kind));
const seen = new Set();
const next = () => {
    for (const tag of tags()) seen.add(tag);
    for (const each of document.querySelectorAll("details")) each.open = true;
    const place = places.shift();
    if (place) location.hash = new URLSearchParams(place);
    window.walked = places.length ? null : [...seen].sort();
    if (place) setTimeout(next, 20);
};
next();
"""


def hostile(text: str) -> Flow:
    own, hop = f"m:f{text.replace(':', ';')}", FunctionName("m", text)
    flow = flow_of(step(1, "one", "m:a", own, condition=text), step(2, "one", own, "m:b", through=(hop,)))
    subject = replace(
        flow.subject,
        version=text,
        project=text,
        settings={text: [text]},
        decided=(Decision(text, text, text, text, text, (text,)),),
        open=(OpenSetting("S", text, (text,)),),
    )
    functions = {name: replace(each, signature=text, file=f"{text}.py") for name, each in flow.functions.items()}
    stages = tuple(replace(stage, title=text) for stage in flow.stages)
    return replace(flow, subject=subject, functions=functions, stages=stages)


def page(words: str) -> str:
    flow = hostile(words)
    names, far = sorted(flow.functions), FunctionName("m", "far")
    graph = CallGraph(
        {**flow.functions, far: function(str(far))},
        tuple(CallEdge(name, far, (CallSite(1, Evidence.CALL),)) for name in names),
        tuple(Gap(name, 2, words, words) for name in names),
        (),
    )
    sources = {name: (Excerpt(1, f"{words}\n'{words}'\n# {words}"),) for name in names}
    viewed = Viewed(dict.fromkeys(Detail, flow), Detail.FLOW, graph, sources, (Licence(words, words),))
    return render_html(viewed, links=lambda _: words)


@pytest.mark.parametrize("text", TEXTS)
def test_whatever_is_opened_nothing_of_it_becomes_markup(window: Browser, text: str, tmp_path: Path) -> None:
    file = tmp_path / "flow.html"
    tags = []
    for words in ("plain", text):
        file.write_text(page(words), encoding="utf-8")
        window.open("about:blank")
        window.requested()
        window.open(file.as_uri())
        window.ask(WALK)
        tags.append(window.until("return window.walked"))
        assert {each.partition("#")[0] for each in window.requested()} <= {file.as_uri(), "about:blank"}
        assert window.said() == []

    assert window.ask("return window.isBroken ?? null") is None
    assert tags[0] == tags[1]
    assert "details" in tags[1]
