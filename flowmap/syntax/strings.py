"""Lowers string literals: plain ones, joined ones, and those with replacement fields."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import libcst as cst

from flowmap.syntax import ir, literals
from flowmap.syntax.expressions import LOWER
from flowmap.syntax.lean import code_of
from flowmap.syntax.walk import Walk


def simple_string(walk: Walk, node: cst.SimpleString) -> ir.Expr:
    walk.token += 1
    source = node.value
    value = literals.string(source)
    if type(value) is str:
        walk.trace.append("'" + value)
        # Only an escape can put a lone surrogate into a text that could be decoded.
        return literals.constant(value) if "\\" in source else ir.Constant(value)
    walk.trace.append(repr(value))
    return literals.constant(value)


def concatenated_string(walk: Walk, node: cst.ConcatenatedString) -> ir.Expr:
    pieces: list[cst.BaseString] = []
    rest: cst.BaseString = node
    while isinstance(rest, cst.ConcatenatedString):
        pieces.append(rest.left)
        rest = rest.right
    pieces.append(rest)
    start, first = len(walk.trace), walk.token
    if not any(isinstance(piece, cst.FormattedString | cst.TemplatedString) for piece in pieces):
        walk.token += len(pieces)
        values = [literals.string(piece.value) for piece in pieces if isinstance(piece, cst.SimpleString)]
        texts = [value for value in values if isinstance(value, str)]
        value = "".join(texts) if texts else b"".join(value for value in values if isinstance(value, bytes))
        walk.trace.append("'" + value if isinstance(value, str) else repr(value))
        return literals.constant(value)
    parts: list[ir.Expr] = []
    for piece in pieces:
        lowered = LOWER[piece.__class__](walk, piece)
        parts.extend(lowered.parts if isinstance(lowered, ir.FormatString) else (lowered,))
    joined = _joined(parts)
    walk.trace[start:] = [word for word in walk.trace[start:] if not word.startswith("f{")]
    walk.trace.append(f"f{{{len(joined)}")
    return ir.FormatString(joined, walk.site_at(first))


def _joined(parts: Sequence[ir.Expr]) -> tuple[ir.Expr, ...]:
    joined: list[ir.Expr] = []
    for part in parts:
        last = joined[-1] if joined else None
        if isinstance(part, ir.Constant) and isinstance(last, ir.Constant):
            joined[-1] = ir.Constant(f"{last.value}{part.value}")
        else:
            joined.append(part)
    return tuple(joined)


def formatted_string(walk: Walk, node: cst.FormattedString | cst.TemplatedString) -> ir.Expr:
    first = walk.token
    site = walk.site_at(first)
    around = walk.literal
    walk.literal = first if around is None else around
    parts = _parts(walk, node.parts, raw="r" in node.start.lower())
    walk.literal = around
    # The whole literal is one token: what is inside stands on its first line.
    walk.token = first + 1
    walk.sites[site:] = [first] * (len(walk.sites) - site)
    walk.trace.append(f"f{{{len(parts)}")
    return ir.FormatString(parts, site)


def _parts(walk: Walk, pieces: Sequence[Any], *, raw: bool) -> tuple[ir.Expr, ...]:
    parts: list[ir.Expr] = []
    walk.deepen()
    for piece in pieces:
        if isinstance(piece, cst.FormattedStringText | cst.TemplatedStringText):
            text = piece.value if raw else literals.unescape(piece.value)
            text = text.replace("{{", "{").replace("}}", "}")
            walk.trace.append("'" + text)
            parts.append(literals.constant(text))
            continue
        if piece.equal is not None:
            shown = code_of(piece.expression) + code_of(piece.equal)
            walk.trace.append("'" + shown)
            parts.append(literals.constant(shown))
        value = LOWER[piece.expression.__class__](walk, piece.expression)
        conversion = piece.conversion
        if conversion is None and piece.equal is not None and piece.format_spec is None:
            conversion = "r"
        spec: ir.Expr | None = None
        site = walk.site()
        if piece.format_spec is not None:
            inner = _parts(walk, piece.format_spec, raw=raw)
            plain = len(inner) == 1 and isinstance(inner[0], ir.Constant)
            spec = inner[0] if plain else ir.FormatString(inner, walk.site())
        walk.trace.append(f"f!{conversion}{':' if spec else ''}")
        parts.append(ir.Formatted(value, conversion, spec, site))
    walk.depth -= 1
    return _joined(parts)


LOWER[cst.SimpleString] = simple_string
LOWER[cst.ConcatenatedString] = concatenated_string
LOWER[cst.FormattedString] = formatted_string
LOWER[cst.TemplatedString] = formatted_string
