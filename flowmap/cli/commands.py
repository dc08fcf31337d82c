"""Runs a typer application as one command of ours: its own complaints become errors with a hint."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from flowmap.cli.status import Status
from flowmap.errors import UsageError

# The base of what typer raises about a command line; its module is not part of typer's interface.
_CommandLineError = typer.BadParameter.__mro__[2]


def new_command() -> typer.Typer:
    """An application for one command: plain help, no installation of completions, errors left to us."""
    return typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)


def run_command(app: typer.Typer, words: Sequence[str], shown: str) -> int:
    """Runs it and returns the status that its function returns. `shown` is how the user calls it.

    Raises UsageError, KeyboardInterrupt and what the function raises.
    """
    try:
        status = app(list(words), prog_name=shown, standalone_mode=False)
    except typer.Abort as error:
        raise KeyboardInterrupt from error
    except Exception as error:
        if isinstance(error, _CommandLineError):
            raise UsageError(_sentence(error), shown) from error
        raise
    return status if isinstance(status, int) else Status.DONE


def _sentence(error: Exception) -> str:
    text = getattr(error, "format_message", error.__str__)()
    return text[:1].lower() + text[1:].rstrip(".")
