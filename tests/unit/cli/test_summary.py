"""What is said of the bounds that were hit, the most frequent ones, and of what settings decided."""

from __future__ import annotations

from flowmap.cli.summary import bounds_line, settings_lines
from flowmap.flow.model import Decision, OpenSetting, Subject


def test_few_bounds_are_all_named() -> None:
    line = bounds_line({"product": 1, "loop_rounds": 2})

    assert (
        line == "merged where there was too much to tell apart: loop rounds (2), product (1); callgraph.json says where"
    )


def test_of_many_those_hit_in_the_most_places_are_named() -> None:
    line = bounds_line({name: count for count, name in enumerate("abcde", start=1)})

    assert "apart: e (5), d (4), c (3) and 2 other bounds;" in line


def _said(*decided: Decision, still_open: tuple[OpenSetting, ...] = ()) -> list[str]:
    return list(
        settings_lines(Subject("D", "1", "", "3.11", "manage.py x", "p", "linux", {}, decided=decided, open=still_open))
    )


def test_which_setting_decided_what() -> None:
    assert _said(
        Decision("settings", "site.settings", "", "manage.py:7"),
        Decision("runserver", "daphne", "APPS", "site/settings.py:34", "daphne", ("static", "other")),
        Decision("shell", "more", "APPS", "site/settings.py:35", "more"),
        Decision("MIDDLEWARE", "a.b.First, a.b.Second", "MIDDLEWARE", "site/settings.py:40"),
    ) == [
        "settings: site.settings (manage.py:7)",
        "runserver: daphne's, since `daphne` stands before `static` and `other` in APPS (site/settings.py:34)",
        "shell: more's, by APPS (site/settings.py:35)",
        "MIDDLEWARE: First, Second (site/settings.py:40)",
    ]


def test_which_settings_are_open() -> None:
    assert _said(still_open=(OpenSetting("A", "s.py:1", ("X", "Y")), OpenSetting("B", "s.py:2"))) == [
        "open, and every way of them followed: A (s.py:1, from X, Y), B (s.py:2); --set or --env-file closes them"
    ]
