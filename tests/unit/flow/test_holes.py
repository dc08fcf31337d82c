"""Which gaps break a flow."""

from __future__ import annotations

from dataclasses import replace

import pytest

from flowmap.analysis.result import Reason
from flowmap.callgraph.model import Gap
from flowmap.flow.holes import holes
from flowmap.names import FunctionName, Origin
from tests.unit.flow.graphs import SUBJECT, graph

LOADER = FunctionName("lib", "load")
SITE = FunctionName("site", "<module>")
SETTINGS = {"MIDDLEWARE": ["shop.middleware.Audit"], "DATABASES": {"default": {"ENGINE": "stores.file"}}}


def found(gap: Gap, *, is_broken: bool = False) -> bool:
    text = """
        root = site:<root> -> main
        main = site:<module> -> load
        load = lib:load
    """
    site = graph(text, origins={"site": Origin.PROJECT}, gaps=[gap])
    return holes(site, replace(SUBJECT, settings=SETTINGS), is_broken=is_broken) == (gap,)


@pytest.mark.parametrize("name", ["shop", "shop.middleware", "shop.middleware.Audit", "stores.file"])
def test_what_a_setting_names_and_is_not_there_breaks_the_flow(name: str) -> None:
    assert found(Gap(LOADER, 3, Reason.MODULE_MISSING, name))
    assert found(Gap(LOADER, 3, Reason.ATTRIBUTE_MISSING, name))


def test_what_nobody_names_is_a_gap_only_unless_a_stage_is_missing() -> None:
    gap = Gap(LOADER, 3, Reason.MODULE_MISSING, "yaml")

    assert not found(gap)
    assert found(gap, is_broken=True)


def test_a_module_of_the_project_that_never_ends_breaks_it() -> None:
    assert found(Gap(SITE, 9, Reason.UNFINISHED))
    assert not found(Gap(LOADER, 9, Reason.UNFINISHED))


def test_other_gaps_do_not() -> None:
    assert not found(Gap(SITE, 9, Reason.UNKNOWN_VALUE), is_broken=True)
    assert not found(Gap(SITE, 9, Reason.NO_RETURN))
    assert found(Gap(SITE, 9, Reason.NO_RETURN), is_broken=True)
