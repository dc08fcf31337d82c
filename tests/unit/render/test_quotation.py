"""Of a function's source, the few lines that matter for one of its calls are quoted."""

from __future__ import annotations

import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flowmap.render.excerpts import Excerpt
from flowmap.render.quotation import quotation, statement_text, statements, summary


def excerpt(text: str) -> tuple[Excerpt, ...]:
    return (Excerpt(10, textwrap.dedent(text).strip("\n")),)


def test_the_statement_stands_under_its_headers_with_what_binds_its_names() -> None:
    source = excerpt(
        '''
        def serve(self, request):
            """Serves: (and more"""
            handler = make(
                self,
            )
            log(request)
            if request.is_early:
                return None
            if self.debug:
                log("x")
            elif request:
                pass
            else:
                log("y")
                return handler(
                    request,
                )
        '''
    )

    assert quotation(source, 25) == textwrap.dedent(
        """
        def serve(self, request):
            # ...
            handler = make(
                self,
            )
            # ...
            if self.debug:
                # ...
            elif request:
                # ...
            else:
                # ...
                return handler(
                    request,
                )
        """
    ).strip("\n")
    assert statement_text(source, 25) == "return handler( request, )"


def test_a_long_statement_is_quoted_around_its_call() -> None:
    source = excerpt("f(\n" + "".join(f"    a{number},\n" for number in range(40)) + ")")

    quoted = quotation(source, 30).split("\n")
    assert "    a19," in quoted
    assert len(quoted) < 10


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("a = '''\nb(\n'''\nc()", 2),
        ("a = '('\nb = \")\"  # (\nc()", 3),
        ("a = 1 + \\\n    2\nb()", 2),
        ("a = r'\\'\nb()", 2),
        ('a = """\\"""(\n"""\nb()', 2),
        ("# no code\n\na()", 1),
    ],
)
def test_logical_lines(text: str, count: int) -> None:
    assert len(statements(text)) == count


def test_what_is_not_quoted_has_no_lines() -> None:
    assert quotation(excerpt("a()"), 9) == ""
    assert quotation((), 1) == ""


def test_the_summary_is_the_first_paragraph_of_the_docstring() -> None:
    assert (
        summary(excerpt('@wraps(f)\ndef f(a, b):\n    r"""\n    One\n    and more.\n\n    Two.\n    """'))
        == "One and more."
    )
    assert summary(excerpt("def f():\n    return 'x'")) == ""
    assert summary(excerpt("x = 1")) == ""


@given(st.text(st.sampled_from("ab ()[]{}'\"\\#\n\t=:"), max_size=80), st.integers(8, 40))
def test_any_text_is_quoted_in_order_and_holds_the_line_asked_for(text: str, line: int) -> None:
    quoted = quotation((Excerpt(10, text),), line).split("\n")
    lines = text.split("\n")

    own = [each for each in quoted if each.strip() != "# ..."]
    assert line < 10 or line - 10 >= len(lines) or lines[line - 10] in quoted
    assert all(each in lines for each in own if each)
