"""Puts the landmarks together: the stages in their order, and what beside the way is worth seeing."""

from __future__ import annotations

from flowmap.analysis.result import Evidence
from flowmap.flow.activations import ActivationGraph
from flowmap.flow.landmarks import Landmark, Landmarks, Sight
from flowmap.flow.model import Subject
from flowmap.frameworks.django.landmarks.facts import Facts
from flowmap.frameworks.django.landmarks.request import RequestFinder
from flowmap.frameworks.django.landmarks.response import find_response, find_signals
from flowmap.frameworks.django.landmarks.startup import StartupFinder

_MIDDLEWARE = "middleware"
# What happens once; a connection is made, and all that follows happens, for each request.
START_UP = frozenset(("command-line", "command", "application", "server"))


def find_landmarks(graph: ActivationGraph, subject: Subject) -> Landmarks:
    """The landmarks of a request's way through a project, and what beside the way is worth seeing."""
    facts = Facts(graph, subject)
    startup = StartupFinder(facts)
    request = RequestFinder(facts)
    response = find_response(facts)
    application = startup.application()
    made_by = startup.application_modules(application)
    work = startup.work()
    signals = find_signals(facts)
    urls = request.urls()
    hooks = request.hooks()
    asks = facts.serves or not facts.is_command
    stages = (
        Landmark("command-line", "Command line", facts.entry_of_command(), expected=facts.is_command),
        Landmark("test", "Test", facts.tests(), expected=facts.is_test),
        Landmark("command", "Management command", startup.commands, expected=facts.is_command),
        Landmark("application", "Application", application, on_way=False, expected=facts.serves),
        Landmark("server", "Server", startup.server(), expected=facts.serves),
        Landmark("connection", "Connection", facts.connections, expected=facts.serves),
        Landmark("handler", "Handler", facts.applications, expected=asks),
        Landmark("url", "URL", urls, on_way=False, expected=asks),
        Landmark("view", "View", request.views, expected=asks and request.are_views_handed),
        Landmark("response", "Response", response.finish, on_way=False, expected=facts.serves),
    )
    sights = (
        Sight(application, 0, every=True),
        Sight(startup.before_application(application), 1, every=True),
        Sight(made_by, 0, starts=application),
        Sight(startup.handlers, 0, starts=made_by or application, every=True),
        Sight(request.requests(), 0, starts=facts.applications),
        Sight(urls, 0, starts=request.way),
        Sight(facts.urlconfs, 0, starts=urls),
        Sight(response.finish, 0, every=True),
        *response.sights("response"),
        Sight(startup.command_modules(), 0, every=True),
        Sight(work, 0, "command", starts=startup.commands),
        Sight(work, 1, "command", starts=startup.commands, every=True),
        Sight(startup.by_work(work), 1, "command", starts=work, every=True, is_landmark=False),
        # Where nothing wraps the view, the first hook opens the stage.
        Sight(frozenset() if request.is_wrapped() else hooks, 0, _MIDDLEWARE),
        Sight(hooks, 1, _MIDDLEWARE, every=True),
        # The user's own code is the last to be left out.
        Sight(request.own(), 1, "view", every=True, is_landmark=False),
        Sight(startup.beside_application(made_by), 1, starts=made_by, every=True),
        Sight(frozenset(callee for _, callee in signals), 1, every=True),
        Sight(facts.constructed(response.goals), 1, starts=request.views),
        Sight(request.middleware_made(), 1, starts=startup.handlers | facts.applications, every=True),
        Sight(startup.settings_module(), 1),
        Sight(request.other_views, 2, "view", every=True),
    )
    return Landmarks(
        stages,
        sights,
        turn=request.turn,
        order=facts.order,
        layer_stage=_MIDDLEWARE,
        layer_title="Middleware",
        layers_before="url",
        evidence={**startup.from_settings(), **dict.fromkeys(signals, Evidence.SIGNAL)},
    )
