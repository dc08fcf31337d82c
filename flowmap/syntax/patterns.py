"""Lowers match statements and their patterns (PEP 634)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import libcst as cst

from flowmap.syntax import ir
from flowmap.syntax.expressions import LOWER, optional
from flowmap.syntax.statements import STATEMENTS, block
from flowmap.syntax.walk import Walk


def pattern(walk: Walk, node: cst.CSTNode) -> ir.Pattern:
    """Lower any pattern and bind its captures."""
    walk.deepen()
    lowered = _PATTERNS[node.__class__](walk, node)
    walk.depth -= 1
    return lowered


def _capture(walk: Walk, node: cst.Name | None) -> str | None:
    if node is None:
        return None
    name = walk.bound(node)
    walk.trace.append(name)
    return name


def _value(walk: Walk, node: cst.MatchValue | cst.MatchSingleton) -> ir.Pattern:
    return ir.ValuePattern(LOWER[node.value.__class__](walk, node.value))


def _sequence(walk: Walk, node: cst.MatchList | cst.MatchTuple) -> ir.Pattern:
    if isinstance(node, cst.MatchList) and node.lbracket is not None:
        walk.token += 1
    patterns = tuple([pattern(walk, each if isinstance(each, cst.MatchStar) else each.value) for each in node.patterns])
    walk.trace.append(f"case[{len(patterns)}")
    return ir.SequencePattern(patterns)


def _star(walk: Walk, node: cst.MatchStar) -> ir.Pattern:
    if node.name is None:
        walk.token += 1
    name = _capture(walk, node.name)
    walk.trace.append(f"case*{name is not None:d}")
    return ir.StarPattern(name)


def _mapping(walk: Walk, node: cst.MatchMapping) -> ir.Pattern:
    walk.token += 1
    keys: list[ir.Expr] = []
    patterns: list[ir.Pattern] = []
    for element in node.elements:
        keys.append(LOWER[element.key.__class__](walk, element.key))
        patterns.append(pattern(walk, element.pattern))
    rest = _capture(walk, node.rest)
    walk.trace.append(f"case{{{len(keys)}{rest is not None:d}")
    return ir.MappingPattern(tuple(keys), tuple(patterns), rest)


def _class(walk: Walk, node: cst.MatchClass) -> ir.Pattern:
    site = walk.site()
    cls = LOWER[node.cls.__class__](walk, node.cls)
    patterns = [pattern(walk, element.value) for element in node.patterns]
    keywords: list[str] = []
    for element in node.kwds:
        walk.token += 1
        keywords.append(element.key.value)
        patterns.append(pattern(walk, element.pattern))
        walk.trace.append("=" + element.key.value)
    walk.trace.append(f"case({len(patterns)},{len(keywords)}")
    return ir.ClassPattern(cls, tuple(patterns), tuple(keywords), site)


def _as(walk: Walk, node: cst.MatchAs) -> ir.Pattern:
    inner = None if node.pattern is None else pattern(walk, node.pattern)
    if node.pattern is None and node.name is None:
        walk.token += 1
    name = _capture(walk, node.name)
    walk.trace.append(f"case={inner is not None:d}{name is not None:d}")
    return ir.AsPattern(inner, name)


def _or(walk: Walk, node: cst.MatchOr) -> ir.Pattern:
    patterns = tuple([pattern(walk, element.pattern) for element in node.patterns])
    walk.trace.append(f"case|{len(patterns)}")
    return ir.OrPattern(patterns)


_PATTERNS: dict[type, Callable[[Walk, Any], ir.Pattern]] = {
    cst.MatchValue: _value,
    cst.MatchSingleton: _value,
    cst.MatchList: _sequence,
    cst.MatchTuple: _sequence,
    cst.MatchStar: _star,
    cst.MatchMapping: _mapping,
    cst.MatchClass: _class,
    cst.MatchAs: _as,
    cst.MatchOr: _or,
}


def match(walk: Walk, node: cst.Match) -> ir.Stmt:
    """Lower a match statement."""
    site = walk.site()
    walk.token += 1
    subject = LOWER[node.subject.__class__](walk, node.subject)
    cases = tuple(_cases(walk, node.cases))
    walk.trace.append(f"match{len(cases)}")
    return ir.Match(subject, cases, site)


def _cases(walk: Walk, nodes: Sequence[cst.MatchCase]) -> list[ir.MatchCase]:
    cases: list[ir.MatchCase] = []
    for node in nodes:
        walk.token += 1
        lowered = pattern(walk, node.pattern)
        if node.guard is not None:
            walk.token += 1
        guard = optional(walk, node.guard)
        body = block(walk, node.body)
        walk.trace.append(f"case{guard is not None:d},{len(body)}")
        cases.append(ir.MatchCase(lowered, guard, body))
    return cases


STATEMENTS[cst.Match] = match
