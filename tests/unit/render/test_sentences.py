"""Every fixed sentence says the same in each language, in the marks of that language."""

from __future__ import annotations

import re
import string
from collections.abc import Iterable, Mapping
from typing import Final

import pytest

from flowmap.render.sentences import SENTENCES, Language, Said
from flowmap.render.viewer.page import SCRIPTS, asset
from flowmap.render.viewer.words import EVIDENCE, FRAME, MARKS, ORIGINS, SETTINGS, SPOKEN

TABLES: Final[tuple[Mapping[str, Said], ...]] = (SENTENCES, EVIDENCE, FRAME, MARKS, ORIGINS, SETTINGS, SPOKEN)
ALL: Final = [pytest.param(said, id=key) for table in TABLES for key, said in table.items()]
SCRIPT: Final = "".join(asset(f"{name}.js") for name in SCRIPTS)


@pytest.mark.parametrize("said", ALL)
def test_every_sentence_has_the_same_places_in_every_language(said: Said) -> None:
    places = [sorted(each for _, each, _, _ in string.Formatter().parse(text) if each) for text in said]

    assert len(said) == len(Language)
    assert all(said)
    assert places == [places[0]] * len(Language)


@pytest.mark.parametrize("said", ALL)
def test_chinese_sentences_have_the_marks_of_chinese(said: Said) -> None:
    """Requirements for Chinese text layout (W3C clreq, 3.1.2): commas, colons, stops and brackets are full-width."""
    # The key `?`, in brackets, is what stands on the keyboard.
    fixed = re.sub(r"\{\w+\}|\W\?\W", "", said.zh)

    assert re.findall(r"[,;:!?()]|\.(?!\d)", fixed) == []


def test_the_page_has_a_place_for_each_of_its_words() -> None:
    places = set(re.findall(r"\$(say_\w+)", asset("page.html")))
    levels = {key for key in FRAME if key.startswith("say_level_")}

    assert places | levels == set(FRAME)


def test_the_scripts_say_what_is_in_the_table_and_all_of_it() -> None:
    assert set(_keys(SCRIPT)) == set(SPOKEN)


def _keys(script: str) -> Iterable[str]:
    """The first argument of `say` and `told`: a text, one of two, or one that begins so."""
    for said in re.findall(r"\b(?:say|told)\(\s*([^,()]*)", script):
        for begun in re.findall(r"`([\w-]+)\$\{", said):
            yield from (key for key in SPOKEN if key.startswith(begun))
        yield from re.findall(r"\"([\w-]+)\"", said)
