"""Programs that would never end, or fill the memory, end at a named bound."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.pipeline import callgraph_of_files

PROGRAMS = {
    "classes made by a hook": ("class A:\n    def __init_subclass__(c):\n        class Z(c): pass\nclass B(A): pass\n"),
    "classes made by a function": "def f(c):\n    return f(type('x', (c,), {}))\nf(object)\n",
    "tuples that grow": "x = ()\nwhile input():\n    x = x + (x,)\n",
    "lists in lists": "def f(x):\n    return f([x])\nf(1)\n",
    "objects that call each other": "class A: pass\na = A()\nA.__call__ = a\na()\n",
    "text that grows": "x = 'a'\nwhile input():\n    x = x + x\n",
    "a wide format": "'{:9999999999}'.format('a')\n'%(a)9999999999s' % {'a': 'x'}\n",
    "a wide field": "'a'.rjust(10**10)\n'a'.zfill(9999999999)\n",
}


@pytest.mark.parametrize("name", PROGRAMS)
def test_it_ends(name: str, tmp_path: Path) -> None:
    path = tmp_path / "main.py"
    path.write_text(PROGRAMS[name], encoding="utf-8")

    graph = callgraph_of_files([path], tmp_path)

    assert any(function.module == "main" for function in graph.functions)
