"""Machine output on stdout: all of it or an error, also when the disk is full or the reader gone."""

from __future__ import annotations

import os
import sys

from flowmap.errors import OutputError


def print_bytes(content: bytes) -> None:
    """Writes to stdout, all of it. Raises OutputError, and BrokenPipeError when nobody reads on."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        discard_stdout()
        raise OutputError("standard output", error.strerror or str(error)) from error


def discard_stdout() -> None:
    """Lets go of what is still in the buffer: Python would fail on it once more when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
