"""Files of NAME=VALUE lines, as dotenv, docker and foreman read them: data, of which nothing is run."""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from dotenv.parser import parse_stream

from flowmap.errors import EnvironmentFileError

# One that is larger was not written by hand.
_MOST_BYTES: Final = 1 << 20
# In a double-quoted or bare value some programs put another variable's value here, some do not.
_OPEN: Final = "${"


def read_environment(files: Iterable[Path]) -> dict[str, str]:
    """The variables that files set, by name; a later line goes before an earlier one.

    Nothing of this machine's environment comes in: a value that refers to another variable is left out, and so is a
    name without a value. Raises EnvironmentFileError.
    """
    found: dict[str, str] = {}
    for file in files:
        for binding in parse_stream(io.StringIO(_text(file))):
            if binding.error:
                raise EnvironmentFileError(str(file), f"line {binding.original.line} is not NAME=VALUE")
            if binding.key is not None:
                found.pop(binding.key, None)
                if binding.value is not None and _OPEN not in binding.value:
                    found[binding.key] = binding.value
    return found


def _text(file: Path) -> str:
    try:
        if file.stat().st_size > _MOST_BYTES:
            raise EnvironmentFileError(str(file), "it is larger than a MiB")
        return file.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise EnvironmentFileError(str(file), (error.strerror or "it cannot be read").lower()) from error
    except UnicodeDecodeError as error:
        raise EnvironmentFileError(str(file), "it is not UTF-8") from error
