"""Landmarks in a framework of a few functions, none of which bears a name of Django's."""

from __future__ import annotations

from dataclasses import replace

from flowmap.analysis.result import Evidence
from flowmap.callgraph.model import CallGraph
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.cut import cut
from flowmap.flow.landmarks import Landmark, Landmarks
from flowmap.flow.model import Detail, Flow, Subject
from flowmap.frameworks.django.landmarks import find_landmarks
from flowmap.names import FunctionName, Origin
from tests.unit.flow.graphs import SUBJECT, graph

SITE = """
root = site:<root> -> manage
manage = manage:<module> -> begin
begin = lib.shell:begin -> load, launch
load = lib.shell:load -> import-string tool, make_tool
tool = lib.management.commands.serve:<module>
make_tool = lib.shell:Tool.__init__
launch = lib.shell:Tool.launch -> call pick, call listen
pick = lib.management.commands.serve:Serve.pick -> find
find = lib.net:find -> import-string wsgi
wsgi = site.wsgi:<module> -> make
make = lib.net:make -> prepare, gate_init
prepare = lib.boot:prepare
gate_init = lib.net:Gate.__init__ -> stack
stack = lib.net:Gate.stack -> import-string outer_init, import-string inner_init
outer_init = lib.layers:Layer.__init__
inner_init = lib.layers:Layer.__init__
listen = lib.net:listen -> forever
forever = socketserver:BaseServer.serve_forever -> finish_request
finish_request = socketserver:BaseServer.finish_request -> talk
talk = socketserver:BaseRequestHandler.__init__ -> run
run = wsgiref.handlers:BaseHandler.run -> gate, finish
gate = lib.net:Gate.__call__ -> inquiry_init, answer
inquiry_init = lib.net:Inquiry.__init__
answer = lib.net:Gate.answer -> outer
outer = lib.layers:Layer.__call__ -> outer_in, inner, outer_out
inner = lib.layers:Layer.__call__ -> innermost, inner_out
outer_in = lib.layers:Outer.before
outer_out = lib.layers:Outer.after
inner_out = lib.layers:Inner.after
innermost = lib.net:Gate.innermost -> route, view
route = lib.routes:route -> import-string routes
routes = site.routes:<module> -> rule
rule = lib.routes:rule
view = site.pages:welcome -> reply_init
reply_init = lib.net:Reply.__init__
finish = wsgiref.handlers:BaseHandler.finish_response -> iteration reply_iter, server_close
reply_iter = lib.net:Reply.__iter__
server_close = wsgiref.handlers:BaseHandler.close -> reply_close
reply_close = lib.net:Reply.close -> emit
emit = lib.events:Event.emit -> listener
listener = lib.cache:drop
setup = lib.cache:<module> -> subscribe
subscribe = lib.events:Event.subscribe
"""
ORIGINS = {
    "manage": Origin.PROJECT,
    "site.wsgi": Origin.PROJECT,
    "site.routes": Origin.PROJECT,
    "site.pages": Origin.PROJECT,
    "socketserver": Origin.STDLIB,
    "wsgiref.handlers": Origin.STDLIB,
    "wsgiref.simple_server": Origin.STDLIB,
}
TOOL, GATE, INQUIRY, REPLY = "lib.management.commands.serve:Serve", "lib.net:Gate", "lib.net:Inquiry", "lib.net:Reply"
OUTER, INNER, EVENT, SERVER = (
    "lib.layers:Outer",
    "lib.layers:Inner",
    "lib.events:Event",
    "wsgiref.handlers:ServerHandler",
)
RECEIVERS = {
    **dict.fromkeys(("make_tool", "launch", "pick"), TOOL),
    **dict.fromkeys(("gate_init", "stack", "gate", "answer", "innermost"), GATE),
    **dict.fromkeys(("inquiry_init", "view"), INQUIRY),
    **dict.fromkeys(("outer", "outer_init", "outer_in", "outer_out"), OUTER),
    **dict.fromkeys(("inner", "inner_init", "inner_out"), INNER),
    **dict.fromkeys(("reply_init", "reply_iter", "reply_close"), REPLY),
    **dict.fromkeys(("emit", "subscribe"), EVENT),
    **dict.fromkeys(("run", "finish", "server_close"), SERVER),
}
CALLABLES = {"rule": ("site.pages:welcome",), "subscribe": ("lib.cache:drop",)}
SETTINGS = {
    "PARTS": ["site", "lib.cache"],
    "LAYERS": ["lib.layers.Outer", "lib.layers.Inner"],
    "ROUTES": "site.routes",
    "GATE": "site.wsgi.application",
}
SERVES = "\nserver_module = wsgiref.simple_server:<module>"


def subject(**settings: object) -> Subject:
    return replace(SUBJECT, settings={**SETTINGS, **settings})


def site(text: str = SITE + SERVES) -> CallGraph:
    known = {row.partition(" = ")[0] for row in text.splitlines()}
    receivers = {key: value for key, value in RECEIVERS.items() if key in known}
    return graph(text, origins=ORIGINS, receivers=receivers, callables=CALLABLES)


