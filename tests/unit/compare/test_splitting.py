"""A function of which two were made, and two of which one was made."""

from __future__ import annotations

from dataclasses import replace

from flowmap.compare import Kind, Snapshot, compare
from flowmap.flow.model import Flow
from flowmap.names import FunctionName
from flowmap.syntax.fingerprint import fingerprints_of
from tests.unit.render.flows import flow_of, step

_FIRST = ["read", "header", "parse", "length", "check", "it"]
_SECOND = ["open", "stream", "write", "block", "close", "stream"]


def _flow(*calls: tuple[str, str], **bodies: list[str]) -> Flow:
    made = flow_of(*(step(number, "one", f"a:{one}", f"a:{other}") for number, (one, other) in enumerate(calls, 1)))
    functions = dict(made.functions)
    for name, print_ in zip(bodies, fingerprints_of(bodies.values()), strict=True):
        known = FunctionName("a", name)
        functions[known] = replace(functions[known], body=print_)
    return replace(made, functions=functions)


_WHOLE = _flow(("main", "serve"), ("serve", "x"), ("serve", "y"), serve=[*_FIRST, *_SECOND])
_PARTED = _flow(
    ("main", "serve"), ("serve", "x"), ("serve", "send"), ("send", "y"), serve=[*_FIRST, "send"], send=_SECOND
)


def _told(old: Flow, new: Flow) -> list[tuple[Kind, str, str, str, str]]:
    changes = compare(Snapshot(old), Snapshot(new)).changes
    kinds = (Kind.FUNCTION_SPLIT, Kind.FUNCTION_MERGED)
    return [(each.kind, each.old, each.new, each.was, each.became) for each in changes if each.kind in kinds]


def test_a_function_is_split_and_merged_again() -> None:
    assert _told(_WHOLE, _PARTED) == [(Kind.FUNCTION_SPLIT, "a:serve", "a:serve", "", "a:send")]
    assert _told(_PARTED, _WHOLE) == [(Kind.FUNCTION_MERGED, "a:serve", "a:serve", "a:send", "")]
    (split,) = (
        each for each in compare(Snapshot(_WHOLE), Snapshot(_PARTED)).changes if each.kind is Kind.FUNCTION_SPLIT
    )
    assert split.sentence == ("a:serve was split: a part of it is a:send now (100% of its words, 100% of its calls)")
    assert split.score == 1.0


def test_what_is_new_altogether_is_no_part() -> None:
    other = ["wait", "for", "signal", "then", "go", "on"]
    new = _flow(
        ("main", "serve"), ("serve", "x"), ("serve", "send"), ("send", "y"), serve=[*_FIRST, "send"], send=other
    )
    kept = _flow(
        *(("main", "serve"), ("serve", "x"), ("serve", "y"), ("serve", "send"), ("send", "y")),
        serve=[*_FIRST, *_SECOND, "send"],
        send=_SECOND,
    )

    assert _told(_WHOLE, new) == []
    assert _told(_WHOLE, kept) == []
