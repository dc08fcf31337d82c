"""The command line: finds the command, and turns what becomes of it into an exit status."""

from __future__ import annotations

import gc
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module
from pathlib import Path
from typing import Final

from flowmap import __version__
from flowmap.cli.status import Status
from flowmap.cli.streams import discard_stdout, print_bytes
from flowmap.errors import FlowmapError

PROGRAM: Final = "flowmap"
DEBUG_VARIABLE: Final = "FLOWMAP_DEBUG"

# Module and function by the name of their command, imported only when theirs is asked for: what one needs another
# need not load.
COMMANDS: Final = {
    "map": ("flowmap.cli.mapping", "run"),
    "callgraph": ("flowmap.cli.callgraph", "run"),
    "callers": ("flowmap.cli.queries", "run_callers"),
    "callees": ("flowmap.cli.queries", "run_callees"),
    "path": ("flowmap.cli.queries", "run_path"),
    "why": ("flowmap.cli.why", "run"),
    "diff": ("flowmap.cli.diff", "run"),
    "check": ("flowmap.cli.check", "run"),
    "observe": ("flowmap.cli.observe", "run"),
    "urls": ("flowmap.cli.urls", "run"),
    "open": ("flowmap.cli.opening", "run"),
}
_DEFAULT: Final = "map"


def run() -> None:
    """What the installed script calls."""
    # A process that makes one map and ends: the collector would walk all that is kept again and again.
    gc.disable()
    for name in ("stdout", "stderr"):
        # Closed by whoever started us: what is written there goes nowhere.
        if getattr(sys, name) is None:
            setattr(sys, name, Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  # until the process ends
    status = main(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        # Nobody is there to read what is left; the status says what became of the work.
        discard_stdout()
    # All files are whole by now. Taking the analysis apart, value by value, costs a tenth of the run and is of no use.
    os._exit(status)


def main(arguments: Sequence[str]) -> int:
    """Runs a command line and returns its exit status. What goes wrong is said on stderr, in words."""
    words = list(arguments)
    debug = bool(os.environ.get(DEBUG_VARIABLE))
    # What stands after "--" is another program's.
    if "--debug" in words[: words.index("--") if "--" in words else None]:
        words.remove("--debug")
        debug = True
    try:
        return _dispatch(words)
    except FlowmapError as error:
        _say(f"{PROGRAM}: {error.message}", f"hint: {error.hint}")
        return Status.MENDABLE
    except KeyboardInterrupt:
        _say(f"{PROGRAM}: interrupted")
        return Status.INTERRUPTED
    except BrokenPipeError:
        # Whoever read our output has seen enough.
        discard_stdout()
        return Status.PIPE_CLOSED
    except Exception as error:  # noqa: BLE001  # the last stop: a defect must not look like a result
        _say(
            f"{PROGRAM}: internal error: {type(error).__name__}: {error}",
            "hint: please report it, with what --debug prints",
        )
        if debug:
            traceback.print_exc()
        return Status.DEFECT


def _dispatch(words: list[str]) -> int:
    if words == ["--version"]:
        print_bytes(f"{PROGRAM} {__version__}\n".encode())
        return Status.DONE
    if words and words[0] in COMMANDS:
        name, rest, shown = words[0], words[1:], f"{PROGRAM} {words[0]}"
    else:
        name, rest, shown = _DEFAULT, words, PROGRAM
    module, function = COMMANDS[name]
    command: Callable[[Sequence[str], str], int] = getattr(import_module(module), function)
    return command(rest, shown)


def _say(*lines: str) -> None:
    for line in lines:
        print(line, file=sys.stderr)  # noqa: T201  # the command line is the part that prints