def landmarks(of: CallGraph) -> Landmarks:
    return find_landmarks(ActivationGraph(of), subject())


def opened(of: CallGraph) -> dict[str, set[str]]:
    def names(landmark: Landmark) -> set[str]:
        return {of.activations[number].function.qualname for number in landmark.entered}

    return {landmark.stage: names(landmark) for landmark in landmarks(of).stages}


def callees(flow: Flow, stage: str) -> list[str]:
    return [step.callee.qualname for each in flow.stages if each.id == stage for step in each.steps]


def test_each_stage_is_found_by_what_opens_it() -> None:
    assert opened(site()) == {
        "command-line": {"<module>"},
        "test": set(),
        "command": {"Tool.launch"},
        "application": {"find"},
        "server": {"listen"},
        "connection": {"BaseRequestHandler.__init__"},
        "handler": {"Gate.__call__"},
        "url": {"route"},
        "view": {"welcome"},
        "response": {"BaseHandler.finish_response"},
    }


def test_a_view_that_the_routes_name_by_a_string_is_called_all_the_same() -> None:
    text = (
        (SITE + SERVES)
        .replace("route, view", "route, import-string view")
        .replace("routes:<module> -> rule", "routes:<module>")
    )
    named = text.replace("rule = lib.routes:rule\n", "")

    assert opened(site(named))["view"] == {"welcome"}


def test_the_flow_has_all_stages_in_their_order_and_no_hole() -> None:
    flow = cut(site(), find_landmarks, subject())

    assert [stage.id for stage in flow.stages] == [
        "command-line", "command", "application", "server", "connection", "handler", "middleware", "url", "view",
        "response",
    ]  # fmt: skip
    assert flow.missing == ()


COMMAND = """
root = site:<root> -> manage
manage = manage:<module> -> begin
begin = lib.shell:begin -> load, launch
load = lib.shell:load -> import-string tool, make_tool
tool = lib.management.commands.sweep:<module>
make_tool = lib.shell:Tool.__init__
launch = lib.shell:Tool.launch -> check, call around
check = lib.checks:check -> look
look = lib.checks:look
around = lib.shell:around.<locals>.wrapper -> handle
handle = lib.management.commands.sweep:Sweep.handle -> broom, report
report = lib.management.commands.sweep:Sweep.report
broom = lib.brooms:Broom.sweep -> bristle
bristle = lib.brooms:Broom.bristle
"""


def test_of_a_command_that_does_not_serve_its_own_methods_and_what_they_call_are_shown() -> None:
    own = dict.fromkeys(("make_tool", "launch", "handle", "report"), "lib.management.commands.sweep:Sweep")
    of = graph(COMMAND, origins={"manage": Origin.PROJECT}, receivers=own)
    flow = cut(of, find_landmarks, subject())
    overview = cut(of, find_landmarks, subject(), Detail.OVERVIEW)

    assert [stage.id for stage in flow.stages] == ["command-line", "command"]
    assert {"Tool.launch", "Sweep.handle", "Sweep.report", "Broom.sweep"} <= set(callees(flow, "command"))
    assert "Sweep.handle" in callees(overview, "command")


def test_middleware_has_its_layers_in_the_order_of_the_settings() -> None:
    flow = cut(site(), find_landmarks, subject())

    assert callees(flow, "middleware") == [
        "Layer.__call__",
        "Outer.before",
        "Layer.__call__",
        "Inner.after",
        "Outer.after",
    ]
    assert dict(landmarks(site()).order) == {
        FunctionName("lib.layers", "Outer"): 0,
        FunctionName("lib.layers", "Inner"): 1,
    }


def test_the_application_is_made_by_the_projects_module_which_a_setting_names() -> None:
    flow = cut(site(), find_landmarks, subject())
    steps = {step.callee: step for stage in flow.stages for step in stage.steps}

    assert callees(flow, "application")[:2] == ["find", "<module>"]
    assert steps[FunctionName("site.wsgi", "<module>")].evidence is Evidence.SETTING
    assert steps[FunctionName("lib.layers", "Layer.__init__")].evidence is Evidence.SETTING
    assert {"prepare", "Gate.stack"} <= set(callees(flow, "application"))


def test_a_listener_that_was_subscribed_before_is_called_by_a_signal() -> None:
    flow = cut(site(), find_landmarks, subject())

    signals = [step for stage in flow.stages for step in stage.steps if step.evidence is Evidence.SIGNAL]
    assert [(step.caller.qualname, step.callee.qualname, step.returning) for step in signals] == [
        ("Event.emit", "drop", True)
    ]


def test_the_response_is_iterated_over_and_closed_on_the_way_back() -> None:
    flow = cut(site(), find_landmarks, subject())

    assert callees(flow, "response")[:4] == [
        "BaseHandler.finish_response", "Reply.__iter__", "BaseHandler.close", "Reply.close",
    ]  # fmt: skip
    response = next(stage for stage in flow.stages if stage.id == "response")
    assert all(step.returning for step in response.steps)


