"""Which request is asked for: its path and method, or its view."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import unquote, urlsplit

from flowmap.errors import InvalidMethodError, InvalidUrlError
from flowmap.pipeline.request import Request

_METHOD: Final = re.compile(r"[A-Za-z][A-Za-z0-9-]*")


@dataclass(frozen=True, slots=True)
class Asked:
    """One request: a path, a method, a view by its name; None for what is open."""

    path: str | None = None
    method: str | None = None
    view: str | None = None

    def __bool__(self) -> bool:
        return self != Asked()

    def __str__(self) -> str:
        return " ".join(filter(None, (self.method, self.path, self.view)))


def asked_of(request: Request) -> Asked:
    """What a user asks for. Of an address only the path counts. Raises InvalidUrlError and InvalidMethodError."""
    path = None
    if request.url is not None:
        try:
            path = unquote(urlsplit(request.url).path, errors="strict")
        except ValueError as error:
            raise InvalidUrlError(request.url) from error
        if not path.startswith("/"):
            raise InvalidUrlError(request.url)
    if request.method is not None and not _METHOD.fullmatch(request.method):
        raise InvalidMethodError(request.method)
    return Asked(path, request.method and request.method.upper(), request.view)
