"""`python -m tests.properties.shuffling SEED`: tests.properties.dump, to which files are listed in another order.

A file system and an archive list their files in any order they like. The last line of stderr is JSON: how many listings
were put into another order. Nothing may keep a reference to `os.scandir` (pathlib does) before it is replaced: this
imports only what does not.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable, Iterator
from random import Random
from types import TracebackType
from typing import Any, Self


class _Entries:
    """What `os.scandir` returns: an iterator that is closed by `with`."""

    def __init__(self, entries: Iterable[Any]) -> None:
        self._entries = iter(entries)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        return next(self._entries)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._entries = iter(())


class Shuffle:
    """Puts every listing into an order of its own; `changed` counts, by kind, those whose order became another."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)
        self.changed = {"folders": 0, "archives": 0}

    def install(self) -> None:
        """From now on, for the rest of the process."""
        scandir, listdir = os.scandir, os.listdir

        def shuffled_scandir(*arguments: Any) -> _Entries:
            with scandir(*arguments) as entries:
                return _Entries(self.shuffled(sorted(entries, key=lambda entry: entry.name), "folders"))

        def shuffled_listdir(*arguments: Any) -> list[Any]:
            return self.shuffled(sorted(listdir(*arguments)), "folders")

        vars(os).update(scandir=shuffled_scandir, listdir=shuffled_listdir)

        from zipfile import ZipFile

        infolist = ZipFile.infolist
        ZipFile.infolist = lambda archive: self.shuffled(infolist(archive), "archives")  # type: ignore[method-assign]
        ZipFile.namelist = lambda archive: [each.filename for each in archive.infolist()]  # type: ignore[method-assign]

    def shuffled(self, values: list[Any], kind: str) -> list[Any]:
        """The values in another order, the same for the same seed."""
        result = self._random.sample(values, len(values))
        self.changed[kind] += result != values
        return result


def main(seed: str) -> None:
    shuffle = Shuffle(int(seed))
    shuffle.install()

    from tests.properties.dump import main as dump

    dump()
    print(json.dumps(shuffle.changed), file=sys.stderr)


if __name__ == "__main__":
    main(sys.argv[1])
