"""What is said on stderr while flowmap works: a line a stage, or one line that changes where there is a terminal."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.status import Status as Spinner
from rich.text import Text


class Progress:
    """Call it with each stage as it begins. rich heeds NO_COLOR and FORCE_COLOR."""

    def __init__(self, *, quiet: bool = False) -> None:
        # Long names are the user's to copy: nothing is wrapped, cut or guessed to be a markup.
        self._console = Console(stderr=True, quiet=quiet, soft_wrap=True, highlight=False, markup=False, emoji=False)
        # FORCE_COLOR may ask for colours in a log, which is no place for a line that moves.
        moves = sys.stderr.isatty() and self._console.is_terminal and not quiet
        self._spinner = Spinner("", console=self._console) if moves else None

    def __call__(self, stage: str) -> None:
        if self._spinner is not None:
            self._spinner.update(Text(f"{stage} ..."))
        else:
            self._console.print(Text(f"{stage} ...", style="dim"))

    def finish(self, lines: Iterable[Text]) -> None:
        """The last words, once the work is done."""
        for line in lines:
            self._console.print(line)

    def __enter__(self) -> Self:
        if self._spinner is not None:
            self._spinner.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._spinner is not None:
            self._spinner.stop()
