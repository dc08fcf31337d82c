"""Runs a program with the recorder in it as it would run without: its streams, signals and end are its own."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from types import FrameType
from typing import Final

from flowmap.errors import FlowmapError
from flowmap.observe.interpreter import Program
from flowmap.observe.merging import merge
from flowmap.observe.parts import read_parts
from flowmap.snapshot.observed import Observed

# As recorder.py has it, which is copied and never imported here.
FOLDER_VARIABLE: Final = "FLOWMAP_OBSERVE_FOLDER"
_RECORDER: Final = Path(__file__).with_name("recorder.py")
_HOOK: Final = "sitecustomize.py"
# Sent to us; those who mean the whole group have sent them to the program as well, and it may be gone by then.
_ENDING: Final = ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
_OTHERS: Final = ("SIGUSR1", "SIGUSR2", "SIGCONT", "SIGWINCH")
_GRACE: Final = 0.3


class CannotRunError(FlowmapError):
    """The interpreter is there and the system does not run it."""

    def __init__(self, python: str, reason: str) -> None:
        super().__init__(f"cannot run '{python}': {reason}", hint="name another interpreter with --python")


def run_observed(program: Program, environment: Mapping[str, str]) -> tuple[int, Observed]:
    """Runs a program to its end. The status is that of `subprocess`: negative where a signal ended it.

    Raises CannotRunError.
    """
    with tempfile.TemporaryDirectory(prefix="flowmap-observe-") as name:
        folder = Path(name)
        hook, parts = folder / "hook", folder / "parts"
        hook.mkdir()
        parts.mkdir()
        # A program may give up its rights once it has started; what it writes then is still its own.
        folder.chmod(0o711)
        hook.chmod(0o755)
        parts.chmod(0o1733)
        (hook / _HOOK).write_bytes(_RECORDER.read_bytes())
        status = _run([program.python, *program.words], _environment(environment, hook, parts))
        return status, merge(read_parts(parts), program.project, program.title)


def end_as(status: int) -> int:
    """The exit status to end with; where a signal ended the program, this process ends by that signal too."""
    if status >= 0:
        return status
    number = -status
    with suppress(OSError, ValueError):
        # Of SIGKILL the system says that it cannot be handled otherwise.
        signal.signal(number, signal.SIG_DFL)
    _no_core()
    with suppress(OSError):
        os.kill(os.getpid(), number)
    return 128 + number


def _environment(environment: Mapping[str, str], hook: Path, parts: Path) -> dict[str, str]:
    paths = [str(hook), *([environment["PYTHONPATH"]] if environment.get("PYTHONPATH") else [])]
    return {**environment, "PYTHONPATH": os.pathsep.join(paths), FOLDER_VARIABLE: str(parts)}


def _run(command: list[str], environment: dict[str, str]) -> int:
    try:
        # Whoever hands a descriptor down hands it to the program; none of ours is inheritable.
        process = subprocess.Popen(command, env=environment, close_fds=False)  # noqa: S603  # the user's own program
    except OSError as error:
        raise CannotRunError(command[0], error.strerror or str(error)) from error
    with _passing_on(process):
        return process.wait()


@contextmanager
def _passing_on(process: subprocess.Popen[bytes]) -> Iterator[None]:
    """Signals that reach us reach the program."""

    def later(number: int, _frame: FrameType | None) -> None:
        if number == signal.SIGINT and _is_in_foreground():
            # The terminal has told it already.
            return
        timer = threading.Timer(_GRACE, _send, (process, number))
        timer.daemon = True
        timer.start()

    def now(number: int, _frame: FrameType | None) -> None:
        _send(process, number)

    before = {}
    for names, handler in ((_ENDING, later), (_OTHERS, now)):
        for name in names:
            number = getattr(signal, name, None)
            # Ignored by whoever started us, and so by the program.
            if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
                before[number] = signal.signal(number, handler)
    try:
        yield
    finally:
        for number, old in before.items():
            signal.signal(number, old)


def _send(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(OSError):
        process.send_signal(number)


def _is_in_foreground() -> bool:
    """Whether we belong to the group that the terminal sends its interrupts to."""
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


def _no_core() -> None:
    """The program has left its core already."""
    with suppress(ImportError, OSError, ValueError):
        import resource  # noqa: PLC0415  # not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
