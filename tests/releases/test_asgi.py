"""A request through the ASGI application of a release that has one."""

from __future__ import annotations

import pytest

from flowmap.pipeline import Request, flow_of, map_program
from tests.releases.links import HOOKS
from tests.releases.source import Definitions

pytestmark = pytest.mark.releases


@pytest.mark.parametrize("version", ["3.0.14", "3.2.25", "4.2.30", "5.2.19", "6.1.3"])
def test_the_flow_is_complete(version: str) -> None:
    program = map_program(Request(f"django=={version}", entry="asgi"))
    flow = flow_of(program)
    called = {str(edge.callee) for edge in program.graph.edges}
    classes = program.subject.settings["MIDDLEWARE"]
    assert isinstance(classes, list)
    definitions = Definitions(program.tree)
    hooks = {f"{':'.join(path.rsplit('.', 1))}.{hook}" for path in classes for hook in HOOKS}
    defined = set(filter(definitions.has, hooks))

    assert flow.is_complete
    landmarks = {stage.id: str(stage.landmark) for stage in flow.stages}
    assert landmarks["view"] == "mysite.views:hello"
    # Before 3.1 the handler asks the resolver itself.
    resolve = "django.urls.resolvers:URLResolver.resolve", "django.core.handlers.base:BaseHandler.resolve_request"
    assert landmarks["url"] == resolve[version > "3.1"]
    # Synchronous middleware is passed in threads.
    assert len(defined) >= 9
    assert defined <= called
