"""A module whose comments, blank lines and local names are others is the same to a comparison."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import pytest

from flowmap.syntax.fingerprint import print_of
from tests.renamed.disguise import disguised
from tests.unit.syntax.reading import codes, module

_MODULES = (
    "argparse",
    "socketserver",
    "http/server",
    "logging/__init__",
    "textwrap",
    "wsgiref/handlers",
    "ast",
    "typing",
)
_SMALL = '''"""A doc."""
import os


def f(one, *two):
    # A word.
    found = [each for each in two if each]

    def inner(found):
        return found

    for item in found:
        last = (item, one)
    return inner(last) or (lambda item: item)(found)
'''


@pytest.mark.parametrize("name", _MODULES)
def test_a_module_in_disguise_is_the_same(name: str) -> None:
    text = (Path(sysconfig.get_path("stdlib")) / f"{name}.py").read_text("utf-8")
    other = disguised(text)

    assert len(set(text.splitlines()) - set(other.splitlines())) > 30
    assert _told(text) == _told(other)


def test_what_is_disguised_and_what_is_not() -> None:
    code = [line for line in disguised(_SMALL).splitlines() if line and not line.lstrip().startswith("#")]

    assert code[2:] == [
        "def f(one, *two):",
        "    found_0q = [each for each in two if each]",
        "    def inner(found):",
        "        return found",
        "    for item_1q in found_0q:",
        "        last_2q = (item_1q, one)",
        "    return inner(last_2q) or (lambda item: item)(found_0q)",
    ]


def _told(text: str) -> list[tuple[str, str, str]]:
    return [(code.qualname, code.signature, print_of(code)) for code in codes(module(text)).values()]
