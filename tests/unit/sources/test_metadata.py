from __future__ import annotations

import warnings

import pytest

from flowmap.sources.metadata import (
    ReleaseMetadata,
    assigned_version,
    core_metadata,
    pyproject_metadata,
    setup_cfg_metadata,
    setup_py_metadata,
)


def test_headers_end_at_the_first_empty_line() -> None:
    lines = ["Metadata-Version: 2.1", "name: Pkg", "Version: 1.0", "License: a", "  Version: 9", "\tb"]
    lines += ["Requires-Dist: a>=1;", "  python_version<'3'", "", "Version: 2.0"]
    text = "\n".join(lines)

    assert core_metadata(text) == ReleaseMetadata("Pkg", "1.0", ("a>=1; python_version<'3'",))


def test_what_is_unknown_is_empty() -> None:
    assert core_metadata("Name: Pkg\nVersion: UNKNOWN\n").version == ""
    assert core_metadata("") == ReleaseMetadata()


def test_pyproject() -> None:
    text = "[project]\nname='a'\nversion='1'\nrequires-python='>=3'\ndependencies=['b', 3]\n"

    assert pyproject_metadata(text) == ReleaseMetadata("a", "1", ("b",), ">=3")
    assert pyproject_metadata("[tool.x]\n") == ReleaseMetadata()


def test_setup_cfg() -> None:
    text = "[metadata]\nname = a\nversion = attr: a.version\n"
    text += "[options]\npython_requires = >=3\ninstall_requires =\n  b >= 1\n  c\n"

    assert setup_cfg_metadata(text) == ReleaseMetadata("a", "", ("b >= 1", "c"), ">=3")


@pytest.mark.parametrize(
    "text", ["(" * 100_000, "x = " + "[" * 5_000 + "]" * 5_000, "\0", "print 'Python 2'", "=", "[["]
)
def test_text_made_to_exhaust_a_parser_says_nothing(text: str) -> None:
    assert setup_py_metadata(text) == ReleaseMetadata()
    assert pyproject_metadata(text) == ReleaseMetadata()
    assert setup_cfg_metadata(text) == ReleaseMetadata()
    assert assigned_version(f"VERSION = ({text})") == ""


def test_warnings_about_the_text_are_not_the_users() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert setup_py_metadata("x = '\\d'\nsetup(name='a')\n").name == "a"


def test_what_is_known_first_is_believed() -> None:
    first = ReleaseMetadata("a", "", ("x",))

    assert first.filled_from(ReleaseMetadata("b", "2", ("y",), ">=3")) == ReleaseMetadata("a", "2", ("x",), ">=3")
