"""What a round of a loop may read of the round before."""

from __future__ import annotations

import pytest

from flowmap.analysis.liveness import live_at_head
from flowmap.syntax import ir
from flowmap.syntax.parse import parse


def live(source: str) -> set[str] | None:
    module = parse(source.encode(), "main")
    assert isinstance(module, ir.Module)
    loop = module.code.body[0]
    assert isinstance(loop, ir.For | ir.While)
    names = live_at_head(loop)
    return None if names is None else set(names)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ("a = 1; b = a", set()),
        ("b = a; a = 1", {"a"}),
        ("a += 1", {"a"}),
        ("a.b = c", {"a", "c"}),
        ("a, (b, *c) = d; print(a, b, c)", {"d", "print"}),
        ("a = f(); a.b = a", {"f"}),
    ],
)
def test_simple_statements(body: str, names: set[str]) -> None:
    assert live(f"for x in y: {body}\n") == names
    assert live(f"while y: {body}\n") == names | {"y"}


def test_what_one_way_binds_is_not_bound_behind_it() -> None:
    assert live("for x in y:\n    if x:\n        a = 1\n        a\n    a\n") == {"a"}


def test_inner_loops_bind_their_target_in_their_body() -> None:
    assert live("for x in y:\n    for z in x:\n        z\n    z\n") == {"z"}


def test_try_and_with() -> None:
    assert live("for x in y:\n    with x as f:\n        f\n    f\n") == set()
    assert live("for x in y:\n    try:\n        a = 1\n    except E:\n        a\n") == {"E", "a"}


def test_inner_functions_read() -> None:
    assert live("for x in y:\n    g = lambda: a + x\n") == {"a"}


def test_who_reads_by_other_means_reads_all() -> None:
    assert live("for x in y: locals()\n") is None
