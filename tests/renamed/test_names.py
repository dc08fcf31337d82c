"""The renaming itself: consistent, reversible in spirit, and without an effect on what it should leave alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, CallSite, Function, NodeKind
from flowmap.names import FunctionName, Origin
from tests.renamed.make import AmbiguousNameError, make, write_copy
from tests.renamed.names import NAMES, new_names_in, renamed
from tests.renamed.plain import plain_graph


def test_there_are_enough_names_and_none_twice() -> None:
    assert len(NAMES) >= 30
    assert len(set(NAMES.values()) | set(NAMES)) == 2 * len(NAMES)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("class WSGIHandler(base.BaseHandler):", "class GatewayGate(base.CoreGate):"),
        ("'django.core.handlers.wsgi.WSGIHandler'", "'django.core.handlers.wsgi.GatewayGate'"),
        ("getattr(settings, 'MIDDLEWARE')", "getattr(settings, 'LAYERS')"),
        ("class ServerHandler(simple_server.ServerHandler):", "class ExchangeTalker(simple_server.ServerHandler):"),
        ("get_response_async, HttpResponseRedirect", "get_response_async, HttpResponseRedirect"),
    ],
)
def test_whole_words_are_renamed_in_code_and_in_strings(old: str, new: str) -> None:
    assert renamed(old) == new


def test_a_new_name_that_is_taken_is_refused(tmp_path: Path) -> None:
    assert new_names_in("x = LAYERS") == {"LAYERS"}
    with pytest.raises(AmbiguousNameError, match=r"a\.py already uses LAYERS"):
        write_copy([("a.py", b"x = LAYERS")], tmp_path, rename=True)


def test_the_project_is_renamed_with_the_release(tmp_path: Path) -> None:
    make([("django/x.py", b"MIDDLEWARE = 1"), ("django/x.html", b"MIDDLEWARE")], tmp_path)

    assert (tmp_path / "site/django/x.py").read_text() == "LAYERS = 1"
    assert (tmp_path / "site/django/x.html").read_text() == "MIDDLEWARE"
    settings = (tmp_path / "project/mysite/settings.py").read_text()
    assert "\nLAYERS = [" in settings
    assert "MIDDLEWARE" not in settings
    assert "import make_gateway" in (tmp_path / "project/mysite/wsgi.py").read_text()


def _graph(*names: str, line: int = 1) -> CallGraph:
    found = [FunctionName.parse(name) for name in names]
    functions = {name: Function(name, NodeKind.FUNCTION, Origin.PROJECT, "m.py", body=str(line)) for name in found}
    edge = CallEdge(found[0], found[-1], (CallSite(line, Evidence.CALL),))
    return CallGraph(functions, (edge,), (), ())


def test_graphs_are_equal_under_their_names_only() -> None:
    old, new = _graph("m:URLResolver.a", "m:z"), _graph("m:z", "m:RouteTree.a")
    same = _graph("m:RouteTree.a", "m:z")

    assert plain_graph(old, renamed) == plain_graph(same)
    assert plain_graph(old) != plain_graph(same)
    assert plain_graph(old, renamed) != plain_graph(new)
    assert plain_graph(_graph("m:f", line=1)) != plain_graph(_graph("m:f", line=2))
