"""A tree of stand-ins says what the genuine one says."""

from __future__ import annotations

import sysconfig
from pathlib import Path

import libcst as cst
import pytest

from flowmap.syntax.lean import StandInError, code_of, parse_lean
from flowmap.syntax.lowering import lower
from flowmap.syntax.parse import read
from flowmap.syntax.tokens import TokenMap

LIBRARY = Path(sysconfig.get_paths()["stdlib"])


@pytest.mark.parametrize("name", ["ast.py", "argparse.py", "inspect.py", "socketserver.py", "wsgiref/handlers.py"])
def test_the_ir_is_that_of_the_genuine_tree(name: str) -> None:
    text = (LIBRARY / name).read_text()

    assert lower(parse_lean(text), TokenMap(text)) == lower(cst.parse_module(text), TokenMap(text))


def test_stand_ins_pass_for_the_nodes_they_stand_for() -> None:
    tree = parse_lean("x = f(1)\n")

    assert isinstance(tree, cst.Module)
    assert type(tree) is not cst.Module
    assert tree.body[0].__class__ is cst.SimpleStatementLine
    assert tree.default_indent == "    "


def test_parts_that_are_not_there_have_the_defaults_of_the_node() -> None:
    (line,) = parse_lean("class A: pass\n").body
    (genuine,) = cst.parse_module("class A: pass\n").body

    assert isinstance(line, cst.ClassDef)
    assert isinstance(genuine, cst.ClassDef)
    assert (line.bases, line.decorators, line.lpar) == (genuine.bases, genuine.decorators, genuine.lpar)


def test_the_names_of_libcst_are_its_own_again_afterwards() -> None:
    names = dict(vars(cst))

    parse_lean("x = 1\n")
    with pytest.raises(cst.ParserSyntaxError):
        parse_lean("x = = 1\n")

    assert vars(cst) == names


def test_the_text_of_a_stand_in_is_not_known() -> None:
    (line,) = parse_lean("x\n").body

    with pytest.raises(StandInError):
        code_of(line)
    assert code_of(cst.parse_module("x\n").body[0]) == "x\n"


def test_what_shows_its_own_text_is_read_from_the_genuine_tree() -> None:
    reading = read(b"print(f'{a.b + 1 = }')\n")

    assert "a.b + 1 = " in repr(reading.result)