def test_an_overview_has_every_stage() -> None:
    full, overview = (cut(site(), find_landmarks, subject(), each) for each in (Detail.FULL, Detail.OVERVIEW))

    assert [stage.id for stage in overview.stages] == [stage.id for stage in full.stages]


def without_calls(key: str) -> str:
    """The site, one activation of which calls nothing."""
    rows = [row.partition(" -> ")[0] if row.startswith(f"{key} = ") else row for row in (SITE + SERVES).splitlines()]
    return "\n".join(rows)


def test_what_the_handler_does_not_reach_is_a_hole() -> None:
    assert cut(site(without_calls("gate")), find_landmarks, subject()).missing == ("url", "view")


def test_a_program_that_means_to_serve_and_reaches_no_server_has_holes() -> None:
    missing = cut(site(without_calls("forever")), find_landmarks, subject()).missing

    assert {"connection", "handler"} <= set(missing)


def test_a_command_that_does_not_serve_has_no_holes() -> None:
    text = """
root = site:<root> -> manage
manage = manage:<module> -> begin
begin = lib.shell:begin -> launch
launch = lib.shell:Tool.launch -> pick
pick = lib.management.commands.serve:Serve.pick
"""
    flow = cut(site(text), find_landmarks, subject())

    assert flow.missing == ()
    assert [stage.id for stage in flow.stages] == ["command-line", "command"]


def test_urls_without_a_view_of_the_program_leave_no_hole_and_the_request_turns_there() -> None:
    text = (SITE + SERVES).replace(" -> rule", "").replace("-> route, view", "-> route")

    flow = cut(site(text), find_landmarks, subject())

    assert flow.missing == ()
    assert "view" not in {stage.id for stage in flow.stages}
    assert callees(flow, "middleware")[-2:] == ["Inner.after", "Outer.after"]


def test_a_request_can_enter_at_the_application() -> None:
    entered = "root = site:<root> -> wsgi, gate, iteration reply_iter, reply_close"
    of_server = (
        "root =",
        "run =",
        "forever =",
        "finish_request =",
        "talk =",
        "listen =",
        "launch =",
        "begin =",
        "manage =",
    )
    rows = [row for row in SITE.splitlines() if not row.startswith(of_server)]

    flow = cut(site("\n".join([entered, *rows])), find_landmarks, subject())

    assert flow.missing == ()
    assert [stage.id for stage in flow.stages][:2] == ["application", "handler"]
    assert "Event.emit" in callees(flow, "response")


def test_hooks_that_the_handler_calls_itself_are_middleware_without_layers() -> None:
    text = (SITE + SERVES).replace(
        "-> outer\n", "-> 1 inner_in, 1 outer_in, 2 innermost, 3 outer_out, 3 inner_out\n", 1
    )
    text = text.replace(
        "inner = lib.layers:Layer.__call__ -> innermost, inner_out", "inner_in = lib.layers:Inner.before"
    )
    text = text.replace("outer = lib.layers:Layer.__call__ -> outer_in, inner, outer_out\n", "")
    receivers = {**RECEIVERS, "inner_in": INNER}
    of = graph(text, origins=ORIGINS, receivers={k: v for k, v in receivers.items() if k in text}, callables=CALLABLES)

    flow = cut(of, find_landmarks, subject())

    assert callees(flow, "middleware") == ["Outer.before", "Inner.before", "Inner.after", "Outer.after"]


def test_equal_names_of_modules_that_are_parts_of_the_project_are_no_urls() -> None:
    urls = landmarks(site(SITE + SERVES + "\npart = site:<module>"))

    assert all(len(sight.goals) < 30 for sight in urls.sights)
    assert opened(site())["url"] == {"route"}


def test_what_else_the_project_does_for_a_request_stands_beside_its_view() -> None:
    text = (SITE + SERVES).replace("innermost -> route, view", "innermost -> route, view, adapter")
    text += "\nadapter = lib.net:adapter -> page\npage = site.pages:Page.show -> helper\nhelper = site.pages:helper"

    flow = cut(site(text), find_landmarks, subject())

    assert callees(flow, "view") == ["welcome", "Reply.__init__", "adapter", "Page.show", "helper"]


def test_a_function_that_is_handed_while_a_request_is_served_is_no_receiver() -> None:
    text = (SITE + SERVES).replace("setup = lib.cache:<module> -> subscribe", "setup = lib.cache:<module>")
    text = text.replace("welcome -> reply_init", "welcome -> reply_init, subscribe")

    assert Evidence.SIGNAL not in landmarks(site(text)).evidence.values()
    assert Evidence.SIGNAL in landmarks(site()).evidence.values()


def test_a_setting_that_may_be_one_of_several_names_the_routes() -> None:
    settings = subject(ROUTES=frozenset({"site.routes", "site.other"}))

    (url,) = (each for each in find_landmarks(ActivationGraph(site()), settings).stages if each.stage == "url")

    assert {str(site().activations[number].function) for number in url.entered} == {"lib.routes:route"}
