"""What a recording says of a call graph, on graphs and recordings whose figures were worked out by hand."""

from __future__ import annotations

import pytest

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallEdge, CallGraph, Function, NodeKind
from flowmap.flow.sightings import Mark, Sightings
from flowmap.names import FunctionName, Origin
from flowmap.observe.comparison import Cause, Missed, Score, compare
from flowmap.observe.matching import Matching
from flowmap.snapshot.observed import CallKind, Observed, ObservedEdge, ObservedFunction, Tree
from tests.unit.render.flows import step

_TREES = {Origin.DISTRIBUTION: Tree.INSTALLED, Origin.DEPENDENCY: Tree.INSTALLED, Origin.STDLIB: Tree.STDLIB}


def _node(
    text: str, line: int = 1, origin: Origin = Origin.DISTRIBUTION, kind: NodeKind = NodeKind.FUNCTION
) -> Function:
    name = FunctionName.parse(text)
    return Function(name, kind, origin, name.module.replace(".", "/") + ".py", line, line + 1)


def _ran(node: Function, line: int | None = None, **changes: str) -> ObservedFunction:
    tree = _TREES.get(node.origin, Tree.PROJECT)
    file = changes.get("file", node.file)
    name = FunctionName.parse(changes.get("id", str(node.name)))
    return ObservedFunction(tree, file, name, node.line if line is None else line, node.kind)


def _graph(*edges: tuple[Function, Function]) -> CallGraph:
    functions = {end.name: end for edge in edges for end in edge}
    return CallGraph(functions, tuple(CallEdge(a.name, b.name) for a, b in edges), (), ())


def _observed(*edges: tuple[ObservedFunction, ObservedFunction, CallKind]) -> Observed:
    return Observed("x", ("3.11.7",), 1, {}, tuple(ObservedEdge(a, b, (kind,)) for a, b, kind in edges))


HANDLER = _node("pkg.handler:Handler.__call__")
INNER = _node("pkg.base:inner", 9)
FORM = _node("pkg.form:Form.clean")
VIEW = _node("app.views:view", 4, Origin.PROJECT)
BODY = _node("app.views:<module>", 1, Origin.PROJECT, NodeKind.MODULE)
LIBRARY = _node("json:dumps", 183, Origin.STDLIB)
OTHER = _node("dep:f", 3, Origin.DEPENDENCY)
CLASS = _node("app.views:Plain", 8, Origin.PROJECT, NodeKind.CLASS)
CALL = CallKind.CALL


def _in_scope(origin: str, file: str) -> bool:
    return origin == Origin.PROJECT or file in {"pkg/handler.py", "pkg/base.py"}


def test_marks_recall_and_what_was_missed() -> None:
    graph = _graph((HANDLER, INNER), (INNER, VIEW), (INNER, FORM), (INNER, BODY), (VIEW, CLASS), (VIEW, LIBRARY))
    observed = _observed(
        (_ran(HANDLER), _ran(INNER), CALL),
        (_ran(INNER), _ran(BODY), CallKind.IMPORT),
        (_ran(VIEW), _ran(LIBRARY), CALL),
        (_ran(HANDLER), _ran(VIEW), CALL),  # both are on the map, the call is not
        (_ran(FORM), _ran(INNER), CALL),  # nor is this one, off the way
        (_ran(OTHER), _ran(OTHER), CALL),
        (_ran(INNER), _ran(HANDLER), CallKind.FINALIZER),
    )

    found = compare(observed, graph, _in_scope)

    assert found.flow == Score(observed=2, found=1, static=2)
    assert found.everything == Score(observed=5, found=2, static=4)
    assert (found.flow.recall, found.flow.ratio) == (0.5, 1.0)
    assert found.missed == (Missed(Cause.EDGE, "pkg.handler:Handler.__call__", "app.views:view"),)
    assert found.sightings.marks == {
        (HANDLER.name, INNER.name): Mark.SEEN,
        (INNER.name, VIEW.name): Mark.POSSIBLE,
        (INNER.name, FORM.name): Mark.POSSIBLE,
        (INNER.name, BODY.name): Mark.SEEN,
        (VIEW.name, CLASS.name): Mark.UNOBSERVABLE,
        (VIEW.name, LIBRARY.name): Mark.SEEN,
        (HANDLER.name, VIEW.name): Mark.NOT_FOUND,
    }
    assert found.sightings.not_found() == ((HANDLER.name, VIEW.name),)


def test_nothing_observed() -> None:
    found = compare(_observed(), _graph((HANDLER, INNER)), _in_scope)

    assert found.flow == Score(0, 0, 1)
    assert (found.flow.recall, found.flow.ratio) == (0.0, 0.0)
    assert found.sightings.marks == {(HANDLER.name, INNER.name): Mark.POSSIBLE}


def test_a_line_decides_between_functions_of_one_name() -> None:
    getter, setter, third = (_node(f"pkg.a:C.x{number}", line) for number, line in (("", 5), ("#2", 9), ("#3", 14)))
    matching = Matching(_graph((getter, setter), (getter, third)), ())

    # A code object begins at its first decorator.
    for line, expected in ((4, getter), (5, getter), (8, setter), (12, third), (90, third)):
        assert matching.find(_ran(getter, line)) == expected


def test_one_name_needs_no_line_and_a_line_no_class() -> None:
    matching = Matching(_graph((HANDLER, VIEW)), ())

    assert matching.find(_ran(HANDLER, 400)) == HANDLER
    assert matching.find(_ran(HANDLER, id="pkg.handler:__call__")) == HANDLER
    assert matching.find(_ran(HANDLER, 400, id="pkg.handler:__call__")) is None
    assert matching.find(_ran(INNER)) is None


def test_what_is_installed_is_under_study_or_a_dependency() -> None:
    matching = Matching(_graph((HANDLER, OTHER)), ())

    assert matching.find(_ran(OTHER)) == OTHER
    assert matching.identity(_ran(FORM)) == ("distribution", "pkg/form.py", "Form.clean")
    assert matching.identity(_ran(_node("strange:f", origin=Origin.DEPENDENCY))) == ("dependency", "strange.py", "f")


@pytest.mark.parametrize("folder", ["", "src", "work/site"])
def test_a_project_that_was_run_from_a_folder_above(folder: str) -> None:
    file = f"{folder}/{VIEW.file}" if folder else VIEW.file
    ran = _ran(VIEW, file=file, id=f"{file.removesuffix('.py').replace('/', '.')}:view")

    found = compare(_observed((_ran(INNER), ran, CALL)), _graph((INNER, VIEW)), _in_scope)

    assert found.flow == Score(1, 1, 1)


def test_files_that_python_2_has_elsewhere() -> None:
    server = _node("socketserver:BaseServer.serve_forever", origin=Origin.STDLIB)

    assert Matching(_graph((server, server)), ()).find(_ran(server, file="SocketServer.py")) == server


def test_a_step_is_seen_where_every_link_of_it_is() -> None:
    a, b, c = (FunctionName("m", name) for name in "abc")
    sightings = Sightings({(a, b): Mark.SEEN, (b, c): Mark.POSSIBLE, (a, c): Mark.UNOBSERVABLE})

    assert sightings.of_step(step(1, "one", "m:a", "m:b")) is Mark.SEEN
    assert sightings.of_step(step(1, "one", "m:a", "m:c")) is Mark.UNOBSERVABLE
    assert sightings.of_step(step(1, "one", "m:a", "m:c", through=(b,), evidence=Evidence.THREAD)) is Mark.POSSIBLE
    assert sightings.of_step(step(1, "one", "m:c", "m:a")) is Mark.POSSIBLE
