"""`flowmap why`."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.cli.main import main
from flowmap.cli.status import Status

SOURCE = """\
class Bell:
    def ring(self): pass
def pick(kind):
    return kind().ring
HANDLERS = {
    'bell':
        pick(Bell),
}
def run(name):
    HANDLERS[name]()
run('bell')
"""
ANSWER = """\
main:run
  -> main:Bell.ring

method ring of a Bell object:
  call        main.py:10
                HANDLERS[name]()
  item        main.py:5
                HANDLERS = {'bell': pick(Bell),}
  return      main.py:4
                return kind().ring

a Bell object:
  method      main.py:2
                def ring(self): pass
  object      main.py:4
                return kind().ring

class main:Bell:
  argument    main.py:7
                pick(Bell),
  definition  main.py:1
                class Bell:
"""


@pytest.fixture
def program(tmp_path: Path) -> str:
    path = tmp_path / "main.py"
    path.write_text(SOURCE, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("names", [("run", "Bell.ring"), ("main:run", "ring")])
def test_answers(program: str, names: tuple[str, str], capsysbinary: pytest.CaptureFixture[bytes]) -> None:
    assert main(["why", *names, "--in", program]) == Status.DONE

    answer = capsysbinary.readouterr()
    assert answer.out.decode() == ANSWER
    assert b"following main.py" in answer.err


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["run", "Bell.rung"], "no function of the call graph is called 'Bell.rung'"),
        (["run", "pick"], "main:run does not call main:pick"),
        (["run"], "missing argument"),
    ],
)
def test_what_is_wrong_is_said(
    program: str, words: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["why", *words, "--in", program, "--quiet"]) == Status.MENDABLE

    error = capsys.readouterr().err.splitlines()
    assert error[0].startswith(f"flowmap: {message}")
    assert error[1].startswith("hint: ")


@pytest.mark.parametrize("words", [[], ["--in", "callgraph.json"]])
def test_the_source_is_needed(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["why", "f", "g", *words]) == Status.MENDABLE
    assert "--in NAME==VERSION" in capsys.readouterr().err
