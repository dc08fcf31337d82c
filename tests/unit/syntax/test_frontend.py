"""That modules are the same whoever parsed them."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from flowmap.syntax import frontend as frontend_module
from flowmap.syntax import ir, worker
from flowmap.syntax.cache import ParseCache, encoded
from flowmap.syntax.frontend import Frontend
from flowmap.syntax.parse import parse
from flowmap.syntax.unreadable import Unreadable

SOURCES = [
    *((f"m{number}", f"def f{number}(a):\n    return [a.b({number}) for a in a]\n".encode()) for number in range(12)),
    ("broken", b"x = = 1\n"),
    ("old", b"print 'x'\n"),
    ("empty", b""),
    ("same_as_m0", b"def f0(a):\n    return [a.b(0) for a in a]\n"),
]
EXPECTED = [parse(content, name) for name, content in SOURCES]


def test_a_module_is_parsed_once() -> None:
    frontend = Frontend()

    first, second = frontend.module("a", b"x = 1\n"), frontend.module("b", b"x = 1\n")
    assert isinstance(first, ir.Module)
    assert first is second
    assert (frontend.hits, frontend.misses) == (0, 1)


def test_a_second_frontend_finds_it_in_the_cache(tmp_path: Path) -> None:
    Frontend(ParseCache(tmp_path)).module("a", b"x = 1\n")

    frontend = Frontend(ParseCache(tmp_path))
    assert frontend.module("a", b"x = 1\n") == parse(b"x = 1\n", "a")
    assert (frontend.hits, frontend.misses) == (1, 0)


def test_an_unreadable_file_is_remembered_too(tmp_path: Path) -> None:
    for _ in range(2):
        frontend = Frontend(ParseCache(tmp_path))
        assert isinstance(frontend.module("a", b"x = = 1\n"), Unreadable)
    assert frontend.hits == 1


@pytest.mark.parametrize("jobs", [0, 1, 2])
def test_workers_change_nothing(tmp_path: Path, jobs: int) -> None:
    with Frontend(ParseCache(tmp_path), jobs=jobs) as frontend:
        frontend.prefetch(SOURCES)
        assert [frontend.module(*source) for source in SOURCES] == EXPECTED
        assert (frontend.hits, frontend.misses) == (0, len(SOURCES) - 1)

    again = Frontend(ParseCache(tmp_path))
    assert [again.module(*source) for source in SOURCES] == EXPECTED
    assert again.hits == len(SOURCES) - 1


def test_the_order_of_questions_does_not_matter() -> None:
    with Frontend(jobs=2) as frontend:
        frontend.prefetch(SOURCES)
        answers = [frontend.module(*source) for source in reversed(SOURCES)]

    assert answers == EXPECTED[::-1]


def test_what_is_cached_or_known_is_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    name, content = SOURCES[0]
    Frontend(ParseCache(tmp_path)).module(name, content)

    def refuse() -> subprocess.Popen[bytes]:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(worker, "start", refuse)
    with Frontend(ParseCache(tmp_path), jobs=2) as frontend:
        frontend.prefetch([(name, content)])
        assert frontend.module(name, content) == EXPECTED[0]


def test_a_worker_that_dies_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def dead() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", "raise SystemExit(1)"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )

    monkeypatch.setattr(worker, "start", dead)
    with Frontend(jobs=2) as frontend:
        frontend.prefetch(SOURCES)
        assert [frontend.module(*source) for source in SOURCES] == EXPECTED


def test_a_worker_that_answers_nonsense_is_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def babbling() -> subprocess.Popen[bytes]:
        program = (
            "import sys; from flowmap.syntax.worker import receive, send\n"
            "while receive(sys.stdin.buffer) is not None: send(sys.stdout.buffer, b'nonsense')"
        )
        return subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    monkeypatch.setattr(worker, "start", babbling)
    with Frontend(jobs=1) as frontend:
        frontend.prefetch(SOURCES)
        assert [frontend.module(*source) for source in SOURCES] == EXPECTED


def test_workers_that_cannot_be_started_are_made_up_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> subprocess.Popen[bytes]:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(worker, "start", fail)
    with Frontend(jobs=2) as frontend:
        frontend.prefetch(SOURCES)
        assert [frontend.module(*source) for source in SOURCES] == EXPECTED


def test_closing_ends_the_workers(monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    start = worker.start

    def noted() -> subprocess.Popen[bytes]:
        started.append(start())
        return started[-1]

    monkeypatch.setattr(worker, "start", noted)
    frontend = Frontend(jobs=2)
    frontend.prefetch(SOURCES)
    frontend.module(*SOURCES[0])
    frontend.close()

    assert all(process.poll() is not None for process in started)
    assert frontend.module(*SOURCES[5]) == EXPECTED[5]
    frontend.prefetch(SOURCES)
    assert frontend.module(*SOURCES[6]) == EXPECTED[6]
    frontend.close()


def test_a_worker_ends_with_its_parent() -> None:
    process = worker.start()
    assert process.stdin is not None
    assert process.stdout is not None
    worker.send(process.stdin, b"x = 1\n")
    assert worker.receive(process.stdout) == encoded(parse(b"x = 1\n", ""))

    process.stdin.close()
    assert process.wait(timeout=20) == 0
    assert worker.receive(process.stdout) is None
    process.stdout.close()


def test_a_worker_is_killed_without_a_trace() -> None:
    process = worker.start()
    os.kill(process.pid, signal.SIGKILL)
    frontend_module.ended(process)

    assert process.returncode == -signal.SIGKILL
