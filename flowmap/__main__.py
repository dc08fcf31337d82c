"""What the installed script calls, and `python -m flowmap`."""

from __future__ import annotations

import signal


def run() -> None:
    """Runs the command line, and ends the process."""
    is_ours = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_ours:
        # Interrupted while the command is loaded Python would say where, which is nothing to the user.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from flowmap.cli.main import run as run_command  # noqa: PLC0415  # not before, see above

    if is_ours:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    run_command()


if __name__ == "__main__":
    run()
