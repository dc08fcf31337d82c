"""The exit statuses, which other people's scripts rely on."""

from __future__ import annotations

import enum


class Status(enum.IntEnum):
    """What a run ended with. 1 is kept for commands that compare."""

    DONE = 0
    DIFFERENT = 1
    MENDABLE = 2  # the user can mend it
    INCOMPLETE = 3  # the flow has holes, and --strict was given
    DEFECT = 70  # EX_SOFTWARE of sysexits.h: flowmap's own fault
    INTERRUPTED = 130  # as a shell reports SIGINT
    PIPE_CLOSED = 141  # as a shell reports SIGPIPE
