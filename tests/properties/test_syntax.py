"""What holds of the frontend for any source."""

from __future__ import annotations

import ast

import libcst as cst
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flowmap.syntax import ir
from flowmap.syntax.cache import decoded, encoded
from flowmap.syntax.fingerprint import similarity
from flowmap.syntax.lowering import lower
from flowmap.syntax.parse import parse, read
from flowmap.syntax.rendered import rendered_tokens
from flowmap.syntax.tokens import TokenMap
from flowmap.syntax.unreadable import Unreadable
from tests.unit.syntax.test_lines import actual_places, ends, expected_ends, expected_places

GAPS = st.sampled_from(["", " ", "\n", "\n  # x (\n", "\n\n"])
NAMES = st.sampled_from(["a", "b", "f", "match", "__x", "print"])
LEAVES = st.one_of(
    NAMES,
    st.sampled_from(["1", "2.5e-3", "...", "None", "'s'", "'''t\nu'''", "b'v'", "f'{a}'", 'f"""\n{b}\n"""', "'p' 'q'"]),
    st.sampled_from(["f'{(lambda x: f(x))}'", "f'{a!r:>{(lambda: 1)()}}{[b for b in f(lambda: a)]}'"]),
)


@st.composite
def _wider(draw: st.DrawFn, inner: st.SearchStrategy[str]) -> str:
    one, two, gap, other = draw(inner), draw(inner), draw(GAPS), draw(GAPS)
    form = draw(
        st.sampled_from(
            [
                "({g}{a}{h})",
                "({g}{a}){h}.b",
                "f({g}{a},{h}k={b})",
                "({g}{a}{h}).m({b})",
                "[{g}{a},{h}{b}]",
                "{{{g}{a}:{h}{b}}}",
                "{{{g}{a},{h}{b}}}",
                "({g}{a}){h}[{b}]",
                "({a}{g}+{h}{b})",
                "({a}{g} not in {h}{b})",
                "(not {g}{a}{h})",
                "({a}{g} if {h}{b} else {a})",
                "[{g}{a} for a in {h}{b}]",
                "f({g}{a} for a in {h}{b})",
                "(lambda x={g}{a}:{h}({b}))",
                "({g}{a} and {h}{b})",
                "({g}{a},{h})",
            ]
        )
    )
    if gap.strip() or other.strip() or "\n" in gap + other:
        # Outside of brackets, a line end would end the statement.
        return "(" + form.format(a=one, b=two, g=gap, h=other) + ")"
    return form.format(a=one, b=two, g=gap, h=other)


EXPRESSIONS = st.recursive(LEAVES, _wider, max_leaves=12)
SIMPLE = st.one_of(
    EXPRESSIONS.map("a = {}".format),
    EXPRESSIONS.map("del (\na), b[{}]".format),
    EXPRESSIONS.map("assert {}".format),
    EXPRESSIONS,
    st.sampled_from(["pass", "import a.b as c", "from . import (\n  d\n)", "global g", "from ... import e"]),
)


@st.composite
def _blocks(draw: st.DrawFn, inner: st.SearchStrategy[list[str]]) -> list[str]:
    head = draw(
        st.sampled_from(
            ["if {}:", "while {}:", "for x in {}:", "with {} as y:", "def g(x={}):", "class C({}):", "@{}\ndef h():"]
        )
    ).format("(" + draw(EXPRESSIONS) + ")")
    return [*head.split("\n")[:-1], head.split("\n")[-1], *("    " + line for line in draw(inner))]


def _flat(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"


# A statement that spans lines would need its later lines indented, and strings would change: blocks hold short ones.
SHORT = st.sampled_from([["pass"], ["return f()"], ["x = [f(1), g]"], ["yield (a)", "b(c)"], ["'doc'", "...;b()"]])
BLOCKS = st.recursive(SHORT, _blocks, max_leaves=4)
PROGRAMS = st.lists(st.one_of(SIMPLE.map(lambda line: [line]), BLOCKS), min_size=1, max_size=6).map(
    lambda parts: "".join(map(_flat, parts))
)


def python_reads(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


LENIENT = settings(deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])


@LENIENT
@given(PROGRAMS.filter(python_reads))
def test_lines_are_what_python_says(text: str) -> None:
    reading = read(text.encode())

    assert isinstance(reading.result, ir.Module)
    assert reading.aligned
    expected = expected_places(text)
    actual = actual_places(reading.result)
    # A tuple whose first item is an empty one has no token to stand at.
    approximate = "TupleDisplay"
    assert {key: count for key, count in actual.items() if key[0] != approximate} == {
        key: count for key, count in expected.items() if key[0] != approximate
    }
    assert ends(reading.result) == expected_ends(text)


@LENIENT
@given(PROGRAMS.filter(python_reads))
def test_the_slow_way_agrees(text: str) -> None:
    tree = cst.parse_module(text)

    assert lower(tree, rendered_tokens(tree)) == lower(tree, TokenMap(text))


@LENIENT
@given(PROGRAMS.filter(python_reads))
def test_the_cache_returns_what_it_was_given(text: str) -> None:
    result = parse(text.encode(), "m")

    assert decoded(encoded(result)) == result


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    result = parse(content, "m")

    assert isinstance(result, ir.Module | Unreadable)
    if isinstance(result, Unreadable):
        assert result.line >= 1
        assert result.reason


@settings(deadline=None)
@given(st.text(alphabet="ab.=()[]{}:'\"#\\\n\t fr1,*@", max_size=60))
def test_any_text_that_parses_is_aligned_or_read_the_slow_way(text: str) -> None:
    reading = read(text.encode())

    if isinstance(reading.result, ir.Module):
        last = text.count("\n") + 1
        assert all(1 <= line <= last for line in reading.result.lines)


@settings(deadline=None)
@given(st.lists(st.text("0123456789abcdef", min_size=20, max_size=112), min_size=2, max_size=2))
def test_similarity_is_a_share(prints: list[str]) -> None:
    first, second = (text[: 16 + (len(text) - 16) // 4 * 4] for text in prints)

    assert 0.0 <= similarity(first, second) <= 1.0
    assert similarity(first, second) == similarity(second, first)
    assert similarity(first, first) == 1.0
