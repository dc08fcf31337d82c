"""A process that parses what its parent sends it: lengths and bytes on its standard streams, nothing that runs."""

from __future__ import annotations

import struct
import subprocess
import sys
from typing import IO

from flowmap.syntax.cache import encoded

_LENGTH = struct.Struct(">Q")


def send(stream: IO[bytes], content: bytes) -> None:
    """Write one message."""
    stream.write(_LENGTH.pack(len(content)))
    stream.write(content)
    stream.flush()


def receive(stream: IO[bytes]) -> bytes | None:
    """Read one message; None at the end of the stream, wherever it ends."""
    header = stream.read(_LENGTH.size)
    if len(header) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(header)
    content = stream.read(length)
    return content if len(content) == length else None


def serve(requests: IO[bytes], answers: IO[bytes]) -> None:
    """Answer every source with its encoded IR until the requests end."""
    # Only a worker parses; its parent starts it without loading libcst.
    from flowmap.syntax.parse import parse  # noqa: PLC0415  # loads much, and is not always needed

    while (source := receive(requests)) is not None:
        send(answers, encoded(parse(source, "")))


def start() -> subprocess.Popen[bytes]:
    """Start a worker that imports what this process would import."""
    program = f"import sys; sys.path[:] = {sys.path!r}; from flowmap.syntax.worker import main; main()"
    return subprocess.Popen(  # noqa: S603  # our own interpreter and our own program
        [sys.executable, "-c", program],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        # An interrupt from the terminal is the parent's to answer; a worker ends when its input does.
        start_new_session=True,
    )


def main() -> None:
    """Serve the parent process. A parent that is gone is the end, not an error."""
    try:
        serve(sys.stdin.buffer, sys.stdout.buffer)
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(0)
