"""The computation of recall, on tiny recordings and graphs whose figures were worked out by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from flowmap.callgraph.model import CallEdge, CallGraph, Function, NodeKind
from flowmap.names import FunctionName, Origin
from tests.recall.expected import Limits, load_limits, shortfalls
from tests.recall.identity import Identity, of_function, of_recorded, without_comprehensions
from tests.recall.measure import Cause, Missed, Score, missed, score, static_graph
from tests.recall.report import missed_lines, stack_lines, table
from tests.recall.scope import in_flow, in_subject
from tests.recall.stacks import stack_scores
from tests.recall.trace import load_trace, read_trace, trace_names

HANDLER = ("django:django/core/handlers/wsgi.py", "WSGIHandler.__call__", "function")
BASE = ("django:django/core/handlers/base.py", "BaseHandler.get_response", "function")
GENEXPR = ("django:django/core/handlers/base.py", "BaseHandler.get_response.<locals>.<genexpr>", "genexpr")
BODY = ("django:django/core/handlers/base.py", "<module>", "module")
CLASS = ("django:django/core/handlers/base.py", "BaseHandler", "class")
VIEW = ("project:hello/views.py", "hello", "function")
FORM = ("django:django/forms/forms.py", "Form.as_p", "function")
SERVER = ("stdlib:SocketServer.py", "BaseServer.serve_forever", "function")
THREAD = ("stdlib:threading.py", "Thread.run", "function")


def _recording(*edges: tuple[Any, Any, str], stack: tuple[Any, ...] = ()) -> dict[str, Any]:
    found = {each: None for edge in edges for each in edge[:2]}
    found |= {each: None for each in stack if isinstance(each, tuple)}
    ids = {each: number for number, each in enumerate(found)}
    stacks = [each if isinstance(each, str) else [ids[each], 1] for each in stack]
    return {
        "meta": {"version": "1.0", "python": "3.11"},
        "functions": [{"id": ids[f], "module": f[0], "qualname": f[1], "kind": f[2]} for f in found],
        "edges": [{"caller": ids[caller], "callee": ids[callee], "kind": kind} for caller, callee, kind in edges],
        "stacks": [{"phase": "startup", "function": stacks[-1][0], "stack": stacks}] if stack else [],
    }


def _function(origin: Origin, file: str, qualname: str, kind: NodeKind = NodeKind.FUNCTION) -> Function:
    module = file.removesuffix(".py").replace("/", ".")
    return Function(FunctionName(module, qualname), kind, origin, file)


S_HANDLER = _function(Origin.DISTRIBUTION, "django/core/handlers/wsgi.py", "WSGIHandler.__call__")
S_BASE = _function(Origin.DISTRIBUTION, "django/core/handlers/base.py", "BaseHandler.get_response")
S_BASE_2 = _function(Origin.DISTRIBUTION, "django/core/handlers/base.py", "BaseHandler.get_response#2")
S_CLASS = _function(Origin.DISTRIBUTION, "django/core/handlers/base.py", "BaseHandler", NodeKind.CLASS)
S_VIEW = _function(Origin.PROJECT, "hello/views.py", "hello")
S_FORM = _function(Origin.DISTRIBUTION, "django/forms/forms.py", "Form.as_p")
S_EXTERNAL = _function(Origin.STDLIB, "", "print", NodeKind.EXTERNAL)


def _graph(*edges: tuple[Function, Function]) -> CallGraph:
    functions = {each.name: each for edge in edges for each in edge}
    return CallGraph(functions, tuple(CallEdge(caller.name, callee.name) for caller, callee in edges), (), ())


@pytest.mark.parametrize(
    ("qualname", "holder"),
    [
        ("f", "f"),
        ("f.<locals>.g", "f.<locals>.g"),
        ("f.<locals>.<genexpr>", "f"),
        ("C.m.<locals>.<listcomp>.<locals>.<dictcomp>", "C.m"),
        ("C.<dictcomp>", "C"),
        ("<listcomp>", "<module>"),
        ("<dictcomp>.<genexpr>", "<module>"),
        ("f.<locals>.<genexpr>.<locals>.<lambda>", "f.<locals>.<lambda>"),
    ],
)
def test_comprehensions_belong_to_their_function(qualname: str, holder: str) -> None:
    assert without_comprehensions(qualname) == holder


def test_identities_of_both_sides_are_the_same() -> None:
    assert of_recorded("stdlib:SocketServer.py", "f") == Identity("stdlib", "socketserver.py", "f")
    assert of_recorded("stdlib:BaseHTTPServer.py", "f") == Identity("stdlib", "http/server.py", "f")
    assert of_recorded("other:asgiref/sync.py", "f") == Identity("dependency", "asgiref/sync.py", "f")
    assert of_recorded(*BASE[:2]) == of_function(S_BASE) == of_function(S_BASE_2)
    numbered = _function(Origin.PROJECT, "a.py", "f.<locals>.<lambda#2>.<locals>.g#3")
    assert of_function(numbered) == Identity("project", "a.py", "f.<locals>.<lambda>.<locals>.g")


@pytest.mark.parametrize(
    ("module", "flow", "subject"),
    [
        ("project:manage.py", True, True),
        ("django:django/__init__.py", True, True),
        ("django:django/core/management/commands/runserver.py", True, True),
        ("django:django/core/urlresolvers.py", True, True),
        ("django:django/core/cache/__init__.py", False, True),
        ("django:django/conf/__init__.py", True, True),
        ("django:django/conf/urls/__init__.py", False, True),
        ("django:django/utils/functional.py", True, True),
        ("django:django/utils/text.py", False, True),
        ("django:django/contrib/sessions/middleware.py", True, True),
        ("django:django/contrib/staticfiles/handlers.py", True, True),
        ("django:django/contrib/staticfiles/management/commands/runserver.py", True, True),
        ("django:django/contrib/staticfiles/finders.py", False, True),
        ("django:django/contrib/auth/management/__init__.py", False, True),
        ("django:django/views/generic/base.py", True, True),
        ("stdlib:wsgiref/handlers.py", True, True),
        ("stdlib:SocketServer.py", True, True),
        ("stdlib:http/server.py", True, True),
        ("stdlib:http/client.py", False, False),
        ("other:asgiref/sync.py", False, False),
    ],
)
def test_scopes(module: str, flow: bool, subject: bool) -> None:
    identity = of_recorded(module, "f")

    assert (in_flow(identity), in_subject(identity)) == (flow, subject)


def test_recall_and_ratio() -> None:
    trace = read_trace(
        "tiny",
        _recording(
            (HANDLER, BASE, "call"),
            (HANDLER, BASE, "attribute"),
            (BASE, VIEW, "call"),
            (BASE, FORM, "call"),
            (CLASS, BASE, "decorator"),
            (THREAD, SERVER, "call"),
            # None of these counts: bodies, import machinery, finalizers, a comprehension in its own function.
            (BASE, BODY, "module_body"),
            (BODY, CLASS, "class_body"),
            (BODY, THREAD, "import_machinery"),
            (BASE, VIEW, "finalizer"),
            (FORM, VIEW, "finalizer"),
            (BASE, GENEXPR, "call"),
        ),
    )
    graph = static_graph(
        _graph(
            (S_HANDLER, S_BASE),
            (S_HANDLER, S_BASE_2),  # the same function under its second name: one edge
            (S_BASE, S_FORM),
            (S_CLASS, S_VIEW),
            (S_HANDLER, S_CLASS),
            (S_BASE, S_EXTERNAL),
        )
    )

    assert len(trace.edges) == 5
    assert score(trace, graph, "flow") == Score("flow", observed=3, found=1, static=2)
    assert score(trace, graph, "subject") == Score("subject", observed=4, found=2, static=3)
    assert score(trace, graph, "all") == Score("all", observed=5, found=2, static=3)
    assert score(trace, graph, "subject").recall == 0.5
    assert score(trace, graph, "subject").ratio == 0.75


def test_a_generator_expression_that_another_function_runs_is_a_call_of_its_holder() -> None:
    trace = read_trace("tiny", _recording((VIEW, GENEXPR, "iteration"), (GENEXPR, HANDLER, "call")))

    assert set(trace.edges) == {
        (of_recorded(*VIEW[:2]), of_function(S_BASE)),
        (of_function(S_BASE), of_recorded(*HANDLER[:2])),
    }


def test_why_an_edge_is_missed() -> None:
    trace = read_trace(
        "tiny",
        _recording((VIEW, BASE, "call"), (HANDLER, BASE, "attribute"), (HANDLER, VIEW, "call"), (FORM, BASE, "call")),
    )
    graph = static_graph(_graph((S_HANDLER, S_FORM), (S_FORM, S_BASE)))
    view, handler, base = of_function(S_VIEW), of_function(S_HANDLER), of_function(S_BASE)

    found = missed(trace, graph, "flow")

    assert set(found) == {
        Missed(Cause.CALLER, ("call",), view, base),
        Missed(Cause.EDGE, ("attribute",), handler, base),
        Missed(Cause.CALLEE, ("call",), handler, view),
    }
    assert "      hello/views.py:hello -> django/core/handlers/base.py:BaseHandler.get_response" in missed_lines(found)


def test_links_of_stacks() -> None:
    stack = (HANDLER, BASE, GENEXPR, "thread", THREAD, BASE, VIEW)
    trace = read_trace("tiny", _recording((HANDLER, BASE, "call"), stack=stack))
    graph = static_graph(_graph((S_HANDLER, S_BASE)))

    (found,) = stack_scores(trace, graph)

    assert found.links == ((of_function(S_HANDLER), of_function(S_BASE)), (of_function(S_BASE), of_function(S_VIEW)))
    assert found.lacking == ((of_function(S_BASE), of_function(S_VIEW)),)
    assert next(stack_lines([found])) == "  startup: hello/views.py:hello: 1 of 2 links"


def test_the_table() -> None:
    lines = list(table([("5.2.19", [Score("flow", 8, 6, 12)])]))

    assert lines == [
        "trace   scope  observed  found  recall  static  ratio",
        "5.2.19  flow          8      6   0.750      12   1.50",
    ]


def test_limits() -> None:
    scores = [Score("flow", 100, 84, 151), Score("all", 100, 1, 900)]

    assert list(shortfalls("x", scores, Limits({"flow": 0.85}, {"flow": 1.5}))) == [
        "x: flow: recall 0.8400 is under 0.85",
        "x: flow: ratio 1.5100 is over 1.5",
    ]
    assert list(shortfalls("x", scores, Limits({"flow": 0.84}, {"flow": 1.51}))) == []


def test_limits_are_stored_for_every_trace() -> None:
    limits = load_limits()

    assert set(limits) == set(trace_names())
    assert all(each.recall["flow"] >= 0.82 for each in limits.values())


@pytest.mark.parametrize(
    ("name", "flow"), [("1.8.19", 437), ("2.2.28", 549), ("3.2.25", 594), ("5.2.19", 680), ("5.2.19-default", 436)]
)
def test_what_the_recordings_hold(name: str, flow: int) -> None:
    trace = load_trace(name)

    assert score(trace, static_graph(_graph()), "flow").observed == flow
    assert trace.project.joinpath("manage.py").is_file()


def test_traces_are_listed_by_version() -> None:
    assert trace_names() == ("1.8.19", "2.2.28", "3.2.25", "5.2.19", "5.2.19-default")
    assert trace_names(Path("/nonexistent")) == ()
