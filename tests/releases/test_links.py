"""Every link that a release's source has between manage.py and the response is in its call graph."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from flowmap.callgraph.model import CallGraph
from flowmap.flow.model import Flow
from flowmap.pipeline import MappedProgram, Request, flow_of, map_program
from tests.releases.links import CHAIN, HOOKS, LINKS, Link
from tests.releases.source import Definitions

pytestmark = pytest.mark.releases

RELEASES = ("1.8.19", "1.11.29", "2.2.28", "3.2.25", "4.2.30", "5.2.19", "6.1.3")


@dataclass(frozen=True)
class Mapped:
    """A release, mapped once for all tests."""

    version: str
    program: MappedProgram
    flow: Flow
    definitions: Definitions

    @property
    def graph(self) -> CallGraph:
        return self.program.graph


@pytest.fixture(scope="module", params=RELEASES)
def mapped(request: pytest.FixtureRequest) -> Mapped:
    program = map_program(Request(f"django=={request.param}"))
    return Mapped(request.param, program, flow_of(program), Definitions(program.tree))


def _has(definitions: Definitions, link: Link) -> bool:
    return all(map(definitions.has, link))


def test_every_link_is_there(mapped: Mapped) -> None:
    edges = {(str(edge.caller), str(edge.callee)) for edge in mapped.graph.edges}
    is_chain = mapped.definitions.has("django.utils.deprecation:MiddlewareMixin")
    links = {**LINKS, **CHAIN} if is_chain else LINKS
    spelled = {
        concept: [link for link in spellings if _has(mapped.definitions, link)] for concept, spellings in links.items()
    }

    # A concept that no spelling fits would be held by nothing.
    assert [concept for concept, spellings in spelled.items() if not spellings] == []
    assert [concept for concept, spellings in spelled.items() if edges.isdisjoint(spellings)] == []
    assert is_chain == (mapped.version != "1.8.19")


def test_every_middleware_class_is_passed_on_the_way_in_and_out(mapped: Mapped) -> None:
    called = {str(edge.callee) for edge in mapped.graph.edges}
    settings = mapped.program.subject.settings
    classes = settings.get("MIDDLEWARE") or settings["MIDDLEWARE_CLASSES"]
    assert isinstance(classes, list)
    own = {
        hook: [
            name
            for name in (f"{':'.join(path.rsplit('.', 1))}.{hook}" for path in classes)
            if mapped.definitions.has(name)
        ]
        for hook in HOOKS
    }

    assert len(classes) >= 7
    assert all(len(names) >= 1 for names in own.values())
    assert [name for names in own.values() for name in names if name not in called] == []


def test_the_evidence_of_dynamic_links(mapped: Mapped) -> None:
    evidence = {
        str(edge.callee): {site.evidence.value for site in edge.sites}
        for edge in mapped.graph.edges
        if str(edge.caller) != "threading:Thread._bootstrap"
        if any(site.evidence.value != "import" for site in edge.sites)
    }

    assert evidence["mysite.wsgi:<module>"] & {"setting", "import-string"}
    assert evidence["mysite.settings:<module>"] & {"setting", "import-string"}
    assert evidence["mysite.urls:<module>"] & {"setting", "import-string"}


def test_the_flow_is_complete(mapped: Mapped) -> None:
    flow = mapped.flow

    assert flow.missing == ()
    assert len(flow.stages) >= 9
    assert all(str(stage.landmark) in map(str, mapped.graph.functions) for stage in flow.stages)
    assert all(stage.steps for stage in flow.stages)
