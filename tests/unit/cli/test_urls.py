"""`flowmap urls`: what it hands on."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.cli.main import main
from flowmap.errors import NotATargetError
from flowmap.pipeline.request import Request


def test_it_takes_the_options_of_a_target(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    asked: list[Request] = []

    def find(request: Request, _progress: object) -> None:
        asked.append(request)
        raise NotATargetError(request.target)

    monkeypatch.setattr("flowmap.cli.urls.find_program", find)
    words = ["--set", "DEBUG=True", "--env-file", str(tmp_path / ".env"), "--settings", "conf", "--frontier", "a.b"]

    assert main(["urls", str(tmp_path), *words]) == 2
    assert main(["urls", "-q"]) == 2
    (request, plain) = asked
    assert request.target == str(tmp_path)
    assert (request.assumed, request.env_files) == (("DEBUG=True",), (tmp_path / ".env",))
    assert (request.settings, request.frontier) == ("conf", ("a.b",))
    assert plain == Request(".")
