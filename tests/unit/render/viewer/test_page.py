"""flow.html: one file that nothing can get into, and that asks for nothing."""

from __future__ import annotations

import base64
import enum
import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Gap
from flowmap.flow.model import Detail, Flow
from flowmap.flow.sightings import Mark, Sightings
from flowmap.names import FunctionName, Origin
from flowmap.render.excerpts import Excerpt
from flowmap.render.svg import render_svg
from flowmap.render.viewer.model import Viewed
from flowmap.render.viewer.page import SCRIPTS, asset, in_script, render_html
from flowmap.render.viewer.words import EVIDENCE, MARKS, ORIGINS
from flowmap.sources.licences import Licence
from tests.unit.render.flows import flow_of, flows, function, step
from tests.unit.render.sample import django_5_2_flow
from tests.unit.render.viewer.parsing import Page, read

A, B, C = (FunctionName.parse(f"m:{name}") for name in "abc")


def viewed(flow: Flow, **more: object) -> Viewed:
    return Viewed(dict.fromkeys(Detail, flow), **more)  # type: ignore[arg-type]  # a short hand


def page(flow: Flow, **more: object) -> Page:
    return read(render_html(viewed(flow, **more)))


def hashed(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# --- the policy ---


def test_the_policy_names_every_script_and_style_and_nothing_else() -> None:
    found = page(django_5_2_flow())
    scripts = [hashed(each.text) for each in found.of("script") if "id" not in each.attributes]
    styles = [hashed(each.text) for each in found.of("style")]

    assert found.policy.split("; ") == [
        "default-src 'none'",
        f"script-src {' '.join(scripts)}",
        f"style-src {' '.join(styles)}",
        "base-uri 'none'",
        "form-action 'none'",
    ]
    assert len(scripts) == 1


def test_nothing_is_asked_for_from_anywhere() -> None:
    found = page(django_5_2_flow())

    for each in found.elements:
        assert each.tag not in {"link", "img", "iframe", "object", "embed", "base", "form", "image", "use"}
        assert not {"src", "href", "xlink:href", "srcset", "style", "action"} & each.attributes.keys()
        assert not any(name.startswith("on") for name in each.attributes)


def test_scripts_never_make_markup_of_text() -> None:
    text = "".join(asset(f"{name}.js") for name in SCRIPTS)

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval|new Function|DOMParser|fetch\(", text
    )
    assert "`" not in asset("page.html")


# --- what the source says is data ---

HOSTILE = st.sampled_from(
    [
        "</script><script>alert(1)</script>",
        "<!--<script>",
        "]]></style><img src=x onerror=alert(1)>",
        "</title></svg><b onclick='x'>",
        '"><iframe srcdoc="x">',
        "</template>${data}",
        "\\u003c/script>",
        "'; alert(1); //",
        "\u2028</pre>\x00&lt;",
        "javascript:alert(1)",
    ]
) | st.text(max_size=12)


@settings(max_examples=25, deadline=None)
@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_names_and_texts_stay_data(name: str, text: str, file: str) -> None:
    own = FunctionName("m", f"x{name}")
    made = flow_of(step(1, "one", "m:a", "m:b", condition=text or None))
    functions = {A: function("m:a"), B: replace(function("m:b"), signature=text, file=file or "f")}
    flow = replace(
        made,
        functions=functions,
        stages=tuple(replace(stage, title=f"{name} stage") for stage in made.stages),
        subject=replace(made.subject, settings={name: [text]}, version=f"1 {text}", project=file),
        gaps=(Gap(A, 1, text, name),),
    )
    graph = CallGraph(
        {**functions, own: replace(function("m:x"), name=own)},
        (CallEdge(A, own, (CallSite(1, Evidence.CALL),)),),
        (Gap(B, 2, name, text),),
        (),
    )
    more = {"graph": graph, "sources": {A: (Excerpt(1, text),)}, "licences": (Licence(name, text),)}

    found = page(flow, **more)
    plain = page(flow_of(step(1, "one", "m:a", "m:b", condition="c" if text else None)), graph=graph)

    # A name may take more lines or fewer on the picture, and that is all that it may do.
    shapes = {"text", "tspan"}
    assert {each.tag for each in found.elements} - shapes == {each.tag for each in plain.elements} - shapes
    assert len(found.of("script")) == 2
    assert len(found.of("template")) == 2
    assert not any(key.startswith("on") for each in found.elements for key in each.attributes)
    data = found.data
    assert {each["id"] for each in data["functions"]} == {"m:a", "m:b", str(own)}
    assert data["functions"][0]["source"] == [[1, text]]
    assert [each["name"] for each in data["settings"]] == [name]
    assert data["notices"] == [{"of": name, "text": text}]


@given(st.recursive(st.text() | st.integers(-9, 9), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
def test_json_in_a_script_is_the_same_json(value: object) -> None:
    text = in_script(value)

    assert "<" not in text
    assert read(f'<script id="data">{text}</script>').data == value


# --- what is in it ---


@settings(max_examples=10, deadline=None)
@given(flows(most_steps=8))
def test_everything_that_the_data_names_is_drawn(flow: Flow) -> None:
    found = page(flow)
    ids = {each.attributes.get("id") for each in found.elements}

    for level in found.data["levels"].values():
        assert {each["anchor"] for each in (*level["boxes"], *level["arrows"])} <= ids
        assert {f"lane-{number}" for number in range(1, len(level["stages"]) + 1)} <= ids
        assert len(found.of("svg")) == 3


def test_functions_that_are_not_drawn_are_named_and_have_no_source() -> None:
    flow = flow_of(step(1, "one", "m:a", "m:b", through=(FunctionName.parse("m:hop"),)))
    sites = (CallSite(1, Evidence.CALL),)
    graph = CallGraph(
        {each: function(str(each)) for each in (A, B, C)},
        (CallEdge(A, B, sites), CallEdge(B, C, sites), CallEdge(C, FunctionName.parse("m:far"), sites)),
        (Gap(C, 3, "why"), Gap(A, 2, "why")),
        (),
    )

    data = page(flow, graph=graph, sources={A: (Excerpt(4, "def a():\n    b()"),)}).data

    assert [each["id"] for each in data["functions"]] == ["m:a", "m:b", "m:c", "m:hop"]
    assert [each.get("source") for each in data["functions"]] == [[[4, "def a():\n    b()"]], None, None, None]
    assert data["functions"][3]["kind"] == "external"
    assert [(each["caller"], each["callee"]) for each in data["calls"]] == [(0, 1), (1, 2)]
    assert data["gaps"] == [{"caller": 0, "line": 2, "reason": "why", "name": ""}]


def test_which_stages_happen_once_and_which_level_is_opened() -> None:
    flow = flow_of(step(1, "boot", "m:a", "m:b"), step(2, "serve", "m:b", "m:c"), missing=("lost",))

    found = page(flow, once=frozenset({"boot"}), opening=Detail.OVERVIEW)

    assert [(each["id"], each["once"]) for each in found.data["levels"]["flow"]["stages"]] == [
        ("boot", True),
        ("serve", False),
        ("lost", False),
    ]
    assert found.data["opening"] == "overview"
    assert [each.attributes["data-level"] for each in found.of("template")] == ["flow", "full"]


def test_arrows_say_what_a_recording_says_of_them() -> None:
    flow = flow_of(step(1, "one", "m:a", "m:b"), step(2, "one", "m:b", "m:c"))
    sightings = Sightings({(A, B): Mark.SEEN, (A, C): Mark.NOT_FOUND})

    arrows = page(flow, sightings=sightings).data["levels"]["flow"]["arrows"]

    assert [(each["number"], each.get("mark")) for each in arrows] == [(1, "seen"), (2, "possible"), (0, None)]


def test_the_same_input_gives_the_same_bytes() -> None:
    flow = django_5_2_flow()

    assert render_html(viewed(flow)) == render_html(
        viewed(replace(flow, functions=dict(reversed(flow.functions.items()))))
    )


@pytest.mark.parametrize(("words", "kinds"), [(EVIDENCE, Evidence), (ORIGINS, Origin), (MARKS, Mark)])
def test_there_are_words_for_every_kind(words: dict[str, str], kinds: type[enum.StrEnum]) -> None:
    assert set(words) == set(kinds)


def test_a_picture_that_is_there_already_is_taken_without_its_links() -> None:
    flow = django_5_2_flow()
    linked = render_svg(flow, links=lambda function: f"https://example.org/?a=1&b={function.line}")
    shown = viewed(flow)

    assert "<a " in linked
    assert render_html(shown, drawn={shown.opening: linked}) == render_html(shown)
