"""Reads command lines with typer: its complaints become errors with a hint, and what is to be done is done outside it.

typer has its own mind about interrupts, closed pipes and exit statuses; ours are promised to scripts.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import typer

from flowmap.cli.configuration import configured_words
from flowmap.cli.status import Status
from flowmap.errors import UsageError

Task: TypeAlias = Callable[[], int]

# The base of what typer raises about a command line; its module is not part of typer's interface.
_CommandLineError = typer.BadParameter.__mro__[2]


def new_command() -> typer.Typer:
    """An application for one command: plain help, no installation of completions, errors left to us."""
    return typer.Typer(
        add_completion=False,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )


def run_command(app: typer.Typer, words: Sequence[str], shown: str) -> int:
    """Runs the command and returns its status. `shown` is how the user calls it.

    The application's function only reads its options: it returns what is to be done. Raises UsageError and what that
    raises.
    """
    try:
        task = app([*configured_words(app, words), *words], prog_name=shown, standalone_mode=False)
    except Exception as error:
        if isinstance(error, _CommandLineError):
            raise UsageError(_sentence(error), shown) from error
        raise
    except SystemExit as error:
        # typer's way to say that nobody reads the help.
        raise BrokenPipeError from error
    if task == Status.INTERRUPTED:
        # typer's way to say that options were being read when the user had enough.
        raise KeyboardInterrupt
    # After --help there is nothing to do.
    return task() if callable(task) else Status.DONE


def _sentence(error: Exception) -> str:
    text = str(getattr(error, "format_message", error.__str__)())
    return text[:1].lower() + text[1:].rstrip(".")
