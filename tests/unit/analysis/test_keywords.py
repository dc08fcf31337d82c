"""What is handed on by `**kwargs` is passed for sure, where nothing takes anything out of it."""

from __future__ import annotations

import pytest

from tests.unit.analysis.programs import analysed

SOURCE = """
def last(name, default=None, cast=None):
    return default

def through(*args, **kwargs):
    {body}
    return last(*args, **kwargs)

X = through("a", default="given", cast=int)
"""


def _value(body: str) -> object:
    return analysed(SOURCE.format(body=body)).module_values("main")["X"]


@pytest.mark.parametrize("body", ["pass", "print(kwargs.get('x'), 'y' in kwargs, kwargs.items())", "args = list(args)"])
def test_what_is_handed_on_as_it_came(body: str) -> None:
    assert _value(body) == "given"


@pytest.mark.parametrize(
    "body", ["kwargs.pop('default')", "del kwargs['default']", "kwargs = {}", "change(kwargs)", "more = kwargs"]
)
def test_what_may_have_been_changed_may_be_missing(body: str) -> None:
    """The function's own default counts besides."""
    analysis = analysed("def change(x): x.clear()\n" + SOURCE.format(body=body))
    body_of = analysis.body_of("main")
    assert body_of is not None
    returned = [each.returns.value for each in analysis.activations if each.block.function.qualname == "last"]

    assert any(len(values.items) > 1 or "None" in str(values.items) for values in returned)


def test_what_may_be_missing_before_may_be_missing_behind() -> None:
    source = """
        import os
        def last(default=None):
            return default
        def through(**kwargs):
            return last(**kwargs)
        given = {}
        if os.environ.get("X"):
            given["default"] = "given"
        X = "none" if through(**given) is None else "some"
    """

    assert analysed(source).module_values("main")["X"] == {"none", "some"}
