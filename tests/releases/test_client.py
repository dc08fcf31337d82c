"""A request that a test makes, through releases from the oldest that is mapped on."""

from __future__ import annotations

import pytest

from flowmap.pipeline import Request, flow_of, map_program

pytestmark = pytest.mark.releases


@pytest.mark.parametrize("version", ["1.6.11", "2.2.28", "6.1.3"])
def test_the_flow_is_complete(version: str) -> None:
    program = map_program(Request(f"django=={version}", entry="django.test.Client"))
    flow = flow_of(program)

    assert flow.is_complete
    landmarks = {stage.id: str(stage.landmark) for stage in flow.stages}
    assert list(landmarks) == ["test", "handler", "middleware", "url", "view"]
    assert landmarks["handler"] == "django.test.client:ClientHandler.__call__"
    assert landmarks["view"] == "mysite.views:hello"
    steps = [str(step.callee) for stage in flow.stages for step in stage.steps]
    assert steps.index("django.test.client:Client.get") < steps.index("django.test.client:Client.request")
