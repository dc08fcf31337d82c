"""typer's own ends of a command line, as ours."""

from __future__ import annotations

import errno
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest
import typer

from flowmap.cli.commands import new_command, run_command


def _app_that_raises(error: BaseException) -> typer.Typer:
    app = new_command()

    @app.command()
    def command() -> Callable[[], int]:
        raise error

    return app


def test_an_interrupt_while_options_are_read_is_no_success() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_command(_app_that_raises(KeyboardInterrupt()), [], "flowmap")


def test_help_that_nobody_reads_is_no_difference() -> None:
    with pytest.raises(BrokenPipeError):
        run_command(_app_that_raises(OSError(errno.EPIPE, "Broken pipe")), [], "flowmap")


_INTERRUPTED_WHILE_LOADING = """
import signal, sys

class Finder:
    def find_spec(name, *_):
        if name == "flowmap.cli":
            signal.raise_signal(signal.SIGINT)

sys.meta_path.insert(0, Finder)
from flowmap.__main__ import run
run()
"""


def test_an_interrupt_while_the_command_is_loaded_shows_no_traceback() -> None:
    command = [sys.executable, "-c", _INTERRUPTED_WHILE_LOADING]

    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == -signal.SIGINT
    assert done.stderr == ""
