"""Snapshots of somebody else's: damaged ones are refused in a line or compared, and names are markup in no report."""

from __future__ import annotations

import json
import os
import xml.etree.ElementTree as ET
from collections import Counter
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from flowmap.cli.main import main
from flowmap.snapshot import flow_json
from tests.properties.hostile import MARKUP, damaged
from tests.unit.render.flows import flow_of, step
from tests.unit.render.sample import django_5_2_flow

_FORMATS = ("text", "markdown", "summary", "json", "sarif", "junit", "github", "svg", "side-by-side", "html")
_WHOLE = flow_json(django_5_2_flow())
_START = b'"settings": {'


def _with_setting(value: bytes) -> bytes:
    assert _START in _WHOLE
    return _WHOLE.replace(_START, _START + b'"X": ' + value + b",", 1)


def _doubled(part: str) -> bytes:
    value = json.loads(_WHOLE)
    value[part] += value[part]
    return json.dumps(value).encode()


_FOREIGN = {
    "empty": b"",
    "binary": bytes(range(256)) * 50,
    "a list": b"[]",
    "deep": b"[" * 1_000_000,
    "another encoding": _WHOLE.decode().encode("utf-16"),
    "cut": _WHOLE[:-100],
    "no schema": b"{}",
    "schema of a wrong type": b'{"schema": 3}',
    "schema of another number": b'{"schema": "flowmap-flow/2"}',
    "long schema that steers": b'{"schema": "\\n::error::\\u001b[2J' + b"x" * 1_000_000 + b'"}',
    "nothing but the schema": b'{"schema": "flowmap-flow/1"}',
    "much besides": b'{"schema": "flowmap-flow/1", "a": [' + b"1," * 1_000_000 + b"1]}",
    "NaN": _with_setting(b"NaN"),
    "infinite": _with_setting(b"1e999"),
    "a number of 6,000 digits": _with_setting(b"9" * 6000),
    "half a character": _with_setting(b'"\\ud800"'),
    "deep setting": _with_setting(b"[" * 900 + b"]" * 900),
    "deeper setting": _with_setting(b"[" * 100_000 + b"]" * 100_000),
    "nodes twice": _doubled("nodes"),
    "stages twice": _doubled("stages"),
    "a node of another name": _WHOLE.replace(b'"module": "django"', b'"module": "other"', 1),
    "evidence of none of ours": _WHOLE.replace(b'"evidence": "call"', b'"evidence": "\\n::error::\\u001b[2J"', 1),
}


@pytest.mark.parametrize("name", _FOREIGN)
def test_what_is_no_snapshot_is_said_in_a_line_and_a_hint(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, other = tmp_path / "whole.json", tmp_path / "other.json"
    whole.write_bytes(_WHOLE)
    other.write_bytes(_FOREIGN[name])

    assert _FOREIGN[name] != _WHOLE
    assert main(["diff", str(whole), str(other), "-q", "-o", str(tmp_path / "out")]) == 2
    said = capsys.readouterr().err
    assert said.startswith("flowmap: ")
    first, hint = said.splitlines()
    assert hint.startswith("hint: ")
    assert len(first) < len(str(other)) + 300
    assert (first + hint).isprintable()
    assert not (tmp_path / "out").exists()


def test_what_is_no_file_or_too_large_is_not_read(tmp_path: Path) -> None:
    folder, pipe, large = (tmp_path / f"{name}.json" for name in ("folder", "pipe", "large"))
    folder.mkdir()
    os.mkfifo(pipe)
    with large.open("wb") as file:
        file.truncate(1 << 40)

    for path in (folder, pipe, large):
        assert main(["diff", str(path), str(path), "-q"]) == 2


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(damaged(_WHOLE), st.sampled_from(_FORMATS))
def test_a_damaged_snapshot_is_refused_or_compared(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, form: str
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    whole, other = folder / "whole.json", folder / "other.json"
    whole.write_bytes(_WHOLE)
    other.write_bytes(data)

    assert main(["diff", str(whole), str(other), "-q", "--format", form, "-o", str(folder / "out")]) in (0, 1, 2)


class _Tags(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.links: list[str] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.links += [value or "" for key, value in attrs if key in ("href", "src", "xlink:href")]
        self.handlers += [key for key, _ in attrs if key.startswith("on")]


def _saved(folder: Path, name: str, mark: str) -> str:
    """A flow whose every text is `mark`, but for what the other side has too."""
    flow = flow_of(
        step(1, "one", "a:f", "a:g", condition=f"if {mark}"),
        step(2, "one", "a:g", "a:h"),
        step(3, "two", "a:f", "a:k"),
    )
    value = json.loads(flow_json(flow))
    if mark:
        text = json.dumps(value).replace('"a:h"', json.dumps(f"a:{mark}")).replace('"h"', json.dumps(mark))
        text = text.replace('"two"', json.dumps(mark)).replace('"Two"', json.dumps(mark))
        value = json.loads(text)
        value["subject"] |= {
            "distribution": mark,
            "version": mark,
            "project": mark,
            "entry": mark,
            "settings": {mark: [mark]},
        }
        value["nodes"][0] |= {"signature": mark}
    path = folder / f"{name}.json"
    path.write_text(json.dumps(value))
    return str(path)


@pytest.mark.parametrize("mark", MARKUP)
def test_names_are_markup_in_no_report(mark: str, tmp_path: Path) -> None:
    plain, marked, other = (_saved(tmp_path, *each) for each in (("plain", ""), ("marked", mark), ("other", "other")))

    def reported(form: str, new: str = marked) -> str:
        out = tmp_path / "out"
        assert main(["diff", plain, new, "-q", "--format", form, "-o", str(out)]) == 1
        return out.read_bytes().decode()

    assert all(line.isprintable() for line in reported("text").split("\n"))
    for form in ("markdown", "summary"):
        tags = [_Tags(MarkdownIt("commonmark").render(reported(form, new))) for new in (marked, other)]
        assert tags[0].tags.keys() <= tags[1].tags.keys()
        assert not tags[0].links
        assert all(line.isprintable() for line in reported(form).split("\n"))
    for form in ("svg", "side-by-side"):
        tree = ET.fromstring(reported(form))
        kinds = {each.tag.rpartition("}")[2] for each in tree.iter()}
        assert kinds <= {each.tag.rpartition("}")[2] for each in ET.fromstring(reported(form, other)).iter()} | {"a"}
        assert not [key for each in tree.iter() for key in each.attrib if key.startswith("on")]
        links = [value for each in tree.iter() for key, value in each.attrib.items() if key.endswith("href")]
        assert not [link for link in links if not link.startswith(("#", "https://"))]
    page, harmless = _Tags(reported("html")), _Tags(reported("html", other))
    assert page.tags["script"] == harmless.tags["script"]
    assert page.tags.keys() <= harmless.tags.keys()
    assert page.handlers == harmless.handlers
    for form in ("json", "sarif"):
        json.loads(reported(form))
    ET.fromstring(reported("junit"))
    assert all(line.startswith("::") for line in reported("github").splitlines())
