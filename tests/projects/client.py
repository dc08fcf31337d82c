"""Asks a server that runs here, as a browser would: cookies are kept, tokens sent back, redirects not followed."""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.request
from http.client import HTTPMessage
from typing import IO

_TOKEN = "csrftoken"
_FORM_TOKEN = "csrfmiddlewaretoken"
_HEADER = re.compile(r"[A-Z][\w-]*:")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> None:
        return None


class Client:
    """One visitor of the server on a port of this machine."""

    def __init__(self, port: int) -> None:
        self._origin = f"http://localhost:{port}"
        self._jar = http.cookiejar.CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self._jar), _Stay
        )

    def ask(self, text: str) -> int:
        """The status of `METHOD /path/ [BODY] [Header:value]`; a body is a form, or JSON where it begins with `{`."""
        method, path, body, headers = parsed(text)
        token = next((each.value for each in self._jar if each.name == _TOKEN), None)
        data = None
        if method not in {"GET", "HEAD"}:
            kind = "application/json" if body.startswith("{") else "application/x-www-form-urlencoded"
            if token is not None and not body.startswith("{"):
                body = "&".join(filter(None, (body, f"{_FORM_TOKEN}={token}")))
            headers = {"Content-Type": kind, **({"X-CSRFToken": token} if token else {}), **headers}
            data = body.encode()
        request = urllib.request.Request(f"{self._origin}{path}", data, headers, method=method)
        try:
            with self._opener.open(request, timeout=60) as response:
                response.read()
                return int(response.status)
        except urllib.error.HTTPError as error:
            error.read()
            return error.code

    def first(self, text: str, seconds: float = 120) -> int:
        """`ask`, as soon as the server answers."""
        end = time.monotonic() + seconds
        while True:
            try:
                return self.ask(text)
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.1)


def parsed(text: str) -> tuple[str, str, str, dict[str, str]]:
    """Method, path, body and headers of a request as projects.toml has it; `_` in a header stands for a space."""
    method, path, *rest = text.split(" ")
    headers = [word for word in rest if _HEADER.match(word)]
    body = " ".join(word for word in rest if word not in headers)
    return method, path, body, {name: value.replace("_", " ") for name, value in (each.split(":") for each in headers)}
